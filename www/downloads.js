// @ts-check
/** @import { Answer } from './report.js' */
import { byId } from './dom.js';
import { closeByItself } from './menu.js';
import { npy } from './npy.js';
import { grayscalePng } from './png16.js';
import { report } from './report.js';
import { save } from './save.js';

/**
 * The menu of what can be saved of an answer.
 * @param {() => Promise<Blob>} picture makes the photo with what lies over it, as a PNG
 * @param {(error: unknown) => void} onError
 */
export function createDownloads(picture, onError) {
  const menu = byId('downloads', HTMLDetailsElement);
  closeByItself(menu);
  /** @type {Answer | null} */
  let answer = null;

  /** @type {Record<string, (answer: Answer) => Promise<{ file: Blob, ending: string }>>} */
  const kinds = {
    async picture() {
      return { file: await picture(), ending: '.png' };
    },
    async png16({ findings: { explanations: [{ map, width, height }] } }) {
      return { file: await grayscalePng(map, width, height), ending: '-map.png' };
    },
    async npy({ mode, pixels: { width, height }, findings: { explanations } }) {
      const maps = explanations.map(({ map }) => /** @type {Float32Array<ArrayBuffer>} */ (map));
      const isOne = mode === 'class' || mode === 'layers';
      const shape = isOne ? [height, width] : [maps.length, height, width];
      return { file: npy(maps, shape), ending: '-map.npy' };
    },
    async json(shown) {
      const { version } = await import('./gradlens/dist/index.js');
      const text = `${JSON.stringify(await report(shown, version))}\n`;
      return { file: new Blob([text], { type: 'application/json' }), ending: '.json' };
    },
  };

  menu.addEventListener('click', async ({ target }) => {
    const kind = target instanceof Element && target.closest('button')?.dataset.save;
    if (!kind || !answer) return;
    try {
      const name = nameOf(answer);
      const { file, ending } = await kinds[kind](answer);
      save(file, name + ending);
    } catch (error) {
      onError(error);
    }
  });

  return {
    /** @param {Answer | null} next what is on the stage now, null while it is nothing */
    offer(next) {
      answer = next;
      menu.hidden = !next;
    },
  };
}

/**
 * How a file of this answer is called, without its ending: the photo, the visitor's network, the class, the method,
 * and the layer where it is not the method's own.
 * @param {Answer} answer
 */
function nameOf({ mode, photo, settings, findings }) {
  const stem = photo.sample ?? photo.name.replace(/\.\w+$/, '');
  const network = photo.network ? [photo.network.name] : [];
  const parts = mode === 'objects'
    ? ['objects', settings.method]
    : [findings.explanations[0].label, mode === 'compare' ? 'methods' : settings.method, ...(mode === 'networks' ? ['networks'] : [])];
  // The end of a long name tells more than its beginning, and no file's name is longer than some 250 letters.
  const layer = settings.layer ? [settings.layer.slice(-80)] : [];
  return [stem, ...network, ...parts, ...layer].filter(Boolean).join('-').replace(/[^\p{L}\p{N}.+-]+/gu, '-');
}
