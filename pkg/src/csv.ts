// Tables as RFC 4180 has them, for spreadsheets too.

/** What a file begins with: without it Excel takes UTF-8 for another encoding. */
export const BOM = '\uFEFF';

/** One row, with the break that ends it. */
export function csvRow(values: readonly unknown[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

/**
 * A value as a field: in quotes, with its own quotes doubled, where it holds what separates fields. A name that a
 * spreadsheet would take for a formula begins with an apostrophe.
 */
function field(value: unknown): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
