import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  looselyDatedNote,
  noEvidenceNote,
  unsealedColumnsNote,
} from '../../../core/ledger/not-proven.js';
import { sealRows } from '../../../core/ledger/merkle.js';
import {
  type Fault,
  FIRST_LINK,
  readPayload,
  type StoredEvent,
  verifyEvent,
  verifyRows,
} from '../../../core/ledger/verify.js';
import { isOfData, messageOf } from '../../../platform/database/rows/data-faults.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { wholeOf } from '../../../platform/database/rows/pages.js';
import { KeptFilesService } from './kept-files.service.js';
import type { LedgerEventEntity } from '../ledger-event.entity.js';
import { LedgerRepository } from '../ledger.repository.js';
import { compareRegister } from './registers.queries.js';
import {
  type EventRef,
  type NamedFile,
  type Register,
  REPLAYS,
  type Replays,
} from './replay.port.js';
import { type AllReplayed, joined, requireDeclared } from './replayed.document.js';
import {
  type Checked,
  FAULTS_MAX,
  type Finding,
  type HowToVerify,
  NOTHING,
  type Verification,
  verificationOf,
  type VerifiedHead,
} from './verification.document.js';
import type { RowOf } from '../../../platform/database/rows/row-of.js';

/** Replays logs: every byte, every column, every register both ways, and on demand the kept files. */
@Injectable()
export class VerificationService implements OnModuleInit {
  private known: AllReplayed | null = null;
  private readonly running = new Map<string, Running>();

  constructor(
    private readonly scope: LedgerScope,
    private readonly ledgers: LedgerRepository,
    private readonly files: KeptFilesService,
    private readonly dataSource: DataSource,
    @Inject(REPLAYS) private readonly replays: () => readonly Replays[],
  ) {}

  /** Refuses to start while a table, or rows of some events, are nobody's or of two services. */
  onModuleInit(): void {
    // Without a database its tables are not known: the program only describes itself.
    if (!this.dataSource.isInitialized) return;
    const tables = this.dataSource.entityMetadatas.map(({ tableName }) => tableName);
    requireDeclared(this.registersOf(this.dataSource.manager), tables);
  }

  /** All declarations of tables. */
  registersOf(tx: EntityManager): Register[] {
    return this.all.tables.map((one) => (typeof one === 'function' ? one(tx) : one));
  }

  /** What all services know of the log; each is asked once. */
  private get all(): AllReplayed {
    this.known ??= joined(this.replays().map((one) => one.replayed()));
    return this.known;
  }

  /**
   * Replays the log on one snapshot: bytes, hashes, links, columns, sealed rows, head, registers and
   * projections. Who asks for the same while it runs shares its result: one ledger is verified once
   * at a time.
   */
  verify(ledgerId: string, how: HowToVerify = {}): Promise<Verification> {
    const { hasFiles = false, from = null, hear } = how;
    const key = `${ledgerId} ${hasFiles} ${from === null ? '' : `${from.size} ${from.chainHash}`}`;
    const running = this.running.get(key);
    if (running !== undefined) {
      if (hear !== undefined) running.hearers.add(hear);
      return running.result;
    }
    const hearers = new Set(hear === undefined ? [] : [hear]);
    const tell = async (checked: Checked): Promise<void> => {
      for (const one of hearers) await one(checked);
    };
    const result = this.verifyOnce(ledgerId, { hasFiles, from, hear: tell }).finally(() =>
      this.running.delete(key),
    );
    this.running.set(key, { result, hearers });
    return result;
  }

  /** As `verify`, inside a transaction, without the kept files. */
  async verifyIn(tx: LedgerTx, how: HowToVerify = {}): Promise<Verification> {
    return verificationOf(tx.ledgerId, await this.findIn(tx, how), null);
  }

  private async verifyOnce(ledgerId: string, how: HowToVerify): Promise<Verification> {
    const { found, named } = await this.scope.readWhole(ledgerId, async (tx) => ({
      found: await this.findIn(tx, how),
      named: how.hasFiles === true ? await this.files.named(tx, this.all.files) : null,
    }));
    // The snapshot has ended: a transaction that asks nothing for minutes would be ended for that.
    if (named !== null) await this.hashFiles(ledgerId, named, found);
    return verificationOf(ledgerId, found, named?.length ?? null);
  }

