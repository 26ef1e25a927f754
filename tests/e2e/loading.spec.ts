// Where the package's files may come from, what is kept of them, and what the caller may replace.
import type { Page } from '@playwright/test';
import type { Prediction } from '../../pkg/src/index.ts';
import { expect, test, usePackage, workerAfter } from './package-page.ts';
import { fillStorage } from './storage.ts';

const MODEL = '/gradlens/model/efficientnet-lite0.onnx';
const [PLAIN, MODULE] = ['', 'relaxed_'].map((kind) => `/gradlens/dist/wasm/cpu/gradlens_${kind}bg.wasm`) as [string, string];

/** The classes of the dog with these options, given as source text. */
const classesWith = (page: Page, options: string) =>
  page.evaluate<Prediction[]>(`(async () => {
    const explainer = await gradlens.load({ backend: 'cpu', ${options} });
    const classes = await explainer.classify(await sample('dog.webp'), 3);
    explainer.dispose();
    return classes;
  })()`);

/** Serves the site from another origin, too. */
async function serveElsewhere(page: Page, site: string): Promise<void> {
  await page.context().route('http://elsewhere.test/**', async (route) => {
    const response = await route.fetch({ url: route.request().url().replace('http://elsewhere.test/', site) });
    await route.fulfill({ response, headers: { ...response.headers(), 'access-control-allow-origin': '*' } });
  });
}

/** Counts the requests for a file; `block` refuses them. */
async function watch(page: Page, file: string, block = false) {
  const seen = { count: 0 };
  await page.context().route(`**${file}`, (route) => {
    seen.count += 1;
    return block ? route.abort() : route.fallback();
  });
  return seen;
}

test.describe('overrides', () => {
  const ways: [title: string, options: string][] = [
    ['a model address', `model: '${MODEL}'`],
    ['a model Response', `model: await fetch('${MODEL}')`],
    ['model bytes', `model: await (await fetch('${MODEL}')).arrayBuffer()`],
    ['model bytes in a part of memory', `model: new DataView(new Uint8Array([0, ...new Uint8Array(await (await fetch('${MODEL}')).arrayBuffer())]).buffer, 1)`],
    ['a model File', `model: new File([await (await fetch('${MODEL}')).blob()], 'mine.onnx')`],
    ['a module address', `wasmUrl: { cpu: '${MODULE}' }`],
    ['a module Response', `wasm: { cpu: await fetch('${MODULE}') }`],
    ['module bytes', `wasm: { cpu: new Uint8Array(await (await fetch('${MODULE}')).arrayBuffer()) }`],
    ['a compiled module', `wasm: { cpu: await WebAssembly.compileStreaming(fetch('${MODULE}')) }`],
    ['a worker address', `workerUrl: new URL('/gradlens/dist/worker.js', location.href)`],
    ['a worker on another origin', `workerUrl: 'http://elsewhere.test/gradlens/dist/worker.js'`],
  ];
  for (const [title, options] of ways) {
    test(`${title} answers like the package's own`, async ({ page, baseURL }) => {
      await serveElsewhere(page, baseURL!);
      expect(await classesWith(page, options)).toEqual(await classesWith(page, ''));
    });
  }

  test('an abort ends the reading of a Response that does not end', async ({ page }) => {
    const code = await page.evaluate(() => {
      const endless = new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
      return gradlens.load({ backend: 'cpu', model: endless, signal: AbortSignal.timeout(200) }).catch(({ code }) => code);
    });
    expect(code).toBe('aborted');
  });

  test('labels replace those of the model', async ({ page }) => {
    const [first] = await classesWith(page, 'labels: Array.from({ length: 1000 }, (_, i) => `class ${i}`)');
    expect(first!.label).toBe(`class ${first!.classIdx}`);
  });
});

test.describe('a worker from another origin, or a blob', () => {
  const ways: [how: string, workerUrl: string][] = [
    ['from another origin', `'http://elsewhere.test/gradlens/dist/worker.js'`],
    ["in a bundler's blob", `URL.createObjectURL(new Blob(["import '" + location.origin + "/gradlens/dist/worker.js'"], { type: 'text/javascript' }))`],
  ];
  for (const [how, workerUrl] of ways) {
    test(`keeps the model where the page finds it, ${how}`, async ({ page, baseURL }) => {
      await serveElsewhere(page, baseURL!);
      const requests = await watch(page, MODEL);
      const first = await classesWith(page, `workerUrl: ${workerUrl}`);
      await expect.poll(() => page.evaluate(() => gradlens.isCached())).toBe(true);
      const keys = () => page.evaluate(async () => (await (await caches.open('gradlens')).keys()).map(({ url }) => url));
      expect(await keys()).toEqual([expect.stringContaining(`${new URL(page.url()).origin}/gradlens/model/`)]);
      for (const options of [`workerUrl: ${workerUrl}`, '']) expect(await classesWith(page, options)).toEqual(first);
      expect(requests.count).toBe(1);
    });
  }
});

