// From 8-bit pixels to what the network takes, as each user of a peer has to write it.

/**
 * RGB interleaved, normalised.
 * @param {ImageData} picture
 */
export function channelsLast({ data }) {
  const values = new Float32Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    for (let channel = 0; channel < 3; channel++) values[to++] = (data[from + channel] - 127) / 128;
  }
  return values;
}

/**
 * One plane a channel, normalised.
 * @param {ImageData} picture
 */
export function channelsFirst({ data }) {
  const pixels = data.length / 4;
  const values = new Float32Array(pixels * 3);
  for (let channel = 0; channel < 3; channel++) {
    for (let at = 0; at < pixels; at++) values[channel * pixels + at] = (data[4 * at + channel] - 127) / 128;
  }
  return values;
}
