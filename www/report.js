// @ts-check
/** @import { DetectedObject, Explainer, Explanation } from './gradlens/dist/index.js' */
/** @import { Settings } from './controls.js' */
/** @import { Photo } from './job.js' */
/** @import { Mode } from './modes.js' */

/**
 * What a mode found in a photo.
 * @typedef {object} Findings
 * @property {string} what what was made, in words
 * @property {readonly Explanation[]} explanations of one class by one method or by all, of every object, or by several networks
 * @property {readonly string[]} [networks] whose explanations these are, where they are of several
 * @property {readonly DetectedObject[]} objects none but in the mode of that name
 */

/**
 * What the page shows, with all that is known of it.
 * @typedef {object} Answer
 * @property {Mode} mode
 * @property {Photo} photo
 * @property {ImageData} pixels
 * @property {Settings} settings
 * @property {Explainer} explainer
 * @property {Findings} findings
 */

/**
 * All numbers of an answer, as plain data, and of which model they are.
 * @param {Answer} answer
 * @param {string} version the package's
 */
export async function report({ mode, photo, pixels, settings, explainer, findings }, version) {
  const { name, contract } = explainer.model;
  return {
    generator: 'gradlens',
    version,
    model: name,
    // A worker that is gone has taken it along.
    modelHash: await explainer.modelHash().catch(() => null),
    contract,
    // A GPU may have taken over since.
    backend: findings.explanations[0]?.backend ?? explainer.backend,
    photo: { name: photo.name, width: pixels.width, height: pixels.height },
    mode,
    inputSize: settings.inputSize,
    classes: photo.classes,
    ...(mode === 'objects'
      ? { objects: findings.objects.map(asData) }
      : { explanations: findings.explanations.map((each, at) => ({ network: findings.networks?.[at], ...mapAsData(each) })) }),
  };
}

/** @param {DetectedObject} object */
function asData({ classIdx, label, score, box, regions, alternatives, explanation }) {
  return { classIdx, label, score, box, regions, alternatives, explanation: mapAsData(explanation) };
}

/** @param {Explanation} explanation */
function mapAsData({ classIdx, label, probability, logit, method, layer, rawWidth, rawHeight, area, raw }) {
  return { classIdx, label, probability, logit, method, layer, rawWidth, rawHeight, area, raw: Array.from(raw) };
}
