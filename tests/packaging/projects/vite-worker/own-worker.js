import { explainPhoto } from './explain-photo.js';

await explainPhoto();
postMessage(globalThis.answer);
