// The two modules of the CPU beside each other, and each of them in another engine than Chromium's.
import { type Module, inChromium, measure, numbersPage } from './numbers.ts';
import { expect, test } from './site-server.ts';

const MODULES: Module[] = ['gradlens_bg.wasm', 'gradlens_relaxed_bg.wasm'];

function correlation(a: number[], b: number[]): number {
  const centred = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const product = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  const [x, y] = [centred(a), centred(b)];
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

test('modules agree, and engines bit for bit', async ({ page, site, browserName }) => {
  const address = await numbersPage(site);
  await page.goto(address);
  const numbers = [await page.evaluate(measure, MODULES[0]!), await page.evaluate(measure, MODULES[1]!)] as const;
  const [plain, relaxed] = numbers;
  expect(Object.keys(relaxed)).toEqual(Object.keys(plain));
  // Its weights are quotients of sums near zero at some layers: see its documentation.
  for (const name of Object.keys(plain).filter((name) => !name.includes('xgrad-cam'))) {
    // A map of nothing is one of both.
    if (plain[name]!.every((value) => value === 0)) expect(relaxed[name], name).toEqual(plain[name]);
    else expect(correlation(relaxed[name]!, plain[name]!), name).toBeGreaterThan(0.9999);
  }
  // They are two modules.
  expect(relaxed).not.toEqual(plain);
  if (browserName !== 'chromium') expect(numbers).toEqual(await inChromium(address, MODULES));
});
