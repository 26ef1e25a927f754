// The Evaluate view: many pictures, their table, plots and CSV file.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { type Page, expect, test } from '@playwright/test';
import { animatedGif } from './odd-files.ts';
import { root } from './package-page.ts';

const main = (page: Page) => page.locator('main');
const summary = (page: Page) => page.locator('#summary tbody:not(.yardsticks) tr');
const yardsticks = (page: Page) => page.locator('#summary .yardsticks tr');

const sample = async (name: string) => ({
  name,
  mimeType: `image/${name.split('.').pop()}`,
  buffer: await readFile(new URL(`www/samples/${name}`, root)),
});
const photos = () => Promise.all(['jaguar.webp', 'panda.webp', 'chelsea.png', 'sheep.webp'].map(sample));
const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') };
const broken = { name: 'broken, too.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture either') };

async function open(page: Page) {
  await page.goto('./evaluate.html?backend=cpu');
  await expect(main(page)).toHaveAttribute('data-state', 'idle');
}

async function finish(page: Page, state = 'done') {
  await page.locator('#start').click();
  await expect(main(page)).toHaveAttribute('data-state', state, { timeout: 110_000 });
}

/** The rows of a CSV file in which only quoted fields hold commas, by column. */
function parse(csv: string): Record<string, string>[] {
  const [head, ...rows] = csv.trimEnd().split('\r\n').map((line) =>
    Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
      quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
    ),
  );
  for (const row of rows) expect(row).toHaveLength(head!.length);
  return rows.map((row) => Object.fromEntries(head!.map((name, i) => [name, row[i]!])));
}

async function download(page: Page) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('#csv').click()]);
  expect(file.suggestedFilename()).toBe('faithfulness.csv');
  return parse((await readFile(await file.path(), 'utf8')).replace('\uFEFF', ''));
}

/** The rows of the methods' maps. */
const ofMethods = (rows: Record<string, string>[]) => rows.filter(({ yardstick }) => yardstick === '');

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('pictures are measured, and what is none is left out', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await open(page);
  await page.locator('#files').setInputFiles([notes, ...(await photos()), broken]);
  await expect(page.locator('#start')).toHaveText('Evaluate 6 files');
  await finish(page);

  await expect(page.locator('#summary caption')).toContainText('4 pictures');
  await expect(summary(page)).toHaveCount(2);
  await expect(page.locator('#left-out-title')).toHaveText('2 files left out');
  await page.locator('#left-out-title').click();
  await expect(page.locator('#left-out-list li')).toHaveText([/notes\.txt.*text\/plain/, /broken, too\.jpg.*not a picture/]);
  await page.locator('#each summary').click();
  await expect(page.locator('#pictures tbody tr')).toHaveCount(4);
  await expect(page.locator('#drops svg')).toBeVisible();
  await expect(page.locator('#curves')).toBeHidden();
  expect(problems).toEqual([]);
});

test('the table holds the means of the CSV file', async ({ page }) => {
  await open(page);
  await page.locator('#files').setInputFiles(await photos());
  await finish(page);
  const all = await download(page);
  // Four pictures, of each two methods, and beside them their own maps shuffled, all ones, noise and edges.
  expect(all).toHaveLength(4 * 7);
  const rows = ofMethods(all);
  expect(rows).toHaveLength(8);
  for (const { confidence, masked_confidence, drop, increased } of rows) {
    const [y, o] = [Number(confidence), Number(masked_confidence)];
    expect(Number(drop)).toBeCloseTo(Math.max(0, y - o) / y, 5);
    expect(increased).toBe(String(o > y));
  }
  for (const [at, method] of ['grad-cam', 'grad-cam++'].entries()) {
    const own = rows.filter((row) => row.method === method);
    expect(own.map(({ picture }) => picture)).toEqual(['jaguar.webp', 'panda.webp', 'chelsea.png', 'sheep.webp']);
    const [drop, visible, increase] = await summary(page).nth(at).locator('td').allInnerTexts();
    expect(Math.abs(Number.parseFloat(drop!) - 100 * mean(own.map((row) => Number(row.drop))))).toBeLessThan(0.051);
    expect(Math.abs(Number.parseFloat(visible!) - 100 * mean(own.map((row) => Number(row.visible))))).toBeLessThan(0.051);
    expect(Number.parseFloat(increase!)).toBe(100 * mean(own.map((row) => Number(row.increased === 'true'))));
  }
  const shares = await page.locator('#wins tbody td').allInnerTexts();
  expect(shares.slice(0, 3).reduce((sum, share) => sum + Number.parseFloat(share), 0)).toBeCloseTo(100, 0);
});

