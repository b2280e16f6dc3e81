import { DomainError } from '../errors.js';
import { type CsvCell, csvNumber, csvTable } from '../tabular/csv-text.js';
import type { JournalEntry } from './entries.js';

/** Forms in which a batch goes to an accounting system (INVOICING 9). */
export const JOURNAL_FORMATS = ['csv', 'odoo', 'oracle'] as const;
/** One form. */
export type JournalFormat = (typeof JOURNAL_FORMATS)[number];

/** A batch to write. */
export interface JournalBatch {
  readonly batchId: string;
  readonly journal: string;
  /** Civil day on which it was made. */
  readonly createdOn: string;
  /** Ids of Oracle General Ledger; null = not used. */
  readonly oracle: {
    readonly ledgerId: string;
    readonly source: string;
    readonly category: string;
  } | null;
  readonly entries: readonly JournalEntry[];
}

/** An amount, empty for nothing. */
const amount = (mad: string): CsvCell => csvNumber(mad === '0.00' ? '' : mad);

/**
 * Writes a batch: neutral CSV, the columns of Odoo's import, or Oracle's `GL_INTERFACE`.
 *
 * @throws DomainError `journal.no_oracle_ledger`
 */
export function writeBatch(batch: JournalBatch, format: JournalFormat): string {
  if (format === 'odoo') return odoo(batch);
  return format === 'oracle' ? oracle(batch) : neutral(batch);
}

function neutral({ batchId, journal, entries }: JournalBatch): string {
  return csvTable([
    [
      ...['batch', 'entry', 'date', 'journal', 'account', 'label', 'reference', 'party'],
      ...['contract', 'kind', 'debit_mad', 'credit_mad'],
    ],
    ...entries.flatMap((entry, at) =>
      entry.lines.map(({ account, debitMad, creditMad }) => [
        ...[batchId, String(at + 1), entry.date, journal, account, entry.label],
        ...[entry.reference, entry.partyCode, entry.contractCode, entry.kind],
        ...[csvNumber(debitMad), csvNumber(creditMad)],
      ]),
    ),
  ]);
}

function odoo({ journal, entries }: JournalBatch): string {
  return csvTable([
    ['DATE', 'JAL', 'COMPTE', 'PCE', 'LIBELLE', 'DEBIT', 'CREDIT'],
    ...entries.flatMap(({ date, reference, label, lines }) =>
      lines.map(({ account, debitMad, creditMad }) => [
        ...[date, journal, account, reference, label],
        ...[csvNumber(debitMad), csvNumber(creditMad)],
      ]),
    ),
  ]);
}

function oracle({ batchId, createdOn, oracle: ids, entries }: JournalBatch): string {
  if (ids === null) {
    const fix = 'Add a version of the account map with the ids of Oracle.';
    throw new DomainError('journal.no_oracle_ledger', { batchId, fix });
  }
  const slashes = (day: string): string => day.replaceAll('-', '/');
  return csvTable([
    [
      ...['STATUS', 'LEDGER_ID', 'ACCOUNTING_DATE', 'USER_JE_SOURCE_NAME', 'USER_JE_CATEGORY_NAME'],
      ...['CURRENCY_CODE', 'DATE_CREATED', 'ACTUAL_FLAG', 'SEGMENT1', 'ENTERED_DR', 'ENTERED_CR'],
      ...['ACCOUNTED_DR', 'ACCOUNTED_CR', 'REFERENCE1', 'REFERENCE4', 'REFERENCE10', 'GROUP_ID'],
    ],
    ...entries.flatMap(({ date, reference, label, lines }) =>
      lines.map(({ account, debitMad, creditMad }) => [
        ...['NEW', ids.ledgerId, slashes(date), ids.source, ids.category],
        ...['MAD', slashes(createdOn), 'A', account, amount(debitMad), amount(creditMad)],
        ...[amount(debitMad), amount(creditMad), batchId, reference, label],
        batchId,
      ]),
    ),
  ]);
}
