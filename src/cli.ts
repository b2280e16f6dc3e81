import { toldDetails } from './core/error-help.js';
import { printable } from './cli/shell/printable.js';
import { DomainError } from './core/errors.js';

/**
 * Runs one command line to its end, and gives the code to exit with: 2 bad input or usage, 1 anything else
 * that failed. What is answered goes to stdout, what went wrong to stderr.
 *
 * @param args  What follows the name of the program.
 */
export async function run(args: readonly string[]): Promise<number> {
  // Help names the program by this path: as people call it, not as the file is called.
  process.argv = [process.execPath, 'mizan', ...args];
  // Help, errors and the lines of a server are written by streams: a reader that has gone is no fault.
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(endOfReader)) stream.on('error', endOfReader);
  }
  try {
    await dispatch(args);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return await fail(error, args);
  }
}

const endOfReader = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};

async function dispatch(args: readonly string[]): Promise<void> {
  const options = new Set(args.filter((arg) => arg.startsWith('-')));
  // `calc` alone answers without the framework, which takes longer to load than an engine to run.
  const isPlainCalc =
    args[0] === 'calc' &&
    args.length - options.size === 2 &&
    [...options].every((option) => option === '--schema' || option === '--json');
  if (args[0] === 'help' && args[1] !== undefined && !args[1].startsWith('-')) {
    const { explainCode } = await import('./cli/system/explain-code.js');
    if (explainCode(args[1], options.has('--json'))) return;
  }
  if (isPlainCalc) {
    const { calc } = await import('./cli/calc/calc.js');
    const engine = args.find((arg, at) => at > 0 && !arg.startsWith('-'))!;
    await calc(engine, { schema: options.has('--schema') });
  } else {
    await import('reflect-metadata');
    const { runTerminal } = await import('./cli/terminal.js');
    await runTerminal(args);
  }
}

/**
 * Whether what was given cannot be read at all, or wants a word of its sender before anything is done;
 * a refusal of what was read is another matter.
 */
function isBadInput(code: string): boolean {
  const unreadable = [
    'import.limit_exceeded',
    'import.file_unreadable',
    'pack.unreadable',
    'backup.unreadable',
    'records.refused',
    'decisions.refused',
    'id.ambiguous',
  ];
  const isToDecide = ['settlement.engine_changed', 'statement.suspect_undecided'].includes(code);
  return code.startsWith('request.') || isToDecide || unreadable.includes(code);
}

/** Says what went wrong on stderr, and gives the exit code. */
async function fail(thrown: unknown, args: readonly string[]): Promise<number> {
  const isCalc = args[0] === 'calc';
  const error = await refusedOf(thrown);
  if (error instanceof DomainError) {
    const problem = JSON.stringify({ code: error.code, ...toldDetails(error) });
    const isJson = isCalc || args.includes('--json');
    const text = isJson ? problem : printable(await toldOf(error));
    process.stderr.write(`${text}\n`);
    return isCalc || isBadInput(error.code) ? 2 : 1;
  }
  const { code, exitCode } = error as { code?: unknown; exitCode?: unknown };
  if (typeof code === 'string' && code.startsWith('commander.')) return exitCode === 0 ? 0 : 2;
  process.stderr.write(`${printable(await toldOf(error))}\n`);
  return 1;
}

/** `calc` has no database that could go away, and loads nothing that knows of one. */
async function refusedOf(thrown: unknown): Promise<unknown> {
  const { code } = thrown as { readonly code?: unknown };
  const isPlain = thrown instanceof DomainError || String(code).startsWith('commander.');
  return isPlain ? thrown : (await import('./failure.js')).asRefusal(thrown);
}

async function toldOf(error: unknown): Promise<string> {
  const { failureText } = await import('./failure.js');
  return failureText(error);
}
