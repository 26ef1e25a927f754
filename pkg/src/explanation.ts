import { blobOf, canvasOf, contextOf, drawOver } from './drawing.js';
import { GradlensError } from './errors.js';
import { isFloats, isObject } from './kinds.js';
import { type BlobOptions, type OverlayOptions, checkOverlay, paintOverlay } from './overlay.js';
import { type Pixels, imageOf } from './pixels.js';
import { keepSelf, self } from './self.js';
import { type PlacedMap, wholeMap } from './smooth-map.js';
import type { Backend, Box, Layer, Method, RawExplanation } from './types.js';

/** Paints a map in another thread. */
export type Painter = (map: PlacedMap, options: OverlayOptions) => Promise<Pixels>;

/** An explanation without its methods: what `postMessage`, `structuredClone` and IndexedDB leave of it. */
export type PlainExplanation = Omit<Explanation, 'map' | 'toImageData' | 'paint' | 'drawOn' | 'toCanvas' | 'toBlob'>;

/** What an explanation is made of. */
type Parts = [raw: RawExplanation, width: number, height: number, painter?: Painter];

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
  readonly #painter: Painter | undefined;
  /** Let go of once nobody uses it. */
  #map: WeakRef<Float32Array> | undefined;

  private constructor(...[raw, width, height, painter]: Parts) {
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
    this.isSigned = raw.raw.some((value) => value < 0);
    this.isEmpty = !raw.raw.some((value) => value !== 0);
    this.#painter = painter;
    keepSelf(this);
  }

  /** @internal */
  static of(...parts: Parts): Explanation {
    return new Explanation(...parts);
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
   * The map at the picture's size, row-major, in [0, 1], or [-1, 1] if it is signed: {@link raw} divided by its largest
   * magnitude and scaled smoothly to {@link area}, and zero beside that. Made when read, and again where nobody kept it.
   */
  get map(): Float32Array {
    const own = this[self]();
    const kept = own.#map?.deref();
    if (kept) return kept;
    const map = wholeMap(own);
    own.#map = new WeakRef(map);
    return map;
  }

  /**
   * The map in colours, to be drawn over the picture. The alpha follows the
   * map, from transparent where nothing speaks for the class, or against it, to `opacity` where most does. This blocks the thread; for
   * large overlays there is {@link paint}. Where there is no `ImageData`, as in Node, the answer is an object of its shape.
   *
   * @throws GradlensError `invalid-argument`, `unknown-colormap`, `out-of-memory`
   */
  toImageData(options: OverlayOptions = {}): ImageData {
    return imageOf(paintOverlay(this[self](), options));
  }

  /**
   * The same as {@link toImageData}, painted in the worker of the explainer that made this; in this thread where
   * there is none any more.
   */
  async paint(options: OverlayOptions = {}): Promise<ImageData> {
    checkOverlay(options);
    const own = this[self]();
    const { raw, rawWidth, rawHeight, area, width, height } = own;
    const map = { raw, rawWidth, rawHeight, area, width, height };
    // A worker may end at any time, and what it was to do is as well done here.
    return imageOf((await own.#painter?.(map, { ...options }).catch(() => null)) ?? paintOverlay(map, options));
  }

  /**
   * Draws the map in colours over all of a canvas, which shows the picture, or lies over it. It is painted as large as
   * the canvas unless a width is given.
   *
   * @throws GradlensError `invalid-argument` if that is no canvas with a 2D context, and as {@link toImageData}
   */
  async drawOn(canvas: HTMLCanvasElement | OffscreenCanvas, options: OverlayOptions = {}): Promise<void> {
    checkOverlay(options);
    const context = contextOf(canvas);
    drawOver(context, await this.paint({ width: Math.max(1, canvas.width), ...options }));
  }

  /**
   * A new canvas of the page with the map in colours and nothing below it.
   *
   * @throws GradlensError `canvas-unreadable` in a thread that has no page, and as {@link toImageData}
   */
  async toCanvas(options: OverlayOptions = {}): Promise<HTMLCanvasElement> {
    return canvasOf(await this.paint(options));
  }

  /**
   * The same as an image file.
   *
   * @throws GradlensError `canvas-unreadable` where the browser gives noise in place of what is drawn, or has no canvas;
   * `invalid-argument` if it does not write files of that type; and as {@link toImageData}
   */
  async toBlob(options: BlobOptions = {}): Promise<Blob> {
    checkOverlay(options, { type: true });
    const { type = 'image/png', ...overlay } = options;
    return blobOf(await this.paint(overlay), type);
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
