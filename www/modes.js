// @ts-check

/** @typedef {'objects' | 'class' | 'compare' | 'layers' | 'networks'} Mode what the page shows of a photo */

/**
 * The switch between the modes. What belongs to some modes only says so in the page with `data-in`.
 * @param {() => void} onChange
 */
export function createModes(onChange) {
  const main = /** @type {HTMLElement} */ (document.querySelector('main'));
  const radios = /** @type {HTMLInputElement[]} */ (Array.from(document.querySelectorAll('input[name=mode]')));
  const current = () => /** @type {Mode} */ (radios.find((radio) => radio.checked)?.value);

  function follow() {
    main.dataset.mode = current();
    onChange();
  }

  for (const radio of radios) radio.addEventListener('change', follow);
  // A reloaded page may find the switch as it was left.
  main.dataset.mode = current();

  return {
    get current() {
      return current();
    },

    /**
     * Goes to a mode, as if its switch had been pressed: what was pressed instead may vanish, and
     * the focus must not vanish with it.
     * @param {Mode} mode
     */
    choose(mode) {
      const radio = radios.find(({ value }) => value === mode);
      if (!radio) return;
      radio.checked = true;
      radio.focus({ preventScroll: true });
      follow();
    },
  };
}
