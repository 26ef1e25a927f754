// @ts-check

/**
 * The classes that a few letters, or a class's number, may mean; the best first. A label that begins
 * with them comes before one in which a later word does, and that before one that only has them.
 * @param {readonly string[]} labels by class index
 * @param {string} query
 * @param {number} most
 * @returns {number[]} class indices
 */
export function findClasses(labels, query, most) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  const ranks = labels.map((label, classIdx) => ({ classIdx, rank: rank(label.toLowerCase(), String(classIdx), wanted) }));
  return ranks
    .filter((found) => found.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.classIdx - b.classIdx)
    .slice(0, most)
    .map(({ classIdx }) => classIdx);
}

/**
 * How far a class is from what is wanted.
 * @param {string} label
 * @param {string} number
 * @param {string} wanted
 */
function rank(label, number, wanted) {
  if (label === wanted || number === wanted) return 0;
  const at = label.indexOf(wanted);
  if (at === 0 || number.startsWith(wanted)) return 1;
  if (at < 0) return Infinity;
  return label.includes(` ${wanted}`) ? 2 : 3;
}
