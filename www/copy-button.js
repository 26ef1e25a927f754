// @ts-check

// How long the button says that it copied.
const SAID_MS = 2000;

/**
 * Makes a button copy a text.
 * @param {HTMLButtonElement} button
 * @param {() => string} text
 * @param {{ idle: string, copied: string, refused: string }} says what the button says, and what an error
 * @param {(error: Error) => void} onError
 */
export function copyOnClick(button, text, { idle, copied, refused }, onError) {
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch (cause) {
      onError(new Error(refused, { cause }));
      return;
    }
    button.textContent = copied;
    setTimeout(() => { button.textContent = idle; }, SAID_MS);
  });
}
