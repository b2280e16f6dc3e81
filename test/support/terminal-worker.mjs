/** Asks a process that runs command lines (`terminal-host.mjs`), while the thread that asks waits. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

const { node, stdout, stderr, signal } = workerData;
const done = new Int32Array(signal);
const host = spawn(node, [join(import.meta.dirname, 'terminal-host.mjs')], {
  stdio: ['ignore', openSync(stdout, 'a'), openSync(stderr, 'a'), 'ipc'],
});
/** Whether there is an answer, what the command exited with, and whether the process ended with it. */
const answer = (code, isEnd = 0) => {
  done[1] = code;
  done[2] = isEnd;
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
};
/** A command may end the process, as a stop does: nothing runs after it. */
host.on('exit', (code) => answer(code ?? 255, 1));

const ready = new Promise((resolve) => host.once('message', resolve));
parentPort.on('message', async (message) => {
  if (message === 'end') {
    host.removeAllListeners('exit');
    host.kill('SIGKILL');
    process.exit();
  }
  await ready;
  host.once('message', ({ code }) => answer(code));
  host.send(message);
});
