import type { Box } from './types.js';

/**
 * Scales a map bilinearly to what of a picture it covers, sample points at the centres of pixels, edges held. Beside that
 * it is zero.
 *
 * @param source row-major values
 * @param area what they cover, in pixels of the picture
 * @returns `width * height` values, row-major
 */
export function upsample(
  source: Float32Array,
  sourceWidth: number,
  sourceHeight: number,
  area: Box,
  width: number,
  height: number,
): Float32Array {
  const columns = samplePoints(sourceWidth, area.x, area.width, width);
  const rows = samplePoints(sourceHeight, area.y, area.height, height);
  const result = new Float32Array(width * height);
  for (let y = rows.start; y < rows.end; y++) {
    const above = rows.first[y]! * sourceWidth;
    const below = rows.second[y]! * sourceWidth;
    const down = rows.fraction[y]!;
    for (let x = columns.start; x < columns.end; x++) {
      const left = columns.first[x]!;
      const right = columns.second[x]!;
      const along = columns.fraction[x]!;
      const top = source[above + left]! * (1 - along) + source[above + right]! * along;
      const bottom = source[below + left]! * (1 - along) + source[below + right]! * along;
      result[y * width + x] = top * (1 - down) + bottom * down;
    }
  }
  return result;
}

/** For each pixel that is covered, the two source samples around its centre and how far it is to the second. */
function samplePoints(sourceSize: number, from: number, extent: number, size: number) {
  const first = new Uint32Array(size);
  const second = new Uint32Array(size);
  const fraction = new Float32Array(size);
  const last = sourceSize - 1;
  const { start, end } = covered(from, extent, size);
  for (let i = start; i < end; i++) {
    const at = Math.min(Math.max(((i + 0.5 - from) * sourceSize) / extent - 0.5, 0), last);
    first[i] = Math.floor(at);
    second[i] = Math.min(first[i]! + 1, last);
    fraction[i] = at - first[i]!;
  }
  return { start, end, first, second, fraction };
}

/** Of so many pixels those whose centres are covered, up to `end`. */
export function covered(from: number, extent: number, size: number): { start: number; end: number } {
  const start = Math.max(0, Math.ceil(from - 0.5));
  return { start, end: Math.max(start, Math.min(size, Math.floor(from + extent - 0.5) + 1)) };
}
