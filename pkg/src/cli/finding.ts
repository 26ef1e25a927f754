// What is told of a photo, in each form.

import { csvRow } from '../csv.js';
import type { Explanation } from '../direct.js';
import type { Photo } from './places.js';
import { harmless } from './terminal.js';

/** The names of the columns of {@link rowOf}. */
export const columns = [
  'photo', 'class_index', 'label', 'probability', 'logit', 'method', 'layer', 'empty_map', 'hottest_x', 'hottest_y', 'error',
];

/** A row of the table, every number in full; what a map without evidence does not have is empty. */
export function rowOf({ file }: Photo, explanation: Explanation): string {
  const { classIdx, label, probability, logit, method, layer, isEmpty } = explanation;
  const hottest = isEmpty ? [] : hottestOf(explanation);
  return csvRow([file, classIdx, label, probability, logit, method, layer, isEmpty, hottest[0], hottest[1], '']);
}

/** The row of a photo that has no map. */
export function failedRow({ file }: Photo, message: string): string {
  return csvRow(columns.map((column) => ({ photo: file, error: message })[column]));
}

/** A line of JSON, with the map before it is scaled and the module that computed it. */
export function jsonOf({ file }: Photo, explanation: Explanation, module: string): string {
  const { classIdx, label, probability, logit, method, layer, width, height, raw, rawWidth, rawHeight, area } = explanation;
  const map = { width: rawWidth, height: rawHeight, area, values: Array.from(raw) };
  return JSON.stringify({ photo: file, width, height, classIdx, label, probability, logit, method, layer, module, map });
}

/** A line for people. */
export function lineOf({ file }: Photo, { label, probability, isEmpty }: Explanation, isRegression: boolean): string {
  const score = isRegression ? probability.toPrecision(3) : `${(100 * probability).toFixed()} %`;
  return harmless(`${file}: ${label}, ${score}${isEmpty ? ', but nothing in it speaks for that' : ''}`);
}

/** The centre of the map's highest cell, in pixels of the photo. */
function hottestOf({ raw, rawWidth, rawHeight, area }: Explanation): [x: number, y: number] {
  const at = raw.indexOf(raw.reduce((most, value) => Math.max(most, value)));
  const [column, row] = [at % rawWidth, Math.floor(at / rawWidth)];
  return [area.x + ((column + 0.5) * area.width) / rawWidth, area.y + ((row + 0.5) * area.height) / rawHeight];
}
