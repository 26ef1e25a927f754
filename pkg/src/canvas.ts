import { GradlensError } from './errors.js';

/** Pixels along a side of the picture that is tried: what protects from fingerprinting lets tiny ones pass. */
const SIDE = 16;
/** Levels of 255 by which a value may be off: so faint a noise changes no answer. */
const FAINT = 4;

/**
 * Whether pixels can be read from a canvas in this thread: against fingerprinting, some browsers answer
 * `getImageData` with noise, which is then explained in place of the picture.
 *
 * @throws GradlensError `canvas-unreadable`
 */
export function checkCanvas(): void {
  const canvases = [
    globalThis.document?.createElement('canvas'),
    typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(SIDE, SIDE) : null,
  ];
  const contexts = canvases
    .map((canvas) => canvas?.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null)
    .filter((context) => context !== null && context !== undefined);
  if (contexts.length > 0 && contexts.every(isTrue)) return;
  throw new GradlensError(
    'canvas-unreadable',
    contexts.length === 0
      ? 'there is no canvas here to read pixels from'
      : 'this browser gives noise in place of the pixels of a canvas, to protect from fingerprinting; allow this site to ' +
          'read canvases, or give pixels that come from no canvas',
  );
}

/** Whether a canvas gives back what was written to it. */
function isTrue(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D): boolean {
  const written = new ImageData(SIDE, SIDE);
  written.data.forEach((_, at, data) => (data[at] = at % 4 === 3 ? 255 : (at * 37) % 256));
  context.putImageData(written, 0, 0);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return data.every((value, at) => Math.abs(value - written.data[at]!) <= FAINT);
}
