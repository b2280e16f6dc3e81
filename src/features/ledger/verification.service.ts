import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager, QueryFailedError, TypeORMError } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import { sealRows, type SealedRows } from '../../core/ledger/merkle.js';
import {
  type Fault,
  FIRST_LINK,
  type Link,
  readPayload,
  type StoredEvent,
  verifyEvent,
  verifyRows,
} from '../../core/ledger/verify.js';
import { looselyDatedNote, unsealedColumnsNote } from '../../core/ledger/not-proven.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { FileStore } from '../../platform/files/file-store.js';
import type { LedgerEventEntity } from './ledger-event.entity.js';
import { LedgerRepository } from './ledger.repository.js';
import { compareRegister, type Register } from './registers.queries.js';

/** Rebuilds the canonical rows that an event sealed, in row order, from the tables that hold them. */
export type RowReader = (tx: EntityManager, event: EventRef) => Promise<readonly string[]>;

/**
 * Checks that a projection is what its events make of it; null when it is. What it cannot prove, and
 * what it does not compute again, it notes in a sentence: that is no fault, and is never silent.
 */
export type ProjectionCheck = (
  tx: EntityManager,
  ledgerId: string,
  note: (line: string) => void,
) => Promise<Fault | null>;

/** A register, or what is asked for it once the tables are known. */
export type RegisterSource = Register | ((tx: EntityManager) => Register);

/** A file that a register names. */
export interface NamedFile {
  readonly sha256: string;
  /** What it is, for a person: `import 0198… (june.csv)`. */
  readonly what: string;
  readonly eventId: string;
}

/** Files that the registers of a feature name. */
export type FileLister = (tx: EntityManager, ledgerId: string) => Promise<readonly NamedFile[]>;

/** Which event, and what its body says of its rows. */
export interface EventRef {
  readonly ledgerId: string;
  readonly eventId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Result of replaying a log. */
export interface Verification {
  readonly ledgerId: string;
  readonly eventCount: number;
  readonly rowCount: number;
  /** Lower-case hex. */
  readonly chainHash: string;
  /** The first thing found wrong. */
  readonly fault: Fault | null;
  /** The first things found wrong, at most `FAULTS_MAX`. */
  readonly faults: readonly Fault[];
  /** What was not proven or not computed again, in sentences. */
  readonly notes: readonly string[];
  /** Kept files that were hashed again; null when none were asked for. */
  readonly fileCount: number | null;
}

const FAULTS_MAX = 20;

/** What one verification has found so far. */
interface Finding {
  readonly faults: Fault[];
  readonly notes: string[];
  rowCount: number;
  link: Link;
}

/** Replays logs: every byte, every column, every register both ways, and on demand the kept files. */
@Injectable()
export class VerificationService {
  private readonly rowReaders = new Map<string, RowReader>();
  private readonly checks: ProjectionCheck[] = [];
  private readonly registers: RegisterSource[] = [];
  private readonly fileListers: FileLister[] = [];
  private readonly running = new Map<string, Promise<Verification>>();

  constructor(
    private readonly scope: LedgerScope,
    private readonly ledgers: LedgerRepository,
    private readonly files: FileStore,
  ) {}

  /** Says who can rebuild the rows of events whose body names this `rows` domain. */
  registerRows(domain: string, reader: RowReader): void {
    this.rowReaders.set(domain, reader);
  }

  /** Adds a projection to what is checked after the log itself. */
  registerCheck(check: ProjectionCheck): void {
    this.checks.push(check);
  }

  /** Says what is known of every column of a table. */
  registerTables(...registers: readonly RegisterSource[]): void {
    this.registers.push(...registers);
  }

  /** Says which files registers name, so that they can be hashed again. */
  registerFiles(lister: FileLister): void {
    this.fileListers.push(lister);
  }

  /** All declarations of tables. */
  registersOf(tx: EntityManager): Register[] {
    return this.registers.map((one) => (typeof one === 'function' ? one(tx) : one));
  }

