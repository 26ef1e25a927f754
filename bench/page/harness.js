// Runs in the page: the cold start by itself, the other phases when measure/visit.mjs asks for them.
const config = JSON.parse(document.getElementById('config').textContent);
const { size, fineSize, weights, classes } = config;

const bytes = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.arrayBuffer();
};
const picture = (file, at, side) =>
  new ImageData(new Uint8ClampedArray(file, at * side * side * 4, side * side * 4), side, side);
const isFloats = (map) => {
  if (!(map instanceof Float32Array)) throw new Error('the answer is no Float32Array');
  return Array.from(map);
};

let contender;
let pictures;

/** From the navigation, time 0, to the first answer. */
async function cold() {
  const [file, module, loaded] = await Promise.all([
    bytes('/data/pictures.bin'),
    import(config.module),
    weights === null ? null : bytes(`/data/${weights}`),
  ]);
  contender = module;
  pictures = (at) => picture(file, at, size);
  const info = await contender.setup(config.setup, loaded);
  const ready = performance.now();
  const answer = isFloats(await answerTo(pictures(0), 0));
  const end = performance.now();
  return { info, cold: end, first: end - ready, answer, can: Object.keys(contender) };
}

const answerTo = (image, at) => (contender.forward ? contender.forward(image) : contender.explain(image, classes[at][0]));

/** Times a task for each picture from `from` on; `before` is not timed. */
async function timed(from, to, task, before = async () => {}) {
  const times = [];
  const answers = [];
  for (let at = from; at < to; at++) {
    const image = pictures(at);
    await before(image, at);
    const start = performance.now();
    const answer = await task(image, at);
    times.push(performance.now() - start);
    answers.push(answer);
  }
  return { times, answers };
}

const started = cold();

globalThis.bench = {
  /** The cold start, which has begun already. */
  cold: () => started,

  /** A new picture each. */
  async maps(from, to) {
    const { times, answers } = await timed(from, to, answerTo);
    return { times, answers: answers.map(isFloats) };
  },

  /** A second class of a picture that was explained. */
  async next(from, to) {
    const { times, answers } = await timed(from, to, (_, at) => contender.next(classes[at][1]), answerTo);
    return { times, answers: answers.map(isFloats) };
  },

  /** All classes of a new picture: at once, or one after the other where that is not offered. */
  async many(from, to) {
    const oneByOne = async (image, all) => {
      const maps = [await contender.explain(image, all[0])];
      for (const classIdx of all.slice(1)) maps.push(await contender.next(classIdx));
      return maps;
    };
    const many = contender.many ?? oneByOne;
    const { times, answers } = await timed(from, to, (image, at) => many(image, classes[at]));
    return { times, answers: answers.map((maps) => maps.map(isFloats)) };
  },

  /** The finer map of a larger picture that was explained before; the first is not timed. */
  async fine(fineClasses) {
    const file = await bytes('/data/fine.bin');
    const times = [];
    const answers = [];
    for (const [at, classIdx] of fineClasses.entries()) {
      const image = picture(file, at, fineSize);
      await contender.explain(image, classIdx);
      const start = performance.now();
      answers.push(isFloats(await contender.fine(image, classIdx)));
      if (at > 0) times.push(performance.now() - start);
    }
    return { times, answers };
  },
};
