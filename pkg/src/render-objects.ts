import { checkCount, checkShare } from './checks.js';
import { GradlensError, shown } from './errors.js';
import { Explanation, type PlainExplanation } from './explanation.js';
import { shadeOf, shades } from './overlay.js';
import { clearPixels, imageOf } from './pixels.js';
import { SmoothMap } from './smooth-map.js';
import type { Rgb } from './types.js';

/**
 * The colours of objects, in their order. Chosen so that any two stay at least 22 apart in CIELAB
 * for eyes that lack red, green or blue receptors (Machado et al., 2009), and black text reads on each.
 */
export const objectPalette: readonly Rgb[] = [
  [252, 88, 163],
  [104, 145, 241],
  [255, 163, 25],
  [0, 218, 124],
  [255, 255, 52],
  [127, 99, 255],
  [241, 46, 45],
  [200, 238, 213],
];

/** How objects become an overlay. */
export interface RenderObjectsOptions {
  /** In [0, 1]: how far the strongest evidence covers the picture. 0.6 by default. */
  opacity?: number;
  /** The objects' colours, begun anew where there are more objects; {@link objectPalette} by default. */
  palette?: readonly Rgb[];
  /** Index of the only object to paint, in the colour that it has among all; all objects by default. */
  only?: number;
  /**
   * Width of the overlay in pixels, the height follows; the picture's by default. One that is shown
   * smaller than the picture takes less time to paint at the size at which it is shown.
   */
  width?: number;
}

/** The share of a map's maximum along which the outline runs. */
const LEVEL = 0.5;
/** Half the outline's width, as a share of the overlay's long side. */
const LINE = 1 / 500;
const EDGE_COLOUR: Rgb = [0, 0, 0];
/** How far the outline's dark edge reaches, in halves of the outline's width. */
const EDGE = 2;

/**
 * Objects in colours, to be drawn over the picture. An object's outline runs
 * along half of its map's maximum. A pixel has the colour of the first object whose outline is
 * around it, elsewhere of the one whose map is highest there, and its alpha follows that map. Without
 * any object the overlay is a clear square, of one pixel unless a width is given, as nothing says how large the picture is.
 */
export function renderObjects(
  objects: readonly {
    /** The object's map. */
    readonly explanation: PlainExplanation;
  }[],
  { opacity = 0.6, palette = objectPalette, only, width: asked }: RenderObjectsOptions = {},
): ImageData {
  const explanations = explanationsOf(objects);
  checkShare('opacity', opacity);
  checkPalette(palette);
  if (only !== undefined) checkIndex(only, explanations.length);
  if (asked !== undefined) checkCount('width', asked, 1);
  const [picture = { width: 1, height: 1 }] = explanations;
  const overlay = clearPixels(picture, asked);
  const { width, height } = overlay;
  const layers = explanations
    .map((explanation, i) => {
      const colour = palette[i % palette.length]!;
      return { map: new SmoothMap(explanation, width, height), colour, shades: shades(() => colour, opacity) };
    })
    .filter((_, i) => only === undefined || i === only)
    // Painted one over the other: the first object comes last.
    .reverse();
  const line = Math.max(1, LINE * Math.max(width, height));
  const whole = new Uint32Array(overlay.data.buffer);
  const highest = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    highest.fill(0);
    for (const { map, shades } of layers) {
      map.read(y);
      fill(whole.subarray(y * width, (y + 1) * width), map.values, highest, shades);
    }
    const pixels = overlay.data.subarray(4 * y * width, 4 * (y + 1) * width);
    for (const layer of layers) outline(pixels, layer, Math.min(1, 1.5 * opacity), line);
  }
  return imageOf(overlay);
}

interface Layer {
  readonly map: SmoothMap;
  readonly colour: Rgb;
}

/** Gives the pixels of a row a map's colour, where the map is the highest so far or within its outline. */
function fill(pixels: Uint32Array, values: Float32Array, highest: Float32Array, shades: Uint32Array): void {
  for (let x = 0; x < values.length; x++) {
    const value = values[x]!;
    if (value < highest[x]! && value < LEVEL) continue;
    highest[x] = value;
    pixels[x] = shades[shadeOf(value)]!;
  }
}

/** Draws what of a map's outline is in a row. */
function outline(pixels: Uint8ClampedArray, { map, colour }: Layer, opacity: number, line: number): void {
  const reach = EDGE * line + 0.5;
  const near = reach * map.steepest;
  const { values } = map;
  const [low, high] = [LEVEL - near, LEVEL + near];
  for (let x = 0; x < values.length; x++) {
    const value = values[x]!;
    if (value < low || value > high) continue;
    // In pixels, as far as the slope tells.
    const distance = Math.abs(value - LEVEL) / map.slope(x);
    if (!(distance < reach)) continue;
    cover(pixels, 4 * x, EDGE_COLOUR, 0.5 * opacity * covered(distance, EDGE * line));
    cover(pixels, 4 * x, colour, opacity * covered(distance, line));
  }
}

/** The share of a pixel that a line covers whose middle is that far away. */
function covered(distance: number, halfWidth: number): number {
  return Math.min(1, Math.max(0, halfWidth + 0.5 - distance));
}

/** Lays a colour over a pixel. */
function cover(pixels: Uint8ClampedArray, at: number, colour: Rgb, alpha: number): void {
  const kept = (pixels[at + 3]! / 255) * (1 - alpha);
  const whole = alpha + kept;
  if (whole === 0) return;
  for (let channel = 0; channel < 3; channel++) {
    pixels[at + channel] = (colour[channel]! * alpha + pixels[at + channel]! * kept) / whole;
  }
  pixels[at + 3] = whole * 255;
}

function explanationsOf(objects: readonly { readonly explanation: PlainExplanation }[]): Explanation[] {
  const explanations = taken(objects);
  const sizes = new Set(explanations.map(({ width, height }) => `${width} x ${height}`));
  if (sizes.size > 1) {
    throw new GradlensError(
      'invalid-argument',
      `the objects are of pictures of ${[...sizes].join(' and ')} pixels; they must be of one picture`,
    );
  }
  return explanations;
}

/** Objects of this package, of a copy of it, or as they come out of a message. */
function taken(objects: readonly { readonly explanation: PlainExplanation }[]): Explanation[] {
  try {
    return objects.map(({ explanation }) => Explanation.from(explanation));
  } catch (cause) {
    throw new GradlensError('invalid-argument', 'renderObjects takes an array of objects, as explainObjects gives it', { cause });
  }
}

function checkPalette(palette: readonly Rgb[]): void {
  const isChannel = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 255;
  const isColour = (colour: unknown) => Array.isArray(colour) && colour.length === 3 && colour.every(isChannel);
  if (!Array.isArray(palette) || palette.length === 0 || !palette.every(isColour)) {
    throw new GradlensError(
      'invalid-argument',
      'the palette is not an array of at least one colour [red, green, blue] with values from 0 to 255',
    );
  }
}

function checkIndex(only: number, count: number): void {
  if (!(Number.isInteger(only) && only >= 0 && only < count)) {
    throw new GradlensError(
      'invalid-argument',
      `only is ${shown(only)}; it must be the index, from 0, of one of the ${count} objects`,
    );
  }
}
