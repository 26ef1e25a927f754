import { type Known, checkOptions } from './checks.js';
import { type Colormap, colourTable } from './colormaps.js';
import { GradlensError } from './errors.js';
import type { Backend, Box, Layer, Method, RawExplanation } from './types.js';
import { upsample } from './upsample.js';

/** How a map becomes an overlay. */
export interface OverlayOptions {
  /** `turbo` by default. */
  colormap?: Colormap;
  /** In [0, 1]: how far the strongest evidence covers the picture. 0.6 by default. */
  opacity?: number;
}

const overlayOptions = { colormap: true, opacity: true } satisfies Known<OverlayOptions>;

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
  /** The map before normalisation, row-major, not negative. */
  readonly raw: Float32Array;
  /** Columns of {@link raw}: as many as the layer has. */
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
  /** Whether nothing in the picture speaks for the class: the map is zero everywhere. */
  readonly isEmpty: boolean;

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
    this.area = raw.area;
    this.width = width;
    this.height = height;
    this.#top = raw.raw.reduce((top, value) => Math.max(top, value), 0);
    this.isEmpty = this.#top === 0;
  }

  /**
   * The map at the picture's size, row-major, in [0, 1]: {@link raw} divided by its maximum and
   * scaled bilinearly to {@link area}, and zero beside that. Made when first read.
   */
  get map(): Float32Array {
    this.#map ??= upsample(this.#normalised(), this.rawWidth, this.rawHeight, this.area, this.width, this.height);
    return this.#map;
  }

  /**
   * The map in colours at the picture's size, to be drawn over the picture. The alpha follows the
   * map, from transparent where nothing speaks for the class to `opacity` where most does.
   */
  toImageData(options: OverlayOptions = {}): ImageData {
    checkOptions(options, overlayOptions);
    const { colormap = 'turbo', opacity = 0.6 } = options;
    if (!(opacity >= 0 && opacity <= 1)) {
      throw new GradlensError('invalid-argument', `an opacity of ${opacity} is out of range; it goes from 0 to 1`);
    }
    const table = colourTable(colormap);
    const overlay = new ImageData(this.width, this.height);
    const pixels = overlay.data;
    const map = this.map;
    for (let i = 0; i < map.length; i++) {
      const value = map[i]!;
      const colour = Math.round(value * 255) * 3;
      pixels[4 * i] = table[colour]!;
      pixels[4 * i + 1] = table[colour + 1]!;
      pixels[4 * i + 2] = table[colour + 2]!;
      pixels[4 * i + 3] = value * opacity * 255;
    }
    return overlay;
  }

  #normalised(): Float32Array {
    return this.isEmpty ? this.raw : this.raw.map((value) => value / this.#top);
  }
}
