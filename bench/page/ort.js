// The network on onnxruntime-web, which has no gradients in the browser: the forward pass alone.
import { channelsFirst } from './pixels.js';

let ort, session;

/** Takes the build of onnxruntime-web that a backend needs. */
export function use(build) {
  ort = build;
}

export async function setup({ backend, threads }, model) {
  ort.env.wasm.wasmPaths = '/static/ort/';
  ort.env.wasm.numThreads = threads;
  session = await ort.InferenceSession.create(new Uint8Array(model), { executionProviders: [backend] });
  return `${backend}, ${ort.env.wasm.numThreads} threads`;
}

/** The logits of a picture. */
export async function forward(picture) {
  const image = new ort.Tensor('float32', channelsFirst(picture), [1, 3, picture.height, picture.width]);
  const { logits } = await session.run({ image });
  return logits.data;
}