test('curves are drawn where they are asked for', async ({ page }) => {
  await open(page);
  await page.locator('#steps').selectOption('10');
  await page.locator('#files').setInputFiles([await sample('panda.webp')]);
  await finish(page);
  for (const plot of ['#deletion', '#insertion']) {
    await expect(page.locator(`${plot} svg .line`)).toHaveCount(2);
    await expect(page.locator(`${plot} svg desc`)).toHaveText(/Grad-CAM: area 0\.\d{3}.*Grad-CAM\+\+: area 0\.\d{3}/);
  }
  await expect(page.locator('#summary thead th')).toHaveText([/Method/, /Average Drop/, /Visible/, /Increase/, /Deletion/, /Insertion/, /Sparseness/]);
  const [row] = await download(page);
  expect(Number(row!.insertion_area)).toBeGreaterThan(Number(row!.deletion_area));
});

test('yardsticks stand below the methods, and what they win is said', async ({ page }) => {
  await open(page);
  await page.locator('#files').setInputFiles(await photos());
  await finish(page);
  await expect(yardsticks(page).locator('th')).toHaveText([
    /Yardsticks/, 'All ones', 'Smooth noise', 'Edges of the picture', 'Grad-CAM, shuffled', 'Grad-CAM++, shuffled',
  ]);
  // The whole picture loses nothing, shows everything and is no surer.
  await expect(yardsticks(page).nth(1).locator('td')).toHaveText(['0.0%', '100.0%', '0.0%', '0.000']);
  await expect(page.locator('#beaten li').first()).toHaveText(/^Average Drop measures nothing here: .*All ones/);
  await expect(page.locator('#verdict')).toHaveText(/has the lowest Average Drop/);
});

test('before another background than black no drop is called the paper\'s', async ({ page }) => {
  await open(page);
  await page.locator('#background').selectOption('blur 10');
  await page.locator('#files').setInputFiles([await sample('panda.webp')]);
  await finish(page);
  await expect(page.locator('#summary caption')).toHaveText(/hidden places are blurred with a radius of 10 pixels/);
  await expect(page.locator('#results')).not.toContainText('Average Drop');
  await expect(page.locator('#summary thead')).toContainText('Mean drop');
  expect((await download(page)).every(({ background }) => background === 'blur 10')).toBe(true);
});

test('ROAD is measured where it is asked for', async ({ page }) => {
  await open(page);
  await page.locator('#road').selectOption('road');
  await page.locator('#files').setInputFiles([await sample('panda.webp')]);
  await finish(page);
  await expect(page.locator('#summary thead')).toContainText('ROAD');
  const rows = await download(page);
  const road = (of: (row: Record<string, string>) => boolean) => rows.filter(of).map((row) => Number(row.road));
  for (const score of road(({ yardstick }) => yardstick === '')) expect(score).toBeGreaterThan(0.1);
  for (const score of road(({ yardstick }) => yardstick === 'ones')) expect(Math.abs(score)).toBeLessThan(0.1);
});

test('methods are ranked by the measure that is chosen, with what a map costs', async ({ page }) => {
  await open(page);
  await page.locator('#steps').selectOption('10');
  await page.locator('#files').setInputFiles(await photos());
  await finish(page);
  await expect(page.locator('#rank-by option')).toHaveText(['Average Drop', 'Increase in Confidence', 'Deletion area', 'Insertion area']);
  await expect(page.locator('#rank-verdict')).toHaveText(/^By Average Drop, /);
  const rows = ofMethods(await download(page));
  const areas = (method: string) => rows.filter((row) => row.method === method).map((row) => Number(row.insertion_area));
  const lead = mean(areas('grad-cam')) - mean(areas('grad-cam++'));
  await page.locator('#rank-by').selectOption('insertion');
  await expect(page.locator('#rank-verdict')).toHaveText(/^By Insertion area, /);
  await expect(page.locator('#leads tbody th')).toHaveText(lead > 0 ? ['Grad-CAM', 'Grad-CAM++'] : ['Grad-CAM++', 'Grad-CAM']);
  const shown = await page.locator('#leads tbody tr').nth(1).locator('td').allInnerTexts();
  expect(Number(shown[0])).toBeCloseTo(Math.abs(lead), 2);
  expect(shown[3]).toBe('1 forward, 1 backward');
});

test('a cancelled run keeps what is done, and the next one begins anew', async ({ page }) => {
  await open(page);
  await page.locator('#try').click();
  await expect(page.locator('#summary caption')).toContainText(/[2-9] pictures/, { timeout: 60_000 });
  await page.locator('#cancel').click();
  await expect(main(page)).toHaveAttribute('data-state', 'cancelled');
  await expect(page.locator('#ending')).toHaveText(/Cancelled after \d+ of 20 files/);
  const done = Number((await page.locator('#ending').innerText()).match(/\d+/)![0]);
  expect(done).toBeGreaterThan(1);
  expect(done).toBeLessThan(20);
  expect(ofMethods(await download(page))).toHaveLength(2 * done);

  await page.locator('#files').setInputFiles([await sample('panda.webp')]);
  await finish(page);
  await expect(page.locator('#summary caption')).toContainText('1 picture,');
});

