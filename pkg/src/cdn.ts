// CDNs that bundle what they serve: jsDelivr as PACKAGE/+esm, esm.sh as PACKAGE/es2022/NAME.mjs. The package's files lie
// below PACKAGE as they were; the addresses that the entry names are relative to where it lay.

const bundled = /^(https?:\/\/.+\/gradlens(?:@[^/]+)?\/)(?:(?:.+\/)?\+esm|(?:es20\d\d|esnext)\/[^?#]+\.m?js)(?:[?#]|$)/;

/** The address of a file of this package as its entry names it, where such a CDN has the file. */
export function unbundled(url: URL, entry = import.meta.url): URL {
  const [, folder] = bundled.exec(entry ?? '') ?? [];
  const [, file] = /\/((?:wasm|model)\/.+)$/.exec(url.pathname) ?? [];
  if (folder === undefined || file === undefined) return url;
  return new URL(file.startsWith('wasm/') ? `dist/${file}` : file, folder);
}
