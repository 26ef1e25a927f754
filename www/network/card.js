// @ts-check
/** @import { ContractParts, Explainer } from '../gradlens/dist/index.js' */
/** @import { createEngine } from '../engine.js' */
/** @import { Network } from './network.js' */
/** @import { createNetworkSwitch } from './switch.js' */
/** @import { Trial } from './trial.js' */
import { createButton as button, create } from '../dom.js';
import { sentence } from '../errors.js';
import { list, percent } from '../format.js';
import { words } from '../words.js';
import { BUILT_IN } from './bar.js';
import { createContractForm } from './contract-form.js';
import { facts } from './facts.js';
import { imageNetLabels } from './imagenet.js';
import { createKeptList } from './kept-list.js';
import { keepAbout } from './kept.js';
import { partsOf, presetLabels } from './presets.js';
import { drawPreview } from './preview.js';
import { addStyle } from './style.js';

const said = words.card;

/**
 * The network's card: what it is, what it is taken to expect of pictures, and what it sees of the photo then.
 * @param {ReturnType<typeof createNetworkSwitch>} networks
 * @param {ReturnType<typeof createEngine>} engine
 * @param {() => Promise<ImageData>} shownPhoto
 */
export async function createCard(networks, engine, shownPhoto) {
  await addStyle('css/card.css');
  const dialog = create('dialog', 'card');
  dialog.setAttribute('aria-labelledby', 'card-title');
  const title = create('h2', '');
  title.id = 'card-title';
  const close = button('quiet', said.close, () => dialog.close());
  const head = create('div', 'head');
  head.append(title, close);
  const known = create('div', '');
  const warnings = create('ul', 'warnings');
  const form = createContractForm((parts) => change({ contract: parts }));
  const labels = button('button', said.useImageNet, async () => {
    const { labels } = await engine.ready();
    change({ labels: await imageNetLabels(labels.length) });
  });
  const canvas = create('canvas', '');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', said.preview);
  const classes = create('ol', 'sees');
  const trials = create('ol', 'trials');
  const attempt = button('button', said.try, tryAll);
  const progress = create('p', 'hint');
  progress.setAttribute('role', 'status');
  const problem = create('p', 'problem');
  problem.setAttribute('role', 'alert');

  const left = create('div', 'column');
  left.append(create('h3', '', said.expects), problem, form.element, labels, warnings);
  const right = create('div', 'column');
  right.append(create('h3', '', said.gets), canvas, create('h3', '', said.sees), classes, attempt, progress, trials);
  const columns = create('div', 'columns');
  columns.append(left, right);
  const more = create('details', '');
  more.append(create('summary', '', said.about), known);
  const kept = createKeptList(networks, {
    async open(network) {
      problem.textContent = '';
      dialog.dataset.state = 'working';
      await networks.go(network).catch(tell);
      await show();
    },
    error: tell,
  });
  dialog.append(head, columns, kept.element, more);
  document.body.append(dialog);

  /** @type {AbortController | null} what runs for this card alone */
  let trying = null;
  dialog.addEventListener('close', () => trying?.abort());

  /** @param {unknown} error */
  function tell(error) {
    problem.textContent = sentence(error);
  }

  /** @param {{ contract?: Partial<ContractParts>, labels?: readonly string[] }} given by the visitor */
  async function change({ contract, labels }) {
    const { current } = networks;
    if (!current) return;
    trying?.abort();
    problem.textContent = '';
    dialog.dataset.state = 'working';
    try {
      await networks.go({ ...current, contract: { ...current.contract, ...contract }, labels: labels ?? current.labels });
      if (networks.current?.kept) networks.current = await keepAbout(networks.current);
    } catch (error) {
      tell(error);
    }
    await show();
  }

  async function show() {
    dialog.dataset.state = 'working';
    const explainer = await engine.ready();
    const { current } = networks;
    const { model } = explainer;
    const isOwn = current !== null;
    title.textContent = current?.name ?? BUILT_IN;
    known.replaceChildren(facts(current, explainer));
    kept.show();
    warnings.replaceChildren(...model.warnings.map((warning) => create('li', '', warning)));
    form.show(model.contract, isOwn);
    labels.hidden = !isOwn || model.contract.sources.labels !== 'guessed' || ![1000, 1001].includes(explainer.labels.length);
    attempt.hidden = !isOwn;
    const pixels = await shownPhoto();
    drawPreview(canvas, pixels, model.contract);
    const seen = await explainer.classify(pixels, 5);
    // Another may have taken over meanwhile, and is shown by who asked for it.
    if (current !== networks.current) return;
    classes.replaceChildren(...seen.map(({ label, probability }) => line(label, percent(probability))));
    dialog.dataset.state = 'done';
  }

  async function tryAll() {
    const { current } = networks;
    if (!current) return;
    trying?.abort();
    const mine = trying = new AbortController();
    attempt.disabled = true;
    trials.replaceChildren();
    try {
      const { tryPresets } = await import('./trial.js');
      const onProgress = (/** @type {number} */ done, /** @type {number} */ all) => { progress.textContent = said.trying(done + 1, all); };
      const found = await tryPresets(current, await engine.ready(), await shownPhoto(), { signal: mine.signal, onProgress });
      const { labels } = await engine.ready();
      progress.textContent = labels.length > 2 ? said.suggestion : `${said.suggestion} ${said.ofTwo}`;
      trials.replaceChildren(...found.map((trial) => trialOf(trial, current)));
    } catch (error) {
      progress.textContent = mine.signal.aborted ? '' : sentence(error);
    } finally {
      attempt.disabled = false;
    }
  }

  /**
   * @param {Trial} trial
   * @param {Network} network
   */
  function trialOf({ presets, classes, agreement }, network) {
    const item = create('li', '');
    const uses = presets.map((preset) => button('quiet', presetLabels[preset], async () => {
      const { model } = await engine.ready();
      if (network.name === networks.current?.name) change({ contract: partsOf(preset, model.contract.channels) });
    }));
    const sees = list(classes.map(({ label, probability }) => `${label} ${percent(probability)}`));
    item.append(...uses, create('span', 'hint', said.trial(sees, percent(agreement))));
    return item;
  }

  return {
    async open() {
      trials.replaceChildren();
      progress.textContent = problem.textContent = '';
      dialog.showModal();
      await show().catch(tell);
    },
  };
}

/**
 * @param {string} name
 * @param {string} value
 */
function line(name, value) {
  const item = create('li', '');
  item.append(create('span', 'name', name), ' ', create('span', 'percent', value));
  return item;
}
