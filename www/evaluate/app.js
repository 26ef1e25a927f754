// @ts-check
/** @import { Backend, Faithfulness } from '../gradlens/dist/index.js' */
/** @import { Choice } from './choice.js' */
/** @import { Origin } from './run.js' */
import { createAlert } from '../alert.js';
import { byId } from '../dom.js';
import { createEngine } from '../engine.js';
import { codeOf } from '../errors.js';
import { list, number } from '../format.js';
import { createLanguageSwitch } from '../language-switch.js';
import { createLoading } from '../loading.js';
import { keepOffline } from '../offline.js';
import { createProgressBar } from '../progress-bar.js';
import { fillProse } from '../prose.js';
import { createRestarted } from '../restarted.js';
import { words } from '../words.js';
import { unlessAborted } from './abort.js';
import { createChoice } from './choice.js';
import { createCloseup } from './closeup.js';
import { nameOf } from './methods.js';
import { createResults } from './results.js';
import { measure } from './run.js';
import { createSetup } from './setup.js';
import { duration, timeLeft } from './time.js';

const query = new URLSearchParams(location.search);
const backend = query.get('backend') ?? 'auto';
/** The visitor's network by which it is kept on this machine; '' for the built-in one. */
const kept = query.get('network') ?? '';
const network = kept ? openKept(kept) : Promise.resolve(null);

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const samplesButton = byId('try', HTMLButtonElement);
const cancel = byId('cancel', HTMLButtonElement);
const ending = byId('ending', HTMLElement);
const alertBox = createAlert();
const restarted = createRestarted();
const bar = createProgressBar();
const account = createLoading();
const engine = createEngine(/** @type {Backend | 'auto'} */ (backend), {
  onProgress: (step) => bar.show(account(step)),
  onRestart: restarted.show,
}, network.then(async (found) => (found ? (await import('../network/network.js')).loadOptions(found) : {})));
const closeup = createCloseup(engine);
/** @type {WeakMap<Faithfulness, Origin>} */
const origins = new WeakMap();
const results = createResults(origins, closeup.open);
const setup = createSetup(run);

network.then((found) => {
  if (found) setup.network = found.name;
  else if (kept) alertBox.show(new Error(words.network.missing(kept)), null);
});

/** @type {readonly Choice[]} */
let chosen = [];

createChoice({
  choose(next) {
    chosen = next;
    setup.pictures = chosen.length;
  },
  trySamples() {
    if (setup.ready) run();
  },
  error: (error) => alertBox.show(error, null),
});

fillProse();
createLanguageSwitch(() => chosen.length > 0);
keepOffline();

/** Measures what is chosen now, as it is set now. */
async function run() {
  const pictures = chosen;
  const settings = setup.settings();
  const stop = new AbortController();
  const { signal } = stop;
  let done = 0;

  cancel.onclick = () => stop.abort();
  alertBox.clear();
  results.clear();
  ending.textContent = '';
  restarted.clear();
  begin();
  try {
    const explainer = await unlessAborted(engine.ready(), signal);
    const undefinedFor = settings.methods.filter((method) => !(method in explainer.model.defaultLayers));
    if (undefinedFor.length > 0) throw new Error(words.setup.undefinedFor(list(undefinedFor.map(nameOf))));
    // It is there: the engine has just loaded it.
    const { FaithfulnessSummary } = await import('../gradlens/dist/index.js');
    const summary = new FaithfulnessSummary();
    const started = performance.now();
    const tell = () => bar.show({
      text: words.run.picture(number(Math.min(done + 1, pictures.length)), number(pictures.length)),
      detail: done > 0 ? timeLeft(done, pictures.length, performance.now() - started) : '',
      share: done / pictures.length,
    });
    main.dataset.state = 'running';
    tell();
    const onPicture = () => {
      done++;
      results.show(summary, settings.size, explainer.model.methods);
      tell();
    };
    await measure({ chosen: pictures, settings, engine, summary, signal, origins, onPicture });
    end('done', words.run.done(done, duration(performance.now() - started), words.run.on[explainer.backend]));
  } catch (error) {
    if (signal.aborted) return end('cancelled', words.run.cancelled(number(done), pictures.length));
    end('error', words.run.ended(number(done), pictures.length));
    // A module that failed to load stays failed until the page is loaded anew.
    alertBox.show(error, codeOf(error) || engine.loaded === 'yes'
      ? { label: words.alert.retry, run }
      : { label: words.alert.reload, run: () => location.reload() });
  }
}

/** @param {string} name */
async function openKept(name) {
  return import('../network/kept.js').then((kept) => kept.openKept(name)).catch(() => null);
}

function begin() {
  setBusy(true);
  main.dataset.state = 'loading';
  cancel.focus();
}

/**
 * @param {'done' | 'cancelled' | 'error'} state
 * @param {string} text
 */
function end(state, text) {
  const focused = document.activeElement === cancel;
  setBusy(false);
  main.dataset.state = state;
  ending.textContent = text;
  // The button that has the focus is gone. The page stays where it was scrolled to.
  if (focused) ending.focus({ preventScroll: true });
}

/** @param {boolean} busy */
function setBusy(busy) {
  bar.hidden = !busy;
  setup.running = busy;
  samplesButton.disabled = busy;
}
