// @ts-check

/**
 * A class that may be meant.
 * @typedef {object} Found
 * @property {number} classIdx
 * @property {string} name the one of its names that fits
 */

/**
 * The classes that a few letters, or a class's number, may mean; the best first. A name that begins
 * with them comes before one in which a later word does, and that before one that only has them.
 * @param {readonly (readonly string[])[]} names of each class, by class index; its label first
 * @param {string} query
 * @param {number} most
 * @returns {Found[]}
 */
export function findClasses(names, query, most) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  return names
    .map((ofOne, classIdx) => ({ classIdx, ...best(ofOne, String(classIdx), wanted) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.classIdx - b.classIdx)
    .slice(0, most);
}

/**
 * The name of a class that is nearest to what is wanted. Another name than its label counts for half a rank less.
 * @param {readonly string[]} names
 * @param {string} number
 * @param {string} wanted
 */
function best(names, number, wanted) {
  return names
    .map((name, at) => ({ name, rank: rank(name.toLowerCase(), number, wanted) + (at > 0 ? 0.5 : 0) }))
    .reduce((least, each) => (each.rank < least.rank ? each : least));
}

/**
 * How far a name is from what is wanted.
 * @param {string} name
 * @param {string} number
 * @param {string} wanted
 */
function rank(name, number, wanted) {
  if (name === wanted || number === wanted) return 0;
  const at = name.indexOf(wanted);
  if (at === 0 || number.startsWith(wanted)) return 1;
  if (at < 0) return Infinity;
  return name.includes(` ${wanted}`) ? 2 : 3;
}
