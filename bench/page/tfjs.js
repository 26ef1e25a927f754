// The network and Grad-CAM++ on TensorFlow.js. A backend's module starts it and then calls `load`.
import * as tf from '@tensorflow/tfjs-core';
// As the package '@tensorflow/tfjs' does.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { withWeights } from '../network.js';
import { channelsLast } from './pixels.js';

let trunk, classifier, activation;

/** Puts the weights on the device. */
export function load(weights) {
  trunk = withWeights(weights).map(({ weight, bias, ...layer }) => {
    const { kind, kernel, inputs, outputs } = layer;
    const shape = {
      conv: [kernel, kernel, inputs, outputs],
      depthwise: [kernel, kernel, outputs, 1],
      linear: [inputs, outputs],
    }[kind];
    return { ...layer, weight: tf.tensor(weight, shape), bias: tf.tensor1d(bias) };
  });
  classifier = trunk.pop();
}

// Intermediates are freed as soon as they are dead, as TensorFlow.js's own graph executor does.
function features(x) {
  let shortcut = null;
  for (const { kind, weight, bias, stride, relu6, opens, adds } of trunk) {
    if (opens) shortcut = x;
    const convolve = kind === 'depthwise' ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
    const y = convolve({ x, filter: weight, strides: stride, pad: 'same', bias, activation: relu6 ? 'relu6' : 'linear' });
    if (x !== shortcut) x.dispose();
    x = y;
    if (!adds) continue;
    x = tf.add(y, shortcut);
    y.dispose();
    shortcut.dispose();
    shortcut = null;
  }
  return x;
}

const logits = (a) => tf.add(tf.matMul(tf.mean(a, [1, 2]), classifier.weight), classifier.bias);

function gradCamPlusPlus(a, classIdx) {
  const g = tf.grad((x) => tf.sum(tf.slice(logits(x), [0, classIdx], [1, 1])))(a);
  const total = tf.sum(a, [1, 2], true);
  const g2 = tf.square(g);
  const denominator = tf.add(tf.mul(g2, 2), tf.mul(total, tf.mul(g2, g)));
  const positive = tf.greater(g, 0);
  const alpha = tf.where(positive, tf.div(g2, tf.where(positive, denominator, tf.onesLike(g))), tf.zerosLike(g));
  const weights = tf.sum(tf.mul(alpha, tf.relu(g)), [1, 2], true);
  return tf.relu(tf.sum(tf.mul(weights, a), 3));
}

export async function explain(picture, classIdx) {
  activation?.dispose();
  activation = tf.tidy(() => features(tf.tensor4d(channelsLast(picture), [1, picture.height, picture.width, 3])));
  return next(classIdx);
}

export async function next(classIdx) {
  const map = tf.tidy(() => gradCamPlusPlus(activation, classIdx));
  const values = await map.data();
  map.dispose();
  return values;
}
