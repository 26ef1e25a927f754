import { explainPhoto } from './explain-photo.js';

try {
  await explainPhoto();
  webkit.messageHandlers.ipc.postMessage(JSON.stringify(answer));
} catch (error) {
  webkit.messageHandlers.ipc.postMessage(String(error));
}
