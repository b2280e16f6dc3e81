import { DomainError } from '../errors.js';
import { type CsvCell, csvNumber, csvTable } from '../tabular/csv-text.js';
import type { JournalEntry } from './entries.js';

/** Forms in which a batch goes to an accounting system (INVOICING 9). */
export const JOURNAL_FORMATS = ['csv', 'odoo', 'oracle'] as const;
/** One form. */
export type JournalFormat = (typeof JOURNAL_FORMATS)[number];

/** Ids of Oracle General Ledger. */
export interface OracleIds {
  /** LEDGER_ID: a number. */
  readonly ledgerId: string;
  readonly source: string;
  readonly category: string;
  /** The chart's segments in order, `{account}` for the account's place; absent = the account alone. */
  readonly segments?: readonly string[];
}

/** A batch to write. */
export interface JournalBatch {
  readonly batchId: string;
  /** Place among the batches, from 1: Oracle's numeric GROUP_ID. */
  readonly sequence: number;
  readonly journal: string;
  /** Civil day on which it was made. */
  readonly createdOn: string;
  /** Null = not used. */
  readonly oracle: OracleIds | null;
  readonly entries: readonly JournalEntry[];
}

/** An amount, empty for nothing. */
const amount = (mad: string): CsvCell => csvNumber(mad === '0.00' ? '' : mad);

/**
 * Writes a batch: neutral CSV, Odoo's import of `account.move`, or Oracle's `GlInterface.csv` (FBDI).
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
      'batch',
      'entry',
      'date',
      'journal',
      'account',
      'label',
      'reference',
      'party',
      'contract',
      'kind',
      'debit_mad',
      'credit_mad',
    ],
    ...entries.flatMap((entry, at) =>
      entry.lines.map(({ account, debitMad, creditMad }) => [
        batchId,
        String(at + 1),
        entry.date,
        journal,
        account,
        entry.label,
        entry.reference,
        entry.partyCode,
        entry.contractCode,
        entry.kind,
        csvNumber(debitMad),
        csvNumber(creditMad),
      ]),
    ),
  ]);
}

/** Fields of `account.move`, by their technical names; those of the entry stand on its first line only. */
function odoo({ batchId, journal, entries }: JournalBatch): string {
  return csvTable([
    [
      'id',
      'move_type',
      'journal_id',
      'date',
      'ref',
      'line_ids/account_id',
      'line_ids/partner_id',
      'line_ids/name',
      'line_ids/debit',
      'line_ids/credit',
    ],
    ...entries.flatMap(({ date, reference, partyCode, label, lines }, at) =>
      lines.map(({ account, debitMad, creditMad }, place) => [
        ...(place === 0
          ? [`mizan_${batchId}_${at + 1}`, 'entry', journal, date, reference]
          : ['', '', '', '', '']),
        account,
        partyCode,
        label,
        csvNumber(debitMad),
        csvNumber(creditMad),
      ]),
    ),
  ]);
}

const SEGMENTS = 30;
/** Columns of `GlInterface.csv` between two that we fill, by the template (fixtures/journal). */
const BLANKS = { references: 8, conversion: 4, afterGroup: 82 } as const;
const blank = (count: number): CsvCell[] => Array.from({ length: count }, () => '');

/** Rows of `GlInterface.csv`: no header, every column in its place, `END` in the last. */
function oracle({ batchId, sequence, createdOn, oracle: ids, entries }: JournalBatch): string {
  if (ids === null) {
    const fix = 'Add a version of the account map with the ids of Oracle.';
    throw new DomainError('journal.no_oracle_ledger', { batchId, fix });
  }
  const slashes = (day: string): string => day.replaceAll('-', '/');
  const segmentsOf = (account: string): CsvCell[] => {
    const filled = (ids.segments ?? ['{account}']).map((one) => one.replace('{account}', account));
    return [...filled, ...blank(SEGMENTS - filled.length)];
  };
  return csvTable(
    entries.flatMap(({ date, reference, label, partyCode, contractCode, lines }, at) =>
      lines.map(({ account, debitMad, creditMad }) => [
        'NEW',
        csvNumber(ids.ledgerId),
        slashes(date),
        ids.source,
        ids.category,
        'MAD',
        slashes(createdOn),
        'A',
        ...segmentsOf(account),
        amount(debitMad),
        amount(creditMad),
        amount(debitMad),
        amount(creditMad),
        // REFERENCE1 to 10: batch, its description, –, entry, its description, its reference, –, –, –, line.
        `Mizan ${sequence}`,
        batchId,
        '',
        `Mizan ${sequence}-${at + 1}`,
        label,
        reference,
        '',
        '',
        '',
        label,
        partyCode,
        contractCode,
        ...blank(BLANKS.references),
        ...blank(BLANKS.conversion),
        csvNumber(String(sequence)),
        ...blank(BLANKS.afterGroup),
        'END',
      ]),
    ),
  );
}
