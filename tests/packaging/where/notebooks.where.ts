// The package in the cell of a notebook: JupyterLab in Chromium, and the package on another origin, as on a CDN.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectWithin, panda, photo } from '../explained.ts';
import { run } from '../npm.ts';
import { common, edit, expect, projects, test } from '../project.ts';
import { started } from './server.ts';

test('the cell of a notebook in JupyterLab explains a photo', async ({ page, project, serve }) => {
  const files = await project(join(projects, 'page'), common);
  await edit(join(files, 'explain-photo.js'), "'gradlens'", "'./node_modules/gradlens/dist/index.js'");
  const cdn = await serve(files, { 'access-control-allow-origin': '*' });
  const root = await mkdtemp(join(tmpdir(), 'gradlens-notebooks-'));
  await run(root, 'python3', '-m', 'venv', 'venv');
  await run(root, 'venv/bin/pip', 'install', '--quiet', 'jupyterlab==4.6.6', 'ipykernel==7.4.0');
  await writeFile(join(root, 'panda.ipynb'), notebook(`%%html
<script type="module">
  import { explainPhoto } from '${cdn}explain-photo.js';
  await explainPhoto();
</script>`));
  const options = ['--no-browser', '--allow-root', '--ip=127.0.0.1', '--IdentityProvider.token='];
  const lab = await started(root, 'venv/bin/jupyter', (port) => ['lab', ...options, `--port=${port}`]);
  try {
    await page.route('**/photo.webp', (route) => route.fulfill({ path: photo }));
    await page.goto(`${lab.address}lab/tree/panda.ipynb`);
    await page.locator('.jp-CodeCell .cm-content').first().click({ timeout: 60_000 });
    // What is run before there is a kernel waits for it.
    await page.keyboard.press('Shift+Enter');
    await page.waitForFunction(() => globalThis.answer, null, { timeout: 120_000 });
    const { label, x, y } = (await page.evaluate(() => globalThis.answer))!;
    expect(label).toMatch(panda.label);
    expectWithin(x, panda.x);
    expectWithin(y, panda.y);
  } finally {
    lab.end();
    await rm(root, { recursive: true });
  }
});

/** A notebook of one cell. */
function notebook(source: string): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells: [{ id: 'one', cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null }],
  });
}
