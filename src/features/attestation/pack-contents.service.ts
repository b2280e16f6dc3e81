import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { ENGINES, engineVersionOf, type Engine } from '../../core/engines.js';
import { DomainError } from '../../core/errors.js';
import { toHex } from '../../core/ledger/merkle.js';
import { matcherOf } from '../../core/matching/month.js';
import { packHowTo } from '../../core/packs/how-to.js';
import {
  manifestText,
  MANIFEST_TYP,
  packedFile,
  type PackedFile,
  type PackFiles,
  type PackManifest,
  receivedPath,
  settlementPath,
  signaturePath,
  STATEMENT_TYP,
  statementPath,
} from '../../core/packs/manifest.js';
import type { PackLog } from '../../core/packs/pack-log.js';
import { packTables } from '../../core/packs/tables.js';
import { originOf } from '../../core/proofs/checkpoint.js';
import { verifierKey } from '../../core/proofs/signed-note.js';
import { compareIds } from '../../core/text.js';
import { formatInstant } from '../../core/time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { FileStore } from '../../platform/files/file-store.js';
import type { ZipSource } from '../../platform/files/packed/zip-writer.js';
import { SettlementService } from '../settlement/runs/settlement.service.js';
import { noteKeyOf } from '../signing/checkpoints.service.js';
import { SigningKeysService } from '../signing/signing-keys.service.js';
import { StatementsService } from '../statements/statements.service.js';
import type { Attestation } from './attestations.service.js';
import { type PackedLog, PackLogService } from './pack-log.service.js';

/** What a pack is made of, in the order of its paths. */
export interface PackContents {
  readonly manifest: PackManifest;
  readonly sources: readonly ZipSource[];
}

/** Gathers what is in an attestation's pack (PACK section 1). The same attestation and checkpoint give the same bytes. */
@Injectable()
export class PackContentsService {
  constructor(
    private readonly logs: PackLogService,
    private readonly keys: SigningKeysService,
    private readonly statements: StatementsService,
    private readonly settlements: SettlementService,
    private readonly files: FileStore,
  ) {}

  /**
   * @param since  Sizes that somebody holds checkpoints of.
   * @throws DomainError `pack.file_missing`, and as `PackLogService.gather`
   */
  async gather(
    ledgerId: string,
    attestation: Attestation,
    since: readonly number[],
  ): Promise<PackContents> {
    const packed = await this.logs.gather(ledgerId, attestation, since);
    const { log, checkpoint } = packed;
    const statements = await this.statementFiles(ledgerId, attestation, packed);
    const runs = await this.settlementFiles(ledgerId, log);
    const received = await this.receivedOf(log);
    const { siteCode, month, label, attestationId, seq, population } = attestation;
    const period = civilMonth(MOROCCO_LEGAL_TIME, month);
    const tables = packTables({
      log,
      period,
      statements: jsonIn(statements),
      settlements: jsonIn(runs),
      fileCount: received.length,
    });
    const of = {
      ledgerId,
      siteCode,
      month,
      period: { start: formatInstant(period.startMs), end: formatInstant(period.endMs) },
      label,
      attestationId,
      seq,
      checkpoint: { size: checkpoint.size, root: toHex(checkpoint.root), kid: checkpoint.kid },
      population,
      engines: enginesOf(log, [...statements, ...runs]),
    };
    const key = verifierKey(noteKeyOf(originOf(ledgerId), packed.key));
    const held: PackFiles = new Map([
      ...packed.files,
      ...statements,
      ...runs,
      ...[...tables].map(([path, text]): [string, Buffer] => [path, Buffer.from(text)]),
      ['HOWTO.txt', Buffer.from(packHowTo({ ...of, key }))],
    ]);
    const files = [...[...held].map(([path, bytes]) => packedFile(path, bytes)), ...received];
    const manifest: PackManifest = { ...of, files };
    const text = Buffer.from(manifestText(manifest));
    const jws = await this.keys.detached(packed.key, MANIFEST_TYP, text);
    const sources: ZipSource[] = [
      { path: 'manifest.json', read: () => text },
      { path: 'manifest.jws', read: () => Buffer.from(jws) },
      ...[...held].map(([path, bytes]) => ({ path, read: () => bytes })),
      ...received.map(({ path, sha256 }) => ({ path, read: () => this.received(sha256) })),
    ];
    return { manifest, sources: sources.toSorted((a, b) => compareIds(a.path, b.path)) };
  }

  /** The month's statements that stand in the pack's log, and who signed each. */
  private async statementFiles(
    ledgerId: string,
    { month, siteCode }: Attestation,
    { log, key }: PackedLog,
  ): Promise<readonly [string, Buffer][]> {
    const inLog = new Set(log.headers.map(({ eventId }) => eventId));
    const own = (await this.statements.list(ledgerId)).filter(
      (one) => one.month === month && one.siteCode === siteCode && inLog.has(one.eventId),
    );
    const files: [string, Buffer][] = [];
    for (const { document, ...of } of own) {
      const path = statementPath(of);
      const jws = await this.keys.detached(key, STATEMENT_TYP, document);
      files.push([path, document], [signaturePath(path), Buffer.from(jws)]);
    }
    return files;
  }

  private async settlementFiles(
    ledgerId: string,
    { headers }: PackLog,
  ): Promise<readonly [string, Buffer][]> {
    const inLog = new Set(headers.map(({ eventId }) => eventId));
    const own = (await this.settlements.list(ledgerId)).filter(({ eventId }) => inLog.has(eventId));
    return own.map(({ runId, document }) => [settlementPath(runId), document]);
  }

  private async receivedOf({ headers }: PackLog): Promise<readonly PackedFile[]> {
    const hashes = new Set(headers.map(({ sourceRef }) => sourceRef).filter((one) => one !== null));
    const files: PackedFile[] = [];
    for (const sha256 of [...hashes].toSorted()) {
      const { length: byteCount } = await this.received(sha256);
      files.push({ path: receivedPath(sha256), byteCount, sha256 });
    }
    return files;
  }

  private async received(sha256: string): Promise<Buffer> {
    if (this.files.has(sha256)) return buffer(this.files.open(sha256));
    const fix = 'Bring the file back into the folder of kept files from a backup.';
    throw new DomainError('pack.file_missing', { sha256, fix });
  }
}

const jsonIn = (files: readonly [string, Buffer][]): ReadonlyMap<string, string> =>
  new Map(
    files
      .filter(([path]) => path.endsWith('.json'))
      .map(([path, bytes]) => [path, bytes.toString('utf8')]),
  );

/** Which engines made what is in a pack, as it says itself. */
function enginesOf(log: PackLog, files: readonly [string, Buffer][]): Record<string, string> {
  const made = new Map<string, Set<string>>();
  const add = (engine: string, version: string): void => {
    made.set(engine, (made.get(engine) ?? new Set()).add(version));
  };
  for (const { type, body } of log.headers) {
    if (type === 'matching.run') add('matching', matcherOf(body['run'] as object));
  }
  const ofPath = (path: string): Engine =>
    path.startsWith('settlements/')
      ? 'settlement'
      : path.startsWith('statements/billing')
        ? 'billing'
        : 'carbon';
  for (const [path, bytes] of files) {
    if (!path.endsWith('.json')) continue;
    add(ofPath(path), engineVersionOf(JSON.parse(bytes.toString('utf8')) as object));
  }
  const names = ['matching', ...Object.keys(ENGINES)];
  return Object.fromEntries(
    names
      .filter((name) => made.has(name))
      .map((name) => [name, [...made.get(name)!].toSorted().join(', ')]),
  );
}
