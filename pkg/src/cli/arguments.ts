// What is asked for on the command line.

import { parseArgs } from 'node:util';
import type { ContractParts, ExplainRequest, OverlayOptions } from '../direct.js';

/** What is wrong with the command itself. */
export class UsageError extends Error {}

/** The options that take a value are named as `help` names them. */
const options = {
  model: { type: 'string', multiple: true },
  contract: { type: 'string' },
  class: { type: 'string' },
  method: { type: 'string' },
  layer: { type: 'string' },
  'input-size': { type: 'string' },
  colormap: { type: 'string' },
  opacity: { type: 'string' },
  out: { type: 'string' },
  csv: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** What photos are to be explained, how, and where the answers go. */
export interface Request {
  /** Files and folders. */
  readonly photos: readonly string[];
  /** Files and folders of the network; of this package if there are none. */
  readonly model: readonly string[];
  readonly contract: Partial<ContractParts> | undefined;
  /** The class by its label, a word of it, or its index; the most probable one if it is not named. */
  readonly wanted: string | undefined;
  readonly map: Pick<ExplainRequest, 'method' | 'layer' | 'inputSize'>;
  readonly overlay: OverlayOptions;
  /** A PNG file, or the folder for several. */
  readonly out: string | undefined;
  readonly csv: string | undefined;
  readonly json: boolean;
}

/**
 * What a command asks for.
 *
 * @throws UsageError
 */
export function requestOf(args: readonly string[]): Request | 'help' | 'version' {
  const { values, positionals } = parsed(args);
  if (values.version) return 'version';
  const [command, ...photos] = positionals;
  if (values.help || command === undefined || command === 'help') return 'help';
  if (command !== 'explain') throw new UsageError(`there is no command "${command}"; it is: gradlens explain PHOTO`);
  if (photos.length === 0) throw new UsageError('no photo is named: gradlens explain photo.jpg, or a folder of photos');
  const { method, layer, colormap, opacity, contract, 'input-size': inputSize } = values;
  return {
    photos,
    model: values.model ?? [],
    contract: contract === undefined ? undefined : contractOf(contract),
    wanted: values.class?.trim() || undefined,
    // Their values are checked by whoever takes them.
    map: given({ method, layer, inputSize: numberOf('input-size', inputSize) }) as Request['map'],
    overlay: given({ colormap, opacity: numberOf('opacity', opacity) }) as OverlayOptions,
    out: values.out,
    csv: values.csv,
    json: values.json ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function contractOf(text: string): Partial<ContractParts> {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--contract is no JSON, such as '{ "resize": "crop 0.875" }': ${(cause as Error).message}`, { cause });
  }
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new UsageError(`--${name} is "${text}"; it must be a number`);
}

/** The options that have a value. */
function given(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
