// @ts-check
import { canvasLies, readPixels } from './pixels.js';
import { words } from './words.js';

/**
 * The frame that a video shows, with a long side of at most so many pixels.
 * @param {HTMLVideoElement} video
 * @param {number} [longSide] as large as it is, unless it is said
 * @returns {ImageData}
 */
export function grab(video, longSide = Infinity) {
  if (canvasLies()) throw new Error(words.errors.refused.noise);
  return readPixels(video, { width: video.videoWidth, height: video.videoHeight }, longSide).pixels;
}

/**
 * The next frame of a video that has not been shown yet.
 * @param {HTMLVideoElement} video
 * @returns {Promise<void>}
 */
export function nextFrame(video) {
  return new Promise((resolve) => {
    if (typeof video.requestVideoFrameCallback === 'function') {
      video.requestVideoFrameCallback(() => resolve());
      return;
    }
    // Firefox before 132: perhaps the same frame once more. Without a stream there is none to wait for.
    const look = () => {
      if (video.srcObject && video.readyState < video.HAVE_CURRENT_DATA) requestAnimationFrame(look);
      else resolve();
    };
    requestAnimationFrame(look);
  });
}

/**
 * Lets the browser show what is new, and take clicks, before the page's own work goes on.
 * @returns {Promise<void>}
 */
export function pause() {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
