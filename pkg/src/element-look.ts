// How the element looks, and its words.

const css = `
  :host { display: inline-block; max-width: 100%; }
  [hidden] { display: none !important; }
  figure { margin: 0; }
  .picture { position: relative; min-block-size: 1em; }
  img { display: block; max-width: 100%; height: auto; }
  canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
  figcaption { display: flex; flex-wrap: wrap; gap: .25em 1em; align-items: center; padding-block: .4em; overflow-wrap: anywhere; white-space: pre-line; }
  progress { flex: 1 1 6em; }
`;

let sheet: CSSStyleSheet | undefined;

/** One for all elements; policies that forbid inline styles let it pass. */
export function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}

/** What the element says. */
interface Words {
  readonly loading: string;
  noPhoto(address: string): string;
  map(label: string, method: string): string;
  found(label: string, score: string, isEmpty: boolean): string;
}

const languages: Readonly<Record<string, Words>> = {
  en: {
    loading: 'Loading …',
    noPhoto: (address) => `The photo cannot be shown: ${address}`,
    map: (label, method) => `What speaks for ${label} (${method})`,
    found: (label, score, isEmpty) => `${label}: ${score}${isEmpty ? '; nothing speaks for it' : ''}`,
  },
  ko: {
    loading: '불러오는 중 …',
    noPhoto: (address) => `사진을 표시할 수 없습니다: ${address}`,
    map: (label, method) => `${label}의 근거 (${method})`,
    found: (label, score, isEmpty) => `${label}: ${score}${isEmpty ? '; 근거가 되는 곳이 없습니다' : ''}`,
  },
};

/** In the language of the page around the element, or in English. */
export function wordsFor(element: Element): Words {
  const [language = ''] = (element.closest('[lang]')?.getAttribute('lang') ?? '').toLowerCase().split('-');
  return languages[language] ?? languages['en']!;
}
