// @ts-check
import { byId } from './dom.js';
import { language, memory, remember, words } from './words.js';

/**
 * The buttons that change the language of the page, which loads anew then.
 * @param {() => boolean} atStake whether something would be lost with the page
 */
export function createLanguageSwitch(atStake) {
  const group = byId('languages', HTMLElement);
  // Where nothing can be remembered, the browser's language decides.
  group.hidden = !memory;
  for (const button of group.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.lang === language));
    button.addEventListener('click', () => {
      if (button.lang === language || (atStake() && !confirm(words.top.loss))) return;
      remember(button.lang);
      location.reload();
    });
  }
}
