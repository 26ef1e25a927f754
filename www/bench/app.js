// @ts-check
/** @import { Backend } from '../gradlens/dist/index.js' */
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

const asked = new URLSearchParams(location.search).get('backend');

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const start = byId('start', HTMLButtonElement);
const copy = byId('copy', HTMLButtonElement);
const alertBox = createAlert();
const restarted = createRestarted();
const bar = createProgressBar();
const results = createResults();
let text = '';

start.addEventListener('click', run);
const { copy: idle, copied, notCopied: refused } = words.bench;
copyOnClick(copy, () => text, { idle, copied, refused }, (error) => alertBox.show(error, null));
createLanguageSwitch(() => text !== '');
// Nothing is to be dropped here, and nothing that is may take the results away.
takeDropped(() => {});

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
    for (const backend of machine.backends) {
      found.set(backend, await measureOn(backend, machine));
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
 * @param {Machine} machine learns how many threads there are
 */
async function measureOn(backend, machine) {
  const { ready } = createEngine(backend, { onRestart: restarted.show });
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
  start.disabled = busy;
  copy.disabled = text === '';
}
