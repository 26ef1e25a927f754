// @ts-check
/** @import { Sample } from './samples.js' */
import { byId, create } from './dom.js';

/**
 * Names the author, licence and source of every sample photo.
 * @param {readonly Sample[]} samples
 */
export function listCredits(samples) {
  byId('credits', HTMLUListElement).append(...samples.map((sample) => {
    const item = create('li', '');
    const { source, url } = sample;
    item.append(create('b', '', `${sample.title}:`), ` ${sample.author}, ${sample.licence}`);
    if (url) {
      const link = create('a', '', source);
      link.href = url;
      item.append(', ', link);
    }
    return item;
  }));
}
