// @ts-check
import { words } from '../words.js';

/** What those who have one call the class before the first. */
const BACKGROUND = 'background';

/**
 * ImageNet's labels in their usual order, all distinct: of classes that WordNet calls the same, one has its second name.
 * @param {number} count 1000, or 1001 with the background before the others
 */
export async function imageNetLabels(count) {
  const response = await fetch('class-names.json').catch(() => null);
  if (!response?.ok) throw new Error(words.card.noNames);
  /** @type {readonly string[]} */
  const names = await response.json();
  /** @type {Set<string>} */
  const labels = new Set(count > names.length ? [BACKGROUND] : []);
  for (const [index, all] of names.entries()) {
    const free = all.split(', ').find((name) => !labels.has(name));
    labels.add(free ?? `${all} (${index})`);
  }
  return Array.from(labels);
}
