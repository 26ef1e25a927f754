import { type Known, checkCount, checkOptions, checkShare } from './checks.js';
import { type Colormap, colourTable } from './colormaps.js';
import { type Pixels, clearPixels } from './pixels.js';
import { type PlacedMap, SmoothMap, isSigned } from './smooth-map.js';

/** How a map becomes an overlay. */
export interface OverlayOptions {
  /** `turbo` by default, and `diverging` for a map with values below 0, which the others leave transparent. */
  colormap?: Colormap;
  /** In [0, 1]: how far the strongest evidence covers the picture. 0.6 by default. */
  opacity?: number;
  /**
   * Width of the overlay in pixels, the height follows; the picture's by default. One that is shown
   * smaller than the picture takes less time to paint at the size at which it is shown.
   */
  width?: number;
}

/** How a map becomes an image file. */
export interface BlobOptions extends OverlayOptions {
  /** The file's MIME type, of those that the browser writes; `image/png` by default. */
  type?: string;
}

const overlayOptions = { colormap: true, opacity: true, width: true } satisfies Known<OverlayOptions>;

/**
 * Checks the options of an overlay, beside which there may be others.
 *
 * @throws GradlensError `invalid-argument`, `unknown-colormap`
 */
export function checkOverlay(options: OverlayOptions, others: Readonly<Record<string, true>> = {}): void {
  checkOptions(options, { ...overlayOptions, ...others });
  const { colormap, opacity, width } = options;
  if (colormap !== undefined) colourTable(colormap);
  if (opacity !== undefined) checkShare('opacity', opacity);
  if (width !== undefined) checkCount('width', width, 1);
}

/**
 * A map in colours. The alpha follows the map, from transparent where nothing speaks for the class to `opacity` where
 * most does.
 *
 * @throws GradlensError `invalid-argument`, `unknown-colormap`, `out-of-memory`
 */
export function paintOverlay(map: PlacedMap, options: OverlayOptions): Pixels {
  checkOverlay(options);
  const { colormap = isSigned(map) ? 'diverging' : 'turbo', opacity = 0.6, width } = options;
  const table = colourTable(colormap);
  const isDiverging = colormap === 'diverging';
  const alpha = (share: number) => (isDiverging ? Math.abs(2 * share - 1) : share);
  const colours = shades((value) => table.subarray(3 * value, 3 * value + 3), opacity, alpha);
  const overlay = clearPixels(map, width);
  const pixels = new Uint32Array(overlay.data.buffer);
  const rows = new SmoothMap(map, overlay.width, overlay.height);
  for (let y = 0; y < overlay.height; y++) {
    rows.read(y);
    const row = pixels.subarray(y * overlay.width, (y + 1) * overlay.width);
    for (let x = 0; x < row.length; x++) {
      const value = rows.values[x]!;
      row[x] = colours[shadeOf(isDiverging ? (value + 1) / 2 : Math.max(0, value))]!;
    }
  }
  return overlay;
}

/** The highest shade: a map's values are told apart as far as an alpha can. */
const MOST = 255;

/** The shade of a value in [0, 1]. */
export function shadeOf(value: number): number {
  return (value * MOST + 0.5) | 0;
}

/** For each shade a pixel of its colour, as transparent as its value says, or what is made of it. */
export function shades(
  colour: (shade: number) => ArrayLike<number>,
  opacity: number,
  alpha: (share: number) => number = (share) => share,
): Uint32Array {
  const pixels = new Uint8ClampedArray(4 * (MOST + 1));
  for (let shade = 0; shade <= MOST; shade++) {
    pixels.set(colour(shade), 4 * shade);
    pixels[4 * shade + 3] = alpha(shade / MOST) * opacity * 255;
  }
  return new Uint32Array(pixels.buffer);
}
