// @ts-check

/**
 * Blacks out what has little evidence, so that the photo is only seen where the map is high.
 * @param {ImageData} overlay changed in place
 * @param {Float32Array} map in [0, 1], of the overlay's size
 * @param {number} share what is below this share of the strongest evidence is hidden; 0 hides nothing
 */
export function hideBelow({ data }, map, share) {
  for (let i = 0; i < map.length; i++) {
    if (map[i] >= share) continue;
    data.fill(0, 4 * i, 4 * i + 3);
    data[4 * i + 3] = 255;
  }
}
