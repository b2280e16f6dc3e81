import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { writeDurably } from '../cluster/durable-file.js';
import { EmbeddedServerError } from '../cluster/embedded-server-error.js';
import { systemIdentifier } from '../cluster/cluster-folder.js';
import { writerMark } from '../files/writer-mark.js';
import { bytesOf, copyFile, filesBelow } from './copied-file.js';
import type { Manifest } from './manifest.js';

/** A copied cluster, as a manifest tells of it. */
export type ClusterCopy = Pick<
  Manifest,
  'folders' | 'files' | 'ledgers' | 'migrations' | 'postgres'
>;

/** Folders whose contents a copy does without (PostgreSQL, "Backing Up the Data Directory"). */
const EMPTIED = [
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
];
const LEFT_OUT = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'backup_label',
  'tablespace_map',
  'backup_manifest',
  'postgresql.auto.conf.tmp',
  'current_logfiles.tmp',
]);
const CONTROL = 'global/pg_control';

/**
 * Copies the cluster of a server that runs and takes writes, by PostgreSQL's low-level interface for
 * base backups: what is copied while pages change is made whole by the log, which a slot of this
 * session's own holds until it was copied too.
 *
 * @param adminUrl  Superuser login to the database of the ledgers.
 * @param place     Folder of the cluster.
 * @param to        Folder of the copy, made here.
 * @throws EmbeddedServerError where it cannot be copied; nothing was changed.
 */
export async function copyCluster(
  adminUrl: string,
  place: string,
  { to, signal }: { readonly to: string; readonly signal: AbortSignal },
): Promise<ClusterCopy> {
  const linked = existsSync(join(place, 'pg_tblspc')) ? readdirSync(join(place, 'pg_tblspc')) : [];
  if (linked.length > 0) {
    throw new EmbeddedServerError(
      `The cluster in ${place} has tablespaces (${linked.join(', ')}), which Mizan does not make and ` +
        'does not back up. Take a backup with pg_basebackup.',
    );
  }
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const startLsn = await beginBackup(client);
    mkdirSync(to, { mode: 0o700 });
    const files = [...(await copyTree(place, { to, signal }))];
    const { ledgers, migrations } = await contents(client);
    const stop = await endBackup(client, startLsn);
    writeDurably(join(to, 'backup_label'), stop.label);
    files.push({ path: 'backup_label', ...(await bytesOf(join(to, 'backup_label')))! });
    for (const name of stop.segments) files.push(await copyLog(place, { to, name, signal }));
    return {
      ledgers,
      migrations,
      folders: ['postgres', ...(await foldersOf(to)).map((path) => `postgres/${path}`)],
      files: files.map((file) => ({ ...file, path: `postgres/${file.path}` })),
      postgres: {
        version: stop.version,
        systemIdentifier: systemIdentifier(place),
        startLsn,
        stopLsn: stop.lsn,
      },
    };
  } finally {
    // Ends the slot, and a backup that was not ended.
    await client.end();
  }
}

type CopiedFile = Manifest['files'][number];

async function beginBackup(client: pg.Client): Promise<string> {
  try {
    await client.query('SELECT pg_create_physical_replication_slot($1, true, true)', [
      `mizan_backup_${writerMark().replaceAll('-', '_')}`,
    ]);
    const { rows } = await client.query<{ lsn: string }>(
      `SELECT pg_backup_start('mizan backup', true) AS lsn`,
    );
    return rows[0]!.lsn;
  } catch (error) {
    throw new EmbeddedServerError(
      `PostgreSQL does not begin a backup: ${error instanceof Error ? error.message : String(error)}. ` +
        'It needs the settings wal_level = replica and max_replication_slots above 0, which are its own.',
      { cause: error },
    );
  }
}

