import { explainPhoto } from './explain-photo.js';

explainPhoto();
