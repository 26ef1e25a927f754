// Runs in the page: a network is made ready from its bytes by itself, and answers when networks/visit.mjs asks.
const { module, weights, setup, size } = JSON.parse(document.getElementById('config').textContent);

/**
 * A file, read right to where it stays: pieces that wait to be collected would stand in the peak of memory, half a
 * gigabyte for the largest.
 */
async function bytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const reader = response.body.getReader({ mode: 'byob' });
  let all = new Uint8Array(Number(response.headers.get('content-length')));
  for (let at = 0; at < all.length; ) {
    const { value, done } = await reader.read(all.subarray(at));
    if (done) throw new Error(`${url} ended after ${at} bytes`);
    at += value.length;
    // What is read into moves from hand to hand.
    all = new Uint8Array(value.buffer);
  }
  return all;
}

let contender;
let photos;
let seen = 0;

async function begin() {
  let [pixels, imported, network] = await Promise.all([bytes('/data/pictures.bin'), import(module), weights ? bytes(weights) : undefined]);
  contender = imported;
  const start = performance.now();
  const begun = contender.setup(setup, network);
  // From now on it is the contender's to keep or to forget.
  network = null;
  const input = await begun;
  const ready = performance.now() - start;
  photos = await Promise.all(squares(pixels).map((photo) => scaled(photo, input)));
  const { times, answers } = await answersTo(1);
  return { ready, first: ready + times[0], answers };
}

function squares(pixels) {
  const length = size * size * 4;
  return Array.from({ length: pixels.length / length }, (_, at) =>
    new ImageData(new Uint8ClampedArray(pixels.buffer, at * length, length), size, size));
}

/** A photo at the size of a network's input. */
async function scaled(photo, { width, height }) {
  if (photo.width === width && photo.height === height) return photo;
  const bitmap = await createImageBitmap(photo, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** A picture that was not seen before: a photo with a pixel of its own. */
function unseen() {
  const { data, width, height } = photos[seen % photos.length];
  const picture = new ImageData(new Uint8ClampedArray(data), width, height);
  picture.data.fill(seen++, 0, 3);
  return picture;
}

async function answersTo(count) {
  const times = [];
  const answers = [];
  for (let at = 0; at < count; at++) {
    const picture = unseen();
    const start = performance.now();
    const answer = await contender.answer(picture);
    times.push(performance.now() - start);
    answers.push(plain(answer));
  }
  return { times, answers };
}

/** As it can leave the page. */
const plain = (answer) =>
  Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, ArrayBuffer.isView(value) ? Array.from(value) : value]));

const started = begin();

globalThis.bench = {
  /** The network made ready and its first answer, which has begun already. */
  begin: () => started,

  /** Its answers to so many pictures. */
  answers: answersTo,
};
