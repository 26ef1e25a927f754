// The package without a bundler: in a page's own modules, from this server or another.
import { join } from 'node:path';
import { expectExplained, expectShared, isolation } from './explained.ts';
import { common, edit, expect, projects, test } from './project.ts';

const packaged = 'node_modules/gradlens';

test('an import map names it', async ({ page, project, serve }) => {
  const root = await project(join(projects, 'page'), common);
  await nameInImportMap(root, `./${packaged}/dist/index.js`);
  await expectExplained(page, await serve(root));
});

test('a module imports it by its path', async ({ page, project, serve }) => {
  const root = await project(join(projects, 'page'), common);
  await edit(join(root, 'explain-photo.js'), "'gradlens'", `'./${packaged}/dist/index.js'`);
  await expectExplained(page, await serve(root));
});

test('the entry of the CPU alone explains by a network that is given, from here and from another origin', async ({ page, project, serve }) => {
  const root = await project(join(projects, 'page'), common);
  await edit(join(root, 'main.js'), 'explainPhoto()', `explainPhoto({ model: './${packaged}/model/efficientnet-lite0.onnx' })`);
  const cdn = await serve(join(root, packaged), { 'access-control-allow-origin': '*' });
  await nameInImportMap(root, `./${packaged}/dist/cpu.js`);
  await expectExplained(page, await serve(root));
  expect(page.workers()[0]!.url()).toMatch(/cpu-worker\.js$/);
  await edit(join(root, 'index.html'), `./${packaged}/dist/cpu.js`, `${cdn}dist/cpu.js`);
  await expectExplained(page, await serve(root));
  expect(page.workers()[0]!.url()).toMatch(/^blob:/);
});

test('it may come from another origin, and starts its worker through a blob', async ({ page, project, serve }) => {
  const root = await project(join(projects, 'page'), common);
  const cdn = await serve(join(root, packaged), { 'access-control-allow-origin': '*' });
  await nameInImportMap(root, `${cdn}dist/index.js`);
  await expectExplained(page, await serve(root));
  expect(page.workers()[0]!.url()).toMatch(/^blob:/);
  await expectShared(page, await serve(root, isolation));
});

async function nameInImportMap(root: string, address: string): Promise<void> {
  const map = JSON.stringify({ imports: { gradlens: address } });
  await edit(join(root, 'index.html'), '<script', `<script type="importmap">${map}</script>\n  <script`);
}
