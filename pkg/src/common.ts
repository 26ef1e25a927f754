// What both entry points export besides `load` and `explain`.

export { type Colormap, colormaps } from './colormaps.js';
export { type ErrorCode, GradlensError } from './errors.js';
export { Explainer } from './explainer.js';
export { Explanation, type OverlayOptions } from './explanation.js';
export {
  type Backend,
  type ExplainOptions,
  type Layer,
  type LoadOptions,
  type Method,
  type Picture,
  type Prediction,
  type Progress,
  layers,
  methods,
} from './types.js';

declare const __VERSION__: string;

/** The version of this package. */
export const version: string = __VERSION__;
