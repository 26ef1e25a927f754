// Answers go to stdout; what is only said meanwhile goes to stderr, and how far it is only to a person who watches.

/** Shows how far a command is, if stderr is a terminal, on one line. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${harmless(text)}`);
}

/** Takes that line away. */
export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

/** Says what people should know. */
export function note(text: string): void {
  endProgress();
  process.stderr.write(`gradlens: ${harmless(text)}\n`);
}

/** Answers with a line. */
export function answer(line: string): void {
  endProgress();
  process.stdout.write(`${line}\n`);
}

/** A text that a terminal only shows: labels and names are anybody's words, and may hold orders for it. */
export function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '\uFFFD');
}
