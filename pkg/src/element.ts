/**
 * A photo and what speaks for a class in it, for people who write HTML:
 *
 * ```html
 * <script type="module" src="node_modules/gradlens/dist/element.js"></script>
 * <grad-lens src="photo.jpg" model="mine.onnx labels.txt" method="grad-cam++" class="dog" alt="A dog in a park"></grad-lens>
 * ```
 *
 * @module
 */
import { meant } from './class-words.js';
import type { Colormap } from './colormaps.js';
import { type Lease, lease } from './element-explainers.js';
import { styles, wordsFor } from './element-look.js';
import type { Explainer } from './explainer.js';
import type { Explanation } from './explanation.js';
import type { Method, Picture } from './types.js';

/** None where pages are rendered on a server. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * The element `<grad-lens>`. Its attributes:
 *
 * - `src`: the photo's address, on the page's origin or shared by CORS;
 * - `alt`: what the photo shows, for those who do not see it;
 * - `model`: addresses of a network's files, with spaces between them, or of a `.zip`; by default the package's network;
 * - `contract`: what the network expects, as JSON; by default read or guessed;
 * - `class`: the class's label, a word of it, or its index: of those that fit the most probable one is explained; the most
 *   probable of all where none fits, as where the attribute is only for CSS;
 * - `method` (`grad-cam++` by default), `layer`, `colormap` (`turbo`), `opacity`.
 *
 * It fires `progress` (a `CustomEvent` of `Progress`), `explained` (of {@link Explanation}) and `error` (of an `Error`), none
 * of which bubbles. Parts for styling: `figure`, `photo`, `map`, `caption`, `label`, `progress`. Elements of one network
 * share an explainer, which is disposed of when the last of them leaves the page.
 */
export class GradLensElement extends Base {
  /** Those that make it explain anew. */
  static readonly observedAttributes: readonly string[] = [
    'src',
    'alt',
    'model',
    'contract',
    'class',
    'method',
    'layer',
    'colormap',
    'opacity',
  ];

  #explanation: Explanation | null = null;
  #lease: Lease | undefined;
  #network = '';
  /** Ends what is under way. */
  #current: AbortController | undefined;
  #isScheduled = false;

  /** Makes one that explains once it is in a page. */
  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styles()];
    root.append(
      made('figure', { part: 'figure' }, [
        made('div', { class: 'picture' }, [
          made('img', { part: 'photo', crossorigin: 'anonymous', alt: '' }),
          made('canvas', { part: 'map', role: 'img', hidden: '' }),
        ]),
        made('figcaption', { part: 'caption' }, [
          made('span', { part: 'label', role: 'status' }),
          made('progress', { part: 'progress', max: '1', hidden: '' }),
        ]),
      ]),
    );
  }

  /** What is shown; null before it is there. */
  get explanation(): Explanation | null {
    return this.#explanation;
  }

  /** @internal */
  connectedCallback(): void {
    this.#schedule();
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#current?.abort();
    this.#lease?.end();
    this.#lease = undefined;
  }

  /** @internal */
  attributeChangedCallback(): void {
    if (this.isConnected) this.#schedule();
  }

  /** Attributes are often set one after the other. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (this.isConnected) void this.#show();
    });
  }

  async #show(): Promise<void> {
    this.#current?.abort();
    const { signal } = (this.#current = new AbortController());
    const { loading } = wordsFor(this);
    try {
      this.#say(loading);
      this.#progress(null);
      const photo = await this.#photo();
      if (signal.aborted || !photo) return;
      const explainer = await this.#explainer();
      if (signal.aborted) return;
      const explanation = await this.#explained(explainer, photo, signal);
      if (signal.aborted) return;
      const { scores } = explainer.model.contract;
      const score = scores === 'regression' ? explanation.probability.toPrecision(3) : `${(100 * explanation.probability).toFixed()} %`;
      this.#draw(explanation, score);
      this.#fire('explained', explanation);
    } catch (error) {
      if (signal.aborted) return;
      this.#say(error instanceof Error ? error.message : String(error));
      this.#fire('error', error);
    } finally {
      if (!signal.aborted) this.#element('progress').hidden = true;
    }
  }

  /** The photo's pixels, once it is shown; null where there is none. */
  async #photo(): Promise<Picture | null> {
    const image = this.#element('img');
    const source = this.getAttribute('src');
    image.alt = this.getAttribute('alt') ?? '';
    this.#element('canvas').hidden = true;
    this.#explanation = null;
    if (source === null) {
      this.#say('');
      return null;
    }
    if (image.getAttribute('src') !== source) image.src = source;
    await image.decode().catch((cause) => {
      throw new Error(wordsFor(this).noPhoto(source), { cause });
    });
    const { readPicture } = await import('./index.js');
    return readPicture(image);
  }

  /** That of the network that the attributes name. */
  #explainer(): Promise<Explainer> {
    const network = { model: this.getAttribute('model'), contract: this.getAttribute('contract') };
    const key = JSON.stringify(network);
    if (!this.#lease || this.#network !== key) {
      const former = this.#lease;
      this.#network = key;
      const own = (this.#lease = lease(network, (progress) => {
        this.#progress(progress.fraction);
        this.#fire('progress', progress);
      }));
      former?.end();
      own.explainer.catch(() => {
        // It is tried again when anything changes.
        if (this.#lease === own) this.#network = '';
      });
    }
    return this.#lease.explainer;
  }

  async #explained(explainer: Explainer, photo: Picture, signal: AbortSignal): Promise<Explanation> {
    const layer = this.getAttribute('layer');
    const wanted = this.getAttribute('class')?.trim();
    const predictions = wanted ? await explainer.classify(photo, explainer.labels.length, { signal }) : [];
    return explainer.explain(photo, {
      classIdx: meant(predictions, wanted ?? '')?.classIdx ?? null,
      method: (this.getAttribute('method') ?? 'grad-cam++') as Method,
      ...(layer !== null && { layer }),
      signal,
    });
  }

  #draw(explanation: Explanation, score: string): void {
    const map = this.#element('canvas');
    const { width, height, label } = explanation;
    const opacity = this.getAttribute('opacity');
    const overlay = explanation.toImageData({
      colormap: (this.getAttribute('colormap') ?? 'turbo') as Colormap,
      ...(opacity !== null && { opacity: Number(opacity) }),
    });
    Object.assign(map, { width, height, hidden: false });
    map.getContext('2d')!.putImageData(overlay, 0, 0);
    map.setAttribute('aria-label', wordsFor(this).map(label, explanation.method));
    this.#explanation = explanation;
    this.#say(wordsFor(this).found(label, score, explanation.isEmpty));
  }

  #say(text: string): void {
    this.#element('span').textContent = text;
  }

  /** A share in [0, 1]; null where it is not known. */
  #progress(share: number | null): void {
    const bar = this.#element('progress');
    bar.hidden = false;
    bar.setAttribute('aria-label', wordsFor(this).loading);
    if (share === null) bar.removeAttribute('value');
    else bar.value = share;
  }

  #fire(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #element<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
    return this.shadowRoot!.querySelector(name)!;
  }
}

function made<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  children: readonly Node[] = [],
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

declare global {
  /** The element by its name. */
  interface HTMLElementTagNameMap {
    'grad-lens': GradLensElement;
  }
}

const registry = (globalThis as { customElements?: CustomElementRegistry }).customElements;
if (registry && !registry.get('grad-lens')) registry.define('grad-lens', GradLensElement);
