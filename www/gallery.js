// @ts-check
/** @import { Sample } from './samples.js' */
import { byId, create } from './dom.js';

/**
 * The sample photos as buttons.
 * @param {readonly Sample[]} samples
 * @param {(sample: Sample) => void} onPick
 */
export function createGallery(samples, onPick) {
  const list = byId('samples', HTMLUListElement);
  const buttons = samples.map((sample) => {
    const button = create('button', '');
    button.type = 'button';
    button.dataset.sample = sample.id;
    button.append(thumbnail(sample), create('span', '', sample.title));
    button.addEventListener('click', () => onPick(sample));
    const item = create('li', '');
    item.append(button);
    list.append(item);
    return button;
  });

  return {
    /** @param {string | null} id the sample that is on the stage, null where it is none of them */
    select(id) {
      for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.sample === id));
    },
  };
}

/** @param {Sample} sample */
function thumbnail({ id }) {
  const image = create('img', '');
  image.alt = '';
  image.width = 288;
  image.height = 216;
  image.decoding = 'async';
  image.loading = 'lazy';
  image.src = `samples/thumbs/${id}.webp`;
  // A dragged thumbnail would look like a dropped file to the page.
  image.draggable = false;
  return image;
}
