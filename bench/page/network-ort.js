// Any network on onnxruntime-web, which has no gradients in the browser: its prediction alone.
import * as ort from 'onnxruntime-web/wasm';
import { channelsFirst, channelsLast } from './pixels.js';

ort.env.wasm.wasmPaths = '/static/ort/';
ort.env.wasm.numThreads = 1;

/** Of a side that the file leaves open. */
const SIZE = 224;

let session, shape, values;

export async function setup(_, model) {
  session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
  const extents = session.inputMetadata[0].shape;
  const known = (extent) => (typeof extent === 'number' && extent > 0 ? extent : SIZE);
  const [height, width] = (extents[3] === 3 ? extents.slice(1) : extents.slice(2)).map(known);
  shape = extents[3] === 3 ? [1, height, width, 3] : [1, 3, height, width];
  values = extents[3] === 3 ? channelsLast : channelsFirst;
  return { width, height };
}

export async function answer(picture) {
  const results = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', values(picture), shape) });
  return { logits: results[session.outputNames[0]].data };
}
