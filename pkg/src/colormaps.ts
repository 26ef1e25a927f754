import { GradlensError, listed, shown } from './errors.js';

/** The colormaps that `toImageData` knows; `diverging`, blue below 0 and red above, is for maps that have both. */
export const colormaps = ['turbo', 'jet', 'viridis', 'inferno', 'magma', 'grayscale', 'diverging'] as const;
/** How a map's values become colours. */
export type Colormap = (typeof colormaps)[number];

/** Tables of d3-scale-chromatic as base64, put in place by the build. */
declare const __COLOUR_TABLES__: Record<'turbo' | 'viridis' | 'inferno' | 'magma', string>;

const sources: Record<Colormap, () => Uint8ClampedArray> = {
  turbo: () => decode(__COLOUR_TABLES__.turbo),
  jet: () => sampled((t) => [trapezoid(t, 0.75), trapezoid(t, 0.5), trapezoid(t, 0.25)]),
  viridis: () => decode(__COLOUR_TABLES__.viridis),
  inferno: () => decode(__COLOUR_TABLES__.inferno),
  magma: () => decode(__COLOUR_TABLES__.magma),
  grayscale: () => sampled((t) => [t, t, t]),
  diverging: () => sampled((t) => paled(t < 0.5 ? [0.02, 0.31, 0.69] : [0.76, 0.07, 0.12], Math.abs(2 * t - 1))),
};

const tables = new Map<Colormap, Uint8ClampedArray>();

/**
 * 256 RGB colours of a colormap, from the lowest value to the highest.
 *
 * @throws GradlensError `unknown-colormap`
 */
export function colourTable(colormap: Colormap): Uint8ClampedArray {
  if (!colormaps.includes(colormap)) {
    throw new GradlensError(
      'unknown-colormap',
      `there is no colormap "${shown(colormap)}"; the colormaps are ${listed(colormaps)}`,
    );
  }
  const table = tables.get(colormap) ?? sources[colormap]();
  tables.set(colormap, table);
  return table;
}

function decode(base64: string): Uint8ClampedArray {
  return Uint8ClampedArray.from(atob(base64), (byte) => byte.charCodeAt(0));
}

/** A table of a function from [0, 1] to colours in [0, 1]. */
function sampled(colour: (t: number) => number[]): Uint8ClampedArray {
  const colours = Array.from({ length: 256 }, (_, i) => colour(i / 255));
  return Uint8ClampedArray.from(colours.flat(), (channel) => 255 * channel);
}

/** A colour, or white where its strength is 0. */
function paled(colour: readonly number[], strength: number): number[] {
  return colour.map((channel) => 1 - strength * (1 - channel));
}

/** A channel of MATLAB's jet: a trapezoid around its centre. */
function trapezoid(t: number, centre: number): number {
  return Math.min(1, Math.max(0, 1.5 - 4 * Math.abs(t - centre)));
}
