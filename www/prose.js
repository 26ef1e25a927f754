// @ts-check
import { language, words } from './words.js';

/** Fills in the long texts: each is a file of its own in every language, which data-prose names. */
export function fillProse() {
  for (const place of document.querySelectorAll('[data-prose]')) fill(place);
}

/** @param {Element} place */
async function fill(place) {
  try {
    const response = await fetch(`words/${place.getAttribute('data-prose')}.${language}.html`);
    if (!response.ok) throw new Error(response.statusText);
    const { body } = new DOMParser().parseFromString(await response.text(), 'text/html');
    place.replaceChildren(...body.childNodes);
  } catch {
    place.textContent = words.about.failed;
  }
}
