// Explainers that are loaded more than once, and let go: what they share, and what stays of them.
import type { Page } from '@playwright/test';
import { expect, openBlank, test } from './package-page.ts';

const MODEL = '/gradlens/model/efficientnet-lite0.onnx';

/** Counts the requests for a model or a module. */
async function watch(page: Page) {
  const seen = { model: 0, module: 0 };
  const count = (file: RegExp, kind: keyof typeof seen) =>
    page.context().route(file, (route) => {
      seen[kind] += 1;
      return route.continue();
    });
  await count(/\.onnx(\?|$)/, 'model');
  await count(/\.wasm$/, 'module');
  return seen;
}

/** What is held by nobody is let go. */
async function collectGarbage(page: Page): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('HeapProfiler.collectGarbage');
  await browser.detach();
}

test.describe('loads at the same time', () => {
  const rows: [title: string, options: string][] = [
    ['the model of the package', ''],
    ['a model that is not kept', 'cache: false'],
    ['an own model', `model: '${MODEL}'`],
    ['a model, with different labels,', 'labels: Array.from({ length: 1000 }, (_, at) => `class ${at} of ${i}`)'],
  ];
  for (const [title, options] of rows) {
    test(`fetch ${title} and compile its module once`, async ({ page }) => {
      const seen = await watch(page);
      const load = `(i) => gradlens.load({ backend: i ? 'auto' : 'cpu', ${options} })`;
      const { classes, shares } = await page.evaluate<{ classes: number[]; shares: boolean[] }>(`(async () => {
        const heard = [[], [], []];
        const loads = heard.map((steps, i) => gradlens.load({ backend: 'cpu', onProgress: (step) => steps.push(step), ${options} }));
        const all = await Promise.all([...loads, (${load})(4)]);
        const image = await sample('dog.webp');
        const best = await Promise.all(all.map((explainer) => explainer.classify(image, 1)));
        return {
          classes: best.map(([{ classIdx }]) => classIdx),
          shares: heard.map((steps) => steps.some(({ phase, loaded }) => phase === 'model' && loaded > 9e6)),
        };
      })()`);
      expect(classes).toEqual([235, 235, 235, 235]);
      expect(shares).toEqual([true, true, true]);
      expect(seen).toEqual({ model: 1, module: 1 });
      await page.evaluate(`(${load})(0)`);
      expect(seen.module).toBe(1);
    });
  }

  test('do without the first if that is aborted, fails or is disposed', async ({ page }) => {
    const outcomes = await page.evaluate(async () => {
      const stop = new AbortController();
      const image = await sample('dog.webp');
      const load = (options = {}) => gradlens.load({ backend: 'cpu', cache: false, ...options });
      const labelOf = async (loading: Promise<typeof explainer>) => (await (await loading).classify(image, 1))[0]!.label;
      const codeOf = (loading: Promise<unknown>) => loading.then(() => 'loaded', ({ code }) => code as string);
      const first = codeOf(load({ signal: stop.signal, onProgress: () => stop.abort() }));
      const aborted = [first, labelOf(load()), labelOf(load()), codeOf(load({ signal: AbortSignal.timeout(1) }))];
      const failed = [codeOf(load({ labels: ['too few'] })), labelOf(load())];
      const disposed = [load().then((explainer) => explainer.dispose()), labelOf(load())];
      return Promise.all([...aborted, ...failed, ...disposed]);
    });
    const dog = 'German shepherd';
    expect(outcomes).toEqual(['aborted', dog, dog, 'aborted', 'invalid-argument', dog, undefined, dog]);
  });

  test('that fail each say why', async ({ page }) => {
    await page.route('**/test/none.onnx', (route) => route.fulfill({ status: 404, body: 'no' }));
    const codes = await page.evaluate(() => {
      const load = () => gradlens.load({ backend: 'cpu', model: '/test/none.onnx' }).catch(({ code }) => code);
      return Promise.all([load(), load(), load()]);
    });
    expect(codes).toEqual(Array.from({ length: 3 }, () => 'model-unavailable'));
  });

  test('of two models get each their own', async ({ page }) => {
    const seen = await watch(page);
    await page.evaluate(async (model) => {
      await Promise.all(['?a', '?b'].map((query) => gradlens.load({ backend: 'cpu', model: model + query })));
    }, MODEL);
    expect(seen.model).toBe(2);
  });
});

