// @ts-check

/**
 * Makes a `<details>` a menu: it closes when something in it is chosen, by Escape, and when the
 * visitor goes on elsewhere.
 * @param {HTMLDetailsElement} details
 */
export function closeByItself(details) {
  const close = () => { details.open = false; };
  details.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('button')) close();
  });
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open) return;
    close();
    details.querySelector('summary')?.focus();
  });
  const leave = (/** @type {Event} */ { target }) => {
    if (target instanceof Node && !details.contains(target)) close();
  };
  addEventListener('pointerdown', leave);
  addEventListener('focusin', leave);
}
