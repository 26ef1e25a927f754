// @ts-check
/** @import { Backend } from './gradlens/dist/index.js' */
/** @import { Job, Photo } from './job.js' */
/** @import { Sample } from './samples.js' */
import { createAlert } from './alert.js';
import { createClasses, TOP } from './classes.js';
import { createCompare } from './compare.js';
import { createControls } from './controls.js';
import { listCredits } from './credits.js';
import { createEngine } from './engine.js';
import { codeOf } from './errors.js';
import { createGallery } from './gallery.js';
import { takeFiles } from './intake.js';
import { createJob } from './job.js';
import { createModes } from './modes.js';
import { createNewest } from './newest.js';
import { createObjects } from './objects.js';
import { createOneClass } from './one-class.js';
import { decode, download } from './picture.js';
import { samples } from './samples.js';
import { createStatus } from './status.js';
import { createView } from './view.js';

const backend = new URLSearchParams(location.search).get('backend') ?? 'auto';

const status = createStatus();
const alertBox = createAlert();
const view = createView();
const engine = createEngine(/** @type {Backend | 'auto'} */ (backend), status.progress);
const newest = createNewest();
const gallery = createGallery(samples, openSample);
const classes = createClasses((classIdx) => {
  wanted.classIdx = classIdx;
  update();
});
const controls = createControls({ settings: update, look: restyle, visible: view.showOverlay });
const modes = createModes(() => {
  controls.follow(modes.current);
  clear();
  update();
});
const page = { view, controls };
const objects = createObjects(page, ({ classIdx }) => {
  wanted.classIdx = classIdx;
  controls.chooseObjectsDetail();
  modes.choose('class');
});
const compare = createCompare(page, chosenClass, (method) => {
  controls.chooseMethod(method);
  modes.choose('class');
});
const running = { objects, class: createOneClass(page, chosenClass), compare };

/** @type {Photo} what the visitor wants to see */
let wanted;
/** @type {Photo | null} what is on the stage */
let shown = null;
/** @type {Photo | null} what the map on the stage belongs to */
let answered = null;

/** Brings the page to what the visitor wants: every click changes a wish and then calls this. */
async function update() {
  status.state = engine.loaded === 'yes' ? 'working' : 'loading';
  alertBox.clear();
  try {
    await newest(async (turn) => {
      const photo = wanted;
      const explaining = engine.ready();
      // The photo is decoded meanwhile. A failure is met further down, where this is awaited.
      explaining.then((explainer) => status.loaded(explainer), () => {});
      const pixels = await turn.still(photo.pixels);
      if (shown !== photo) show(photo, pixels);

      const explainer = await turn.still(explaining);
      status.state = 'working';
      const job = createJob(turn, explainer, photo, pixels);
      const what = await running[modes.current].run(job);
      status.time(what, job.spent);
      answered = photo;
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

function restyle() {
  view.restyle(controls.look());
  compare.restyle(controls.look());
}

/** Takes away what was found out. */
function clear() {
  view.clear();
  objects.clear();
  compare.clear();
}

/**
 * @param {Photo} photo
 * @param {ImageData} pixels
 */
function show(photo, pixels) {
  shown = photo;
  view.showPicture(pixels, photo.name);
  clear();
  classes.wait();
  gallery.select(photo.sample);
  status.credit(photo.credit);
}

/**
 * What helps against an error, where a button can.
 * @param {unknown} error
 */
function remedy(error) {
  const code = codeOf(error);
  if (code === 'simd-unsupported') return null;
  if (code === 'webgpu-unavailable' || code === 'unknown-backend') {
    return { label: 'Choose the backend for me', run: () => location.assign(location.pathname) };
  }
  if (code) return { label: 'Try again', run: update };
  // A module that failed to load stays failed until the page is loaded anew.
  return engine.loaded === 'failed' ? { label: 'Reload the page', run: () => location.reload() } : null;
}

/**
 * @param {string} name
 * @param {string} credit
 * @param {string | null} sample
 * @param {Promise<Blob>} file
 */
function openPhoto(name, credit, sample, file) {
  const before = wanted;
  const photo = { name, credit, sample, pixels: file.then((blob) => decode(blob, name)), classes: null, classIdx: null };
  // What cannot be read leaves the photo before it on the stage, and the work on that one goes on.
  photo.pixels.catch((error) => {
    if (wanted !== photo || !before) return;
    wanted = before;
    if (answered === before) return;
    update();
    alertBox.show(error, null);
  });
  wanted = photo;
  update();
}

/** @param {Sample} sample */
function openSample({ id, file, title, author, licence }) {
  openPhoto(title, `Photo: ${author}, ${licence}`, id, download(`samples/${file}`, title));
}

takeFiles((file) => {
  const name = file.name || 'Your photo';
  openPhoto(name, name, null, Promise.resolve(file));
});
view.onPress(controls.toggleOverlay);
// A reloaded page may find its controls as they were left.
controls.follow(modes.current);
restyle();
view.showOverlay(controls.visible());
listCredits(samples);
clear();
classes.wait();
openSample(samples[0]);
