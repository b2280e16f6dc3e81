import { Injectable } from '@nestjs/common';
import { validate } from 'uuid';
import { DomainError } from '../../core/errors.js';
import { contraEntry, type JournalEntry, totalsOf } from '../../core/journal/entries.js';
import type { LeftOut } from '../../core/journal/left-out.js';
import { type Canonical, canonicalJson } from '../../core/ledger/canonical.js';
import { sha256 } from '../../core/ledger/merkle.js';
import { formatInstant } from '../../core/time/interval.js';
import type { Actor } from '../../platform/auth/roles.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { LedgerService } from '../ledger/ledger.service.js';
import type { AccountMapVersion } from './account-map.kind.js';
import { AccountMapsService } from './account-maps.service.js';
import {
  type AccruedRun,
  type BooksMonth,
  EntriesToBookService,
} from './entries-to-book.service.js';
import { BATCH_ROWS, type BatchDocument, batchRow, parseBatch } from './journal.document.js';
import type { JournalBatchEntity } from './journal-batch.entity.js';
import { JOURNAL_REGISTERS } from './journal.registers.js';
import { JournalRepository } from './journal.repository.js';
import type { Replayed, Replays } from '../ledger/replay/replay.port.js';

/** A batch as other features see it. */
export type JournalBatch = Readonly<JournalBatchEntity>;

/** What came of an export. */
export interface Exported {
  readonly batch: JournalBatch;
  readonly isNew: boolean;
  /** What of the month is in no entry, as it is now. */
  readonly leftOut: readonly LeftOut[];
}

