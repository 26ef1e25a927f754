// Colours of Display P3 as those of sRGB, which networks are trained on. Both have the same transfer function.

/** From linear P3 to linear sRGB, D65 (CSS Color 4, section 18). */
const matrix = [
  [1.2249401762805598, -0.22494017628055996, 0],
  [-0.042056954709688163, 1.0420569547096881, 0],
  [-0.019637554590334432, -0.078636045550631889, 1.0982736001409663],
] as const;

const linear = (encoded: number) => (encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4);
const encoded = (linear: number) => (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);

/** So fine that no step of 8 bits is missed, of which the narrowest is 1/3295 in linear light. */
const STEPS = 1 << 14;

/** The pixels with their colours in sRGB; what it does not hold is clipped. In place. */
export function srgbOf(rgba: Uint8ClampedArray<ArrayBuffer>): Uint8ClampedArray<ArrayBuffer> {
  const toLinear = Float32Array.from({ length: 256 }, (_, value) => linear(value / 255));
  const toEncoded = Uint8ClampedArray.from({ length: STEPS + 1 }, (_, step) => 255 * encoded(step / STEPS));
  for (let at = 0; at < rgba.length; at += 4) {
    const [red, green, blue] = [toLinear[rgba[at]!]!, toLinear[rgba[at + 1]!]!, toLinear[rgba[at + 2]!]!];
    for (let channel = 0; channel < 3; channel++) {
      const [r, g, b] = matrix[channel]!;
      const light = Math.min(1, Math.max(0, r * red + g * green + b * blue));
      rgba[at + channel] = toEncoded[Math.round(light * STEPS)]!;
    }
  }
  return rgba;
}
