import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import { load } from './tfjs.js';
export { explain, next } from './tfjs.js';

export async function setup(_, weights) {
  if (!(await tf.setBackend('webgl'))) throw new Error('the webgl backend of TensorFlow.js did not start');
  await tf.ready();
  load(weights);
  return tf.getBackend();
}