test.describe('a page that requires Trusted Types', () => {
  const worker = '/gradlens/dist/worker.js';
  const own = `trustedTypes.createPolicy('own', { createScriptURL: (url) => url }).createScriptURL('${worker}')`;
  const byDefault = `(trustedTypes.createPolicy('default', { createScriptURL: (url) => url }), undefined)`;
  const ways: [title: string, policies: string, workerUrl: string][] = [
    ['the worker of the package', 'gradlens', 'undefined'],
    ['a worker address', 'gradlens', `'${worker}'`],
    ['a worker on another origin', 'gradlens', `'http://elsewhere.test${worker}'`],
    ['a TrustedScriptURL', 'own', own],
    ["the page's default policy", 'default', byDefault],
  ];
  /** Opens a page with this policy. */
  async function open(page: Page, policies: string) {
    const headers = { 'content-security-policy': `require-trusted-types-for 'script'; trusted-types ${policies}` };
    const body = '<!doctype html><title>test</title>';
    await page.route('**/test/strict.html', (route) => route.fulfill({ contentType: 'text/html', headers, body }));
    await page.goto('test/strict.html');
    await usePackage(page, '/');
  }

  for (const [title, policies, workerUrl] of ways) {
    test(`loads twice with ${title}, and breaks no rule`, async ({ page, baseURL }) => {
      await serveElsewhere(page, baseURL!);
      await open(page, policies);
      await page.evaluate(() => {
        const violations: string[] = [];
        addEventListener('securitypolicyviolation', ({ violatedDirective }) => violations.push(violatedDirective));
        Object.assign(globalThis, { violations });
      });
      await page.evaluate(`globalThis.workerUrl = ${workerUrl}`);
      const classes = await classesWith(page, 'workerUrl');
      expect(await classesWith(page, 'workerUrl')).toEqual(classes);
      expect(classes[0]!.label).toBe('German shepherd');
      expect(await page.evaluate('violations')).toEqual([]);
      expect(await page.evaluate('Worker.toString()')).toContain('[native code]');
    });
  }

  test('and allows no policy of the package hears which', async ({ page }) => {
    await open(page, "'none'");
    const said = page.evaluate<string>("gradlens.load().catch(({ code, message }) => code + ': ' + message)");
    expect(await said).toMatch(/^runtime-unavailable: .*worker-src.*Trusted Types, the policy "gradlens"/);
  });
});

test('a browser without relaxed SIMD loads the plain module in place of the other', async ({ page }) => {
  const [plain, relaxed] = [await watch(page, PLAIN), await watch(page, MODULE)];
  const classes = await classesWith(page, '');
  expect([plain.count, relaxed.count]).toEqual([0, 1]);
  const workerUrl = await workerAfter(
    page,
    `const { validate } = WebAssembly;
    WebAssembly.validate = (bytes) => !bytes.join().includes('253,128,2') && validate(bytes);`,
  );
  const same = await classesWith(page, `workerUrl: '${workerUrl}'`);
  expect([plain.count, relaxed.count]).toEqual([1, 1]);
  expect(same).toMatchObject(classes.map(({ classIdx }) => ({ classIdx })));
  for (const [i, { probability }] of classes.entries()) expect(same[i]!.probability).toBeCloseTo(probability, 4);
});

