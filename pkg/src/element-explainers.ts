// What elements of one network have in common: one explainer, as long as any of them is in a page.

import type { Explainer } from './explainer.js';
import type { ContractParts, Progress } from './types.js';

/** What an element says of its network. */
export interface Network {
  /** Addresses of its files, with spaces between them; of this package if there are none. */
  readonly model: string | null;
  /** JSON, of {@link ContractParts}. */
  readonly contract: string | null;
}

interface Shared {
  readonly explainer: Promise<Explainer>;
  readonly listeners: Set<(progress: Progress) => void>;
  holders: number;
}

const shared = new Map<string, Shared>();

/** An explainer that is held until it is given back. */
export interface Lease {
  readonly explainer: Promise<Explainer>;
  end(): void;
}

/** The explainer of a network, which is loaded at the first lease; `onProgress` is told how far that is. */
export function lease(network: Network, onProgress: (progress: Progress) => void): Lease {
  const key = JSON.stringify([network.model, network.contract]);
  const entry = shared.get(key) ?? begin(key, network);
  entry.holders += 1;
  entry.listeners.add(onProgress);
  const end = () => {
    entry.listeners.delete(onProgress);
    entry.holders -= 1;
    // An element that is moved leaves the page for a moment.
    queueMicrotask(() => {
      if (entry.holders > 0 || shared.get(key) !== entry) return;
      shared.delete(key);
      entry.explainer.then((explainer) => explainer.dispose(), () => undefined);
    });
  };
  return { explainer: entry.explainer, end };
}

function begin(key: string, network: Network): Shared {
  const listeners: Shared['listeners'] = new Set();
  const onProgress = (progress: Progress) => listeners.forEach((listener) => listener(progress));
  const entry = { explainer: load(network, onProgress), listeners, holders: 0 };
  // The next element tries again.
  entry.explainer.catch(() => shared.get(key) === entry && shared.delete(key));
  shared.set(key, entry);
  return entry;
}

async function load({ model, contract }: Network, onProgress: (progress: Progress) => void): Promise<Explainer> {
  const { load } = await import('./index.js');
  const files = model?.split(/\s+/).filter((address) => address) ?? [];
  // One address need not say what it is.
  const named = files.length > 1 || /\.zip$/i.test(files[0] ?? '') ? { files } : files.length === 1 ? { model: files[0]! } : {};
  const given = contract === null ? {} : { contract: JSON.parse(contract) as Partial<ContractParts> };
  return load({ ...named, ...given, onProgress });
}
