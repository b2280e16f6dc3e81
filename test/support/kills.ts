/**
 * Kills whole processes at random moments under acknowledged writes, starts again, and looks for every
 * write that was acknowledged. Time passes here as it pleases: a moment is drawn, not waited for.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mizan, serveUntil } from './cli.js';
import { rows } from './database.js';
import { NO_RATES } from './rates.js';
import { seeded } from './seeded.js';

/** What is killed. */
export type Victim = 'server' | 'database' | 'both';

/** What was seen. */
export interface Killed {
  readonly acknowledged: number;
  /** Ids that were acknowledged and are not there. */
  readonly lost: readonly string[];
  /** What `mizan verify-ledger` said at the end. */
  readonly verified: { readonly code: number | null; readonly text: string };
  /** Whether a database was left when all had stopped. */
  readonly isLeft: boolean;
}

const SERVES = /Mizan serves (http:\S+)/;
const KEY = /mzk_\S+/;
const WRITERS = 4;
const MOMENT_MS = 1_500;
const RECOVERED_WITHIN_MS = 30_000;

type Served = Awaited<ReturnType<typeof serveUntil>>;

/** A data folder that root's server user can enter. */
export function dataFolder(name: string): string {
  const scratch = mkdtempSync(join(tmpdir(), `mizan-${name}-`));
  chmodSync(scratch, 0o755);
  return scratch;
}

/**
 * Makes a data folder as the first command leaves it, with a database and no ledger: a copy of one that
 * is made once a run. For tests that are not about the first start, nor about power.
 *
 * @returns The folder.
 */
export function preparedFolder(dataDir: string): string {
  const folders = process.env['MIZAN_TEST_FOLDERS'];
  if (folders === undefined) throw new Error('run the tests with `npm test`');
  const prepared = join(folders, 'prepared');
  if (!existsSync(prepared)) {
    const own = join(folders, `making-${process.pid}`);
    const { stderr } = mizan(['list', 'site', '--ledger', 'none'], { settings: settingsOf(own) });
    if (!stderr.includes('ledger.not_found')) throw new Error(stderr);
    appendFileSync(join(own, 'postgres', 'postgresql.conf'), LYING_DISK);
    // Two workers may have made one at once: the first stays.
    if (existsSync(prepared)) rmSync(own, { recursive: true });
    else renameSync(own, prepared);
  }
  execFileSync('cp', ['-a', prepared, dataDir]);
  return dataDir;
}

/** What was handed to the system stays when a process is killed; only a power cut would take it. */
const LYING_DISK = '\nfsync = off\n';

/** Settings of a person's terminal, on a data folder. */
export const settingsOf = (dataDir: string): Readonly<Record<string, string>> => ({
  MIZAN_DATA_DIR: dataDir,
  PORT: '0',
  LOG_LEVEL: 'silent',
  ...NO_RATES,
});

/** Starts `npm start` on a data folder, and waits until it serves. */
export const serveOn = (dataDir: string): Promise<Served> =>
  serveUntil(SERVES, settingsOf(dataDir));

/** Where it serves. */
export const urlOf = (server: Served): string => SERVES.exec(server.output())![1]!;

/** The admin key that the first start shows. */
export const keyOf = (server: Served): string => KEY.exec(server.output())![0];

/** Number of the database's process; null when none runs. */
export function postmasterOf(dataDir: string): number | null {
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}

/** Asks again and again until the answer is right; what the answer was, when it never is. */
export async function until<T>(
  ask: () => T | Promise<T>,
  isRight: (answer: T) => boolean,
  withinMs = RECOVERED_WITHIN_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer) || performance.now() > deadline) return answer;
    await sleep(50);
  }
}

/** Status of a request; 0 where nobody answers. */
export async function statusOf(url: string, key?: string): Promise<number> {
  try {
    const headers = {
      connection: 'close',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    };
    return (await fetch(url, { headers })).status;
  } catch {
    return 0;
  }
}