/** Hands entries to the books, in batches that never change. */
@Injectable()
export class JournalService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly maps: AccountMapsService,
    private readonly books: EntriesToBookService,
    private readonly batches: JournalRepository,
  ) {}

  /** Batches. */
  replayed(): Replayed {
    return {
      tables: JOURNAL_REGISTERS,
      rows: {
        [BATCH_ROWS]: async (tx, { eventId }) =>
          (await this.batches.ofEvent(tx, eventId)).map(batchRow),
      },
    };
  }

  /**
   * Exports the entries of a month that no batch holds yet. Where there are none, the last batch of
   * the month is given again: the same bytes.
   *
   * @throws DomainError `journal.no_account_map`, `journal.not_settled`, `journal.month_passed`,
   *   `journal.nothing_to_book`
   */
  export(
    actor: Actor,
    month: string,
    accountMapCode: string | null,
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<Exported> {
    if (dryRun) return this.scope.tryTogether(() => this.export(actor, month, accountMapCode));
    return this.scope.write({ ledgerId: actor.ledgerId, lock: 'journal' }, async (tx) => {
      const before = await this.batches.list(tx);
      const lastMonth = before.at(-1)?.month ?? month;
      if (month < lastMonth) {
        const fix = `The books stand at ${lastMonth}: what is new is booked there or later.`;
        throw new DomainError('journal.month_passed', { month, lastMonth, fix });
      }
      const map = await this.maps.named(tx, accountMapCode);
      const earlier = before.flatMap((batch) => parseBatch(batch).entries);
      const books = await this.books.entries(tx, daysOf(month), { map, earlier });
      const { entries, runs, leftOut } = books;
      if (entries.length > 0) {
        const of = { month, reverses: null, accountMap: sealedMap(map), entries, runs, leftOut };
        return { batch: await this.write(tx, actor, before, of), isNew: true, leftOut };
      }
      const last = before.findLast((batch) => batch.month === month);
      if (last === undefined) {
        throw new DomainError('journal.nothing_to_book', {
          month,
          leftOut: leftOut.map(({ says }) => says),
        });
      }
      return { batch: last, isNew: false, leftOut };
    });
  }

  /**
   * Takes a batch back by contra-entries in a new one; what it held can then be booked again.
   *
   * @throws DomainError `journal.batch_not_found`, `journal.batch_reversed`
   */
  reverse(actor: Actor, batchId: string): Promise<JournalBatch> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: 'journal' }, async (tx) => {
      const batch = await this.findIn(tx, batchId);
      const before = await this.batches.list(tx);
      const reversal = before.find(({ reverses }) => reverses === batchId);
      const reason =
        batch.reverses === null
          ? reversal === undefined
            ? null
            : `It is reversed by ${reversal.batchId}.`
          : 'It is a reversal itself: export the month again.';
      if (reason !== null) throw new DomainError('journal.batch_reversed', { batchId, reason });
      const { accountMap, entries } = parseBatch(batch);
      const { month } = before.at(-1)!;
      return this.write(tx, actor, before, {
        month,
        reverses: batchId,
        accountMap,
        runs: [],
        leftOut: [],
        entries: entries.map((entry) => contraEntry(entry, daysOf(month).lastDay)),
      });
    });
  }

  /** All batches, in the order in which they were handed over. */
  list(ledgerId: string): Promise<JournalBatch[]> {
    return this.scope.read(ledgerId, (tx) => this.batches.list(tx));
  }

  /** @throws DomainError `journal.batch_not_found` */
  get(ledgerId: string, batchId: string): Promise<JournalBatch> {
    return this.scope.read(ledgerId, (tx) => this.findIn(tx, batchId));
  }

  private async findIn(tx: LedgerTx, batchId: string): Promise<JournalBatchEntity> {
    const batch = validate(batchId) ? await this.batches.find(tx, batchId) : null;
    if (batch === null) throw new DomainError('journal.batch_not_found', { batchId });
    return batch;
  }

  private async write(
    tx: LedgerTx,
    actor: Actor,
    before: readonly JournalBatchEntity[],
    of: {
      readonly month: string;
      readonly reverses: string | null;
      readonly accountMap: BatchDocument['accountMap'];
      readonly entries: readonly JournalEntry[];
      readonly runs: readonly AccruedRun[];
      readonly leftOut: readonly LeftOut[];
    },
  ): Promise<JournalBatchEntity> {
    const { ledgerId } = actor;
    const { month, reverses, accountMap, entries } = of;
    const batchId = this.ledger.nextId();
    const sequence = before.length + 1;
    const totals = totalsOf(entries);
    return this.ledger.record(tx, actor, async ({ eventId, recordedAt }) => {
      const text = canonicalJson({
        kind: 'journal',
        ledgerId,
        batchId,
        sequence,
        month,
        reverses,
        exportedAt: formatInstant(recordedAt.getTime()),
        accountMap: accountMap as unknown as Canonical,
        totals,
        entries: entries as unknown as Canonical,
        runs: of.runs as unknown as Canonical,
        leftOut: of.leftOut as unknown as Canonical,
      });
      const batch: JournalBatchEntity = {
        ledgerId,
        batchId,
        sequence,
        month,
        reverses,
        ...totals,
        document: Buffer.from(text),
        sha256: Buffer.from(sha256(text)),
        eventId,
        recordedAt,
      };
      await this.batches.add(tx, batch);
      return {
        type: 'journal.exported',
        body: { rows: BATCH_ROWS, batchId, sequence, month },
        rows: [batchRow(batch)],
        result: batch,
      };
    });
  }
}

function daysOf(month: string): BooksMonth {
  const [year, at] = month.split('-').map(Number) as [number, number];
  const lastDay = new Date(Date.UTC(year, at, 0)).toISOString().slice(0, 10);
  return { month, firstDay: `${month}-01`, lastDay };
}

function sealedMap(map: AccountMapVersion): BatchDocument['accountMap'] {
  const { code, version, journal, supplierAccount, accrualAccount, creditAccount } = map;
  const { vatAccount, chargeAccount, kinds, oracle } = map;
  return {
    code,
    version,
    journal,
    supplierAccount,
    accrualAccount,
    creditAccount,
    vatAccount,
    chargeAccount,
    kinds,
    oracle,
  };
}
