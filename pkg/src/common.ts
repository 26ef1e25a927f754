// What both entry points export besides `load` and `explain`.

export { checkCanvas } from './canvas.js';
export { type Colormap, colormaps } from './colormaps.js';
export { type ErrorCode, GradlensError } from './errors.js';
export { Explainer } from './explainer.js';
export { Explanation, type PlainExplanation } from './explanation.js';
export {
  type Curve,
  type Faithfulness,
  type Localisation,
  type MapFaithfulness,
  type MethodFaithfulness,
  type Road,
  type Yardstick,
  type YardstickFaithfulness,
} from './faithfulness.js';
export {
  type Beaten,
  FaithfulnessSummary,
  type MeanMeasures,
  type Measure,
  type MethodSummary,
  type Win,
  type YardstickSummary,
} from './faithfulness-summary.js';
export { clearCache, isCached } from './kept-model.js';
export { DetectedObject, type PlainObject } from './objects.js';
export { type BlobOptions, type OverlayOptions } from './overlay.js';
export { type Lead, type Ranking } from './ranking.js';
export { type RenderObjectsOptions, objectPalette, renderObjects } from './render-objects.js';
export {
  type AgainstTarget,
  type Backend,
  type Background,
  type Box,
  type CallOptions,
  type CallProgress,
  type Candidate,
  type ClassifyRequest,
  type Contract,
  type ContractParts,
  type ContractSource,
  type Drawable,
  type ExplainManyOptions,
  type ExplainOptions,
  type ExplainRequest,
  type FaithfulnessOptions,
  type FaithfulnessRequest,
  type Files,
  type InputSize,
  type Layer,
  type LayerInfo,
  type LinearTarget,
  type LoadOptions,
  type MapOptions,
  type MapRequest,
  type Method,
  type MethodFamily,
  type MethodInfo,
  type ModelInfo,
  type ObjectsOptions,
  type OwnModelOptions,
  type Picture,
  type PictureOptions,
  type PictureSource,
  type Prediction,
  type Progress,
  type ReadPicture,
  type Region,
  type Rgb,
  type Source,
  type Target,
  type Targets,
  type Tensor,
  type TensorOptions,
  type TrustedAddress,
  type WasmSources,
  methodFamilies,
  methods,
} from './types.js';

declare const __VERSION__: string;

/** The version of this package. */
export const version: string = __VERSION__;
