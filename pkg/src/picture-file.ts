// What the bytes of a file say of it before anything decodes them: enough to refuse bombs, and to know what a browser
// reads less well than the decoder of this package.

/** How a file begins. */
export interface Looks {
  /** In pixels; 0 where it is not known. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Whether it has 16 bits a channel, inks, more than one picture, or EXIF in WebP, by which Chromium turns nothing. */
  readonly odd: boolean;
}

const unknown: Looks = { width: 0, height: 0, odd: false };

export function lookAt(bytes: Uint8Array): Looks {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    switch (file.getUint32(0)) {
      case 0x89504e47:
        return png(file);
      case 0x47494638: // GIF8
        return { width: file.getUint16(6, true), height: file.getUint16(8, true), odd: true };
      case 0x52494646: // RIFF
        return webp(file);
      default:
        return file.getUint16(0) === 0xffd8 ? jpeg(file) : unknown;
    }
  } catch {
    // It ends before.
    return unknown;
  }
}

function png(file: DataView): Looks {
  const [width, height] = [file.getUint32(16), file.getUint32(20)];
  return { width, height, odd: file.getUint8(24) === 16 || isAnimated(file) };
}

/** Whether a PNG has the chunk of animations before its pixels. */
function isAnimated(file: DataView): boolean {
  for (let at = 8; at + 12 <= file.byteLength; at += 12 + file.getUint32(at)) {
    const name = file.getUint32(at + 4);
    if (name === 0x6163544c) return true; // acTL
    if (name === 0x49444154) return false; // IDAT
  }
  return false;
}

/** Flags of a WebP file (RFC 9649, section 2.7). */
const ANIMATION = 0x02;
const EXIF = 0x08;

function webp(file: DataView): Looks {
  const uint24 = (at: number) => file.getUint16(at, true) + 2 ** 16 * file.getUint8(at + 2);
  switch (file.getUint32(12)) {
    case 0x56503858: // VP8X
      return { width: 1 + uint24(24), height: 1 + uint24(27), odd: (file.getUint8(20) & (ANIMATION | EXIF)) !== 0 };
    case 0x5650384c: { // VP8L
      const bits = file.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff), odd: false };
    }
    case 0x56503820: // VP8
      return { width: file.getUint16(26, true) & 0x3fff, height: file.getUint16(28, true) & 0x3fff, odd: false };
    default:
      return unknown;
  }
}

function jpeg(file: DataView): Looks {
  // Segment after segment up to the frame's header, C0 to CF but for three others in between.
  for (let at = 2; ; at += 2 + file.getUint16(at + 2)) {
    const marker = file.getUint16(at);
    if (marker < 0xff01) return unknown;
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { width: file.getUint16(at + 7), height: file.getUint16(at + 5), odd: file.getUint8(at + 9) === 4 };
  }
}
