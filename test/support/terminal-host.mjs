/**
 * Runs command lines of the build one after the other in one process, as its parent sends them, each with the
 * settings of a terminal of its own: most of a command's time is its start. What a command writes goes to stdout
 * and stderr.
 */
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const root = process.cwd();
const { run } = await import(pathToFileURL(join(root, 'dist/bin/cli-program.js')).href);
/** How many listen for a stop: a command that has ended is none of them. */
const listenerCount = () => process.listenerCount('SIGTERM');
const ownStdin = Object.getOwnPropertyDescriptor(process, 'stdin');
/** What a command reads: bytes that end, as of a pipe. */
const pipeOf = (text) => ({ configurable: true, value: Readable.from([Buffer.from(text)]) });

process.on('message', async ({ args, env, cwd = root, input = '' }) => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  // As the program sets it when it loads.
  Object.assign(process.env, env, { TZ: 'UTC' });
  process.chdir(cwd);
  process.exitCode = undefined;
  Object.defineProperty(process, 'stdin', input === '' ? ownStdin : pipeOf(input));
  const before = listenerCount();
  let code = await run(args);
  process.exitCode = undefined;
  if (listenerCount() !== before) {
    process.stderr.write(`${args.join(' ')}: it still listens for a stop\n`);
    code = 70;
  }
  process.send({ code });
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
