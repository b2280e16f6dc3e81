/** Asks a process that runs command lines (`terminal-host.mjs`), while the thread that asks waits. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

/** How long a command that is told to stop may take: more than it promises. */
const STOP_MS = 12_000;
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
const isEnded = () => host.exitCode !== null || host.signalCode !== null;
/** Ends the process as a person does, so that a command that it is at leaves no database behind. */
const end = () => {
  const ended = () => {
    Atomics.store(done, 3, 1);
    Atomics.notify(done, 3);
    process.exit();
  };
  if (isEnded()) return ended();
  host.removeAllListeners('exit');
  host.once('exit', ended);
  host.kill('SIGTERM');
  setTimeout(() => host.kill('SIGKILL'), STOP_MS);
};

parentPort.on('message', async (message) => {
  if (message === 'end') return end();
  if (isEnded()) return answer(host.exitCode ?? 255, 1);
  await ready;
  host.once('message', ({ code }) => answer(code));
  host.send(message);
});
