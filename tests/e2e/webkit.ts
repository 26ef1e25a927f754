// WebKitGTK's own small browser, by W3C WebDriver over HTTP: Playwright's WebKit is a patched build, which Debian has not.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

/** WebDriver's name of the member that holds an element's id. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export class WebKit {
  private constructor(
    private readonly processes: ChildProcess[],
    private readonly session: string,
  ) {}

  /** Starts the browser on a screen of its own. */
  static async start(): Promise<WebKit> {
    const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const [display] = await once(createInterface(screen.stdio[3] as NodeJS.ReadableStream), 'line') as [string];
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    const driver = spawn('WebKitWebDriver', [`--port=${port}`], {
      stdio: ['ignore', 'inherit', 'inherit'],
      // A container may lack what its sandbox stands on, and has no GPU.
      env: {
        ...process.env,
        DISPLAY: `:${display}`,
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
        LIBGL_ALWAYS_SOFTWARE: '1',
      },
    });
    const address = `http://127.0.0.1:${port}`;
    while (!(await fetch(`${address}/status`).catch(() => null))) await setTimeout(100);
    const { sessionId } = await send<{ sessionId: string }>('POST', `${address}/session`, { capabilities: {} });
    const webkit = new WebKit([driver, screen], `${address}/session/${sessionId}`);
    await webkit.#post('/timeouts', { script: 120_000 });
    return webkit;
  }

  async close(): Promise<void> {
    await send('DELETE', this.session);
    for (const process of this.processes) process.kill();
  }

  async goto(url: string): Promise<void> {
    await this.#post('/url', { url });
  }

  async reload(): Promise<void> {
    await this.#post('/refresh', {});
  }

  /** The answer of a function that runs in the page, as Playwright's `evaluate`. */
  async evaluate<A, T>(run: (argument: A) => T | Promise<T>, argument?: A): Promise<T> {
    const script = `const [argument, done] = arguments;
      (async () => (${run})(argument))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.#post<{ value: T; error?: string }>('/execute/async', { script, args: [argument ?? null] });
    if (error !== undefined) throw new Error(error);
    return value;
  }

  async press(value: string): Promise<void> {
    const actions = [{ type: 'keyDown', value }, { type: 'keyUp', value }];
    await this.#post('/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** Chooses files by their paths. */
  async setInputFiles(selector: string, ...paths: string[]): Promise<void> {
    const { [ELEMENT]: id } = await this.#post<Record<string, string>>('/element', { using: 'css selector', value: selector });
    await this.#post(`/element/${id}/value`, { text: paths.join('\n') });
  }

  #post<T>(path: string, body: object): Promise<T> {
    return send<T>('POST', this.session + path, body);
  }
}

async function send<T>(method: string, address: string, body?: object): Promise<T> {
  const response = await fetch(address, { method, body: body && JSON.stringify(body) });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (value?.error && value.message) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
