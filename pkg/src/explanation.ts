import { type Known, checkOptions, checkShare } from './checks.js';
import { type Colormap, colourTable } from './colormaps.js';
import { GradlensError } from './errors.js';
import { isFloats, isObject } from './kinds.js';
import { keepSelf, self } from './self.js';
import type { Backend, Box, Layer, Method, RawExplanation } from './types.js';
import { upsample } from './upsample.js';

/** How a map becomes an overlay. */
export interface OverlayOptions {
  /** `turbo` by default, and `diverging` for a map with values below 0, which the others leave transparent. */
  colormap?: Colormap;
  /** In [0, 1]: how far the strongest evidence covers the picture. 0.6 by default. */
  opacity?: number;
}

const overlayOptions = { colormap: true, opacity: true } satisfies Known<OverlayOptions>;

/** An explanation without its methods: what `postMessage`, `structuredClone` and IndexedDB leave of it. */
export type PlainExplanation = Omit<Explanation, 'map' | 'toImageData'>;

/** The map of one class of one picture, or of another target. */
export class Explanation {
  /** Index of the class; null for a linear target. */
  readonly classIdx: number | null;
  /** Its label; empty for a linear target. */
  readonly label: string;
  /**
   * In [0, 1], with the picture seen at the contract's size, whatever `inputSize` is. A linear target, or a regression,
   * has {@link logit} here.
   */
  readonly probability: number;
  /** The score whose gradient made the map, at `inputSize`. */
  readonly logit: number;
  /** How the map was made. */
  readonly method: Method;
  /** Where in the network it was taken. */
  readonly layer: Layer;
  /** What it was computed on. */
  readonly backend: Backend;
  /** The map before normalisation, row-major; not negative, unless `negative` was asked for. */
  readonly raw: Float32Array;
  /** Columns of {@link raw}: as many as the layer has, or the method's own. */
  readonly rawWidth: number;
  /** Rows of {@link raw}, likewise. */
  readonly rawHeight: number;
  /**
   * What of the picture {@link raw} covers, in pixels of the picture: what the network saw. Less than the picture where
   * its middle was cut out, more where it was letterboxed.
   */
  readonly area: Box;
  /** Width of the picture and of {@link map}. */
  readonly width: number;
  /** Height of the picture and of {@link map}. */
  readonly height: number;
  /** Whether {@link raw} has values below 0: what speaks against the class. */
  readonly isSigned: boolean;
  /** Whether nothing in the picture speaks for the class, or against it where that was asked for: the map is zero everywhere. */
  readonly isEmpty: boolean;

  /** @internal */
  declare readonly [self]: () => this;
  readonly #top: number;
  #map: Float32Array | undefined;

  /** @internal */
  constructor(raw: RawExplanation, width: number, height: number) {
    this.classIdx = raw.classIdx;
    this.label = raw.label;
    this.probability = raw.probability;
    this.logit = raw.logit;
    this.method = raw.method;
    this.layer = raw.layer;
    this.backend = raw.backend;
    this.raw = raw.raw;
    this.rawWidth = raw.rawWidth;
    this.rawHeight = raw.rawHeight;
    this.area = { ...raw.area };
    this.width = width;
    this.height = height;
    this.#top = raw.raw.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    this.isSigned = raw.raw.some((value) => value < 0);
    this.isEmpty = this.#top === 0;
    keepSelf(this);
  }

  /**
   * An explanation with its methods again, from what went through a message or a store as plain data.
   *
   * @throws GradlensError `invalid-argument` if it is no such data
   */
  static from(plain: PlainExplanation): Explanation {
    if (isExplanation(plain)) return new Explanation(plain, plain.width, plain.height);
    throw new GradlensError('invalid-argument', 'this is no explanation as it comes out of structuredClone: it lacks what makes a map');
  }

  /**
   * The map at the picture's size, row-major, in [0, 1], or [-1, 1] if it is signed: {@link raw} divided by its largest magnitude and
   * scaled bilinearly to {@link area}, and zero beside that. Made when first read.
   */
  get map(): Float32Array {
    const own = this[self]();
    own.#map ??= upsample(own.#normalised(), own.rawWidth, own.rawHeight, own.area, own.width, own.height);
    return own.#map;
  }

  /**
   * The map in colours at the picture's size, to be drawn over the picture. The alpha follows the
   * map, from transparent where nothing speaks for the class, or against it, to `opacity` where most does.
   */
  toImageData(options: OverlayOptions = {}): ImageData {
    checkOptions(options, overlayOptions);
    const { colormap = this.isSigned ? 'diverging' : 'turbo', opacity = 0.6 } = options;
    checkShare('opacity', opacity);
    const table = colourTable(colormap);
    const overlay = new ImageData(this.width, this.height);
    const pixels = overlay.data;
    const map = this.map;
    for (let i = 0; i < map.length; i++) {
      const value = colormap === 'diverging' ? map[i]! : Math.max(0, map[i]!);
      const colour = Math.round((colormap === 'diverging' ? (value + 1) / 2 : value) * 255) * 3;
      pixels[4 * i] = table[colour]!;
      pixels[4 * i + 1] = table[colour + 1]!;
      pixels[4 * i + 2] = table[colour + 2]!;
      pixels[4 * i + 3] = Math.abs(value) * opacity * 255;
    }
    return overlay;
  }

  #normalised(): Float32Array {
    return this.isEmpty ? this.raw : this.raw.map((value) => value / this.#top);
  }
}

function isExplanation(plain: unknown): plain is PlainExplanation {
  if (!isObject(plain)) return false;
  const { raw, rawWidth, rawHeight, width, height, area, label, classIdx } = plain as Partial<PlainExplanation>;
  const isSize = (side: unknown) => Number.isSafeInteger(side) && (side as number) > 0;
  const isMap = isFloats(raw) && [rawWidth, rawHeight].every(isSize) && raw.length === rawWidth! * rawHeight!;
  const isPlaced = [width, height].every(isSize) && isObject(area) && [area.x, area.y, area.width, area.height].every(Number.isFinite);
  return isMap && isPlaced && typeof label === 'string' && (classIdx === null || Number.isInteger(classIdx));
}
