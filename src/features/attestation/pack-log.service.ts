import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { canonicalJson } from '../../core/ledger/canonical.js';
import { rowRoot, toHex } from '../../core/ledger/merkle.js';
import { gapsBetween, rootWithGaps } from '../../core/packs/left-out.js';
import type { PackFiles } from '../../core/packs/manifest.js';
import type { PackLog } from '../../core/packs/pack-log.js';
import { publishedKey } from '../../core/proofs/jwk.js';
import { consistencyRanges } from '../../core/proofs/tree-proofs.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { nodesOfRanges, rootsOf } from '../../platform/marker/log-tree.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { VerificationService } from '../ledger/replay/verification.service.js';
import { type Checkpoint, CheckpointsService } from '../signing/checkpoints.service.js';
import {
  publicKeyOf,
  type SigningKey,
  SigningKeysService,
} from '../signing/signing-keys.service.js';
import type { Attestation } from './attestations.service.js';
import { type Member, PopulationQueries } from './population.queries.js';

/** How many earlier signed states a pack is shown to go on from, beside those that are asked for. */
const EARLIER = 64;

/** The log's part of a pack. */
export interface PackedLog {
  readonly log: PackLog;
  readonly checkpoint: Checkpoint;
  /** The key that signed the checkpoint. */
  readonly key: SigningKey;
  /** Events, rows, what is left out, proofs and keys, by path. */
  readonly files: PackFiles;
}

/** Gathers the log's part of a pack: events with their rows and places, under a signed state (PACK sections 3, 4). */
@Injectable()
export class PackLogService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly events: PopulationQueries,
    private readonly replay: VerificationService,
    private readonly checkpoints: CheckpointsService,
    private readonly keys: SigningKeysService,
  ) {}

  /**
   * @param since  Sizes that somebody holds checkpoints of.
   * @throws DomainError `pack.inconsistent`, `log.no_such_place`, `signing.unavailable`, `ledger.behind_checkpoint`
   */
  async gather(
    ledgerId: string,
    attestation: Attestation,
    since: readonly number[],
  ): Promise<PackedLog> {
    const least = Math.max(attestation.seq + 1, ...since);
    const checkpoint = await this.checkpoints.covering(ledgerId, least);
    requirePlaces(since, checkpoint.size);
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const members = await this.membersOf(tx, attestation);
      const log = await this.rowsOf(tx, members);
      const keys = (await this.keys.keysIn(tx)).filter(
        ({ activatedSeq }) => activatedSeq < attestation.population.before,
      );
      const key = keys.find(({ kid }) => kid === checkpoint.kid);
      if (key === undefined) throw inconsistent('Its checkpoint is of a key that came later.');
      const files = new Map([
        ['checkpoint', Buffer.from(checkpoint.note)],
        ['keys/jwks.json', jwksOf(keys)],
        ['log/events.jsonl', linesOf(members.map(({ payload }) => payload))],
        ['log/rows.jsonl', linesOf(log.rows.flat())],
        ['log/left-out.json', await this.leftOut(tx, members, checkpoint)],
        ...(await this.consistency(tx, checkpoint, since)),
      ]);
      return { log, checkpoint, key, files };
    });
  }

  /** The population, as the log has it now, and the event that sealed it. */
  private async membersOf(
    tx: LedgerTx,
    { month, eventId, population }: Attestation,
  ): Promise<readonly Member[]> {
    const members = await this.events.members(tx, { month, before: population.before });
    return [...members, await this.events.member(tx, eventId)];
  }

  /** The rows of events, as the tables hold them: what an event did not seal is in no pack. */
  private async rowsOf(tx: LedgerTx, members: readonly Member[]): Promise<PackLog> {
    const rows: (readonly string[])[] = [];
    for (const { header } of members) {
      const event = await this.ledger.eventIn(tx, header.eventId);
      const own = header.rowCount === 0 ? [] : await this.replay.rowsOf(tx, event!);
      if (own.length !== header.rowCount || toHex(rowRoot(own)) !== header.rowRoot) {
        throw inconsistent(`The rows of event ${header.seq} are not those that it sealed.`);
      }
      rows.push(own);
    }
    return { headers: members.map(({ header }) => header), rows };
  }

  private async leftOut(
    tx: LedgerTx,
    members: readonly Member[],
    { size, root }: Checkpoint,
  ): Promise<Buffer> {
    const gaps = gapsBetween(
      members.map(({ header }) => header.seq),
      size,
    );
    const nodes = await nodesOfRanges(tx, gaps);
    const leftOut = gaps.map((gap, at) => ({ ...gap, nodes: nodes[at]! }));
    const leaves = members.map(({ header, leafHash }) => ({ seq: header.seq, hash: leafHash }));
    const found = rootWithGaps(leaves, leftOut, size);
    if ('fault' in found || toHex(found) !== toHex(root)) {
      throw inconsistent('The events are not those that the checkpoint signed.');
    }
    const listed = leftOut.map(({ begin, end, nodes: hashes }) => {
      return { begin, end, nodes: hashes.map(toHex) };
    });
    return Buffer.from(canonicalJson({ gaps: listed, size }));
  }

  /** That the log only grew since earlier states: those that are asked for, and the last that were signed. */
  private async consistency(
    tx: LedgerTx,
    { size }: Checkpoint,
    since: readonly number[],
  ): Promise<readonly [string, Buffer][]> {
    const sizes = new Set([
      ...(await this.checkpoints.sizesBelow(tx, size, EARLIER)),
      ...since.filter((one) => one < size),
    ]);
    const proofs: [string, Buffer][] = [];
    for (const from of sizes) {
      const hashes = await rootsOf(tx, consistencyRanges(from, size));
      const text = canonicalJson({ from, hashes: hashes.map(toHex), size });
      proofs.push([`consistency/${from}.json`, Buffer.from(text)]);
    }
    return proofs;
  }
}

const linesOf = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(''));

function requirePlaces(since: readonly number[], size: number): void {
  const beyond = since.find((one) => one < 1 || one > size);
  if (beyond === undefined) return;
  const fix = 'Name a state that this log has had: 1 event or more.';
  throw new DomainError('log.no_such_place', { field: 'since', value: beyond, size, fix });
}

function inconsistent(detail: string): DomainError {
  const fix = 'Run `verify-ledger`, which names everything that is not what was sealed.';
  return new DomainError('pack.inconsistent', { detail, fix });
}

function jwksOf(keys: readonly SigningKey[]): Buffer {
  const listed = keys.map((key) => ({
    ...publishedKey(publicKeyOf(key)),
    kid: key.kid,
    use: 'sig',
    alg: 'EdDSA',
  }));
  return Buffer.from(canonicalJson({ keys: listed }));
}
