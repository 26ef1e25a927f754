import type { RawExplanation } from './types.js';

/** A map before it is scaled, and the size of the picture that it is of. */
export interface PlacedMap extends Pick<RawExplanation, 'raw' | 'rawWidth' | 'rawHeight' | 'area'> {
  readonly width: number;
  readonly height: number;
}

/** Whether a map also says what speaks against its class. */
export function isSigned({ raw }: PlacedMap): boolean {
  return raw.some((value) => value < 0);
}

/** A map at a picture's size, row-major, in [0, 1], or [-1, 1] if it is signed. */
export function wholeMap(map: PlacedMap): Float32Array {
  const { width, height } = map;
  const rows = new SmoothMap(map, width, height);
  const whole = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    rows.read(y);
    whole.set(rows.values, y * width);
  }
  return whole;
}

/**
 * A map at the overlay's size, in shares of its largest magnitude, read a row at a time: many whole maps of a large photo would not
 * fit. It is scaled bicubically, sample points at the centres of pixels, as lines of equal value would have a corner in
 * every cell otherwise; beside its area it is zero.
 */
export class SmoothMap {
  /** The row's values, in [0, 1], or [-1, 1] if the map is signed. */
  readonly values: Float32Array;
  /** A bound for the slope of any map of this size: the spline's is at most twice that of a straight line. */
  readonly steepest: number;
  /** From top to bottom through each column of the source. */
  readonly #down: Spline[];
  /** From left to right through the row that is read, and through how fast it changes downwards. */
  readonly #across: Spline;
  readonly #change: Spline;
  readonly #row: Float32Array;
  readonly #rowChange: Float32Array;
  readonly #columns: Positions;
  readonly #rows: Positions;
  /** The least value that there may be. */
  readonly #least: number;
  /** Whether the map covers anything of the row. */
  #isCovered = false;

  constructor(map: PlacedMap, width: number, height: number) {
    const { raw, rawWidth, rawHeight, area, ...picture } = map;
    const top = raw.reduce((top, value) => Math.max(top, Math.abs(value)), 0) || 1;
    this.#least = isSigned(map) ? -1 : 0;
    this.values = new Float32Array(width);
    this.#down = Array.from({ length: rawWidth }, (_, x) => {
      const spline = new Spline(rawHeight);
      spline.fit(Float32Array.from({ length: rawHeight }, (_, y) => raw[y * rawWidth + x]! / top));
      return spline;
    });
    this.#across = new Spline(rawWidth);
    this.#change = new Spline(rawWidth);
    this.#row = new Float32Array(rawWidth);
    this.#rowChange = new Float32Array(rawWidth);
    const [across, down] = [width / picture.width, height / picture.height];
    this.#columns = positions(rawWidth, area.x * across, area.width * across, width);
    this.#rows = positions(rawHeight, area.y * down, area.height * down, height);
    this.steepest = 2 * Math.hypot(this.#columns.step, this.#rows.step);
  }

  /** Goes to a row of the overlay. */
  read(y: number): void {
    this.#isCovered = y >= this.#rows.start && y < this.#rows.end;
    if (!this.#isCovered) {
      this.values.fill(0);
      return;
    }
    const piece = this.#rows.pieces[y]!;
    const offset = this.#rows.offsets[y]!;
    for (let x = 0; x < this.#row.length; x++) {
      const spline = this.#down[x]!;
      this.#row[x] = spline.value(piece, offset);
      this.#rowChange[x] = spline.slope(piece, offset) * this.#rows.step;
    }
    this.#across.fit(this.#row);
    this.#change.fit(this.#rowChange);
    this.#across.sample(this.#columns, this.values, this.#least);
  }

  /** How much the map changes a pixel, at a pixel of the row. */
  slope(x: number): number {
    if (!this.#isCovered || x < this.#columns.start || x >= this.#columns.end) return 0;
    const piece = this.#columns.pieces[x]!;
    const offset = this.#columns.offsets[x]!;
    const across = this.#across.slope(piece, offset) * this.#columns.step;
    const down = this.#change.value(piece, offset);
    return Math.sqrt(across * across + down * down);
  }
}

/** Where the middles of pixels lie among the samples that are scaled to them. */
interface Positions {
  /** The first pixel that the samples cover. */
  readonly start: number;
  /** The one behind the last. */
  readonly end: number;
  /** The piece of the spline for each of them: the one before the first sample is 0. */
  readonly pieces: Uint16Array;
  /** How far into the piece, in [0, 1). */
  readonly offsets: Float32Array;
  /** Samples a pixel. */
  readonly step: number;
}

function positions(samples: number, from: number, extent: number, size: number): Positions {
  const step = samples / extent;
  const at = Float32Array.from({ length: size }, (_, i) => (i + 0.5 - from) * step - 0.5);
  const { start, end } = covered(from, extent, size);
  return {
    start,
    end,
    pieces: Uint16Array.from(at, (at) => Math.floor(at) + 1),
    offsets: at.map((at) => at - Math.floor(at)),
    step,
  };
}

/** Of so many pixels those whose centres are covered, up to `end`. */
function covered(from: number, extent: number, size: number): { start: number; end: number } {
  const start = Math.max(0, Math.ceil(from - 0.5));
  return { start, end: Math.max(start, Math.min(size, Math.floor(from + extent - 0.5) + 1)) };
}

/** Catmull and Rom's spline: through the samples, and smoothly. Edges are held. */
class Spline {
  /** Of each piece the coefficients of t³, t², t and 1, for t from 0 to 1. */
  readonly #cubics: Float64Array;

  constructor(samples: number) {
    this.#cubics = new Float64Array(4 * (samples + 1));
  }

  fit(samples: Float32Array): void {
    const last = samples.length - 1;
    const cubics = this.#cubics;
    for (let piece = 0; piece <= samples.length; piece++) {
      const before = samples[Math.max(0, piece - 2)]!;
      const from = samples[Math.max(0, piece - 1)]!;
      const to = samples[Math.min(last, piece)]!;
      const after = samples[Math.min(last, piece + 1)]!;
      cubics[4 * piece] = (3 * (from - to) + after - before) / 2;
      cubics[4 * piece + 1] = before - 2.5 * from + 2 * to - 0.5 * after;
      cubics[4 * piece + 2] = (to - before) / 2;
      cubics[4 * piece + 3] = from;
    }
  }

  value(piece: number, t: number): number {
    const cubics = this.#cubics;
    const at = 4 * piece;
    return ((cubics[at]! * t + cubics[at + 1]!) * t + cubics[at + 2]!) * t + cubics[at + 3]!;
  }

  slope(piece: number, t: number): number {
    const cubics = this.#cubics;
    const at = 4 * piece;
    return (3 * cubics[at]! * t + 2 * cubics[at + 1]!) * t + cubics[at + 2]!;
  }

  /** The values at the positions that are covered, from `least` to 1: the curve may overshoot between samples. */
  sample({ start, end, pieces, offsets }: Positions, values: Float32Array, least: number): void {
    const cubics = this.#cubics;
    // Written out: the first map is painted before the browser has optimised anything.
    for (let x = start; x < end; x++) {
      const at = 4 * pieces[x]!;
      const t = offsets[x]!;
      const value = ((cubics[at]! * t + cubics[at + 1]!) * t + cubics[at + 2]!) * t + cubics[at + 3]!;
      values[x] = value < least ? least : value > 1 ? 1 : value;
    }
  }
}
