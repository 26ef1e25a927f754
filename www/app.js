// @ts-check
/** @import { Backend, Explainer } from './gradlens/dist/index.js' */
/** @import { Job, Photo } from './job.js' */
/** @import { Mode } from './modes.js' */
/** @import { createCard } from './network/card.js' */
/** @import { createComparison } from './network/comparison.js' */
/** @import { createLayers } from './network/layers.js' */
/** @import { Rival } from './network/rivals.js' */
/** @import { Picture } from './picture.js' */
/** @import { Findings } from './report.js' */
import { addressWithout, readAddress, writeAddress } from './address.js';
import { createAgainst } from './against.js';
import { createAlert } from './alert.js';
import { createCamera } from './camera.js';
import { createClassSearch } from './class-search.js';
import { createClasses, TOP } from './classes.js';
import { createCompare } from './compare.js';
import { createControls } from './controls.js';
import { copyOnClick } from './copy-button.js';
import { listCredits } from './credits.js';
import { createDisplay } from './display.js';
import { byId } from './dom.js';
import { createDownloads } from './downloads.js';
import { createEngine } from './engine.js';
import { codeOf } from './errors.js';
import { list } from './format.js';
import { createGallery } from './gallery.js';
import { takeFiles } from './intake.js';
import { createJob } from './job.js';
import { createLanguageSwitch } from './language-switch.js';
import { createModes } from './modes.js';
import { createNetworkSwitch } from './network/switch.js';
import { createNewest } from './newest.js';
import { noted } from './noted.js';
import { createObjects } from './objects.js';
import { keepOffline } from './offline.js';
import { createOneClass } from './one-class.js';
import { cameraPhoto, ownPhoto, samplePhoto } from './photos.js';
import { fillProse } from './prose.js';
import { createRestarted } from './restarted.js';
import { samples } from './samples.js';
import { bringIntoSight } from './sight.js';
import { snapshot } from './snapshot.js';
import { createStatus } from './status.js';
import { createUndo } from './undo.js';
import { createView } from './view.js';
import { words } from './words.js';

const backend = new URLSearchParams(location.search).get('backend') ?? 'auto';
const address = readAddress();
/** What the address asks for and the page does not have. */
const unknown = address.unknown;
/** The network that the address names and that is not kept on this machine. */
let missingNetwork = '';

const status = createStatus();
const alertBox = createAlert();
const view = createView();
const firstNetwork = address.network === null ? Promise.resolve(null) : keptNetwork(address.network);
const engine = createEngine(
  /** @type {Backend | 'auto'} */ (backend),
  { onProgress: status.progress, onRestart: createRestarted().show },
  firstNetwork.then(async (network) => (network ? (await import('./network/network.js')).loadOptions(network) : {})),
);
const networks = createNetworkSwitch(engine, { change: explainAnew, error: (error) => alertBox.show(error, null), card: openCard }, firstNetwork);
const newest = createNewest();
const gallery = createGallery(samples, (sample) => {
  openPhoto(samplePhoto(sample));
  bringIntoSight(byId('stage', HTMLElement));
});
const classes = createClasses(explainClass);
const search = createClassSearch(explainClass);
const against = createAgainst(() => {
  answered = null;
  update();
});
const controls = createControls(() => {
  answered = null;
  update();
});
const display = createDisplay({ look: restyle, visible: view.showOverlay });
const modes = createModes(() => {
  controls.follow(modes.current);
  clear();
  update();
});
const page = { view, controls, display };
const objects = createObjects(page, ({ classIdx }) => {
  wanted.classIdx = classIdx;
  controls.chooseObjectsDetail();
  modes.choose('class');
});
const compare = createCompare(page, chosenClass, (method) => {
  controls.chooseMethod(method);
  modes.choose('class');
});
const downloads = createDownloads(() => snapshot(view.map), tellError);
const undo = createUndo((photo) => {
  wanted = photo;
  update();
});
const { link: idle, linkCopied: copied, linkNotCopied: refused } = words.tools;
copyOnClick(byId('copy-link', HTMLButtonElement), () => location.href, { idle, copied, refused }, tellError);
createCamera({ photo: (pixels) => openPhoto(cameraPhoto(pixels)), frame: explainFrame, look: display.look, error: tellError });
/** @type {ReturnType<typeof createLayers> | null} the mode that compares layers, once it was asked for */
let layers = null;
/** @type {Promise<ReturnType<typeof createComparison>> | null} the mode that compares networks, likewise */
let comparison = null;
/** @type {Record<Mode, { run: (job: Job) => Promise<Findings> }>} */
const running = {
  objects,
  class: createOneClass(page, chosenClass, against),
  compare,
  layers: { run: async (job) => (await job.turn.still(openLayers())).run(job) },
  networks: { run: async (job) => (await job.turn.still(openComparison())).run(job) },
};

