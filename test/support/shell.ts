import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { terminal } from './cli.js';

const NODE = resolve('node_modules/.bin/node');

/**
 * A folder with an `npx` in it whose commands one process runs, one after the other: a shell with this folder in its
 * PATH runs `npx mizan …` as a page has it, and does not wait for each of them to start. `calc`, which reads its
 * input, runs alone.
 */
export async function shellTools(folder: string): Promise<{ readonly end: () => Promise<void> }> {
  mkdirSync(folder);
  const [socket, stdout, stderr] = [join(folder, 's'), join(folder, 'out'), join(folder, 'err')];
  const outputs = [stdout, stderr] as const;
  let host = await startHost(outputs);
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const before = last;
    last = (async () => {
      const asked = JSON.parse(await text(client)) as object;
      await before;
      for (const file of outputs) truncateSync(file);
      if (host.isEnded()) host = await startHost(outputs);
      const code = await host.run(asked);
      const [out, err] = outputs.map((file) => readFileSync(file, 'utf8'));
      client.end(JSON.stringify({ code, stdout: out, stderr: err }));
    })();
  });
  server.listen(socket);
  await once(server, 'listening');
  const npx = `#!/bin/sh
shift
[ "$1" = calc ] && exec '${NODE}' '${resolve('dist/bin/cli.js')}' "$@"
exec '${NODE}' '${resolve('test/support/terminal-client.mjs')}' '${socket}' "$@"
`;
  writeFileSync(join(folder, 'npx'), npx);
  chmodSync(join(folder, 'npx'), 0o755);
  return {
    end: async () => {
      server.close();
      await host.end();
    },
  };
}

/** How long a command that is told to stop may take: more than it promises. */
const STOP_MS = 12_000;

/** A process that runs commands. */
interface Host {
  /** Runs one; where it ends the process, what that exited with. */
  run(asked: object): Promise<number>;
  isEnded(): boolean;
  end(): Promise<void>;
}

async function startHost(outputs: readonly string[]): Promise<Host> {
  const child = spawn(NODE, [resolve('test/support/terminal-host.mjs')], {
    stdio: ['ignore', ...outputs.map((file) => openSync(file, 'a')), 'ipc'],
    env: terminal({}),
  });
  const ended = new Promise<number>((done) => child.once('exit', (code) => done(code ?? 255)));
  const answered = async (): Promise<number> => {
    const stop = new AbortController();
    const answer = once(child, 'message', { signal: stop.signal }).then(
      ([{ code }]) => code as number,
    );
    // One that is not waited for any more is no failure.
    answer.catch(() => {});
    return Promise.race([answer, ended]).finally(() => stop.abort());
  };
  const isEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await answered();
  if (isEnded()) throw new Error(outputs.map((file) => readFileSync(file, 'utf8')).join(''));
  return {
    isEnded,
    run: async (asked) => {
      child.send(asked);
      return answered();
    },
    end: async () => {
      // As a person does, so that a command that it is at leaves no database behind.
      child.kill('SIGTERM');
      const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(killing);
    },
  };
}
