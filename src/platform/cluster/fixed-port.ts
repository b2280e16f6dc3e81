import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeDurably } from './durable-file.js';
import { EmbeddedServerError } from './embedded-server-error.js';

// Below what systems hand out to outgoing connections (32768 and up on Linux, 49152 elsewhere), so
// that a connection of somebody else does not sit on the port while our server is down.
const FIRST_PORT = 20_000;
const PORT_COUNT = 12_000;
const TRIES = 200;

/**
 * The one port of this data folder's server, so that those who use it find it again after a restart.
 * Chosen once and kept in `postgres.port`.
 *
 * @param mayChange  Whether another may be chosen where a stranger listens on it: only while nobody
 *                   waits for the server on the kept one.
 * @throws EmbeddedServerError when it is taken and may not change.
 */
export async function fixedPort(
  dataDir: string,
  { mayChange }: { readonly mayChange: boolean },
): Promise<number> {
  const file = join(dataDir, 'postgres.port');
  const kept = readPort(file);
  if (kept !== null && (await isFree(kept))) return kept;
  if (kept !== null && !mayChange) {
    throw new EmbeddedServerError(
      `Another program listens on port ${kept}, where the database of ${dataDir} is expected by ` +
        'those who use it. End that program, or stop every Mizan process of this folder and start ' +
        'again: another port is chosen then.',
    );
  }
  const seed = createHash('sha256').update(dataDir).digest().readUInt32BE(0);
  for (let step = 0; step < TRIES; step += 1) {
    const port = FIRST_PORT + ((seed + step) % PORT_COUNT);
    if (port === kept || !(await isFree(port))) continue;
    writeDurably(file, `${port}\n`, 0o644);
    return port;
  }
  throw new EmbeddedServerError(`No port of ${TRIES} is free for the database of ${dataDir}.`);
}

function readPort(file: string): number | null {
  try {
    const port = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .on('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
