// gradlens, as its package is published: nothing is bundled.
let explainer, last;

// The peers pool what they explain, so the map is taken where they take it.
const options = { layer: 'head' };

/** @param {{ backend: 'cpu' | 'webgpu', entry: 'direct' | 'index', model?: string }} config */
export async function setup({ backend, entry, model }) {
  const { load } = await import(`/static/gradlens/dist/${entry}.js`);
  explainer = await load({ backend, model });
  return explainer.backend;
}

export async function explain(picture, classIdx) {
  last = picture;
  return next(classIdx);
}

export async function next(classIdx) {
  const { raw } = await explainer.explain(last, classIdx, 'grad-cam++', options);
  return raw;
}

export async function many(picture, classes) {
  const explanations = await explainer.explainMany(picture, classes, 'grad-cam++', options);
  return explanations.map(({ raw }) => raw);
}

/** The map at the picture's own size. */
export async function fine(picture, classIdx) {
  const { width, height } = picture;
  const { raw } = await explainer.explain(picture, classIdx, 'grad-cam++', { ...options, inputSize: { width, height } });
  return raw;
}
