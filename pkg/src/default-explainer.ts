import { toGradlensError } from './errors.js';
import type { Explainer } from './explainer.js';
import type { Explanation } from './explanation.js';
import type { ExplainOptions, Method, Picture } from './types.js';

/** After these an explainer is of no more use. */
const fatal: readonly string[] = ['device-error', 'internal', 'runtime-unavailable'];

/**
 * An `explain` that loads an explainer at its first call and keeps it. After a failed load, or once
 * the explainer broke down, the next call loads anew.
 */
export function explainWith(load: () => Promise<Explainer>) {
  let loading: Promise<Explainer> | undefined;
  return async (
    imageData: Picture,
    classIdx: number | null = null,
    method: Method = 'grad-cam++',
    options: ExplainOptions = {},
  ): Promise<Explanation> => {
    const current = (loading ??= load());
    const forget = () => {
      if (loading === current) loading = undefined;
    };
    current.catch(forget);
    const explainer = await current;
    try {
      return await explainer.explain(imageData, classIdx, method, options);
    } catch (error) {
      if (fatal.includes(toGradlensError(error).code)) {
        forget();
        explainer.dispose();
      }
      throw error;
    }
  };
}
