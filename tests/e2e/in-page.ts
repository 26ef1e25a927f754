// What tests run in the page, whatever drives its browser.

/** What has the focus: its name for the test, and whether a ring of at least 2 pixels shows it. */
export function focused() {
  const element = document.activeElement as HTMLElement;
  const ringed = element.classList.contains('unseen') ? element.closest('label')! : element;
  const { outlineStyle, outlineWidth } = getComputedStyle(ringed);
  const radio = element instanceof HTMLInputElement && element.type === 'radio' ? element.name : '';
  return {
    name: radio || element.id || element.dataset.sample || element.dataset.save || element.outerHTML.slice(0, 60),
    left: element === document.body,
    ring: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
  };
}

/**
 * The contrast of stripes too fine for the page's size of a large photo, in 255ths: what is left of them was not
 * averaged, and shows as moire.
 */
export async function contrastOfFineStripes() {
  const row = new ImageData(4800, 1);
  for (let x = 0; x < row.width; x++) {
    const value = 127.5 * (1 + Math.sin((2 * Math.PI * x) / 2.2));
    row.data.set([value, value, value, 255], 4 * x);
  }
  const photo = new OffscreenCanvas(row.width, 3600);
  const context = photo.getContext('2d')!;
  context.putImageData(row, 0, 0);
  context.drawImage(photo, 0, 0, row.width, 1, 0, 0, row.width, photo.height);
  const { decode } = await import(new URL('picture.js', location.href).href);
  const { data, width, height }: ImageData = (await decode(await photo.convertToBlob())).pixels;
  const values = Array.from({ length: width }, (_, x) => data[4 * (x + width * Math.floor(height / 2))]!);
  return { width, height, contrast: Math.max(...values) - Math.min(...values) };
}
