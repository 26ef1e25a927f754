// Serves one contender at a time, from memory; the browser caches nothing.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const CODE = ['.js', '.mjs', '.wasm'];
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const HARNESS = '/harness/';

/** @param {string} data the folder with weights and pictures */
export async function startServer(data) {
  const memory = new Map();
  const read = (file) => memory.get(file) ?? memory.set(file, readFileSync(file)).get(file);

  /** @type {{ page: string, folders: Record<string, string>, isolated: boolean, code: Set<string> }} */
  let current;

  function answer(path) {
    if (path === '/') return { body: current.page, type: '.html' };
    const prefix = Object.keys(current.folders).find((each) => path.startsWith(each));
    const file = prefix && join(current.folders[prefix], normalize(path.slice(prefix.length)));
    if (!file || !existsSync(file)) return null;
    const type = extname(file);
    if (CODE.includes(type) && prefix !== HARNESS) current.code.add(file);
    return { body: read(file), type };
  }

  const server = createServer((request, response) => {
    const found = answer(decodeURIComponent(new URL(request.url, 'http://bench').pathname));
    response.writeHead(found ? 200 : 404, {
      'cache-control': 'no-store',
      'content-type': TYPES[found?.type] ?? 'application/octet-stream',
      'cross-origin-resource-policy': 'same-origin',
      ...(found && { 'content-length': Buffer.byteLength(found.body) }),
      ...(current.isolated && ISOLATION),
    });
    response.end(found?.body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://localhost:${server.address().port}/`,
    stop: () => server.close(),

    /**
     * Serves this contender from now on.
     * @param {Pick<import('../contenders.mjs').Contender, 'config' | 'weights' | 'served' | 'isolated'> & { harness?: string }} contender with what runs it, in page/
     * @param {string} bundle the folder with its main.js
     * @param {object} config for the harness
     */
    serve({ harness = 'harness.js', config: setup, weights, served, isolated }, bundle, config) {
      current = {
        page: page(harness, { ...config, module: '/code/main.js', weights, setup }),
        folders: { '/code/': bundle, '/data/': data, [HARNESS]: new URL('../page', import.meta.url).pathname, ...served },
        isolated,
        code: new Set(),
      };
    },

    /** The files of code that the contender has asked for. */
    code: () => [...current.code],
  };
}

const page = (harness, config) => `<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<script type="application/json" id="config">${JSON.stringify(config)}</script>
<script type="module" src="${HARNESS}${harness}"></script>`;