test('a folder is taken whole, with what lies in its folders', { tag: '@chromium' }, async ({ page }, testInfo) => {
  const folder = testInfo.outputPath('photos');
  await mkdir(`${folder}/animals`, { recursive: true });
  await writeFile(`${folder}/notes.txt`, notes.buffer);
  await copyFile(new URL('www/samples/panda.webp', root), `${folder}/animals/panda.webp`);
  await open(page);
  await page.locator('#folder').setInputFiles(folder);
  await expect(page.locator('#chosen')).toHaveText('2 files chosen.');
  await finish(page);
  await page.locator('#left-out-title').click();
  await expect(page.locator('#left-out-list')).toContainText('photos/notes.txt');
  expect(ofMethods(await download(page)).map(({ picture }) => picture)).toEqual(Array(2).fill('photos/animals/panda.webp'));
});

test('dropped photos are taken', async ({ page }) => {
  await open(page);
  await page.evaluate(async () => {
    const dataTransfer = new DataTransfer();
    for (const name of ['panda.webp', 'koala.webp']) {
      const photo = await (await fetch(`samples/${name}`)).blob();
      dataTransfer.items.add(new File([photo], name, { type: 'image/webp' }));
    }
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
  await expect(page.locator('#start')).toHaveText('Evaluate 2 files');
});

test('a measured picture can be seen as each map leaves it', async ({ page }) => {
  await open(page);
  await page.locator('#files').setInputFiles([await sample('panda.webp')]);
  await finish(page);
  await page.locator('#each summary').click();
  await page.locator('#pictures tbody button').click();
  await expect(page.locator('#closeup figure')).toHaveCount(3);
  await expect(page.locator('#closeup-note')).toHaveText(/giant panda/);
  const clear = await page.locator('#closeup canvas').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      return data.filter((value, at) => at % 4 === 3 && value < 8).length / (width * height);
    }),
  );
  expect(clear[0]).toBe(0);
  expect(clear[1]).toBeGreaterThan(0.05);
  expect(clear[2]).toBeGreaterThan(0.05);
  await page.keyboard.press('Escape');
  await expect(page.locator('#closeup')).toBeHidden();
});

test('of two files of one name each is seen from near as itself, with what was made of it', async ({ page }) => {
  const shots = [{ ...await sample('panda.webp'), name: 'shot' }, { name: 'shot', mimeType: 'image/gif', buffer: animatedGif(3) }];
  await open(page);
  await page.evaluate((shots) => {
    const dataTransfer = new DataTransfer();
    for (const { name, base64 } of shots) dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))], name));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, shots.map(({ name, buffer }) => ({ name, base64: buffer.toString('base64') })));
  await finish(page);
  await page.locator('#each summary').click();
  await expect(page.locator('#pictures tbody th')).toHaveText(['shot', 'shot an animation: the first of its 3 frames']);
  const widths = [];
  for (const at of [0, 1]) {
    await page.locator('#pictures tbody button').nth(at).click();
    await expect(page.locator('#closeup figure')).toHaveCount(3);
    widths.push(await page.locator('#closeup canvas').first().evaluate((canvas) => (canvas as HTMLCanvasElement).width));
    await page.keyboard.press('Escape');
  }
  expect(widths[0]).toBeGreaterThan(100);
  expect(widths[1]).toBe(1);
});

test('without a method nothing can be started', async ({ page }) => {
  await open(page);
  await page.locator('#files').setInputFiles([await sample('panda.webp')]);
  await expect(page.locator('#start')).toBeEnabled();
  for (const method of ['grad-cam', 'grad-cam++']) await page.locator(`input[value="${method}"]`).uncheck();
  await expect(page.locator('#start')).toBeDisabled();
  await expect(page.locator('#start-note')).toHaveText(/at least one method/);
});

test('a missing model is said in words', async ({ page }) => {
  await page.route('**/*.onnx', (route) => route.fulfill({ status: 404, body: '' }));
  await open(page);
  await page.locator('#files').setInputFiles([await sample('panda.webp')]);
  await finish(page, 'error');
  await expect(page.locator('#alert')).toContainText(/the model cannot be loaded/i);
});

for (const width of [320, 390]) {
  test(`nothing sticks out at a width of ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open(page);
    for (const method of ['layer-cam', 'hires-cam', 'xgrad-cam', 'cam']) await page.locator(`input[value="${method}"]`).check();
    await page.locator('#files').setInputFiles([await sample('panda.webp')]);
    await finish(page);
    await page.locator('#each summary').click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
}
