// @ts-check

/**
 * Takes what is dropped anywhere on the page, and marks the page while files are dragged over it.
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
    if (carriesFiles(dataTransfer)) mark(depth + 1);
  });
  addEventListener('dragleave', ({ dataTransfer }) => {
    if (carriesFiles(dataTransfer)) mark(depth - 1);
  });
  addEventListener('dragover', (event) => {
    if (carriesFiles(event.dataTransfer)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    const { dataTransfer } = event;
    if (!carriesFiles(dataTransfer)) return;
    event.preventDefault();
    mark(0);
    onDrop(dataTransfer);
  });
}

/**
 * @param {DataTransfer | null} data
 * @returns {data is DataTransfer}
 */
function carriesFiles(data) {
  return data?.types.includes('Files') ?? false;
}
