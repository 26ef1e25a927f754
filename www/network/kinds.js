// @ts-check

/** The files that networks come in, archives of them, and those that can only be named for what they are. */
const NETWORK = /\.(onnx|zip|ort|pth?|ckpt|pkl|h5|hdf5|keras|tflite|safetensors|pb|mlmodel|npz)$|^model\.json$/i;

/** What lies beside a network and says what it expects. */
const BESIDE = /\.(txt|json|csv)$/i;

/**
 * Whether files are a network, or belong to one.
 * @param {readonly File[]} files
 * @param {boolean} hasOwn whether a network of the visitor's is there, to which labels may be added
 */
export function areNetwork(files, hasOwn) {
  return files.some(({ name }) => NETWORK.test(name)) || (hasOwn && files.length > 0 && files.every(isBeside));
}

/** @param {File} file */
export function isNetwork({ name }) {
  return NETWORK.test(name);
}

/** @param {File} file */
function isBeside({ name }) {
  return BESIDE.test(name) && !NETWORK.test(name);
}
