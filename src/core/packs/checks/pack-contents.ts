import { canonicalJson } from '../../ledger/canonical.js';
import { sha256, toHex } from '../../ledger/merkle.js';
import { isDetachedBy } from '../../proofs/detached.js';
import { compareIds } from '../../text.js';
import { billingAgain, carbonAgain } from '../figures.js';
import {
  type PackFiles,
  type PackManifest,
  receivedPath,
  settlementPath,
  signaturePath,
  STATEMENT_TYP,
  statementPath,
} from '../manifest.js';
import type { PackLog } from '../pack-log.js';
import { packTables } from '../tables.js';
import { type PackKey, signing } from './pack-keys.js';
import { type Failed, no, textOf } from './pack-text.js';

/** A pack, read. */
export interface OpenedPack {
  readonly manifest: PackManifest;
  readonly log: PackLog;
  /** Texts of the month's statements and of settlement runs, by path. */
  readonly statements: ReadonlyMap<string, string>;
  readonly settlements: ReadonlyMap<string, string>;
}

/** What a sealed row of a statement says of it. */
interface StatementRow {
  readonly kind: string;
  readonly siteCode: string;
  readonly month: string;
  readonly version: number;
  readonly tenantCode?: string;
  readonly sha256: string;
  readonly statementId: string;
}

function sealedRows<Row>({ rows }: PackLog, domain: string): Row[] {
  const start = `{"@":"${domain}"`;
  return rows.flatMap((texts) =>
    texts.filter((text) => text.startsWith(start)).map((text) => JSON.parse(text) as Row),
  );
}

/** The month’s statements in a pack: all that the log seals, each as it was sealed and signed. */
export function statementsOf(
  files: PackFiles,
  manifest: PackManifest,
  { log, known }: { readonly log: PackLog; readonly known: readonly PackKey[] },
): ReadonlyMap<string, string> | Failed {
  const { month, siteCode } = manifest;
  const wanted = sealedRows<StatementRow>(log, 'mizan/row/statement/1').filter(
    (row) => row.month === month && row.siteCode === siteCode,
  );
  const texts = new Map<string, string>();
  const key = signing(known, manifest);
  for (const row of wanted) {
    const path = statementPath(row);
    const text = textOf(files, path);
    if (text === null) return no(`${path} is missing: the log seals it.`);
    if (toHex(sha256(text)) !== row.sha256)
      return no(`${path} is not the statement that was sealed.`);
    const jws = textOf(files, signaturePath(path)) ?? '';
    const isSigned =
      key !== undefined && isDetachedBy(jws, files.get(path)!, { ...key, typ: STATEMENT_TYP });
    if (!isSigned) return no(`${signaturePath(path)} is missing, or does not verify.`);
    texts.set(path, text);
  }
  const named = wanted
    .map(({ statementId, sha256: hash }) => ({ sha256: hash, statementId }))
    .toSorted((a, b) => compareIds(a.statementId, b.statementId));
  const sealed = log.headers.at(-1)!.body['statements'] ?? null;
  if (canonicalJson(sealed) !== canonicalJson(named)) {
    return no('log/events.jsonl: its last event names other statements than the log seals.');
  }
  const strange = [...files.keys()].find(
    (path) => path.startsWith('statements/') && !texts.has(path.replace(/\.jws$/, '.json')),
  );
  return strange === undefined ? texts : no(`${strange} is not of a statement that the log seals.`);
}

/** The settlement runs in a pack: all that the log seals, as they were sealed. */
export function settlementsOf(
  files: PackFiles,
  log: PackLog,
): ReadonlyMap<string, string> | Failed {
  const texts = new Map<string, string>();
  const sealed = sealedRows<{ readonly runId: string; readonly sha256: string }>(
    log,
    'mizan/row/settlement-run/1',
  );
  for (const { runId, sha256: hash } of sealed) {
    const path = settlementPath(runId);
    const text = textOf(files, path);
    if (text === null) return no(`${path} is missing: the log seals it.`);
    if (toHex(sha256(text)) !== hash) return no(`${path} is not the run that was sealed.`);
    texts.set(path, text);
  }
  const strange = [...files.keys()].find(
    (path) => path.startsWith('settlements/') && !texts.has(path),
  );
  return strange === undefined ? texts : no(`${strange} is not of a run that the log seals.`);
}

/** Whether the files as received are those that its events came from. */
export function receivedFault(files: PackFiles, { headers }: PackLog): Failed | string {
  const wanted = new Set(headers.map(({ sourceRef }) => sourceRef).filter((hash) => hash !== null));
  for (const hash of wanted) {
    const bytes = files.get(receivedPath(hash));
    if (bytes === undefined) return no(`${receivedPath(hash)} is missing: an event came from it.`);
    if (toHex(sha256(bytes)) !== hash)
      return no(`${receivedPath(hash)} is not what its name says.`);
  }
  const strange = [...files.keys()].find(
    (path) => path.startsWith('files/') && !wanted.has(path.slice('files/'.length)),
  );
  return strange === undefined
    ? `${wanted.size} files as they were received`
    : no(`${strange}: no event of the pack came from it.`);
}

/** Whether the tables are what the rows give. */
export function tablesFault(files: PackFiles, pack: OpenedPack): Failed | string {
  const { manifest, log, statements, settlements } = pack;
  const fileCount = [...files.keys()].filter((path) => path.startsWith('files/')).length;
  const tables = packTables({
    log,
    period: {
      startMs: Date.parse(manifest.period.start),
      endMs: Date.parse(manifest.period.end),
    },
    statements,
    settlements,
    fileCount,
  });
  for (const [path, text] of tables) {
    if (textOf(files, path) !== text) return no(`${path} is not what the rows of the log give.`);
  }
  const strange = [...files.keys()].find((path) => path.startsWith('data/') && !tables.has(path));
  return strange === undefined
    ? `${tables.size} tables are what the rows give`
    : no(`${strange} is no table of a pack.`);
}

/** The latest version of each kind of statement, its figures added up again. */
export function* figuresAgain({ log, statements }: OpenedPack): Generator<Failed | string> {
  const latest = new Map<string, { readonly path: string; readonly version: number }>();
  for (const path of statements.keys()) {
    const [, name, version] = /^statements\/(.+)-v(\d+)\.json$/.exec(path) ?? [];
    const known = latest.get(name!);
    if ((known?.version ?? 0) < Number(version))
      latest.set(name!, { path, version: Number(version) });
  }
  for (const [name, { path }] of [...latest].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const text = statements.get(path)!;
    const found =
      name === 'carbon' ? carbonAgain(log, text) : name === 'billing' ? billingAgain(text) : null;
    if (found === null) continue;
    yield typeof found === 'number'
      ? `${path}: ${found} figures added up again, all equal`
      : no(`${path}: ${found.fault}`);
  }
}
