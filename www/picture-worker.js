// @ts-check
import { shrink } from './shrink.js';

onmessage = async ({ data: { file, longSide } }) => {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const { width, height, data: { buffer } } = shrink(bitmap, bitmap, longSide);
    bitmap.close();
    postMessage({ width, height, buffer }, { transfer: [buffer] });
  } catch {
    postMessage({});
  }
};
