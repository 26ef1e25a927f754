// @ts-check
/** @import { Network } from './network.js' */
/** @import { createNetworkSwitch } from './switch.js' */
import { create, createButton } from '../dom.js';
import { number } from '../format.js';
import { words } from '../words.js';
import { canKeep, forget, keep, listKept, openKept } from './kept.js';

const said = words.card;

/**
 * The networks that are kept on this machine: each can be opened, and forgotten.
 * @param {ReturnType<typeof createNetworkSwitch>} networks
 * @param {object} on
 * @param {(network: Network) => void} on.open
 * @param {(error: unknown) => void} on.error
 */
export function createKeptList(networks, on) {
  const element = create('section', 'kept');
  const list = create('ul', '');
  const hint = create('p', 'hint');
  const keepIt = createButton('button', said.keep, async () => {
    const { current } = networks;
    if (!current) return;
    keepIt.disabled = true;
    try {
      networks.current = await keep(current);
    } catch (error) {
      on.error(error instanceof DOMException && error.name === 'QuotaExceededError' ? new Error(said.noRoom) : error);
    } finally {
      keepIt.disabled = false;
    }
    await show();
  });
  element.append(create('h3', '', said.kept), list, keepIt, hint);

  async function show() {
    // Null where the page may keep nothing.
    const kept = canKeep ? await listKept().catch(() => null) : null;
    hint.textContent = kept ? said.keepHint : said.cannotKeep;
    keepIt.hidden = !kept || networks.current === null || networks.current.kept !== null;
    list.replaceChildren(...(kept ?? []).map(row));
  }

  /** @param {{ name: string, size: number }} kept */
  function row({ name, size }) {
    const item = create('li', '');
    const open = createButton('quiet', name, async () => {
      const network = await openKept(name);
      if (network) on.open(network);
      else await show();
    });
    const drop = createButton('quiet', said.forgetShort, async () => {
      await forget(name);
      const { current } = networks;
      if (current?.kept === name) networks.current = { ...current, kept: null };
      await show();
    });
    drop.setAttribute('aria-label', said.forget(name));
    const links = [['evaluate.html', words.top.toEvaluate], ['bench.html', said.measure]].map(([page, text]) => {
      const link = create('a', 'quiet', text);
      link.href = `${page}?network=${encodeURIComponent(name)}`;
      return link;
    });
    item.append(open, create('span', 'hint', words.loading.loaded(number(size / 1e6, 1))), ...links, drop);
    return item;
  }

  return { element, show };
}
