import type { Explainer } from './explainer.js';
import type { Explanation } from './explanation.js';
import type { ExplainOptions, Method, Picture } from './types.js';

/** An `explain` that loads an explainer at its first call and keeps it; a failed load is tried again. */
export function explainWith(load: () => Promise<Explainer>) {
  let explainer: Promise<Explainer> | undefined;
  return async (
    imageData: Picture,
    classIdx: number | null = null,
    method: Method = 'grad-cam++',
    options: ExplainOptions = {},
  ): Promise<Explanation> => {
    explainer ??= load();
    explainer.catch(() => {
      explainer = undefined;
    });
    return (await explainer).explain(imageData, classIdx, method, options);
  };
}
