// @ts-check
/** @import { Box, DetectedObject, Explanation } from './gradlens/dist/index.js' */
import { byId, create } from './dom.js';

/** The tags on the photo that say which object is which, for eyes that colour does not help. */
export function createMarks() {
  const marks = byId('marks', HTMLElement);
  const separate = () => keepApart(/** @type {HTMLElement[]} */ (Array.from(marks.children)));
  new ResizeObserver(separate).observe(marks);

  return {
    /**
     * @param {readonly DetectedObject[]} objects
     * @param {(index: number) => string} hue
     */
    show(objects, hue) {
      marks.replaceChildren(...objects.flatMap(({ label, regions, explanation }, index) =>
        regions.map((region, at) => {
          const tag = create('span', 'mark', at === 0 ? `${index + 1} ${label}` : String(index + 1));
          tag.dataset.object = String(index);
          tag.style.setProperty('--hue', hue(index));
          const { x, y } = summit(explanation, region.box);
          tag.style.setProperty('--x', `${100 * x}%`);
          tag.style.setProperty('--y', `${100 * y}%`);
          return tag;
        })));
      separate();
    },

    /** @param {number | null} only the object that is shown alone */
    isolate(only) {
      for (const tag of marks.children) {
        if (tag instanceof HTMLElement) tag.hidden = only !== null && Number(tag.dataset.object) !== only;
      }
    },

    clear() {
      marks.replaceChildren();
    },
  };
}

/**
 * Moves a tag down, by its own height, while it covers one before it.
 * @param {HTMLElement[]} tags
 */
function keepApart(tags) {
  for (const [i, tag] of tags.entries()) {
    const before = tags.slice(0, i).map((other) => other.getBoundingClientRect());
    for (let down = 0; down <= i; down++) {
      tag.style.setProperty('--down', String(down));
      const box = tag.getBoundingClientRect();
      const covers = (/** @type {DOMRect} */ { left, right, top, bottom }) =>
        box.left < right && left < box.right && box.top < bottom && top < box.bottom;
      if (!before.some(covers)) break;
    }
  }
}

/**
 * Where about the outline of a region has its top, as shares of the photo: where the map is highest
 * in the region's uppermost cells.
 * @param {Explanation} explanation
 * @param {Box} box
 */
function summit({ raw, rawWidth, rawHeight, area, width, height }, box) {
  const within = (/** @type {number} */ cell, /** @type {number} */ cells) => Math.min(cells - 1, Math.max(0, cell));
  const column = (/** @type {number} */ x) => within(Math.floor(((x - area.x) / area.width) * rawWidth), rawWidth);
  const row = within(Math.ceil(((box.y - area.y) / area.height) * rawHeight - 0.5), rawHeight);
  const start = row * rawWidth + column(box.x);
  const cells = raw.subarray(start, row * rawWidth + column(box.x + box.width) + 1);
  const highest = cells.indexOf(cells.reduce((most, value) => Math.max(most, value), 0));
  const x = area.x + (area.width * (((start + highest) % rawWidth) + 0.5)) / rawWidth;
  return { x: within(x, width) / width, y: box.y / height };
}
