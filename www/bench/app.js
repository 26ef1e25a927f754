// @ts-check
/** @import { Backend, LoadOptions } from '../gradlens/dist/index.js' */
/** @import { Network } from '../network/network.js' */
/** @import { Machine } from './machine.js' */
/** @import { Found } from './results.js' */
import { createAlert } from '../alert.js';
import { copyOnClick } from '../copy-button.js';
import { byId } from '../dom.js';
import { takeDropped } from '../drag.js';
import { createEngine } from '../engine.js';
import { sentence } from '../errors.js';
import { createLanguageSwitch } from '../language-switch.js';
import { createProgressBar } from '../progress-bar.js';
import { createRestarted } from '../restarted.js';
import { words } from '../words.js';
import { lookAtMachine } from './machine.js';
import { measure } from './measure.js';
import { asMarkdown, createResults, nameOf } from './results.js';

const query = new URLSearchParams(location.search);
const asked = query.get('backend');
/** The visitor's network by which it is kept on this machine; '' for another one. */
const kept = query.get('network') ?? '';
/** @type {Network | null} which network is measured; null for the built-in one */
let network = null;

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const start = byId('start', HTMLButtonElement);
const copy = byId('copy', HTMLButtonElement);
const picker = byId('network-files', HTMLInputElement);
const alertBox = createAlert();
const restarted = createRestarted();
const bar = createProgressBar();
const results = createResults();
let text = '';

start.addEventListener('click', run);
const { copy: idle, copied, notCopied: refused } = words.bench;
copyOnClick(copy, () => text, { idle, copied, refused }, (error) => alertBox.show(error, null));
createLanguageSwitch(() => text !== '' || (network !== null && network.kept === null));
picker.addEventListener('change', () => open(Array.from(picker.files ?? [])));
// What is no file is not to be dropped here, and nothing that is may take the results away.
takeDropped(({ files }) => open(Array.from(files)));
if (kept) openKept();

/** @param {readonly File[]} files of a network */
async function open(files) {
  // Emptied, so that choosing the same files again is a change again.
  picker.value = '';
  if (files.length === 0) return;
  try {
    const { checkRoom, networkOf } = await import('../network/network.js');
    const next = networkOf(files, network);
    checkRoom(next);
    show(next);
  } catch (error) {
    alertBox.show(error, null);
  }
}

async function openKept() {
  const found = await import('../network/kept.js').then(({ openKept }) => openKept(kept)).catch(() => null);
  if (found) show(found);
  else alertBox.show(new Error(words.network.missing(kept)), null);
}

/** @param {Network} next the one to measure from now on */
function show(next) {
  network = next;
  alertBox.clear();
  byId('network', HTMLElement).textContent = words.setup.network(next.name);
}

/** Measures every backend, one after the other. */
async function run() {
  text = '';
  setBusy(true);
  alertBox.clear();
  results.clear();
  restarted.clear();
  /** @type {Found} */
  const found = new Map();
  try {
    const machine = await lookAtMachine(/** @type {Backend | null} */ (asked));
    if (network) machine.description.unshift([words.network.title, network.name]);
    const options = network ? (await import('../network/network.js')).loadOptions(network) : {};
    for (const backend of machine.backends) {
      found.set(backend, await measureOn(backend, options, machine));
      results.show(found, machine);
    }
    const { version } = await import('../gradlens/dist/index.js');
    text = asMarkdown(found, machine, version);
    main.dataset.state = 'done';
  } catch (error) {
    main.dataset.state = 'error';
    alertBox.show(error, { label: words.alert.retry, run });
  } finally {
    setBusy(false);
  }
}

/**
 * @param {Backend} backend
 * @param {LoadOptions} options which network
 * @param {Machine} machine learns how many threads there are
 */
async function measureOn(backend, options, machine) {
  const { ready } = createEngine(backend, { onRestart: restarted.show }, Promise.resolve(options));
  try {
    const { machine: said, measures, step } = words.bench;
    const { times, threads } = await measure(ready, (name, share) =>
      bar.show({ text: step(nameOf[backend], measures[name]), detail: '', share }));
    if (backend === 'cpu') machine.description.push([said.threads, String(threads)]);
    return times;
  } catch (error) {
    // The other backend may well work.
    return sentence(error);
  }
}

/** @param {boolean} busy */
function setBusy(busy) {
  if (busy) main.dataset.state = 'running';
  bar.hidden = !busy;
  start.disabled = picker.disabled = busy;
  copy.disabled = text === '';
}
