import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What a command gave. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const NODE = resolve('node_modules/.bin/node');
/** How long a command may take. */
const COMMAND_MS = 60_000;
/** How long its process may take to end. */
const ENDED_MS = 15_000;
const built = (file: string): string => join(process.cwd(), 'dist/bin', file);

/** The environment of a person's terminal: none of the test run's own settings. */
export function terminal(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, ...settings };
}

/** What a command is given besides its words. */
interface Given {
  readonly input?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs `mizan …` from the build, to its end, in a process of its own: as a person does. */
export function mizanAlone(
  args: readonly string[],
  { input = '', settings = {} }: Given = {},
): Ran {
  const { status, stdout, stderr } = spawnSync(NODE, [built('cli.js'), ...args], {
    timeout: COMMAND_MS,
    input,
    encoding: 'utf8',
    env: terminal(settings),
    maxBuffer: 256 * 1024 * 1024,
  });
  return { code: status, stdout, stderr };
}

/**
 * Runs `mizan …` from the build, to its end: in one process with the other commands of a spec, for one alone
 * takes longer to start than to run.
 */
export function mizan(args: readonly string[], { input = '', settings = {} }: Given = {}): Ran {
  host ??= startHost();
  return host.run(args, { env: terminal(settings), input });
}

interface Host {
  run(
    args: readonly string[],
    given: { readonly env: NodeJS.ProcessEnv; readonly input: string },
  ): Ran;
  end(): void;
}

let host: Host | undefined;
afterAll(() => host?.end());

function startHost(): Host {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-terminal-'));
  const [stdout, stderr] = [join(folder, 'stdout'), join(folder, 'stderr')];
  const signal = new SharedArrayBuffer(16);
  const done = new Int32Array(signal);
  const worker = new Worker(resolve('test/support/terminal-worker.mjs'), {
    workerData: { node: NODE, stdout, stderr, signal },
  });
  worker.unref();
  const end = (): void => {
    worker.postMessage('end');
    Atomics.wait(done, 3, 0, ENDED_MS);
    rmSync(folder, { recursive: true, force: true });
    host = undefined;
  };
  const run: Host['run'] = (args, given) => {
    for (const file of [stdout, stderr]) writeFileSync(file, '');
    done.fill(0);
    worker.postMessage({ args, ...given });
    const answer = Atomics.wait(done, 0, 0, COMMAND_MS);
    const ran = {
      code: answer === 'timed-out' ? null : done[1]!,
      stdout: readFileSync(stdout, 'utf8'),
      stderr: readFileSync(stderr, 'utf8'),
    };
    if (ran.code === null || done[2] === 1) end();
    return ran;
  };
  return { run, end };
}

const started = new Set<ChildProcess>();

/** Ends the servers that a failed test may have left; for `afterAll`. */
export function endServers(): void {
  for (const child of started) child.kill('SIGKILL');
}

/**
 * Starts the server from the build, and waits until it has said a line that matches; with null, it is
 * left to itself.
 */
export async function serveUntil(
  pattern: RegExp | null,
  settings: Readonly<Record<string, string>>,
  command: readonly string[] = ['main.js'],
): Promise<{
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}> {
  // As `npm start` does.
  const flags = ['--max-semi-space-size=8'];
  const child = spawn(NODE, [...flags, built(command[0]!), ...command.slice(1)], {
    env: terminal(settings),
  });
  started.add(child);
  let text = '';
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  await new Promise<void>((done, failed) => {
    const listen = (chunk: Buffer): void => {
      text += chunk.toString();
      if (pattern?.test(text) === true) done();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('exit', () =>
      pattern?.test(text) === true ? done() : failed(new Error(`It ended: ${text}`)),
    );
    if (pattern === null) done();
  });
  return { child, output: () => text, ended };
}
