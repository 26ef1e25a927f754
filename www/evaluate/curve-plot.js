// @ts-check
/** @import { FaithfulnessSummary, Method } from '../gradlens/dist/index.js' */
import { number, percent } from '../format.js';
import { words } from '../words.js';
import { lookOf } from './methods.js';
import { blank, horizontalAxis, verticalAxis } from './plot.js';
import { mark, svg } from './svg.js';

/** @typedef {{ method: Method, scores: number[], area: number }} MeanCurve */

/**
 * Each method's curve, averaged over the pictures.
 * @param {FaithfulnessSummary} summary
 * @param {'deletion' | 'insertion'} kind
 * @returns {MeanCurve[]} empty where the pictures came without curves
 */
export function meanCurves({ methods, pictures }, kind) {
  return methods.flatMap(({ method, deletionArea, insertionArea }, at) => {
    const area = kind === 'deletion' ? deletionArea : insertionArea;
    if (area === null) return [];
    const curves = pictures.flatMap(({ result }) => result.methods[at][kind] ?? []);
    const scores = Array.from(curves[0].scores, (_, step) =>
      curves.reduce((sum, curve) => sum + curve.scores[step], 0) / curves.length);
    return [{ method, scores, area }];
  });
}

/**
 * A line a method: the mean score over the share of pixels.
 * @param {readonly MeanCurve[]} curves
 * @param {string} title
 * @param {string} axis what the pixels are subjected to
 * @returns {(width: number) => SVGSVGElement}
 */
export function curvePlot(curves, title, axis) {
  const said = curves.map(({ method, scores, area }) => words.plots.curveOf({
    method: lookOf(method).name,
    area: number(area, 3),
    beginning: percent(scores[0]),
    halfway: percent(scores[Math.floor(scores.length / 2)]),
    end: percent(scores[scores.length - 1]),
  }));
  const highest = Math.max(...curves.flatMap(({ scores }) => scores));
  const most = Math.max(1, Math.ceil(highest * 5)) / 5;

  return (width) => {
    const area = { left: 44, right: width - 20, top: 10, bottom: Math.min(280, Math.max(190, width * 0.55)) };
    const plot = blank(width, area.bottom + 40, title, said.join(' '));
    plot.append(verticalAxis(area, most), horizontalAxis(area, axis));
    for (const { method, scores } of curves) {
      const { shape, dashes } = lookOf(method);
      const points = scores.map((score, step) => /** @type {const} */ ([
        area.left + (area.right - area.left) * step / (scores.length - 1),
        area.bottom - (area.bottom - area.top) * score / most,
      ]));
      // At 50 steps a mark at each would hide the line.
      const every = Math.ceil((scores.length - 1) / 10);
      plot.append(svg('g', { 'data-method': method },
        svg('path', { class: 'line', 'stroke-dasharray': dashes, d: `M${points.map((point) => point.join(' ')).join('L')}` }),
        svg('path', { class: 'marks', d: points.filter((_, i) => i % every === 0).map(([x, y]) => mark(shape, x, y, 4)).join('') })));
    }
    return plot;
  };
}
