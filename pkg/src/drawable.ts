// Pixels of what a canvas can draw, where canvases can be believed.

import { checkCanvas } from './canvas.js';
import { GradlensError } from './errors.js';
import type { Drawable, ReadPicture } from './types.js';

/** Whether there are canvases here that give back what they hold. */
export function canvasesAreTrue(): boolean {
  try {
    checkCanvas();
    return true;
  } catch {
    return false;
  }
}

/**
 * The pixels of something drawn, as it is now, with a long side of at most so many.
 *
 * @throws GradlensError `canvas-unreadable`, `invalid-image`
 */
export function pixelsOf(drawable: Drawable, maxSide = Infinity): ReadPicture {
  checkCanvas();
  let [width, height] = sizeOf(drawable);
  if (width === 0 || height === 0) {
    throw new GradlensError('invalid-image', 'the picture has no pixels yet: wait until it is loaded, or plays');
  }
  const scale = Math.min(1, maxSide / Math.max(width, height));
  const [toWidth, toHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  let picture = drawable;
  // In halves: a pixel of Firefox's and WebKit's is the mean of four, however many more it stands for.
  while (width > 2 * toWidth) {
    [width, height] = [Math.ceil(width / 2), Math.ceil(height / 2)];
    picture = drawn(picture, width, height).canvas;
  }
  try {
    const { data } = drawn(picture, toWidth, toHeight).getImageData(0, 0, toWidth, toHeight);
    return { data, width: toWidth, height: toHeight, frames: 1 };
  } catch (cause) {
    const reason = 'its server does not share it with other origins (CORS), or it is not asked to by crossorigin';
    throw new GradlensError('invalid-image', `the pixels of the picture cannot be read: ${reason}`, { cause });
  }
}

function sizeOf(drawable: Drawable): [width: number, height: number] {
  if ('naturalWidth' in drawable) return [drawable.naturalWidth, drawable.naturalHeight];
  if ('videoWidth' in drawable) return [drawable.videoWidth, drawable.videoHeight];
  if ('displayWidth' in drawable) return [drawable.displayWidth, drawable.displayHeight];
  return [drawable.width, drawable.height];
}

function drawn(drawable: Drawable, width: number, height: number) {
  const context = contextOf(width, height);
  if (!context) throw new GradlensError('canvas-unreadable', 'there is no canvas here to read pixels from');
  context.imageSmoothingQuality = 'high';
  context.drawImage(drawable, 0, 0, width, height);
  return context;
}

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D | null {
  const options = { willReadFrequently: true };
  if (typeof OffscreenCanvas === 'function') return new OffscreenCanvas(width, height).getContext('2d', options) as OffscreenCanvasRenderingContext2D | null;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  return canvas.getContext('2d', options) as CanvasRenderingContext2D | null;
}
