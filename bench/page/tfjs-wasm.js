import * as tf from '@tensorflow/tfjs-core';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { load } from './tfjs.js';
export { explain, next } from './tfjs.js';

export async function setup({ threads }, weights) {
  setWasmPaths('/static/tfjs-backend-wasm/');
  if (threads === 1) {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  } else {
    // TensorFlow.js takes half the logical cores at most, whatever it is asked for.
    Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 2 * threads });
    setThreadsCount(threads);
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend of TensorFlow.js did not start');
  load(weights);
  return `${threads === 1 ? 1 : getThreadsCount()} threads`;
}