/** @type {Photo} what the visitor wants to see */
let wanted;
/** @type {Awaited<ReturnType<typeof createCard>> | null} the network's card, once it was asked for */
let card = null;
/** @type {Photo | null} what is on the stage */
let shown = null;
/** @type {Photo | null} what the map on the stage belongs to, if it is of the settings that are chosen */
let answered = null;

/** Brings the page to what the visitor wants: every click changes a wish and then calls this. */
async function update() {
  status.state = engine.loaded === 'yes' ? 'working' : 'loading';
  alertBox.clear();
  try {
    await newest(async (turn) => {
      const photo = wanted;
      if (engine.loaded === 'yes') seenAnew(photo);
      const explaining = engine.ready();
      // The photo is decoded meanwhile. A failure is met further down, where this is awaited.
      turn.still(explaining).then(settle, () => {});
      const picture = await turn.still(photo.picture);
      const { pixels } = picture;
      if (shown !== photo) show(photo, picture);

      const explainer = await turn.still(explaining);
      seenAnew(photo);
      status.state = 'working';
      const job = createJob(turn, explainer, photo, pixels);
      const mode = modes.current;
      const settings = controls.settings();
      const findings = await running[mode].run(job);
      // Its GPU may have failed, and another backend have answered.
      status.loaded(explainer);
      status.time(findings.what, job.spent);
      downloads.offer({ mode, photo, pixels, settings, explainer, findings });
      answered = photo;
      remember(photo);
      status.state = 'done';
    });
  } catch (error) {
    engine.drop(error);
    status.state = 'error';
    alertBox.show(error, remedy(error));
  }
}

/**
 * The class to explain. The likeliest ones are listed beside the photo first.
 * @param {Job} job
 * @returns {Promise<number>}
 */
async function chosenClass({ turn, explainer, photo, pixels }) {
  if (!photo.classes) {
    photo.classes = await turn.alone(() => explainer.classify(pixels, explainer.labels.length));
    classes.show(photo.classes.slice(0, TOP));
  }
  const chosen = photo.classes.find(({ classIdx }) => classIdx === photo.classIdx) ?? photo.classes[0];
  classes.select(chosen);
  return chosen.classIdx;
}

/** @param {number} classIdx */
function explainClass(classIdx) {
  wanted.classIdx = classIdx;
  answered = null;
  update();
}

/** @param {Explainer} explainer it is there now */
function settle(explainer) {
  status.loaded(explainer);
  networks.settle(explainer);
  search.know(explainer.labels);
  unknown.push(...controls.know(explainer.model));
  if (against.chosen !== null && against.chosen >= explainer.labels.length) {
    unknown.push(`against=${against.chosen}`);
    against.forget();
  }
  if (wanted.classIdx !== null && wanted.classIdx >= explainer.labels.length) {
    unknown.push(`class=${wanted.classIdx}`);
    wanted.classIdx = null;
  }
  const problem = [
    ...(missingNetwork ? [words.network.missing(missingNetwork)] : []),
    ...(unknown.length > 0 ? [words.tools.unknown(list(unknown.splice(0)))] : []),
  ].join(' ');
  missingNetwork = '';
  if (problem) alertBox.show(new Error(problem), null);
}

/**
 * The network of the address, if it is kept on this machine or comes with the site. Classes and layers are its own.
 * @param {string} name
 */
async function keptNetwork(name) {
  const kept = await import('./network/kept.js').then(({ openKept }) => openKept(name)).catch(() => null)
    ?? await import('./network/examples.js').then(({ openExample }) => openExample(name)).catch(() => null);
  if (!kept) {
    missingNetwork = name;
    wanted.classIdx = null;
    against.forget();
    controls.forgetLayers();
  }
  return kept;
}

/**
 * Forgets what another network saw in a photo, or the same one with another contract, which keeps its classes.
 * @param {Photo} photo
 */
function seenAnew(photo) {
  const { current } = networks;
  if (photo.network !== undefined && photo.network !== current) {
    photo.classes = null;
    if (photo.network?.files !== current?.files) photo.classIdx = null;
  }
  photo.network = current;
}

/** Shows what the network is and how it is taken to see pictures. */
async function openCard() {
  try {
    const { createCard } = await import('./network/card.js');
    card ??= await createCard(networks, engine, async () => (await wanted.picture).pixels);
    await card.open();
  } catch (error) {
    alertBox.show(error, null);
  }
}

