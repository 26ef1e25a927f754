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
