// @ts-check

/**
 * Takes what is dropped anywhere on the page, and marks the page while something is dragged over it
 * that may be a picture. The browser would open it in place of the page.
 * @param {(data: DataTransfer) => void} onDrop
 */
export function takeDropped(onDrop) {
  // Entering a child fires before leaving its parent, so the drag is over the page while the count is not 0.
  let depth = 0;
  const mark = (/** @type {number} */ value) => {
    depth = Math.max(0, value);
    document.body.classList.toggle('dropping', depth > 0);
  };
  addEventListener('dragenter', ({ dataTransfer }) => {
    if (mayBePicture(dataTransfer)) mark(depth + 1);
  });
  addEventListener('dragleave', ({ dataTransfer }) => {
    if (mayBePicture(dataTransfer)) mark(depth - 1);
  });
  addEventListener('dragover', (event) => {
    if (!isText(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    mark(0);
    if (isText(event)) return;
    event.preventDefault();
    if (event.dataTransfer) onDrop(event.dataTransfer);
  });
}

/** @param {DataTransfer | null} data */
function mayBePicture(data) {
  return ['Files', 'text/uri-list'].some((type) => data?.types.includes(type));
}

/**
 * Whether it is words for a text field, which takes them by itself.
 * @param {DragEvent} event
 */
function isText({ target, dataTransfer }) {
  return target instanceof Element && target.matches('input[type=text]') && !dataTransfer?.types.includes('Files');
}
