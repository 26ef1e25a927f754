// @ts-check
/** @import { Explainer } from '../gradlens/dist/index.js' */
/** @import { Network } from './network.js' */
import { create } from '../dom.js';
import { number } from '../format.js';
import { words } from '../words.js';
import { sizeOf } from './network.js';

/**
 * What is known of a network, as a list of terms; all of it text.
 * @param {Network | null} network null for the built-in one
 * @param {Explainer} explainer
 */
export function facts(network, { model, labels }) {
  const said = words.card.facts;
  const { contract: { input, layout, channels, width, height }, outputs, operators } = model;
  const depth = channels === 'gray' ? 1 : 3;
  const shape = layout === 'nchw' ? [1, depth, height, width] : [1, height, width, depth];
  const list = create('dl', 'facts');
  const add = (/** @type {string} */ term, /** @type {string} */ text) => {
    if (text) list.append(create('dt', '', term), create('dd', '', text));
  };
  add(said.name, model.name);
  if (network) add(said.files, network.files.map(({ name }) => name).join(', '));
  if (network) add(said.size, words.loading.loaded(number(sizeOf(network) / 1e6, 1)));
  add(said.parameters, millions(model.parameters));
  add(said.multiplyAdds, millions(model.multiplyAdds));
  add(said.input, `${input} [${shape.join(', ')}]`);
  add(said.outputs, outputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join('; '));
  add(said.classes, number(labels.length));
  add(said.operators, Object.entries(operators).sort((a, b) => b[1] - a[1]).map(([name, times]) => `${name} ${times}`).join(', '));
  add(said.producer, [model.producer, `opset ${model.opset}`].filter(Boolean).join(', '));
  return list;
}

/** @param {number} count */
function millions(count) {
  return words.card.millions(number(count / 1e6, count < 1e6 ? 3 : 1));
}
