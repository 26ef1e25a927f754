// @ts-check

/**
 * All that each class is called, its label first. Without the list of names it is the label alone.
 * @param {readonly string[]} labels by class index
 * @returns {Promise<string[][]>}
 */
export async function classNames(labels) {
  /** @type {readonly string[]} */
  const names = await fetch('class-names.json').then((response) => response.json()).catch(() => []);
  return labels.map((label, at) => [label, ...(names[at]?.split(', ').filter((name) => name !== label) ?? [])]);
}
