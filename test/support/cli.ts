import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/** What a command gave. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const NODE = resolve('node_modules/.bin/node');
const built = (file: string): string => join(process.cwd(), 'dist/bin', file);

/** The environment of a person's terminal: none of the test run's own settings. */
export function terminal(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, ...settings };
}

/** Runs `mizan …` from the build, to its end. */
export function mizan(
  args: readonly string[],
  {
    input = '',
    settings = {},
  }: { input?: string; settings?: Readonly<Record<string, string>> } = {},
): Ran {
  const { status, stdout, stderr } = spawnSync(NODE, [built('cli.js'), ...args], {
    timeout: 60_000,
    input,
    encoding: 'utf8',
    env: terminal(settings),
    maxBuffer: 256 * 1024 * 1024,
  });
  return { code: status, stdout, stderr };
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