  /**
   * Replays the whole log on one snapshot: bytes, hashes, links, columns, sealed rows, head,
   * registers and projections. Who asks while it runs shares its result: one ledger is verified
   * once at a time.
   *
   * @param hasFiles  Whether the kept files are hashed again as well.
   */
  verify(ledgerId: string, { hasFiles = false } = {}): Promise<Verification> {
    const key = `${ledgerId} ${hasFiles}`;
    const running = this.running.get(key);
    if (running !== undefined) return running;
    const started = this.scope
      .readHeavy(ledgerId, (tx) => this.verifyIn(tx, ledgerId, { hasFiles }))
      .finally(() => this.running.delete(key));
    this.running.set(key, started);
    return started;
  }

  /** As `verify`, inside a transaction. */
  async verifyIn(
    tx: EntityManager,
    ledgerId: string,
    { hasFiles = false } = {},
  ): Promise<Verification> {
    const found: Finding = { faults: [], notes: [], rowCount: 0, link: FIRST_LINK };
    await this.replay(tx, ledgerId, found);
    await this.compareHead(tx, ledgerId, found);
    // What registers are compared with must hold first.
    if (found.faults.length === 0) await this.compare(tx, ledgerId, found);
    const fileCount = hasFiles ? await this.hashFiles(tx, ledgerId, found) : null;
    const { faults, notes, rowCount, link } = found;
    return {
      ...{ ledgerId, eventCount: link.seq + 1, rowCount, notes, fileCount },
      chainHash: Buffer.from(link.chainHash).toString('hex'),
      ...{ fault: faults[0] ?? null, faults: faults.slice(0, FAULTS_MAX) },
    };
  }

  /** Canonical rows of one event, as the tables hold them now. */
  async rowsOf(tx: EntityManager, event: LedgerEventEntity): Promise<readonly string[]> {
    const body = readPayload(event.payload)?.['body'];
    const isObject = typeof body === 'object' && body !== null;
    const domain = isObject ? (body as EventRef['body'])['rows'] : undefined;
    if (typeof domain !== 'string') return [];
    const reader = this.rowReaders.get(domain);
    if (reader === undefined) throw new RangeError(`Rows of ${domain} are not known here.`);
    const { ledgerId, eventId } = event;
    return reader(tx, { ledgerId, eventId, body: body as EventRef['body'] });
  }

  private async replay(tx: EntityManager, ledgerId: string, found: Finding): Promise<void> {
    for await (const { seq, event } of this.ledgers.readableEvents(tx, ledgerId)) {
      if (found.faults.length >= FAULTS_MAX) return;
      if (event === null) {
        found.faults.push({ seq, check: 'columns', detail: 'A column holds no readable value.' });
        continue;
      }
      const fault = await this.eventFault(tx, event, found);
      if (fault !== null) found.faults.push(fault);
      const { chainHash, recordedAt } = event;
      found.link = { seq, chainHash, recordedAtMs: Number(recordedAt) };
    }
  }

  private async eventFault(
    tx: EntityManager,
    event: LedgerEventEntity,
    found: Finding,
  ): Promise<Fault | null> {
    const stored = toStored(event);
    const fault = verifyEvent(stored, found.link);
    if (fault !== null) return fault;
    try {
      const rows = sealed(await this.rowsOf(tx, event));
      found.rowCount += rows.count;
      return verifyRows(stored, rows);
    } catch (error) {
      if (!isOfData(error)) throw error;
      const detail = `The rows of this ${event.type} event cannot be read: ${messageOf(error)}`;
      return { seq: event.seq, check: 'rows', detail };
    }
  }

  private async compareHead(tx: EntityManager, ledgerId: string, found: Finding): Promise<void> {
    const { link } = found;
    const head = await this.ledgers.head(tx, ledgerId);
    const isSame =
      head?.size === link.seq + 1 &&
      Buffer.from(link.chainHash).equals(head.chainHash ?? Buffer.alloc(0)) &&
      head.recordedAtMs === link.recordedAtMs;
    if (isSame) return;
    const detail = `The head says ${head?.size ?? 'nothing'}, the log ends at ${link.seq + 1}.`;
    found.faults.push({ seq: null, check: 'head', detail });
  }