/** Kills the victim `count` times under writes, on one data folder. */
export async function killUnderWrites(options: {
  readonly victim: Victim;
  readonly count: number;
  readonly seed: number;
  /** Where to; made by the first start unless it is there. */
  readonly dataDir?: string;
}): Promise<Killed> {
  const { victim, count, dataDir = dataFolder(`killed-${victim}`) } = options;
  const random = seeded(options.seed);
  const acknowledged = new Set<string>();
  let writing = { end: async (): Promise<void> => {} };
  try {
    let server = await serveOn(dataDir);
    const key = keyOf(server);
    for (let cycle = 0; cycle < count; cycle += 1) {
      const url = urlOf(server);
      writing = write(url, { key, acknowledged });
      await sleep(Math.floor(random() * MOMENT_MS));
      const postmaster = postmasterOf(dataDir);
      if (victim !== 'server') process.kill(postmaster!, 'SIGKILL');
      if (victim !== 'database') server.child.kill('SIGKILL');
      if (victim === 'database') {
        // Sessions outlive their server for a moment: another one must have taken its place.
        await until(
          () => postmasterOf(dataDir),
          (found) => found !== null && found !== postmaster,
        );
        const status = await until(
          () => statusOf(`${url}/health/ready`),
          (found) => found === 200,
        );
        if (status !== 200)
          throw new Error(`It does not serve again (${status}): ${server.output()}`);
      } else {
        await server.ended;
        server = await serveOn(dataDir);
      }
      await writing.end();
    }
    const lost = await missing(dataDir, acknowledged);
    server.child.kill('SIGTERM');
    await server.ended;
    const { code, stdout, stderr } = mizan(['verify-ledger'], { settings: settingsOf(dataDir) });
    return {
      acknowledged: acknowledged.size,
      lost,
      verified: { code, text: stdout + stderr },
      isLeft: postmasterOf(dataDir) !== null,
    };
  } finally {
    await writing.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Kills first starts, each in a folder of its own, and starts them again; what does not come up is told. */
export async function killFirstStarts(options: {
  readonly count: number;
  readonly seed: number;
}): Promise<readonly string[]> {
  const random = seeded(options.seed);
  const faults: string[] = [];
  for (let cycle = 0; cycle < options.count; cycle += 1) {
    const dataDir = dataFolder('first');
    const afterMs = Math.floor(random() * 4_000);
    const isBoth = random() < 0.5;
    try {
      const first = await serveUntil(null, settingsOf(dataDir));
      await Promise.race([sleep(afterMs), first.ended]);
      const postmaster = postmasterOf(dataDir);
      first.child.kill('SIGKILL');
      if (isBoth && postmaster !== null) kill(postmaster);
      await first.ended;
      const told = `killed after ${afterMs} ms, ${isBoth ? 'both' : 'the server'}`;
      // Twice: what the first one leaves must be as good as what it found.
      for (const time of ['again', 'and again']) {
        const server = await serveOn(dataDir).catch((error: unknown) => String(error));
        if (typeof server === 'string') {
          faults.push(`${told}: ${server}`);
          break;
        }
        const status = await statusOf(`${urlOf(server)}/health/ready`);
        if (status !== 200) faults.push(`${told}: not ready (${status})`);
        const isKeyShown = KEY.test(first.output()) || KEY.test(server.output());
        if (time === 'again' && !isKeyShown) faults.push(`${told}: no admin key was ever shown`);
        server.child.kill('SIGTERM');
        await server.ended;
      }
      if (postmasterOf(dataDir) !== null) faults.push(`${told}: a database was left`);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
  return faults;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was gone already.
  }
}

/** Issues keys, several at once, until told to end; remembers what was acknowledged. */
export function write(
  url: string,
  { key, acknowledged }: { readonly key: string; readonly acknowledged: Set<string> },
): { end(): Promise<void> } {
  let isEnded = false;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let at = 0; !isEnded; at += 1) {
      const id = await issue(url, { key, name: `writer ${writer}, ${at}, ${url}` });
      if (id !== null) acknowledged.add(id);
      else await sleep(20);
    }
  });
  return {
    end: async () => {
      isEnded = true;
      await Promise.all(writers);
    },
  };
}

/** Issues a key that reads; its id once it was acknowledged. */
export async function issue(
  url: string,
  { key, name }: { readonly key: string; readonly name: string },
): Promise<string | null> {
  try {
    const reply = await fetch(`${url}/v1/api-keys`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        connection: 'close',
      },
      body: JSON.stringify({ name, role: 'auditor', expiresAt: null }),
    });
    if (reply.status !== 201) return null;
    return ((await reply.json()) as { keyId: string }).keyId;
  } catch {
    return null;
  }
}

/** The database of a data folder whose server runs, as its superuser. */
export function superuserOf(dataDir: string): string {
  const secrets = readFileSync(join(dataDir, 'postgres.secrets.json'), 'utf8');
  const { adminPassword } = JSON.parse(secrets) as { adminPassword: string };
  const port = readFileSync(join(dataDir, 'postgres.port'), 'utf8').trim();
  return `postgres://postgres:${adminPassword}@127.0.0.1:${port}/mizan`;
}

/** What of the acknowledged ids is not in the database that runs. */
export async function missing(
  dataDir: string,
  acknowledged: ReadonlySet<string>,
): Promise<readonly string[]> {
  const there = await rows<{ id: string }>(
    superuserOf(dataDir),
    'SELECT key_id AS id FROM api_key',
  );
  const ids = new Set(there.map(({ id }) => id));
  return [...acknowledged].filter((id) => !ids.has(id));
}
