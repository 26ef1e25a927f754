import type { Method } from './types.js';

/** How methods compare by one measure on the same pictures. */
export interface Ranking {
  /** Best first; of methods that are equal, the one that was asked for first. */
  readonly methods: readonly Method[];
  /** The first against each of the others, in their order. */
  readonly leads: readonly Lead[];
  /** The first method, if it is better than each of the others; null where these pictures cannot tell, or nothing compares. */
  readonly best: Method | null;
}

/** By how much the first method of a ranking is better than another one. */
export interface Lead {
  /** The other method. */
  readonly method: Method;
  /** The mean over the pictures of how much better the first is, in units of the measure. */
  readonly mean: number;
  /** The interval of that mean by paired bootstrap, at the level that Holm's correction leaves to this comparison. */
  readonly interval: readonly [least: number, most: number];
  /** The probability of such a lead by chance, from both sides, corrected by Holm for the number of comparisons. */
  readonly p: number;
}

/** What is taken for chance. */
const LEVEL = 0.05;
/** How many samples of the pictures are drawn. */
const SAMPLES = 10_000;

/**
 * Ranks methods by their values on each picture, the larger the better.
 *
 * Samples of the pictures are drawn with replacement, the same ones for all methods, since their values on one picture
 * belong together (the paired bootstrap, Efron 1979). The comparisons of the first method with the others are corrected by
 * Holm's step-down procedure (1979).
 */
export function rank(values: ReadonlyMap<Method, readonly number[]>): Ranking {
  const means = Array.from(values, ([method, of]) => ({ method, of, mean: mean(of) }));
  const [first, ...others] = means.sort((a, b) => b.mean - a.mean);
  if (!first) return { methods: [], leads: [], best: null };
  const differences = others.map(({ of }) => of.map((value, at) => first.of[at]! - value));
  const tests = resampled(differences).map((samples, at) => ({ at, samples, p: chance(samples) }));
  const leads: Lead[] = [];
  let corrected = 0;
  for (const [done, { at, samples, p }] of tests.sort((a, b) => a.p - b.p).entries()) {
    const left = tests.length - done;
    corrected = Math.max(corrected, Math.min(1, left * p));
    const tail = LEVEL / left / 2;
    leads[at] = {
      method: others[at]!.method,
      mean: mean(differences[at]!),
      interval: [quantile(samples, tail), quantile(samples, 1 - tail)],
      p: corrected,
    };
  }
  const isBest = leads.length > 0 && leads.every(({ p }) => p < LEVEL);
  return { methods: [first, ...others].map(({ method }) => method), leads, best: isBest ? first.method : null };
}

/** The means of samples of the pictures, in order, one list for each list of differences. */
function resampled(differences: readonly (readonly number[])[]): Float64Array[] {
  const random = mulberry32(0);
  const means = differences.map(() => new Float64Array(SAMPLES));
  const count = differences[0]?.length ?? 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (let drawn = 0; drawn < count; drawn++) {
      const at = Math.floor(random() * count);
      for (const [other, of] of differences.entries()) means[other]![sample]! += of[at]! / count;
    }
  }
  return means.map((of) => of.sort());
}

/** Twice the smaller share of means on either side of 0, those at 0 on both. */
function chance(sorted: Float64Array): number {
  const shareOf = (holds: (mean: number) => boolean) => sorted.filter(holds).length / sorted.length;
  // What rounding leaves of equal values is no lead.
  return Math.min(1, 2 * Math.min(shareOf((mean) => mean <= 1e-12), shareOf((mean) => mean >= -1e-12)));
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))]!;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Tommy Ettinger's generator of numbers in [0, 1), the same on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
