// @ts-check

/**
 * All that each class is called, its label first. Without the list of names, and where a class is none of ImageNet's
 * there, it is the label alone.
 * @param {readonly string[]} labels by class index
 * @returns {Promise<string[][]>}
 */
export async function classNames(labels) {
  /** @type {readonly string[]} */
  const names = await fetch('class-names.json').then((response) => response.json()).catch(() => []);
  // Many networks call the class before the first one background.
  const first = labels.length === names.length + 1 ? 1 : 0;
  return labels.map((label, at) => {
    const called = names[at - first]?.split(', ') ?? [];
    // Of two that WordNet calls the same, the label says more.
    const isIt = called.some((name) => label.startsWith(name));
    return [label, ...(isIt ? called.filter((name) => name !== label) : [])];
  });
}
