// @ts-check
/** @import { Found } from './find-classes.js' */
import { classNames } from './class-names.js';
import { byId, create } from './dom.js';
import { findClasses } from './find-classes.js';
import { words } from './words.js';

/** The most classes that are suggested. */
const MOST = 8;

/**
 * The search through all classes: a combobox with a list of suggestions.
 * @param {(classIdx: number) => void} onPick
 */
export function createClassSearch(onPick) {
  const input = byId('class-query', HTMLInputElement);
  const list = byId('class-options', HTMLUListElement);
  const none = byId('class-none', HTMLElement);
  /** @type {readonly (readonly string[])[]} */
  let names = [];
  /** @type {readonly string[]} */
  let labels = [];
  let active = -1;

  function suggest() {
    const query = input.value.trim();
    const found = findClasses(names, query, MOST);
    list.replaceChildren(...found.map((each) => option(each, names[each.classIdx][0])));
    none.textContent = query && found.length === 0 ? words.search.none(query, names.length) : '';
    show(found.length > 0);
  }

  /** @param {boolean} open */
  function show(open) {
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    activate(-1);
  }

  /** @param {number} index of the suggestion that Enter takes; -1 for none */
  function activate(index) {
    active = index;
    for (const [at, each] of Array.from(list.children).entries()) each.setAttribute('aria-selected', String(at === active));
    const chosen = list.children[active];
    if (chosen) input.setAttribute('aria-activedescendant', chosen.id);
    else input.removeAttribute('aria-activedescendant');
  }

  /** @param {Element | null | undefined} chosen */
  function pick(chosen) {
    if (!(chosen instanceof HTMLElement)) return;
    input.value = '';
    show(false);
    onPick(Number(chosen.dataset.class));
  }

  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => activate((active + 1) % list.children.length),
    ArrowUp: () => activate((active <= 0 ? list.children.length : active) - 1),
    Enter: () => pick(list.children[Math.max(0, active)]),
    Escape: () => show(false),
  };
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || !(event.key in keys)) return;
    if (list.hidden && event.key === 'ArrowDown') suggest();
    if (list.hidden) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener('input', suggest);
  input.addEventListener('blur', () => show(false));
  // The focus stays where the typing is.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', ({ target }) => pick(target instanceof Element ? target.closest('li') : null));

  return {
    /** @param {readonly string[]} all the labels, by class index */
    know(all) {
      labels = all;
      names = all.map((label) => [label]);
      input.disabled = false;
      classNames(all).then((more) => {
        if (labels !== all) return;
        names = more;
        if (document.activeElement === input && input.value) suggest();
      });
    },
  };
}

/**
 * @param {Found} found
 * @param {string} label
 */
function option({ classIdx, name }, label) {
  const made = create('li', '');
  made.id = `class-option-${classIdx}`;
  made.role = 'option';
  made.dataset.class = String(classIdx);
  const hint = name === label ? String(classIdx) : `${name}, ${classIdx}`;
  made.append(create('span', 'name', label), ' ', create('span', 'hint', hint));
  return made;
}