  private async compare(tx: EntityManager, ledgerId: string, found: Finding): Promise<void> {
    const registers = this.registersOf(tx);
    let loose = 0;
    try {
      for (const check of this.checks) {
        const fault = await check(tx, ledgerId, (line) => found.notes.push(line));
        if (fault !== null) found.faults.push(fault);
      }
      for (const register of registers) {
        const { faults, looselyDatedCount } = await compareRegister(tx, ledgerId, register);
        found.faults.push(...faults);
        loose += looselyDatedCount;
      }
    } catch (error) {
      if (!isOfData(error)) throw error;
      const detail = `A register cannot be read: ${messageOf(error)}`;
      found.faults.push({ seq: null, check: 'register', detail });
    }
    const count = registers.flatMap(({ notProven = {} }) => Object.keys(notProven)).length;
    const notes = [looselyDatedNote(loose), unsealedColumnsNote(count)];
    found.notes.push(...notes.filter((note) => note !== null));
  }

  private async hashFiles(tx: EntityManager, ledgerId: string, found: Finding): Promise<number> {
    const names = new Set<string>();
    const faults: Fault[] = [];
    for (const list of this.fileListers) {
      for (const { sha256, what, eventId } of await list(tx, ledgerId)) {
        if (names.has(sha256)) continue;
        names.add(sha256);
        const wrong = await this.fileFault(sha256);
        if (wrong === null || found.faults.length + faults.length >= FAULTS_MAX) continue;
        const seq = (await this.ledgers.event(tx, ledgerId, eventId))?.seq ?? null;
        faults.push({ seq, check: 'file', detail: `The file of ${what} ${wrong}.` });
      }
    }
    // Registers list by id, and ids of one instant come in any order.
    found.faults.push(...faults.sort((a, b) => (a.seq ?? -1) - (b.seq ?? -1)));
    return names.size;
  }

  private async fileFault(sha256: string): Promise<string | null> {
    // A name that is no hash is no path to follow.
    if (!/^[0-9a-f]{64}$/.test(sha256)) return 'has no hash for a name';
    if (!this.files.has(sha256)) return `is gone: ${sha256}`;
    const hash = createHash('sha256');
    for await (const chunk of this.files.open(sha256)) hash.update(chunk as Buffer);
    return hash.digest('hex') === sha256 ? null : `is not the one that was kept: ${sha256}`;
  }
}

function toStored(event: LedgerEventEntity): StoredEvent {
  const { validFrom, validTo, recordedAt } = event;
  const ms = (instant: Date | null): number | null => (instant === null ? null : Number(instant));
  return {
    ...event,
    ...{ validFromMs: ms(validFrom), validToMs: ms(validTo), recordedAtMs: Number(recordedAt) },
  };
}

function sealed(rows: readonly string[]): SealedRows {
  const tree = sealRows();
  for (const row of rows) tree.add(row);
  return tree.sealed();
}

/** SQLSTATE class of values that are not of their type. */
const DATA_EXCEPTION = '22';

/** Whether something failed because of what stands in the tables, and not because of the machine. */
function isOfData(error: unknown): boolean {
  if (error instanceof QueryFailedError) {
    return (error as { code?: string }).code?.startsWith(DATA_EXCEPTION) === true;
  }
  if (error instanceof TypeORMError) return error.message.includes('where condition');
  if (error instanceof DomainError) return !error.code.startsWith('service.');
  const { name, code } = error as { readonly name?: string; readonly code?: unknown };
  // What the machine throws has a code; by name, because errors may be of another realm.
  return OF_VALUES.includes(name) || (name === 'Error' && code === undefined);
}

const OF_VALUES: readonly unknown[] = ['TypeError', 'RangeError', 'SyntaxError'];

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : String(error);
}
