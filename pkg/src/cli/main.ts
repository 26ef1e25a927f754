// `npx gradlens`: the package on a command line.

import { GradlensError, version } from '../direct.js';
import { UsageError, requestOf } from './arguments.js';
import { explain } from './explain.js';
import { help } from './help.js';
import { note } from './terminal.js';

/** The status that the program ends with. */
async function run(args: readonly string[]): Promise<number> {
  const request = requestOf(args);
  if (request === 'help' || request === 'version') {
    process.stdout.write(request === 'help' ? help : `${version}\n`);
    return 0;
  }
  return (await explain(request)) ? 0 : 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    note(`${error.message}\n"gradlens --help" says what there is`);
    process.exitCode = 2;
  } else if (error instanceof GradlensError || (error instanceof Error && 'syscall' in error)) {
    note(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
