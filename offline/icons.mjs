// Renders www/favicon.svg as the icons of the manifest: npm run icons.
import { readFile, writeFile } from 'node:fs/promises';
import { Resvg } from '@resvg/resvg-js';

const www = `${import.meta.dirname}/../www`;
const svg = await readFile(`${www}/favicon.svg`, 'utf8');
const frame = (content) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${content}</svg>`;

// A system cuts its own shape out of a maskable icon and leaves at least the inner 80% of it.
const maskable = frame(`<path d="M0 0h32v32H0z" fill="#fff"/><svg x="6" y="6" width="20" height="20" viewBox="0 0 32 32">${svg}</svg>`);

for (const [name, source, width] of [['192', svg, 192], ['512', svg, 512], ['maskable-512', maskable, 512]]) {
  const image = new Resvg(source, { fitTo: { mode: 'width', value: width } }).render();
  await writeFile(`${www}/icons/${name}.png`, image.asPng());
}
