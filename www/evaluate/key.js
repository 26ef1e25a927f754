// @ts-check
/** @import { Method } from '../gradlens/dist/index.js' */
import { create } from '../dom.js';
import { lookOf, nameOf } from './methods.js';
import { mark, svg } from './svg.js';

/**
 * A method's line and mark as the plots have them.
 * @param {Method} method
 */
export function key(method) {
  const { shape, dashes } = lookOf(method);
  return svg('svg', { class: 'key', 'data-method': method, width: 36, height: 14, 'aria-hidden': 'true' },
    svg('path', { class: 'line', d: 'M1 7H35', 'stroke-dasharray': dashes }),
    svg('path', { class: 'marks', d: mark(shape, 18, 7, 4.5) }));
}

/**
 * A method's name behind its key.
 * @param {'span' | 'b' | 'li'} tag
 * @param {Method} method
 */
export function keyed(tag, method) {
  const made = create(tag, 'keyed');
  made.append(key(method), nameOf(method));
  return made;
}
