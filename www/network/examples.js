// @ts-check
/** @import { Network } from './network.js' */
import { words } from '../words.js';
import { networkOf } from './network.js';

/** Networks that come with the site beside the built-in one, and are fetched when one is chosen; their sizes in bytes. */
export const examples = [
  { name: 'EfficientNet-Lite1', file: 'networks/efficientnet-lite1/efficientnet-lite1.onnx', size: 10_994_360 },
  { name: 'EfficientNet-Lite2', file: 'networks/efficientnet-lite2/efficientnet-lite2.onnx', size: 12_354_007 },
];

/**
 * @param {string} name
 * @returns {Promise<Network | null>} null where none of that name comes with the site
 */
export async function openExample(name) {
  const example = examples.find((each) => each.name === name);
  if (!example) return null;
  const response = await fetch(example.file).catch(() => null);
  if (!response?.ok) throw new Error(words.networks.notFetched(name));
  return networkOf([new File([await response.blob()], `${name}.onnx`)], null);
}
