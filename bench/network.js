// EfficientNet-Lite0 as data: what every contender, the ONNX file and the reference are made from.

/** Per stage: expansion, kernel, stride, channels, blocks. */
const STAGES = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];

/**
 * A layer; its batch norm is folded into weight and bias.
 * @typedef {object} Layer
 * @property {string} name that of its tensors in the model file
 * @property {'conv' | 'depthwise' | 'linear'} kind
 * @property {number} inputs channels
 * @property {number} outputs channels
 * @property {number} kernel
 * @property {number} stride
 * @property {boolean} relu6 whether a ReLU6 follows
 * @property {boolean} opens whether its input is added to the output of the layer that `adds`
 * @property {boolean} adds
 */

/**
 * All layers in order, the classifier last.
 * @returns {Layer[]}
 */
export function layers() {
  const list = [];
  const add = (name, kind, inputs, outputs, more) =>
    list.push({ name, kind, inputs, outputs, kernel: 1, stride: 1, relu6: true, opens: false, adds: false, ...more });

  add('stem', 'conv', 3, 32, { kernel: 3, stride: 2 });
  let channels = 32;
  let block = 0;
  for (const [expansion, kernel, firstStride, outputs, blocks] of STAGES) {
    for (let repeat = 0; repeat < blocks; repeat++) {
      const stride = repeat === 0 ? firstStride : 1;
      const wide = channels * expansion;
      const residual = stride === 1 && channels === outputs;
      const name = `blocks.${block++}`;
      if (expansion > 1) add(`${name}.expand`, 'conv', channels, wide, { opens: residual });
      add(`${name}.depthwise`, 'depthwise', wide, wide, { kernel, stride, opens: residual && expansion === 1 });
      add(`${name}.project`, 'conv', wide, outputs, { relu6: false, adds: residual });
      channels = outputs;
    }
  }
  add('head', 'conv', channels, 1280);
  add('classifier', 'linear', 1280, 1000, { relu6: false });
  return list;
}

/**
 * TensorFlow's SAME padding of a side whose length the stride divides: the odd pixel comes last.
 * @param {Pick<Layer, 'kernel' | 'stride'>} layer
 */
export function padding({ kernel, stride }) {
  const before = (kernel - stride) >> 1;
  return { before, after: kernel - stride - before };
}

/** @param {Layer} layer */
export function weightCount({ kind, inputs, outputs, kernel }) {
  return kernel * kernel * outputs * (kind === 'depthwise' ? 1 : inputs);
}

/**
 * The layers, each with its weight and bias as views of a weight file (see prepare/weights.mjs).
 * @param {ArrayBuffer} file
 * @returns {(Layer & { weight: Float32Array, bias: Float32Array })[]}
 */
export function withWeights(file) {
  let at = 0;
  const take = (count) => {
    const values = new Float32Array(file, at, count);
    at += values.byteLength;
    return values;
  };
  const all = layers().map((layer) => ({ ...layer, weight: take(weightCount(layer)), bias: take(layer.outputs) }));
  if (at !== file.byteLength) throw new Error(`the weights have ${file.byteLength} bytes; the network takes ${at}`);
  return all;
}
