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
  const host = spawn(NODE, [resolve('test/support/terminal-host.mjs')], {
    stdio: ['ignore', ...outputs.map((file) => openSync(file, 'a')), 'ipc'],
    env: terminal({}),
  });
  await once(host, 'message');
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const before = last;
    last = (async () => {
      const asked = JSON.parse(await text(client)) as object;
      await before;
      for (const file of outputs) truncateSync(file);
      host.send(asked);
      const [{ code }] = (await once(host, 'message')) as [{ code: number }];
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
      host.kill('SIGKILL');
      await once(host, 'exit');
    },
  };
}
