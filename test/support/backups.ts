/** Data folders that live, their backups, and what is done to them. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../src/core/errors.js';
import { ledgerIdOf } from '../../src/platform/ids.js';
import { restoreBackup } from '../../src/platform/backup/restore-backup.js';
import { mizan, serveUntil } from './cli.js';
import { rows } from './database.js';
import {
  issue,
  keyOf,
  missing,
  serveOn,
  settingsOf,
  statusOf,
  superuserOf,
  urlOf,
  write,
} from './kills.js';
import { intervalsCsv, RECORDS } from './make.js';
import { seeded } from './seeded.js';

const KINDS: Readonly<Record<string, string>> = {
  organisations: 'organisation',
  sites: 'site',
  meters: 'meter',
};

/** Takes a file into the ledger of a data folder, at the terminal, and opens a second ledger. */
function fillFolder(dataDir: string): void {
  const settings = settingsOf(dataDir);
  const scratch = join(dirname(dataDir), 'records');
  mkdirSync(scratch, { recursive: true });
  const run = (...args: string[]): void => {
    const { code, stderr } = mizan(args, { settings });
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  };
  run('open', 'other');
  for (const [at, [path, record]] of RECORDS.entries()) {
    if (KINDS[path] === undefined) continue;
    const file = join(scratch, `${at}.json`);
    writeFileSync(file, JSON.stringify(record));
    run('create', KINDS[path], file);
  }
  const csv = join(scratch, 'intervals.csv');
  writeFileSync(
    csv,
    intervalsCsv('2026-10-01T00:00:00Z', 24, () => 4),
  );
  run('import', 'intervals', csv);
  // What came and was not taken in yet: a job may still come to it.
  const upload = createHash('sha256').update('an upload').digest('hex');
  const incoming = join(dataDir, 'files', '.incoming', ledgerIdOf('main'));
  mkdirSync(incoming, { recursive: true });
  writeFileSync(join(incoming, upload), 'an upload');
  writeFileSync(join(dataDir, 'files', '.arriving-half'), 'half of one');
}

/** Runs a command to its end while this process goes on. */
export async function runBeside(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const running = await serveUntil(null, settings, ['cli.js', ...args]);
  const code = await running.ended;
  return { code, text: running.output() };
}

/** What came of a backup that was taken under writes, and restored elsewhere. */
export interface BackedUp {
  /** Key of an admin. */
  readonly key: string;
  readonly codes: readonly (number | null)[];
  readonly text: string;
  /** How many writes were acknowledged while the backup was taken. */
  readonly meanwhile: number;
  /** Writes that were acknowledged before it began, and are not in what was restored. */
  readonly lost: readonly string[];
  /** The end of the restored log, and what the log that was backed up has at that place. */
  readonly heads: readonly [restored: string, original: string];
  readonly isReady: boolean;
  /** Whether what was restored takes something in. */
  readonly isWritable: boolean;
}

/** Backs a new folder up while writers append, restores it into another, and compares. */
export async function backUpUnderWrites(
  dataDir: string,
  { folder, into }: { readonly folder: string; readonly into: string },
): Promise<BackedUp> {
  const server = await serveOn(dataDir);
  const key = keyOf(server);
  fillFolder(dataDir);
  const acknowledged = new Set<string>();
  const writing = write(urlOf(server), { key, acknowledged });
  let restored: Awaited<ReturnType<typeof serveOn>> | null = null;
  try {
    while (acknowledged.size < 20) await sleep(10);
    const before = new Set(acknowledged);
    const backup = await runBeside(['backup', folder], settingsOf(dataDir));
    const meanwhile = acknowledged.size - before.size;
    await writing.end();
    const restore = await runBeside(['restore', folder, '--into', into], settingsOf(dataDir));
    const [codes, text] = [[backup.code, restore.code], backup.text + restore.text];
    if (codes.some((code) => code !== 0)) throw new Error(text);
    restored = await serveOn(into);
    const url = urlOf(restored);
    const head = await endOf(into);
    return {
      key,
      codes,
      text,
      meanwhile,
      lost: await missing(into, before),
      heads: [head.hash, await hashAt(dataDir, head.size - 1)],
      isReady: (await statusOf(`${url}/health/ready`)) === 200,
      isWritable: (await issue(url, { key, name: 'after the restore' })) !== null,
    };
  } finally {
    await writing.end();
    for (const one of [restored, server]) {
      one?.child.kill('SIGTERM');
      await one?.ended;
    }
  }
}

async function endOf(dataDir: string): Promise<{ readonly size: number; readonly hash: string }> {
  const [head] = await rows<{ size: string; hash: string }>(
    superuserOf(dataDir),
    `SELECT size, encode(chain_hash, 'hex') AS hash FROM ledger_head JOIN ledger USING (ledger_id)
     WHERE name = 'main'`,
  );
  return { size: Number(head!.size), hash: head!.hash };
}

