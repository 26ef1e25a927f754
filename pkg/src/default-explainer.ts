import type { PackagedDecoder } from './decoder.js';
import { toGradlensError } from './errors.js';
import type { Explainer } from './explainer.js';
import { pictureOf } from './read-picture.js';
import type { PictureSource } from './types.js';

/** After these an explainer is of no more use. */
const fatal: readonly string[] = ['device-error', 'internal', 'runtime-unavailable'];

/** The calls that need no explainer at hand. */
export type DefaultExplainer = Pick<Explainer, 'classify' | 'explain' | 'explainObjects' | 'dispose'>;

/**
 * Calls to an explainer that is loaded at the first one and kept. After a failed load, or once the explainer broke down
 * or was disposed, the next call loads anew.
 */
export function defaultExplainer(load: () => Promise<Explainer>, decoder: PackagedDecoder): DefaultExplainer {
  let loading: Promise<Explainer> | undefined;
  const call = async <T>(ask: (explainer: Explainer) => Promise<T>): Promise<T> => {
    const current = (loading ??= load());
    const forget = () => {
      if (loading === current) loading = undefined;
    };
    current.catch(forget);
    const explainer = await current;
    try {
      return await ask(explainer);
    } catch (error) {
      if (fatal.includes(toGradlensError(error).code)) {
        forget();
        explainer.dispose();
      }
      throw error;
    }
  };
  const calling = <Name extends Exclude<keyof DefaultExplainer, 'dispose'>>(name: Name) =>
    (async (source: PictureSource, ...args: unknown[]) => {
      // As it is now, not once an explainer is loaded; its failure is seen where it is awaited.
      const picture = pictureOf(decoder, source);
      picture.catch(() => undefined);
      return call(async (explainer) => {
        const ask = explainer[name] as (...args: unknown[]) => Promise<unknown>;
        return ask.call(explainer, await picture, ...args);
      });
    }) as Explainer[Name];
  return {
    classify: calling('classify'),
    explain: calling('explain'),
    explainObjects: calling('explainObjects'),
    dispose: () => {
      loading?.then((explainer) => explainer.dispose(), () => undefined);
      loading = undefined;
    },
  };
}
