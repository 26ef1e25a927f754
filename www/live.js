// @ts-check
/** @import { Explanation } from './gradlens/dist/index.js' */
/** @import { Look } from './view.js' */
import { draw } from './canvas.js';
import { byId } from './dom.js';
import { number, percent } from './format.js';
import { grab, nextFrame } from './frames.js';
import { words } from './words.js';

// The short side of a 16 : 9 frame is then 225, about what the network sees.
const LONG_SIDE = 400;

/**
 * The camera's live mode: explains one frame, then the newest one, and so on; none waits in between.
 * @param {HTMLVideoElement} video
 * @param {object} on
 * @param {(frame: ImageData) => Promise<Explanation>} on.frame makes the map of a frame
 * @param {() => Look} on.look how it is painted
 * @param {(error: unknown) => void} on.error
 */
export function createLive(video, on) {
  const live = byId('camera-live', HTMLInputElement);
  const photo = byId('camera-frame', HTMLCanvasElement);
  const map = byId('camera-map', HTMLCanvasElement);
  const seen = byId('camera-seen', HTMLElement);
  const rate = byId('camera-rate', HTMLElement);
  /** The run that may go on; switching off and on again begins another. */
  let run = 0;

  async function start() {
    const mine = ++run;
    let began = performance.now();
    let mean = 0;
    for (;;) {
      await nextFrame(video);
      if (mine !== run) return;
      const frame = grab(video, LONG_SIDE);
      const explanation = await on.frame(frame);
      if (mine !== run) return;
      draw(photo, frame);
      const { colormap, opacity } = on.look();
      draw(map, explanation.toImageData({ colormap, opacity }));
      photo.hidden = map.hidden = false;
      seen.textContent = words.camera.sees(explanation.label, percent(explanation.probability));
      const now = performance.now();
      mean = mean ? 0.8 * mean + 0.2 * (now - began) : now - began;
      began = now;
      rate.textContent = words.camera.rate(number(1000 / mean, 1));
    }
  }

  function stop() {
    run++;
    live.checked = false;
    photo.hidden = map.hidden = true;
    seen.textContent = rate.textContent = '';
  }

  live.addEventListener('change', () => {
    if (live.checked) start().catch(on.error);
    else stop();
  });

  return { stop };
}
