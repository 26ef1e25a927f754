// @ts-check

/**
 * Blacks out what has little evidence, so that the photo is only seen where the map is high.
 * @param {ImageData} overlay changed in place
 * @param {ImageData} evidence the map of the overlay's size, as opaque as it is strong
 * @param {number} share what is below this share of the strongest evidence is hidden; 0 hides nothing
 */
export function hideBelow({ data }, { data: evidence }, share) {
  for (let i = 0; i < data.length; i += 4) {
    if (evidence[i + 3] >= 255 * share) continue;
    data.fill(0, i, i + 3);
    data[i + 3] = 255;
  }
}
