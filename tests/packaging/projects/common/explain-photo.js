// A few lines of an app, the same in every project: what is on photo.webp, and where?
import { load } from 'gradlens';

export async function explainPhoto(options) {
  const photo = await createImageBitmap(await (await fetch('photo.webp')).blob());
  const context = new OffscreenCanvas(photo.width, photo.height).getContext('2d');
  context.drawImage(photo, 0, 0);

  const explainer = await load(options);
  const picture = context.getImageData(0, 0, photo.width, photo.height);
  const { label, backend, map, width, height } = await explainer.explain(picture);
  const hottest = map.indexOf(map.reduce((most, value) => Math.max(most, value)));
  globalThis.threads = () => explainer.threads();
  globalThis.answer = { label, backend, x: (hottest % width) / width, y: Math.floor(hottest / width) / height };
}