  private async findIn(
    tx: LedgerTx,
    { from = null, hear = async () => {} }: HowToVerify,
  ): Promise<Finding> {
    const found: Finding = {
      faults: [],
      notes: [],
      before: NOTHING,
      ...NOTHING,
      link: FIRST_LINK,
    };
    if (from !== null) await this.goOnFrom(tx, from, found);
    await this.replay(tx, found, hear);
    await this.compareHead(tx, found);
    // What registers are compared with must hold first.
    if (found.faults.length === 0) await this.compare(tx, found);
    return found;
  }

  /** Canonical rows of one event, as the tables hold them now, all of them. */
  rowsOf(tx: LedgerTx, event: LedgerEventEntity): Promise<readonly string[]> {
    return wholeOf(this.pagesOf(tx, event));
  }

  /** As `rowsOf`, page by page. */
  private async *pagesOf(
    tx: LedgerTx,
    { ledgerId, eventId, rowCount, payload }: LedgerEventEntity,
  ): AsyncGenerator<readonly string[]> {
    const body = readPayload(payload)?.['body'];
    const isObject = typeof body === 'object' && body !== null;
    const domain = isObject ? (body as EventRef['body'])['rows'] : undefined;
    if (typeof domain !== 'string') return;
    const reader = this.all.rows.get(domain);
    if (reader === undefined) throw new RangeError(`Rows of ${domain} are not known here.`);
    const event = { ledgerId, eventId, rowCount, body: body as EventRef['body'] };
    const rows = reader(tx, event);
    if (Symbol.asyncIterator in rows) yield* rows;
    else yield await rows;
  }

  /**
   * Takes an earlier verification for where to begin, if the log holds at that place what it found:
   * the same head, and as many events and rows before it. Else everything is hashed, and that is a
   * fault: either the result that was kept or the log is not what it was.
   */
  private async goOnFrom(tx: LedgerTx, from: VerifiedHead, found: Finding): Promise<void> {
    const event = await this.ledgers.readableEvent(tx, from.size - 1);
    const counts = await this.ledgers.countsBefore(tx, from.size);
    const isSame =
      event !== null &&
      event.chainHash.toString('hex') === from.chainHash &&
      counts.eventCount === from.size &&
      counts.rowCount === from.rowCount &&
      // Its own bytes and hashes; what it follows rests on the verification of then.
      verifyEvent(toStored(event), {
        seq: event.seq - 1,
        chainHash: event.prevHash,
        recordedAtMs: -Infinity,
      }) === null;
    if (isSame) {
      found.before = { eventCount: from.size, rowCount: from.rowCount };
      const { seq, chainHash, recordedAt } = event;
      found.link = { seq, chainHash, recordedAtMs: Number(recordedAt) };
      return;
    }
    const detail =
      `An earlier verification reached ${from.size} events, ${from.rowCount} rows, head ` +
      `${from.chainHash}; the log has no such place. All of it was checked again.`;
    found.faults.push({ seq: from.size - 1, check: 'verified_head', detail });
  }

  private async replay(
    tx: LedgerTx,
    found: Finding,
    hear: (checked: Checked) => Promise<void>,
  ): Promise<void> {
    const hearLater = async (): Promise<void> => {
      await hear({ eventCount: found.eventCount, rowCount: found.rowCount });
    };
    for await (const one of this.ledgers.readableEvents(tx, found.link.seq)) {
      const { seq, event } = one;
      if (found.faults.length >= FAULTS_MAX) return;
      if (event === null) {
        found.faults.push({ seq, check: 'columns', detail: 'A column holds no readable value.' });
        continue;
      }
      const fault = await this.eventFault(tx, event, found, hearLater);
      if (fault !== null) found.faults.push(fault);
      const { chainHash, recordedAt } = event;
      found.link = { seq, chainHash, recordedAtMs: Number(recordedAt) };
      found.eventCount += 1;
      await hearLater();
    }
  }

