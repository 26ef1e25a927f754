import { version } from 'gradlens';

const worker = new Worker(new URL('./own-worker.js', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }) => {
  globalThis.answer = { ...data, version };
};
