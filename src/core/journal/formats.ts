import { DomainError } from '../errors.js';
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

/** A text cell that a spreadsheet neither splits nor computes; numbers stay numbers. */
function text(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const csv = (rows: readonly (readonly string[])[]): string =>
  `${rows.map((row) => row.join(',')).join('\n')}\n`;

/** An amount, empty for nothing. */
const amount = (mad: string): string => (mad === '0.00' ? '' : mad);

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
  return csv([
    [
      ...['batch', 'entry', 'date', 'journal', 'account', 'label', 'reference', 'party'],
      ...['contract', 'kind', 'debit_mad', 'credit_mad'],
    ],
    ...entries.flatMap((entry, at) =>
      entry.lines.map(({ account, debitMad, creditMad }) => [
        ...[batchId, String(at + 1), entry.date, text(journal), text(account), text(entry.label)],
        ...[text(entry.reference), text(entry.partyCode), text(entry.contractCode), entry.kind],
        ...[debitMad, creditMad],
      ]),
    ),
  ]);
}

function odoo({ journal, entries }: JournalBatch): string {
  return csv([
    ['DATE', 'JAL', 'COMPTE', 'PCE', 'LIBELLE', 'DEBIT', 'CREDIT'],
    ...entries.flatMap(({ date, reference, label, lines }) =>
      lines.map(({ account, debitMad, creditMad }) => [
        ...[date, text(journal), text(account), text(reference), text(label)],
        ...[debitMad, creditMad],
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
  return csv([
    [
      ...['STATUS', 'LEDGER_ID', 'ACCOUNTING_DATE', 'USER_JE_SOURCE_NAME', 'USER_JE_CATEGORY_NAME'],
      ...['CURRENCY_CODE', 'DATE_CREATED', 'ACTUAL_FLAG', 'SEGMENT1', 'ENTERED_DR', 'ENTERED_CR'],
      ...['ACCOUNTED_DR', 'ACCOUNTED_CR', 'REFERENCE1', 'REFERENCE4', 'REFERENCE10', 'GROUP_ID'],
    ],
    ...entries.flatMap(({ date, reference, label, lines }) =>
      lines.map(({ account, debitMad, creditMad }) => [
        ...['NEW', text(ids.ledgerId), slashes(date), text(ids.source), text(ids.category)],
        ...['MAD', slashes(createdOn), 'A', text(account), amount(debitMad), amount(creditMad)],
        ...[amount(debitMad), amount(creditMad), text(batchId), text(reference), text(label)],
        text(batchId),
      ]),
    ),
  ]);
}
