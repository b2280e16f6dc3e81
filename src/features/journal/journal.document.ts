import type { AccountMap, JournalEntry } from '../../core/journal/entries.js';
import { type JournalFormat, writeBatch } from '../../core/journal/formats.js';
import { sealedJson } from '../../core/ledger/canonical.js';
import { sha256, toHex } from '../../core/ledger/merkle.js';
import { civilDayOf, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import type { AccountMapVersion } from './account-map.kind.js';
import type { AccruedRun } from './entries-to-book.service.js';
import type { JournalBatchEntity } from './journal-batch.entity.js';

/** What a batch was made with. */
export interface BatchDocument {
  readonly accountMap: AccountMap & Pick<AccountMapVersion, 'code' | 'version' | 'oracle'>;
  readonly entries: readonly JournalEntry[];
  /** Runs that its accruals rest on; absent from batches of before. */
  readonly runs?: readonly AccruedRun[];
  readonly [key: string]: unknown;
}

/** The document of a batch, from its bytes. */
export function parseBatch({ document }: Pick<JournalBatchEntity, 'document'>): BatchDocument {
  return JSON.parse(document.toString('utf8')) as BatchDocument;
}

/** A batch as a file. @throws DomainError `journal.no_oracle_ledger` */
export function batchFile(row: JournalBatchEntity, format: JournalFormat): string {
  const { accountMap, entries } = parseBatch(row);
  const { journal, oracle } = accountMap;
  const createdOn = civilDayOf(MOROCCO_LEGAL_TIME, row.recordedAt.getTime());
  const { batchId, sequence } = row;
  return writeBatch({ batchId, sequence, journal, oracle, createdOn, entries }, format);
}

/** How a batch is sealed. */
export const BATCH_ROWS = 'mizan/row/journal-batch/1';

/** The hash is taken of the stored bytes, so that an edited document does not match its event. */
export function batchRow(row: JournalBatchEntity): string {
  const { batchId, sequence, month, reverses, debitMad, creditMad } = row;
  return sealedJson(BATCH_ROWS, {
    batchId,
    sequence,
    month,
    reverses,
    debitMad,
    creditMad,
    sha256: toHex(sha256(row.document)),
  });
}