test('an explainer that nobody holds lets its worker go', async ({ page }) => {
  await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const use = async () => {
      const heard: unknown[] = [];
      // Functions of a caller refer to what is around them: to the explainer, too.
      const told = () => heard.push(explainer.backend);
      const { signal } = new AbortController();
      const explainer = await gradlens.load({ backend: 'cpu', onProgress: () => heard.push(1), onRestart: told, signal });
      const [best] = await explainer.classify(image, 1, { signal, onProgress: told });
      return explainer.explain(image, best!.classIdx, 'cam', { signal, onProgress: told });
    };
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
    await Promise.all([use(), use(), use()]);
  });
  await expect.poll(async () => {
    await collectGarbage(page);
    return page.workers().length;
  }).toBe(1);
  // The one that is held still answers, and one of whom only an answer is waited for does too.
  const labels = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const [held, alone] = await Promise.all([
      explainer.classify(image, 1),
      gradlens.load({ backend: 'cpu' }).then((other) => other.classify(image, 1)),
    ]);
    return [held, alone].map(([best]) => best!.label);
  });
  expect(labels).toEqual(['German shepherd', 'German shepherd']);
});

test('using disposes at the end of its block, also where the runtime does not know the symbol', async ({ page, context }) => {
  const codes = (page: Page) =>
    page.evaluate(async () => {
      const explainer = await gradlens.load({ backend: 'cpu' });
      // As compilers of `using` call it.
      const dispose = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for('Symbol.dispose');
      (explainer as unknown as Record<symbol, () => void>)[dispose]!();
      return [String(dispose), await explainer.classify(new ImageData(8, 8)).catch(({ code }) => code)];
    });
  expect(await codes(page)).toEqual(['Symbol(Symbol.dispose)', 'disposed']);
  const old = await context.newPage();
  await old.addInitScript(() => {
    const { dispose, prototype, ...known } = Object.getOwnPropertyDescriptors(Symbol);
    globalThis.Symbol = Object.defineProperties(Symbol.bind(null), known) as SymbolConstructor;
  });
  await openBlank(old);
  expect(await codes(old)).toEqual(['Symbol(Symbol.dispose)', 'disposed']);
  expect(await old.evaluate(() => Object.getOwnPropertyNames(gradlens.Explainer.prototype))).not.toContain('undefined');
  await expect.poll(() => old.workers().length).toBe(0);
});

test.describe('the recipes of the README leave one worker', () => {
  test('for an effect that is run, cleaned up and run again', async ({ page }) => {
    const seen = await watch(page);
    const ends = await page.evaluate(async () => {
      const set: (typeof explainer)[] = [];
      // As StrictMode does at the start, and a router between two pages later: cleaned up at once, or some time later.
      const effect = () => {
        const unmount = new AbortController();
        const { signal } = unmount;
        gradlens.load({ backend: 'cpu', signal }).then(
          (explainer) => {
            signal.addEventListener('abort', () => explainer.dispose());
            set.push(explainer);
          },
          () => undefined,
        );
        return () => unmount.abort();
      };
      const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
      for (const milliseconds of [0, 0, 1, 10, 50, 100, 200]) {
        const cleanUp = effect();
        if (milliseconds) await pause(milliseconds);
        cleanUp();
      }
      effect();
      while (set.length === 0) await pause(50);
      const cleanUp = effect();
      while (set.length === 1) await pause(50);
      cleanUp();
      const image = await sample('dog.webp');
      return Promise.all(set.map((each) => each.classify(image, 1).then(([best]) => best!.label, ({ code }) => code)));
    });
    expect(ends).toEqual(['German shepherd', 'disposed']);
    await expect.poll(() => page.workers().length).toBe(1);
    expect(seen.module).toBeLessThanOrEqual(8);
  });

  test('for a module that is replaced while the page runs', async ({ page }) => {
    const labels = await page.evaluate(async () => {
      const image = await sample('dog.webp');
      const labels: string[] = [];
      let data: { loading?: Promise<typeof explainer> } = {};
      // As Vite evaluates it at each change.
      const module = async () => {
        const hot = { data };
        const loading = hot.data.loading ?? gradlens.load({ backend: 'cpu' });
        hot.data.loading = loading;
        labels.push((await (await loading).classify(image, 1))[0]!.label);
      };
      for (let change = 0; change < 4; change++) await module();
      return labels;
    });
    expect(labels).toEqual(Array.from({ length: 4 }, () => 'German shepherd'));
    expect(page.workers()).toHaveLength(1);
  });
});
