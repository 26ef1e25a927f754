/**
 * Scales a map bilinearly, sample points at the centres of pixels, edges held.
 *
 * @param source row-major values
 * @returns `width * height` values, row-major
 */
export function upsample(
  source: Float32Array,
  sourceWidth: number,
  sourceHeight: number,
  width: number,
  height: number,
): Float32Array {
  const columns = samplePoints(sourceWidth, width);
  const rows = samplePoints(sourceHeight, height);
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const above = rows.first[y]! * sourceWidth;
    const below = rows.second[y]! * sourceWidth;
    const down = rows.fraction[y]!;
    for (let x = 0; x < width; x++) {
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

/** For each target pixel, the two source samples around its centre and how far it is to the second. */
function samplePoints(sourceSize: number, size: number) {
  const first = new Uint32Array(size);
  const second = new Uint32Array(size);
  const fraction = new Float32Array(size);
  const last = sourceSize - 1;
  for (let i = 0; i < size; i++) {
    const at = Math.min(Math.max(((i + 0.5) * sourceSize) / size - 0.5, 0), last);
    first[i] = Math.floor(at);
    second[i] = Math.min(first[i]! + 1, last);
    fraction[i] = at - first[i]!;
  }
  return { first, second, fraction };
}
