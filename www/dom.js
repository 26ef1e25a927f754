// @ts-check

/**
 * The element with this id, known to be of this kind: a page and a script that do not fit each
 * other stop here, by name, and not later with "null is not an object".
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/**
 * A new element with a class and, where given, a text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function create(tag, className, text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/**
 * A new button.
 * @param {string} className
 * @param {string} text
 * @param {() => void} onClick
 */
export function createButton(className, text, onClick) {
  const made = create('button', className, text);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}
