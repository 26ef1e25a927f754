import { explainPhoto } from './explain-photo.js';

// This bundler leaves the package's files where they are; the build copies them.
await explainPhoto({ workerUrl: 'gradlens/dist/worker.js' });
