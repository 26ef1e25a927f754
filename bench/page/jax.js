// The network and Grad-CAM++ on jax-js. Passing an array consumes it; `.ref` keeps it.
//
// Written in two forms. "as-written": channels first, lax.convGeneralDilated, as a first user would.
// "channels-last": 1x1 convolutions as matmul, the others as sums of shifted products; the faster one.
import { defaultDevice, grad, init, jit, lax, nn, numpy as np } from '@jax-js/jax';
import { padding, withWeights } from '../network.js';
import { channelsFirst, channelsLast } from './pixels.js';

let network, parameters, classifier, activation, asWritten;

/** The k * k shifted views, [h, w, c], of a padded image that a kernel weighs. */
function windows(x, { kernel, stride }) {
  const [size, , channels] = x.shape;
  const { before } = padding({ kernel, stride });
  // One row more than the kernel needs where the stride is 2: the length has to be even.
  const pad = [before, kernel - 1 - before];
  const padded = size + kernel - 1;
  const length = size / stride;
  let rows = np.pad(x, [pad, pad, [0, 0]]);
  if (stride === 2) rows = rows.reshape([padded / 2, 2, padded / 2, 2, channels]);
  const views = [];
  for (let i = 0; i < kernel; i++) {
    for (let j = 0; j < kernel; j++) {
      const view = stride === 1
        ? rows.ref.slice([i, i + length], [j, j + length], [])
        : rows.ref.slice([i >> 1, (i >> 1) + length], i & 1, [j >> 1, (j >> 1) + length], j & 1, []);
      views.push(view);
    }
  }
  rows.dispose();
  return { views, length };
}

function convolveLast(x, layer, weight) {
  const { kind, kernel, inputs, outputs } = layer;
  if (kind === 'depthwise') {
    const products = windows(x, layer).views.map((view, at) => view.mul(weight.ref.slice(at)));
    weight.dispose();
    return products.reduce((sum, product) => sum.add(product));
  }
  if (kernel === 1) {
    const [size] = x.shape;
    return np.matmul(x.reshape([size * size, inputs]), weight).reshape([size, size, outputs]);
  }
  const { views, length } = windows(x, layer);
  const columns = np.concatenate(views, 2).reshape([length * length, kernel * kernel * inputs]);
  return np.matmul(columns, weight).reshape([length, length, outputs]);
}

function convolveFirst(x, layer, weight) {
  const { before, after } = padding(layer);
  const groups = layer.kind === 'depthwise' ? { featureGroupCount: layer.outputs } : {};
  const { stride } = layer;
  return lax.convGeneralDilated(x, weight, [stride, stride], [[before, after], [before, after]], groups);
}

function features(x, values) {
  const convolve = asWritten ? convolveFirst : convolveLast;
  let shortcut = null;
  network.forEach((layer, at) => {
    if (layer.opens) shortcut = x.ref;
    x = convolve(x, layer, values[at].weight).add(values[at].bias);
    if (layer.relu6) x = np.clip(x, 0, 6);
    if (layer.adds) x = x.add(shortcut);
  });
  return x;
}

const positions = () => (asWritten ? [2, 3] : [0, 1]);
const logits = (a, { weight, bias }) => np.matmul(a.mean(positions()).reshape([1, 1280]), weight).add(bias);

function gradCamPlusPlus(a, oneHot, linear) {
  const g = grad((x, picked, values) => logits(x, values).mul(picked).sum())(a.ref, oneHot, linear);
  const total = a.ref.sum(positions(), { keepdims: true });
  const g2 = np.square(g.ref);
  const denominator = g2.ref.mul(2).add(total.mul(g2.ref.mul(g.ref)));
  const positive = np.greater(g.ref, 0);
  const alpha = np.where(positive.ref, g2.div(np.where(positive, denominator, 1)), 0);
  const weights = alpha.mul(nn.relu(g)).sum(positions(), { keepdims: true });
  return nn.relu(weights.mul(a).sum(asWritten ? 1 : 2));
}

const runFeatures = jit(features);
const runMap = jit(gradCamPlusPlus);

const keep = ({ weight, bias }) => ({ weight: weight.ref, bias: bias.ref });

export async function setup({ backend, form }, weights) {
  asWritten = form === 'as-written';
  const devices = await init(backend);
  if (!devices.includes(backend)) throw new Error(`jax-js has no ${backend} here`);
  defaultDevice(backend);
  const all = withWeights(weights);
  const { weight, bias } = all.pop();
  network = all;
  parameters = all.map(({ kind, kernel, inputs, outputs, weight, bias }) => ({
    weight: np.array(weight).reshape(asWritten
      ? [outputs, kind === 'depthwise' ? 1 : inputs, kernel, kernel]
      : kind === 'depthwise' ? [kernel * kernel, outputs] : [kernel * kernel * inputs, outputs]),
    bias: np.array(bias).reshape(asWritten ? [1, outputs, 1, 1] : [1, 1, outputs]),
  }));
  classifier = {
    weight: asWritten ? np.array(weight).reshape([1000, 1280]).transpose() : np.array(weight).reshape([1280, 1000]),
    bias: np.array(bias).reshape([1, 1000]),
  };
  return `${backend}, ${form}`;
}

export async function explain(picture, classIdx) {
  const { width, height } = picture;
  activation?.dispose();
  const input = asWritten
    ? np.array(channelsFirst(picture)).reshape([1, 3, height, width])
    : np.array(channelsLast(picture)).reshape([height, width, 3]);
  activation = runFeatures(input, parameters.map(keep));
  return next(classIdx);
}

export async function next(classIdx) {
  const oneHot = new Float32Array(1000);
  oneHot[classIdx] = 1;
  return runMap(activation.ref, np.array(oneHot).reshape([1, 1000]), keep(classifier)).data();
}
