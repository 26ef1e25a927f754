// Layers models of TensorFlow.js, such as Teachable Machine's, as ONNX files. Fetched when one is opened.

import { GradlensError } from '../errors.js';
import { isObject } from '../kinds.js';
import { Builder, type Value } from './builder.js';
import { addLayer } from './layers.js';
import { encodeModel } from './onnx.js';
import { type Layer, type Topology, readTopology } from './topology.js';
import { type Weight, readWeights } from './weights.js';

/**
 * The ONNX file of a `model.json`; `read` gives a file of weights by the path that it names. Values are called as the
 * layers are that give them, and the picture lies with its channels last, `[1, height, width, channels]`, as it did.
 *
 * @throws GradlensError `unsupported-model` with the layer's name, `invalid-model`; those of `read`
 */
export async function onnxOf(model: unknown, read: (path: string) => Promise<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  const file = (isObject(model) ? model : {}) as Readonly<Record<string, unknown>>;
  if (file['format'] === 'graph-model') {
    throw new GradlensError(
      'unsupported-model',
      'the model.json is a graph model of TensorFlow.js, and layers models are read; export what it was made of with\n' +
        'pip install tf2onnx\npython -m tf2onnx.convert --saved-model FOLDER --output model.onnx',
    );
  }
  return converted(readTopology(file['modelTopology']), await readWeights(file['weightsManifest'], read));
}

function converted(topology: Topology, weights: ReadonlyMap<string, Weight>): Blob {
  const { name, keras, inputShape, input: image, layers, output } = topology;
  const builder = new Builder();
  const input = { name: builder.named(image.name), shape: [1, ...extents(inputShape)] };
  const values = new Map<Layer, Value>();
  values.set(image, builder.channelsFirst({ name: input.name, rank: input.shape.length }, `${input.name}/nchw`));
  for (const layer of layers) {
    const inputs = layer.inputs.map((from) => values.get(from)!);
    const weight = (of: string) => found(weights, layer.name, of);
    values.set(layer, addLayer({ builder, layer, keras, inputs, output: layer.name, weight }));
  }
  const scores = { name: values.get(output)!.name, shape: ['batch', 'classes'] };
  return encodeModel({ name, producer: 'TensorFlow.js', nodes: builder.nodes, tensors: builder.tensors, input, output: scores });
}

/** Of a picture; extents that are not known have names. */
function extents(shape: readonly (number | null)[]): (number | string)[] {
  if (shape.length === 3) return shape.map((extent, at) => extent ?? ['height', 'width', 'channels'][at]!);
  const found = `[${shape.join(', ')}]`;
  throw new GradlensError('invalid-model', `the input of the model.json is ${found}; a picture has height, width and channels`);
}

/** A layer's weight by its name, before which converters write those of networks around it. */
function found(weights: ReadonlyMap<string, Weight>, layer: string, name: string): Weight {
  const whole = `${layer}/${name}`;
  const weight = weights.get(whole) ?? [...weights].find(([path]) => path.endsWith(`/${whole}`))?.[1];
  if (weight) return weight;
  throw new GradlensError('invalid-model', `the layer "${layer}" has no "${name}" in the model.json: is the export complete?`);
}