async function endBackup(
  client: pg.Client,
  startLsn: string,
): Promise<{
  readonly lsn: string;
  readonly label: string;
  readonly version: number;
  readonly segments: readonly string[];
}> {
  const { rows } = await client.query<{ lsn: string; label: string; version: string }>(
    `SELECT lsn::text, labelfile AS label, current_setting('server_version_num') AS version
     FROM pg_backup_stop(false)`,
  );
  const { lsn, label, version } = rows[0]!;
  // A place inside of each segment: of one on a boundary, versions name different segments.
  const named = await client.query<{ name: string }>(
    `SELECT pg_walfile_name('0/0'::pg_lsn + n * size + 1) AS name
     FROM (SELECT pg_size_bytes(current_setting('wal_segment_size'))::numeric AS size) s,
       generate_series(div($1::pg_lsn - '0/0'::pg_lsn, size),
         div($2::pg_lsn - '0/0'::pg_lsn - 1, size)) n
     ORDER BY n`,
    [startLsn, lsn],
  );
  const segments = named.rows.map(({ name }) => name);
  return { lsn, label, version: Number(version), segments };
}

/** What the ledgers are, read before the backup ends: all of it is in the backup. */
async function contents(client: pg.Client): Promise<Pick<Manifest, 'ledgers' | 'migrations'>> {
  const heads = await client.query<{
    readonly id: string;
    readonly name: string;
    readonly size: string;
    readonly hash: string;
    readonly at: Date | null;
  }>(
    `SELECT ledger_id AS id, l.name, h.size, encode(h.chain_hash, 'hex') AS hash, h.recorded_at AS at
     FROM mizan.ledger_head h JOIN mizan.ledger l USING (ledger_id) ORDER BY l.name, ledger_id`,
  );
  const ran = await client.query<{ name: string }>('SELECT name FROM mizan.migration ORDER BY id');
  return {
    ledgers: Object.fromEntries(
      heads.rows.map(({ id, name, size, hash, at }) => [
        id,
        { name, size: Number(size), chainHash: hash, recordedAt: at?.toISOString() ?? null },
      ]),
    ),
    migrations: ran.rows.map(({ name }) => name),
  };
}

async function copyTree(
  place: string,
  { to, signal }: { readonly to: string; readonly signal: AbortSignal },
): Promise<readonly CopiedFile[]> {
  const files: CopiedFile[] = [];
  for (const { path, isFolder } of await filesBelow(place, isLeftOut)) {
    signal.throwIfAborted();
    if (isFolder) mkdirSync(join(to, path), { mode: 0o700 });
    else if (path !== CONTROL) {
      const copied = await copyFile(join(place, path), join(to, path), signal);
      if (copied !== null) files.push({ path, ...copied });
    }
  }
  files.push({ path: CONTROL, ...(await copyControl(place, to)) });
  return files;
}

function isLeftOut(path: string): boolean {
  const [top, ...rest] = path.split('/');
  const name = rest.at(-1) ?? top!;
  return (
    (rest.length > 0 && EMPTIED.includes(top!)) ||
    LEFT_OUT.has(path) ||
    name === 'pg_internal.init' ||
    name.startsWith('pgsql_tmp')
  );
}

/** The one file that no log makes whole: read until two readings are the same. */
async function copyControl(place: string, to: string): Promise<Omit<CopiedFile, 'path'>> {
  const read = (): Buffer => readFileSync(join(place, CONTROL));
  let before = read();
  for (;;) {
    await sleep(10);
    const after = read();
    if (after.equals(before)) break;
    before = after;
  }
  writeDurably(join(to, CONTROL), before);
  return (await bytesOf(join(to, CONTROL)))!;
}

async function copyLog(
  place: string,
  of: { readonly to: string; readonly name: string; readonly signal: AbortSignal },
): Promise<CopiedFile> {
  const path = `pg_wal/${of.name}`;
  const copied = await copyFile(join(place, path), join(of.to, path), of.signal);
  if (copied !== null) return { path, ...copied };
  throw new EmbeddedServerError(
    `The server removed ${path}, which the backup needs, though it was asked to keep it ` +
      '(max_slot_wal_keep_size?). Nothing was kept of the backup; take another one.',
  );
}

async function foldersOf(root: string): Promise<readonly string[]> {
  return (await filesBelow(root)).flatMap(({ path, isFolder }) => (isFolder ? [path] : []));
}
