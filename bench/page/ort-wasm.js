import * as ort from 'onnxruntime-web/wasm';
import { use } from './ort.js';
export { forward, setup } from './ort.js';

use(ort);