test.describe('progress', () => {
  interface Step { phase: string; loaded: number; total: number | null; fraction: number | null }

  /** The steps of a load in a worker whose servers do not say how long their answers are. */
  async function stepsWith(page: Page, options: string): Promise<Step[]> {
    const workerUrl = await workerAfter(
      page,
      `const { get } = Headers.prototype;
      Headers.prototype.get = function (name) { return name === 'content-length' ? null : get.call(this, name); };`,
    );
    return page.evaluate<Step[]>(`(async () => {
      const steps = [];
      await gradlens.load({ backend: 'cpu', workerUrl: '${workerUrl}', onProgress: (step) => steps.push(step), ${options} });
      return steps;
    })()`);
  }

  for (const backend of ['cpu', 'webgpu']) {
    test(`of the package's own files on ${backend} has totals without Content-Length, and one share in all`, async ({ page }) => {
      test.setTimeout(300_000);
      const steps = await stepsWith(page, `backend: '${backend}'`);
      for (const phase of ['model', 'runtime']) {
        const ofPhase = steps.filter((step) => step.phase === phase);
        const { loaded, total } = ofPhase.at(-1)!;
        expect(loaded).toBe(total);
        expect(new Set(ofPhase.map((step) => step.total))).toEqual(new Set([loaded]));
      }
      const shares = steps.map(({ fraction }) => fraction!);
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      expect(shares[0]).toBeLessThan(0.2);
      expect(shares.at(-1)).toBe(1);
      expect(steps.at(-1)!.phase).toBe('check');
      expect(steps.length).toBeGreaterThan(5);
      expect(steps.length).toBeLessThanOrEqual(105);
    });
  }

  test('of another file whose size nobody knows has no share until it is there', async ({ page }) => {
    const steps = await stepsWith(page, `model: '${MODEL}'`);
    const ofModel = steps.filter(({ phase }) => phase === 'model');
    expect(new Set(ofModel.map(({ total, fraction }) => `${total} ${fraction}`))).toEqual(new Set(['null null']));
    expect(ofModel.length).toBeLessThanOrEqual(45);
    expect(ofModel.at(-1)!.loaded).toBeGreaterThan(9e6);
    expect(steps.at(-1)).toMatchObject({ phase: 'check', fraction: 1 });
  });

  test('of bytes at hand, and of a second load beside the first, ends whole', async ({ page }) => {
    const all = await page.evaluate(async (model) => {
      const bytes = await (await fetch(model)).arrayBuffer();
      const steps: number[][] = [[], [], []];
      const load = (at: number, options = {}) =>
        gradlens.load({ backend: 'cpu', onProgress: ({ fraction }) => steps[at]!.push(fraction!), ...options });
      await Promise.all([load(0), load(1), load(2, { model: bytes })]);
      return steps;
    }, MODEL);
    for (const shares of all) {
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      expect(shares.at(-1)).toBe(1);
    }
  });
});

test.describe('the model that is kept', () => {
  const kept = (page: Page) => page.evaluate(() => gradlens.isCached());

  test('is downloaded once, and forgotten when asked', async ({ page }) => {
    const requests = await watch(page, MODEL);
    expect(await kept(page)).toBe(false);
    const first = await classesWith(page, '');
    await expect.poll(() => kept(page)).toBe(true);
    expect(requests.count).toBe(1);
    expect(await classesWith(page, '')).toEqual(first);
    expect(requests.count).toBe(1);
    await page.evaluate(() => gradlens.clearCache());
    expect(await kept(page)).toBe(false);
    await classesWith(page, '');
    expect(requests.count).toBe(2);
  });

  test('is not kept where the caller does not want it', async ({ page }) => {
    await classesWith(page, 'cache: false');
    expect(await kept(page)).toBe(false);
  });

  test('is fetched anew where the kept one is damaged', async ({ page }) => {
    const first = await classesWith(page, '');
    await expect.poll(() => kept(page)).toBe(true);
    await page.evaluate(async () => {
      const cache = await caches.open('gradlens');
      const [request] = await cache.keys();
      const bytes = new Uint8Array(await (await cache.match(request!))!.arrayBuffer());
      bytes[4_000_000]! ^= 1;
      await cache.put(request!, new Response(bytes));
    });
    const requests = await watch(page, MODEL);
    expect(await classesWith(page, '')).toEqual(first);
    expect(requests.count).toBe(1);
  });

  test('is fetched anew where the kept one cannot be read', async ({ page }) => {
    const first = await classesWith(page, '');
    await expect.poll(() => kept(page)).toBe(true);
    const workerUrl = await workerAfter(
      page,
      `Cache.prototype.match = async () => new Response(new ReadableStream({ start: (body) => body.error('lost') }));`,
    );
    const requests = await watch(page, MODEL);
    expect(await classesWith(page, `workerUrl: '${workerUrl}'`)).toEqual(first);
    expect(requests.count).toBe(1);
  });

  test('is not missed where storage is denied', async ({ page }) => {
    // A worker has caches of its own: take them away in both places.
    const denied = `Object.defineProperty(globalThis, 'caches', { get() { throw new DOMException('denied', 'SecurityError'); } });`;
    const workerUrl = await workerAfter(page, denied);
    await page.evaluate(denied);
    expect(await kept(page)).toBe(false);
    expect(await classesWith(page, `workerUrl: '${workerUrl}'`)).toHaveLength(3);
    await page.evaluate(() => gradlens.clearCache());
  });

  test('is not missed where storage is full', async ({ page }) => {
    await fillStorage(page);
    const requests = await watch(page, MODEL);
    for (const count of [1, 2]) {
      expect(await classesWith(page, 'cache: true')).toHaveLength(3);
      expect(await kept(page)).toBe(false);
      expect(requests.count).toBe(count);
    }
  });
});
