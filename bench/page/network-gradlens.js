// Any network on gradlens, as its package is published: the explanation of its top class.
const { load } = await import('/static/gradlens/dist/index.js');

let explainer;

/**
 * @param {{ contract?: object }} config
 * @param {Uint8Array | undefined} model none for the network of the package
 */
export async function setup({ contract }, model) {
  explainer = await load({ backend: 'cpu', model, contract });
  return explainer.model.contract;
}

export async function answer(picture) {
  const { classIdx, logit, layer, raw } = await explainer.explain(picture, null, 'grad-cam++');
  return { classIdx, logit, layer, map: raw };
}
