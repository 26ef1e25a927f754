// @ts-check

/**
 * What a job holds to stay honest while the visitor goes on clicking.
 * @typedef {object} Turn
 * @property {<T>(promise: Promise<T>) => Promise<T>} still
 *   the promise's value, unless a newer job began meanwhile: then the job ends here
 * @property {AbortSignal} signal aborted when a newer job begins: ends what takes long
 * @property {<T>(call: () => Promise<T>) => Promise<T>} alone
 *   the same for a call that must not overlap with another job's; a job that was overtaken while it
 *   waited never makes the call, so ten quick clicks cost two explanations and not ten
 */

class Overtaken extends Error {}

/**
 * Makes `newest(job)`: only the job that began last runs to its end. An older one stops at its next
 * step, and what it throws is dropped with it.
 * @returns {(job: (turn: Turn) => Promise<void>) => Promise<void>}
 */
export function createNewest() {
  let latest = 0;
  let stop = new AbortController();
  /** @type {Promise<unknown>} */
  let line = Promise.resolve();

  return async (job) => {
    const mine = ++latest;
    stop.abort();
    stop = new AbortController();
    const check = () => {
      if (mine !== latest) throw new Overtaken();
    };
    /** @type {Turn} */
    const turn = {
      signal: stop.signal,
      async still(promise) {
        const value = await promise;
        check();
        return value;
      },
      alone(call) {
        const result = line.then(() => {
          check();
          return call();
        });
        line = result.catch(() => {});
        return turn.still(result);
      },
    };
    try {
      await job(turn);
    } catch (error) {
      if (mine === latest) throw error;
    }
  };
}