async function hashAt(dataDir: string, seq: number): Promise<string> {
  const [event] = await rows<{ hash: string }>(
    superuserOf(dataDir),
    `SELECT encode(chain_hash, 'hex') AS hash FROM ledger_event JOIN ledger USING (ledger_id)
     WHERE name = 'main' AND seq = $1`,
    [seq],
  );
  return event!.hash;
}

/** Paths of all files of a backup. */
export const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/**
 * Damages one byte of each of these files in turn, and tries to restore. What was not refused by the
 * name of the file, or touched the target, is told.
 */
export async function unseenDamage(
  folder: string,
  paths: readonly string[],
  { into, seed }: { readonly into: string; readonly seed: number },
): Promise<readonly string[]> {
  const random = seeded(seed);
  const unseen: string[] = [];
  for (const path of paths) {
    const file = join(folder, path);
    const bytes = readFileSync(file);
    const damaged = Buffer.from(bytes);
    const at = Math.floor(random() * bytes.length);
    // A file without a byte gets one too many.
    if (bytes.length > 0) damaged[at] = damaged[at]! ^ (1 + Math.floor(random() * 255));
    writeFileSync(file, bytes.length > 0 ? damaged : 'x');
    const told = await refusal(folder, into);
    writeFileSync(file, bytes);
    const isNamed = told.includes(path.split('/').length === 1 ? path : `/${path}`);
    if (!isNamed || existsSync(into)) unseen.push(`${path}, byte ${at}: ${told}`);
    rmSync(into, { recursive: true, force: true });
  }
  return unseen;
}

/** What a restore is refused with, as text; empty when it is not. */
export async function refusal(folder: string, into: string): Promise<string> {
  const { signal } = new AbortController();
  try {
    const markerFile = join(into, 'heads.json');
    await restoreBackup(folder, { dataDir: into, markerFile, knows: () => true, signal });
    return '';
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${JSON.stringify(error.details)}`;
    throw error;
  }
}

/** Kills backups at random moments; what was left under the name of the backup is told. */
export async function killBackups(
  dataDir: string,
  {
    folder,
    count,
    seed,
  }: { readonly folder: string; readonly count: number; readonly seed: number },
): Promise<readonly string[]> {
  const random = seeded(seed);
  const faults: string[] = [];
  for (let cycle = 0; cycle < count; cycle += 1) {
    const afterMs = 500 + Math.floor(random() * 3_000);
    const one = `${folder}-${cycle}`;
    const running = await serveUntil(null, settingsOf(dataDir), ['cli.js', 'backup', one]);
    await Promise.race([sleep(afterMs), running.ended]);
    running.child.kill('SIGKILL');
    const code = await running.ended;
    const told = existsSync(one) ? await refusal(one, `${one}-into`) : null;
    // One that is there under its name is whole, also when its process did not live to say so.
    if (told !== null && told !== '') faults.push(`killed after ${afterMs} ms: ${told}`);
    if (code === 0 && told === null) faults.push(`killed after ${afterMs} ms: it is not there`);
    if (told === null) {
      const again = mizan(['backup', one], { settings: settingsOf(dataDir) });
      if (again.code !== 0) faults.push(`killed after ${afterMs} ms, again: ${again.stderr}`);
    }
    for (const name of readdirSync(dirname(one))) {
      if (name.startsWith(`${one.slice(dirname(one).length + 1)}.`)) faults.push(`left: ${name}`);
    }
    rmSync(one, { recursive: true, force: true });
    rmSync(`${one}-into`, { recursive: true, force: true });
  }
  return faults;
}

/** Kills restores at random moments, and runs each again; what does not hold then is told. */
export async function killRestores(
  folder: string,
  { into, count, seed }: { readonly into: string; readonly count: number; readonly seed: number },
): Promise<readonly string[]> {
  const random = seeded(seed);
  const faults: string[] = [];
  for (let cycle = 0; cycle < count; cycle += 1) {
    const afterMs = 500 + Math.floor(random() * 4_000);
    const one = `${into}-${cycle}`;
    const args = ['restore', folder, '--into', one];
    const running = await serveUntil(null, settingsOf(one), ['cli.js', ...args]);
    await Promise.race([sleep(afterMs), running.ended]);
    running.child.kill('SIGKILL');
    await running.ended;
    const told = `killed after ${afterMs} ms`;
    const isThere = existsSync(join(one, 'postgres', 'PG_VERSION'));
    const again = isThere
      ? mizan(['verify-ledger', '--files'], { settings: settingsOf(one) })
      : mizan(args, { settings: settingsOf(one) });
    if (again.code !== 0) faults.push(`${told}: ${again.stdout}${again.stderr}`);
    rmSync(one, { recursive: true, force: true });
  }
  return faults;
}
