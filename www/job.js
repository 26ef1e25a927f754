// @ts-check
/** @import { Explainer, Prediction } from './gradlens/dist/index.js' */
/** @import { Network } from './network/network.js' */
/** @import { Turn } from './newest.js' */
/** @import { Picture } from './picture.js' */

/**
 * A photo that was chosen.
 * @typedef {object} Photo
 * @property {string} name
 * @property {string} credit
 * @property {string | null} sample its id in the gallery
 * @property {Promise<Picture>} picture
 * @property {Prediction[] | null} classes all of them, the likeliest first, once known
 * @property {number | null} classIdx the class to explain; null is the likeliest
 * @property {Network | null} [network] whose classes these are: null is the built-in one; not said before one has seen it
 */

/** @typedef {ReturnType<typeof createJob>} Job */

/**
 * What a mode is given to show a photo.
 * @param {Turn} turn
 * @param {Explainer} explainer
 * @param {Photo} photo
 * @param {ImageData} pixels
 */
export function createJob(turn, explainer, photo, pixels) {
  let spent = 0;

  return {
    turn,
    explainer,
    photo,
    pixels,

    /**
     * Makes a call that is part of the answer.
     * @template T
     * @param {() => Promise<T>} call
     * @returns {Promise<T>}
     */
    ask(call) {
      return turn.alone(async () => {
        const started = performance.now();
        const value = await call();
        spent += performance.now() - started;
        return value;
      });
    },

    /** How many milliseconds the answer took. */
    get spent() {
      return spent;
    },
  };
}
