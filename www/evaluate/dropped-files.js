// @ts-check
import { draggedPicture } from '../dragged-picture.js';

/** @typedef {{ file: File, path: string }} Found */

/**
 * The files that were dropped, and those in dropped folders. What cannot be opened is left out. Where
 * there is no file, the picture that was dragged from a page.
 * @param {DataTransfer} data
 * @returns {Promise<Found[]>}
 */
export async function droppedFiles(data) {
  if (!Array.from(data.items).some(({ kind }) => kind === 'file')) {
    const file = await draggedPicture(data);
    return [{ file, path: file.name }];
  }
  // The items are gone once the event is over: all are taken before anything is awaited.
  const taken = Array.from(data.items, (item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = await Promise.all(taken.map(({ entry, file }) => {
    if (entry) return readable(entry);
    return file ? [{ file, path: file.name }] : [];
  }));
  return found.flat();
}

/** @param {FileSystemEntry} entry */
function readable(entry) {
  return filesOf(entry).catch(() => []);
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<Found[]>}
 */
async function filesOf(entry) {
  if (isFile(entry)) {
    const file = await /** @type {Promise<File>} */ (new Promise((resolve, reject) => entry.file(resolve, reject)));
    return [{ file, path: entry.fullPath.replace(/^\//, '') }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  // A reader hands out a folder in parts; an empty part is the end.
  for (;;) {
    const part = await /** @type {Promise<FileSystemEntry[]>} */ (new Promise((resolve, reject) => reader.readEntries(resolve, reject)));
    if (part.length === 0) return found;
    found.push(...(await Promise.all(part.map(readable))).flat());
  }
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemFileEntry}
 */
function isFile(entry) {
  return entry.isFile;
}
