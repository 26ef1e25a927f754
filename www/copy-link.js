// @ts-check
import { byId } from './dom.js';
import { words } from './words.js';

/**
 * The button that copies the page's address, which says what is shown.
 * @param {(error: Error) => void} onError
 */
export function createCopyLink(onError) {
  const button = byId('copy-link', HTMLButtonElement);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(location.href);
    } catch (cause) {
      onError(new Error(words.tools.linkNotCopied, { cause }));
      return;
    }
    button.textContent = words.tools.linkCopied;
    setTimeout(() => { button.textContent = words.tools.link; }, 2000);
  });
}
