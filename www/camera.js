// @ts-check
/** @import { Explanation } from './gradlens/dist/index.js' */
/** @import { Look } from './view.js' */
import { byId } from './dom.js';
import { grab, nextFrame } from './frames.js';
import { createLive } from './live.js';
import { words } from './words.js';

/**
 * The camera's dialog: a preview from which one photo can be taken, or whose frames are explained.
 * @param {object} on
 * @param {(pixels: ImageData) => void} on.photo called with a photo that was taken
 * @param {(frame: ImageData) => Promise<Explanation>} on.frame makes the map of a frame
 * @param {() => Look} on.look how it is painted
 * @param {(error: unknown) => void} on.error called when there is no preview, or no more
 */
export function createCamera(on) {
  const dialog = byId('camera', HTMLDialogElement);
  const video = byId('camera-video', HTMLVideoElement);
  const opener = byId('camera-open', HTMLButtonElement);
  const live = createLive(video, { ...on, error: fail });

  /** @param {unknown} error */
  function fail(error) {
    dialog.close();
    on.error(error);
  }

  opener.addEventListener('click', async () => {
    opener.disabled = true;
    try {
      const stream = await request();
      stream.getVideoTracks()[0].addEventListener('ended', () => fail(new Error(words.camera.lost)));
      video.srcObject = stream;
      dialog.showModal();
      // Closed meanwhile, it has nothing left to play.
      await video.play().catch((error) => { if (dialog.open) throw error; });
    } catch (error) {
      fail(new Error(reason(error), { cause: error }));
    } finally {
      opener.disabled = false;
    }
  });
  byId('camera-take', HTMLButtonElement).addEventListener('click', async () => {
    const stream = video.srcObject;
    // The first has to come yet where the visitor is quick.
    await nextFrame(video);
    // Closed meanwhile, by a first click perhaps.
    if (!dialog.open || video.srcObject !== stream) return;
    try {
      const pixels = grab(video);
      dialog.close();
      on.photo(pixels);
    } catch (error) {
      fail(error);
    }
  });
  byId('camera-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    live.stop();
    const stream = /** @type {MediaStream | null} */ (video.srcObject);
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  });
}

/** @returns {Promise<MediaStream>} */
function request() {
  // Browsers hide it from pages that did not come over https.
  if (!navigator.mediaDevices) throw new DOMException('no mediaDevices', 'SecurityError');
  return navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
  });
}

/** @param {unknown} error */
function reason(error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  /** @type {Record<string, string>} */
  const known = words.camera.failures;
  return known[name] ?? words.camera.failed(message);
}