  private async eventFault(
    tx: LedgerTx,
    event: LedgerEventEntity,
    found: Finding,
    hear: () => Promise<void>,
  ): Promise<Fault | null> {
    const stored = toStored(event);
    const fault = verifyEvent(stored, found.link);
    if (fault !== null) return fault;
    try {
      const rows = sealRows();
      for await (const page of this.pagesOf(tx, event)) {
        for (const row of page) rows.add(row);
        found.rowCount += page.length;
        await hear();
      }
      return verifyRows(stored, rows.sealed());
    } catch (error) {
      if (!isOfData(error)) throw error;
      const detail = `The rows of this ${event.type} event cannot be read: ${messageOf(error)}`;
      return { seq: event.seq, check: 'rows', detail };
    }
  }

  private async compareHead(tx: LedgerTx, found: Finding): Promise<void> {
    const { link } = found;
    const head = await this.ledgers.head(tx);
    const isSame =
      head?.size === link.seq + 1 &&
      Buffer.from(link.chainHash).equals(head.chainHash ?? Buffer.alloc(0)) &&
      head.recordedAtMs === link.recordedAtMs;
    if (isSame) return;
    const detail = `The head says ${head?.size ?? 'nothing'}, the log ends at ${link.seq + 1}.`;
    found.faults.push({ seq: null, check: 'head', detail });
  }

  private async compare(tx: LedgerTx, found: Finding): Promise<void> {
    const registers = this.registersOf(tx);
    let loose = 0;
    try {
      for (const check of this.all.checks) {
        const fault = await check(tx, (line) => found.notes.push(line));
        if (fault !== null) found.faults.push(fault);
      }
      for (const register of registers) {
        const { faults, looselyDatedCount } = await compareRegister(tx, register);
        found.faults.push(...faults);
        loose += looselyDatedCount;
      }
    } catch (error) {
      if (!isOfData(error)) throw error;
      const detail = `A register cannot be read: ${messageOf(error)}`;
      found.faults.push({ seq: null, check: 'register', detail });
    }
    const evidence = registers.filter(({ isEvidence = true }) => isEvidence);
    const columns = evidence.flatMap(({ table, notProven = {} }) =>
      Object.keys(notProven).map((name) => `${table}.${name}`),
    );
    const others = registers.filter((one) => !evidence.includes(one)).map(({ table }) => table);
    const notes = [
      looselyDatedNote(loose),
      unsealedColumnsNote(columns.toSorted()),
      noEvidenceNote(others.toSorted()),
    ];
    found.notes.push(...notes.filter((note) => note !== null));
  }

  private async hashFiles(
    ledgerId: string,
    named: readonly NamedFile[],
    { faults }: Finding,
  ): Promise<void> {
    const wrong = await this.files.hash(named);
    const shown = wrong.slice(0, Math.max(0, FAULTS_MAX - faults.length));
    if (shown.length === 0) return;
    const found = await this.scope.read(ledgerId, async (tx) => {
      const placed: Fault[] = [];
      for (const { eventId, detail } of shown) {
        const seq = (await this.ledgers.event(tx, eventId))?.seq ?? null;
        placed.push({ seq, check: 'file', detail });
      }
      return placed;
    });
    // Registers list by id, and ids of one instant come in any order.
    faults.push(...found.sort((a, b) => (a.seq ?? -1) - (b.seq ?? -1)));
  }
}

/** A verification that is on its way, and who hears how far it is. */
interface Running {
  readonly result: Promise<Verification>;
  readonly hearers: Set<(checked: Checked) => Promise<void>>;
}

function toStored(event: RowOf<LedgerEventEntity>): StoredEvent {
  const { validFrom, validTo, recordedAt } = event;
  const ms = (instant: Date | null): number | null => (instant === null ? null : Number(instant));
  return {
    ...event,
    validFromMs: ms(validFrom),
    validToMs: ms(validTo),
    recordedAtMs: Number(recordedAt),
  };
}