/** Explains what is shown with the network that has taken over. */
function explainAnew() {
  clear();
  classes.wait();
  update();
}

/**
 * Makes the address say what the page shows.
 * @param {Photo} photo
 */
function remember({ sample, classIdx }) {
  const mode = modes.current;
  const chosen = mode === 'objects' || classIdx === null ? null : String(classIdx);
  const other = mode === 'class' && against.chosen !== null ? String(against.chosen) : null;
  writeAddress({ network: networks.current?.name ?? null, sample, mode, class: chosen, against: other, ...controls.chosen });
}

/** @param {unknown} error a failure of something beside the answer */
function tellError(error) {
  engine.drop(error);
  alertBox.show(error, null);
}

function restyle() {
  view.restyle(display.look());
  compare.restyle(display.look());
  for (const mode of [layers, comparison]) mode?.then(({ restyle }) => restyle(display.look()), () => {});
}

async function openLayers() {
  layers ??= import('./network/layers.js').then(({ createLayers }) => createLayers(page, chosenClass, {
    pick(layer) {
      controls.chooseLayer(layer);
      answered = null;
      update();
    },
    more: update,
  }));
  // What failed to load once is asked for again.
  layers.catch(() => { layers = null; });
  return layers;
}

async function openComparison() {
  comparison ??= import('./network/comparison.js').then(({ createComparison }) => createComparison(page, networks, chosenClass, {
    pick: (rival) => explainBy(rival).catch(tellError),
    more: update,
  }));
  comparison.catch(() => { comparison = null; });
  return comparison;
}

/** @param {Rival | null} rival the network whose map is to be shown alone; null for the one that explains already */
async function explainBy(rival) {
  modes.choose('class');
  if (rival) await networks.go(await rival.open());
}

/** Takes away what was found out. */
function clear() {
  answered = null;
  view.clear();
  objects.clear();
  compare.clear(modes.current === 'compare');
  layers?.then((mode) => mode.clear(), () => {});
  comparison?.then((mode) => mode.clear(modes.current === 'networks'), () => {});
  downloads.offer(null);
}

/**
 * @param {Photo} photo
 * @param {Picture} picture
 */
function show(photo, { pixels, notes }) {
  shown = photo;
  view.showPicture(pixels, photo.name);
  clear();
  if (photo.classes) classes.show(photo.classes.slice(0, TOP));
  else classes.wait();
  undo.shown(photo);
  gallery.select(photo.sample);
  status.credit(noted(photo.credit, notes));
}

/**
 * What helps against an error, where a button can.
 * @param {unknown} error
 */
function remedy(error) {
  const code = codeOf(error);
  if (code === 'simd-unsupported' || code === 'wasm-disabled') return null;
  if (code === 'webgpu-unavailable' || code === 'unknown-backend') {
    return { label: words.alert.chooseBackend, run: () => location.assign(addressWithout('backend')) };
  }
  if (engine.loaded === 'failed' && networks.current) return { label: words.network.back, run: () => { networks.go(null).catch(tellError); } };
  if (code) return { label: words.alert.retry, run: update };
  // A module that failed to load stays failed until the page is loaded anew.
  return engine.loaded === 'failed' ? { label: words.alert.reload, run: () => location.reload() } : null;
}

/** @param {Photo} photo */
function openPhoto(photo) {
  const before = wanted;
  // What cannot be read leaves the photo before it on the stage, and the work on that one goes on.
  photo.picture.catch((error) => {
    if (wanted !== photo || !before) return;
    wanted = before;
    if (answered === before) return;
    update();
    alertBox.show(error, null);
  });
  wanted = photo;
  update();
}

/** @param {ImageData} frame of the camera */
async function explainFrame(frame) {
  const explainer = await engine.ready();
  const { method, layer } = controls.settings();
  return explainer.explain(frame, null, method, { layer });
}

takeFiles({
  photo: (file) => openPhoto(ownPhoto(file)),
  network: networks.openFiles,
  hasNetwork: () => networks.current !== null,
  error: tellError,
});
view.onPress(display.toggleOverlay);
// A reloaded page may find its controls as they were left.
controls.follow(modes.current);
restyle();
view.showOverlay(display.visible());
listCredits(samples);
fillProse();
createLanguageSwitch(() => wanted.sample === null || networks.current?.kept === null);
clear();
classes.wait();
openPhoto(samplePhoto(samples.find(({ id }) => id === address.sample) ?? samples[0], address.classIdx));
// After the network, whose files the service worker then finds in the browser's own cache.
engine.ready().catch(() => {}).then(keepOffline);
