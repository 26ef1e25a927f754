// @ts-check
// The page's language. Importing this fills in the texts of the document.
import { en } from './words/en.js';
import { ko } from './words/ko.js';

const languages = { en, ko };

/** @typedef {keyof typeof languages} Language */

const CHOICE = 'gradlens.language';

/** Where the choice of a language is kept; null where the browser lets the page store nothing. */
export const memory = openMemory();

/**
 * The language that the visitor chose before, else the browser's first that there is, else English.
 * @type {Language}
 */
export const language = [memory?.getItem(CHOICE) ?? '', ...navigator.languages.map((tag) => tag.split('-')[0])].find(isLanguage) ?? 'en';

/** Every text of the page in that language. */
export const words = languages[language];

/**
 * Makes a language the page's own from its next load on.
 * @param {string} chosen
 */
export function remember(chosen) {
  memory?.setItem(CHOICE, chosen);
}

function openMemory() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @returns {name is Language}
 */
function isLanguage(name) {
  return Object.hasOwn(languages, name);
}

/**
 * @param {string} key the names on the way to a text, joined by dots
 * @returns {string}
 */
function find(key) {
  /** @type {unknown} */
  let found = words;
  for (const name of key.split('.')) found = /** @type {Record<string, unknown> | undefined} */ (found)?.[name];
  if (typeof found !== 'string') throw new Error(`there are no words for "${key}"`);
  return found;
}

/**
 * @param {string} suffix of the attribute that names the key
 * @param {(element: Element, text: string) => void} put
 */
function fill(suffix, put) {
  const attribute = `data-words${suffix}`;
  for (const element of document.querySelectorAll(`[${attribute}]`)) put(element, find(element.getAttribute(attribute) ?? ''));
}

document.documentElement.lang = language;
document.getElementById('unstarted')?.remove();
fill('', (element, text) => { element.textContent = text; });
for (const name of ['aria-label', 'title', 'placeholder', 'data-looking']) fill(`-${name}`, (element, text) => element.setAttribute(name, text));
