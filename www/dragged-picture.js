// @ts-check
import { words } from './words.js';

/**
 * The picture that was dragged from a page, fetched by its address. Only those of this site, and those
 * that are their own address, can be had: the page's policy lets it ask no other site for anything.
 * @param {DataTransfer} data readable until the event is over, so this is called at once
 * @returns {Promise<File>}
 */
export async function draggedPicture(data) {
  const address = pictureIn(data.getData('text/html')) ?? firstOf(data.getData('text/uri-list'));
  if (!address) throw new Error(words.errors.droppedNothing);
  const url = parse(address);
  if (!url || (url.protocol !== 'data:' && url.origin !== location.origin)) throw new Error(words.errors.elsewhere);
  const failed = new Error(words.errors.linkNotRead);
  const response = await fetch(url).catch(() => { throw failed; });
  if (!response.ok) throw failed;
  const blob = await response.blob();
  const name = /^https?:$/.test(url.protocol) && url.pathname.split('/').pop();
  return new File([blob], name || words.stage.yourPhoto, { type: blob.type });
}

/** @param {string} address */
function parse(address) {
  try {
    return new URL(address, document.baseURI);
  } catch {
    return null;
  }
}

/** @param {string} html */
function pictureIn(html) {
  // A document that is only parsed loads nothing and runs nothing.
  return new DOMParser().parseFromString(html, 'text/html').querySelector('img[src]')?.getAttribute('src');
}

/** @param {string} list of addresses, a line each; a line that begins with # is a comment */
function firstOf(list) {
  return list.split(/\r?\n/).find((line) => line && !line.startsWith('#'));
}
