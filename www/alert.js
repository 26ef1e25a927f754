// @ts-check
import { byId } from './dom.js';
import { codeOf, sentence } from './errors.js';

/** The place where the page says that something went wrong. */
export function createAlert() {
  const box = byId('alert', HTMLElement);
  const text = byId('alert-text', HTMLElement);
  const action = byId('alert-action', HTMLButtonElement);

  const clear = () => {
    box.hidden = true;
    text.textContent = '';
  };
  byId('alert-close', HTMLButtonElement).addEventListener('click', clear);
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') clear();
  });

  return {
    clear,

    /**
     * @param {unknown} error
     * @param {{ label: string, run: () => void } | null} remedy what the visitor can do about it
     */
    show(error, remedy) {
      text.textContent = sentence(error);
      box.dataset.code = codeOf(error);
      action.hidden = !remedy;
      action.textContent = remedy?.label ?? '';
      action.onclick = remedy?.run ?? null;
      box.hidden = false;
    },
  };
}
