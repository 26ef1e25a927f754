// What is painted, on canvases and in files.

import { checkCanvas } from './canvas.js';
import { GradlensError, shown } from './errors.js';
import { isObject } from './kinds.js';

/** What can be drawn on. */
export type Canvas = HTMLCanvasElement | OffscreenCanvas;

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** @throws GradlensError `invalid-argument` if a canvas has no 2D context */
export function contextOf(canvas: Canvas): Context {
  const context = isObject(canvas) && 'getContext' in canvas ? (canvas.getContext('2d') as Context | null) : null;
  if (context) return context;
  throw new GradlensError('invalid-argument', `${shown(canvas)} is no canvas with a 2D context to draw on, or is a proxy of one`);
}

/** Draws an overlay over all of what a canvas shows. */
export function drawOver(context: Context, overlay: ImageData): void {
  const { width, height } = context.canvas;
  context.save();
  context.resetTransform();
  context.drawImage(offscreen(overlay), 0, 0, width, height);
  context.restore();
}

/** @throws GradlensError `canvas-unreadable` where there is no page */
export function canvasOf(overlay: ImageData): HTMLCanvasElement {
  if (!globalThis.document) {
    throw new GradlensError('canvas-unreadable', 'there is no page here to make a canvas in; drawOn draws on an OffscreenCanvas');
  }
  const canvas = document.createElement('canvas');
  put(canvas, overlay);
  return canvas;
}

/** @throws GradlensError `canvas-unreadable`; `invalid-argument` if files of that type are not written here */
export async function blobOf(overlay: ImageData, type: string): Promise<Blob> {
  checkCanvas();
  const blob = await offscreen(overlay).convertToBlob({ type });
  if (blob.type === type) return blob;
  throw new GradlensError('invalid-argument', `this browser writes no files of the type "${type}"; all write "image/png"`);
}

function offscreen(overlay: ImageData): OffscreenCanvas {
  const canvas = new OffscreenCanvas(1, 1);
  put(canvas, overlay);
  return canvas;
}

function put(canvas: Canvas, overlay: ImageData): void {
  canvas.width = overlay.width;
  canvas.height = overlay.height;
  contextOf(canvas).putImageData(overlay, 0, 0);
}
