/** Fills the disk under a server that takes writes, makes room again, and looks at what came of it. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mizan } from './cli.js';
import { run } from './database.js';
import {
  keyOf,
  missing,
  serveOn,
  settingsOf,
  statusOf,
  superuserOf,
  until,
  urlOf,
} from './kills.js';

/** What was seen. */
export interface Filled {
  readonly acknowledged: number;
  readonly lost: readonly string[];
  /** What requests were answered while there was no room: status and code. */
  readonly refusals: readonly string[];
  /** Health after room was made, of each cycle, with nobody's help. */
  readonly recovered: readonly number[];
  readonly verified: { readonly code: number | null; readonly text: string };
}

const PIECE = Buffer.alloc(1024 * 1024, 1);
const FULL_WITHIN_MS = 90_000;

/** @param place  A mount of its own, small. */
export async function fillUnderWrites(
  place: string,
  { cycles }: { readonly cycles: number },
): Promise<Filled> {
  const dataDir = join(place, 'data');
  mkdirSync(dataDir);
  const server = await serveOn(dataDir);
  try {
    const key = keyOf(server);
    const url = urlOf(server);
    const acknowledged = new Set<string>();
    const refusals = new Set<string>();
    const recovered: number[] = [];
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      await acknowledge(url, { key, acknowledged, count: 10 });
      const ballast = join(place, 'ballast');
      fill(ballast);
      await refuse(dataDir, { url, key, acknowledged, refusals });
      rmSync(ballast);
      const status = await until(
        () => statusOf(`${url}/health/ready`),
        (found) => found === 200,
        60_000,
      );
      recovered.push(status);
      await acknowledge(url, { key, acknowledged, count: 10 });
    }
    const lost = await missing(dataDir, acknowledged);
    server.child.kill('SIGTERM');
    await server.ended;
    const { code, stdout, stderr } = mizan(['verify-ledger'], { settings: settingsOf(dataDir) });
    return {
      acknowledged: acknowledged.size,
      lost,
      refusals: [...refusals].sort(),
      recovered,
      verified: { code, text: stdout + stderr },
    };
  } finally {
    server.child.kill('SIGTERM');
    await server.ended;
  }
}

interface Asking {
  readonly url: string;
  readonly key: string;
  readonly acknowledged: Set<string>;
}

/** Writes until there is no room, and a while longer. */
async function refuse(
  dataDir: string,
  { refusals, ...asking }: Asking & { readonly refusals: Set<string> },
): Promise<void> {
  const deadline = performance.now() + FULL_WITHIN_MS;
  for (let refused = 0; refused < 20 && performance.now() < deadline;) {
    // The log needs another file each time: what was left of the last one is of no use.
    await run(superuserOf(dataDir), 'SELECT pg_switch_wal()').catch(() => {});
    const { status, code } = await post(asking);
    if (status === 201) continue;
    refused += 1;
    refusals.add(`${status} ${code}`);
    await sleep(100);
  }
}

async function acknowledge(
  url: string,
  { count, ...of }: Omit<Asking, 'url'> & { readonly count: number },
): Promise<void> {
  for (let written = 0; written < count;) {
    if ((await post({ url, ...of })).status === 201) written += 1;
    else await sleep(100);
  }
}

let names = 0;

async function post({ url, key, acknowledged }: Asking): Promise<{ status: number; code: string }> {
  names += 1;
  try {
    const reply = await fetch(`${url}/v1/api-keys`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        connection: 'close',
      },
      body: JSON.stringify({ name: `on a full disk ${names}`, role: 'auditor', expiresAt: null }),
    });
    const body = (await reply.json()) as { readonly keyId?: string; readonly code?: string };
    if (reply.status === 201) acknowledged.add(body.keyId!);
    return { status: reply.status, code: body.code ?? '' };
  } catch (error) {
    return { status: 0, code: String(error) };
  }
}

/** Takes all the room there is. */
function fill(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (let bytes = PIECE; bytes.length > 0;) {
      try {
        writeSync(handle, bytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        // The last of it in smaller pieces.
        bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
      }
    }
  } finally {
    closeSync(handle);
  }
}
