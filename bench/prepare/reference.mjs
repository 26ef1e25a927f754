// What every contender must find: the network and Grad-CAM++ in plain JavaScript, in float64. The
// gradient of average pooling and a linear layer is W[:, class] / Z, so there is no autodiff in it.
import { padding, withWeights } from '../network.js';

/**
 * @param {ArrayBuffer} weights in the layout hwio
 */
export function createReference(weights) {
  const trunk = withWeights(weights);
  const classifier = trunk.pop();
  const channels = classifier.inputs;

  return {
    /**
     * The picture's activation before pooling, and what follows from it.
     * @param {Uint8Array} pixels
     * @param {number} size a side of the picture
     * @param {3 | 4} step values a pixel
     */
    look(pixels, size, step) {
      const activation = features(trunk, pixels, size, step);
      const positions = activation.length / channels;
      const sums = new Float64Array(channels);
      activation.forEach((value, at) => { sums[at % channels] += value; });

      return {
        logits() {
          return Array.from(classifier.bias, (bias, classIdx) =>
            sums.reduce((sum, total, k) => sum + (total / positions) * classifier.weight[k * 1000 + classIdx], bias));
        },

        /** The raw Grad-CAM++ map of a class: relu(Σ_k S(α relu(g_k)) A_k), α = 1 / (2 + S(A_k) g_k). */
        map(classIdx) {
          const map = new Float64Array(positions);
          for (let k = 0; k < channels; k++) {
            const gradient = classifier.weight[k * 1000 + classIdx] / positions;
            if (gradient <= 0) continue;
            const weight = (positions * gradient) / (2 + sums[k] * gradient);
            for (let at = 0; at < positions; at++) map[at] += weight * activation[at * channels + k];
          }
          return Array.from(map, (value) => Math.max(value, 0));
        },
      };
    },
  };
}

function features(trunk, pixels, size, step) {
  let x = new Float64Array(size * size * 3);
  for (let at = 0; at < x.length; at++) x[at] = (pixels[Math.floor(at / 3) * step + (at % 3)] - 127) / 128;
  let shortcut;
  for (const layer of trunk) {
    if (layer.opens) shortcut = x;
    x = convolve(x, size, layer);
    size /= layer.stride;
    if (layer.adds) x.forEach((value, at) => { x[at] = value + shortcut[at]; });
  }
  return x;
}

/** [size, size, in] -> [size / stride, size / stride, out] */
function convolve(x, size, layer) {
  const { kind, inputs, outputs, kernel, stride, weight, bias, relu6 } = layer;
  const { before } = padding(layer);
  const length = size / stride;
  const y = new Float64Array(length * length * outputs);
  const perPlace = kind === 'depthwise' ? outputs : inputs * outputs;
  for (let row = 0; row < length; row++) {
    for (let column = 0; column < length; column++) {
      const to = (row * length + column) * outputs;
      y.set(bias, to);
      for (let i = 0; i < kernel; i++) {
        const fromRow = row * stride + i - before;
        if (fromRow < 0 || fromRow >= size) continue;
        for (let j = 0; j < kernel; j++) {
          const fromColumn = column * stride + j - before;
          if (fromColumn < 0 || fromColumn >= size) continue;
          const from = (fromRow * size + fromColumn) * inputs;
          const place = (i * kernel + j) * perPlace;
          if (kind === 'depthwise') {
            for (let out = 0; out < outputs; out++) y[to + out] += x[from + out] * weight[place + out];
            continue;
          }
          for (let into = 0; into < inputs; into++) {
            const value = x[from + into];
            if (value === 0) continue;
            const line = place + into * outputs;
            for (let out = 0; out < outputs; out++) y[to + out] += value * weight[line + out];
          }
        }
      }
    }
  }
  return relu6 ? y.map((value) => Math.min(Math.max(value, 0), 6)) : y;
}

/**
 * The largest difference as a share of the largest expected value; infinite where a value is not finite.
 * @param {ArrayLike<number>} actual
 * @param {ArrayLike<number>} expected
 */
export function difference(actual, expected) {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  let top = 0;
  for (let at = 0; at < expected.length; at++) {
    if (!Number.isFinite(actual[at])) return Infinity;
    largest = Math.max(largest, Math.abs(actual[at] - expected[at]));
    top = Math.max(top, Math.abs(expected[at]));
  }
  return largest / top;
}
