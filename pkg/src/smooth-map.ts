import type { Explanation } from './explanation.js';

/**
 * A map at the overlay's size, read a row at a time: many whole maps of a large photo would not fit.
 * It is scaled bicubically, as lines of equal value would have a corner in every cell otherwise.
 */
export class SmoothMap {
  /** The row's values, in [0, 1]. */
  readonly values: Float32Array;
  /** A bound for the slope of any map of this size: the spline's is at most twice that of a straight line. */
  readonly steepest: number;
  readonly #source: Float32Array;
  readonly #sourceWidth: number;
  readonly #columns: Taps;
  readonly #rows: Taps;
  /** The source's rows blended for the row that is read, and how fast they change there. */
  readonly #blend: Float32Array;
  readonly #change: Float32Array;

  constructor({ raw, rawWidth, rawHeight }: Explanation, width: number, height: number) {
    const top = raw.reduce((top, value) => Math.max(top, value), 0) || 1;
    this.values = new Float32Array(width);
    this.steepest = 2 * Math.hypot(rawWidth / width, rawHeight / height);
    this.#source = raw.map((value) => value / top);
    this.#sourceWidth = rawWidth;
    this.#columns = taps(rawWidth, width);
    this.#rows = taps(rawHeight, height);
    this.#blend = new Float32Array(rawWidth);
    this.#change = new Float32Array(rawWidth);
  }

  /** Goes to a row of the overlay. */
  read(y: number): void {
    const { indices, weights, slopes } = this.#rows;
    this.#blend.fill(0);
    this.#change.fill(0);
    for (let tap = 4 * y; tap < 4 * y + 4; tap++) {
      const start = indices[tap]! * this.#sourceWidth;
      for (let x = 0; x < this.#sourceWidth; x++) {
        this.#blend[x]! += this.#source[start + x]! * weights[tap]!;
        this.#change[x]! += this.#source[start + x]! * slopes[tap]!;
      }
    }
    const { values } = this;
    const blend = this.#blend;
    const columns = this.#columns;
    for (let x = 0; x < values.length; x++) {
      // The curve may overshoot between samples.
      values[x] = Math.min(1, Math.max(0, interpolated(blend, columns.indices, columns.weights, x)));
    }
  }

  /** How much the map changes a pixel, at a pixel of the row. */
  slope(x: number): number {
    const { indices, weights, slopes } = this.#columns;
    return Math.hypot(
      interpolated(this.#blend, indices, slopes, x),
      interpolated(this.#change, indices, weights, x),
    );
  }
}

function interpolated(samples: Float32Array, indices: Uint32Array, weights: Float32Array, x: number): number {
  const tap = 4 * x;
  return (
    samples[indices[tap]!]! * weights[tap]! +
    samples[indices[tap + 1]!]! * weights[tap + 1]! +
    samples[indices[tap + 2]!]! * weights[tap + 2]! +
    samples[indices[tap + 3]!]! * weights[tap + 3]!
  );
}

/** For each target pixel, the four samples around its centre: where, with what weight, with what slope. */
interface Taps {
  readonly indices: Uint32Array;
  readonly weights: Float32Array;
  readonly slopes: Float32Array;
}

/** Catmull and Rom's spline: it goes through the samples, and smoothly. Edges are held. */
function taps(sourceSize: number, size: number): Taps {
  const indices = new Uint32Array(4 * size);
  const weights = new Float32Array(4 * size);
  const slopes = new Float32Array(4 * size);
  const step = sourceSize / size;
  for (let i = 0; i < size; i++) {
    const at = (i + 0.5) * step - 0.5;
    const first = Math.floor(at);
    const t = at - first;
    for (let k = 0; k < 4; k++) {
      indices[4 * i + k] = Math.min(sourceSize - 1, Math.max(0, first - 1 + k));
    }
    weights.set([
      (-t + 2 * t ** 2 - t ** 3) / 2,
      (2 - 5 * t ** 2 + 3 * t ** 3) / 2,
      (t + 4 * t ** 2 - 3 * t ** 3) / 2,
      (-(t ** 2) + t ** 3) / 2,
    ], 4 * i);
    slopes.set([
      (-1 + 4 * t - 3 * t ** 2) / 2,
      (-10 * t + 9 * t ** 2) / 2,
      (1 + 8 * t - 9 * t ** 2) / 2,
      (-2 * t + 3 * t ** 2) / 2,
    ].map((slope) => slope * step), 4 * i);
  }
  return { indices, weights, slopes };
}
