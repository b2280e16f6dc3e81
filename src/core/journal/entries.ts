import type { BilledLine } from '../invoicing/checks/billed.js';
import type { PinnedRate } from '../invoicing/documents/in-dirhams.js';
import type { LineKind } from '../settlement/pricing/lines.js';
import { Decimal } from '../units/money.js';

/** Accounts of the buyer's books (CGNC; INVOICING 9). Numbers are configuration. */
export interface AccountMap {
  /** Code of the journal, for example `ACH`. */
  readonly journal: string;
  readonly supplierAccount: string;
  /** Invoices not received. */
  readonly accrualAccount: string;
  /** Credit notes to be received: what is billed beyond what is settled. */
  readonly creditAccount: string;
  readonly vatAccount: string;
  /** Of every kind of line that has no other below. */
  readonly chargeAccount: string;
  /** `account` takes what the buyer pays, `receivedAccount` what it receives; absent = the same. */
  readonly kinds: readonly {
    readonly kind: LineKind;
    readonly account: string;
    readonly receivedAccount?: string;
  }[];
}

/** A line of an entry; one of the two amounts is `0.00`. */
export interface JournalLine {
  readonly account: string;
  readonly debitMad: string;
  readonly creditMad: string;
}

/** A balanced entry. */
export interface JournalEntry {
  /** What it books: the same for everything that is booked of one thing. */
  readonly key: string;
  readonly kind: 'INVOICE' | 'ACCRUAL' | 'CONTRA';
  /** Civil day. */
  readonly date: string;
  readonly contractCode: string;
  readonly partyCode: string;
  /** Number of the document, or the period. */
  readonly reference: string;
  readonly label: string;
  readonly lines: readonly JournalLine[];
  /** Of a document in another currency: the row that it is booked at; absent otherwise. */
  readonly rate?: PinnedRate;
}

/** By account, MAD; debit is positive. */
type Amounts = ReadonlyMap<string, Decimal>;

/** The account of a line: what is received has its own where the map says so. */
function accountOf(map: AccountMap, { kind, amountMad }: BilledLine): string {
  const found = map.kinds.find((one) => one.kind === kind);
  if (found === undefined) return map.chargeAccount;
  const isReceived = new Decimal(amountMad).isNegative();
  return isReceived ? (found.receivedAccount ?? found.account) : found.account;
}

function summed(amounts: readonly (readonly [account: string, mad: Decimal])[]): Amounts {
  const sums = new Map<string, Decimal>();
  for (const [account, mad] of amounts) {
    sums.set(account, (sums.get(account) ?? new Decimal(0)).plus(mad));
  }
  return sums;
}

/** Amounts as lines by account; debits first. */
function linesOf(amounts: Amounts): readonly JournalLine[] {
  return [...amounts]
    .filter(([, mad]) => !mad.isZero())
    .toSorted(([a, x], [b, y]) => Number(y.s) - Number(x.s) || (a < b ? -1 : 1))
    .map(([account, mad]) => ({
      account,
      debitMad: Decimal.max(mad, 0).toFixed(2),
      creditMad: Decimal.max(mad.negated(), 0).toFixed(2),
    }));
}

const charges = (map: AccountMap, lines: readonly BilledLine[]) =>
  lines.map((line) => [accountOf(map, line), new Decimal(line.amountMad)] as const);

/** A supplier's document, as it is booked. */
export interface BookedDocument {
  readonly contractCode: string;
  readonly sellerCode: string;
  readonly number: string;
  /** Voided documents that had the number before. */
  readonly reuse: number;
  readonly issueDate: string;
  /** With the document's sign. */
  readonly lines: readonly BilledLine[];
  readonly vatMad: string;
  readonly grossMad: string;
  /** Of a document in another currency: the row that its amounts are converted at. */
  readonly rate?: PinnedRate;
}

/** What a document is called in the books; a number that was voided is used again under another name. */
export const documentKey = ({
  sellerCode,
  number,
  reuse,
}: Pick<BookedDocument, 'sellerCode' | 'number' | 'reuse'>): string =>
  `document ${sellerCode} ${number}${reuse === 0 ? '' : ` (received again, ${reuse})`}`;

const nameOf = ({ grossMad, number }: BookedDocument): string =>
  `${new Decimal(grossMad).isNegative() ? 'Credit note' : 'Invoice'} ${number}`;

/**
 * Books a document: charges and recoverable VAT against the supplier. What a document's own sums leave
 * over goes to the account of charges, so that the entry balances and the supplier is owed the total.
 *
 * @param date  Day of the entry: that of the document, or the first of an open month.
 */
export function documentEntry(
  document: BookedDocument,
  map: AccountMap,
  date: string,
): JournalEntry {
  const { contractCode, sellerCode, number, lines, vatMad, grossMad } = document;
  const net = charges(map, lines);
  const vat = new Decimal(vatMad);
  const gross = new Decimal(grossMad);
  const left = net.reduce((sum, [, mad]) => sum.minus(mad), gross.minus(vat));
  return {
    key: documentKey(document),
    kind: 'INVOICE',
    date,
    contractCode,
    partyCode: sellerCode,
    reference: number,
    label: nameOf(document),
    ...(document.rate === undefined ? {} : { rate: document.rate }),
    lines: linesOf(
      summed([
        ...net,
        [map.chargeAccount, left] as const,
        [map.vatAccount, vat] as const,
        [map.supplierAccount, gross.negated()],
      ]),
    ),
  };
}

/**
 * Takes a document out of the books again, to the amounts that they hold: it was voided, or disputed
 * whole and upheld.
 *
 * @param of  `booked`: what earlier entries of the document come to.
 */
export function fallenEntry(
  document: BookedDocument,
  of: { readonly why: string; readonly booked: Amounts; readonly date: string },
): JournalEntry {
  const { contractCode, sellerCode, number } = document;
  return {
    key: documentKey(document),
    kind: 'CONTRA',
    date: of.date,
    contractCode,
    partyCode: sellerCode,
    reference: number,
    label: `${of.why}: ${nameOf(document)}`,
    lines: linesOf(summed([...of.booked].map(([account, mad]) => [account, mad.negated()]))),
  };
}

/** A period, as it is settled and billed. */
export interface AccruedPeriod {
  readonly contractCode: string;
  readonly sellerCode: string;
  readonly period: string;
  readonly settled: readonly BilledLine[];
  readonly billed: readonly BilledLine[];
}

/** What a period's accrual is called in the books. */
export const accrualKey = ({ contractCode, period }: AccruedPeriod): string =>
  `accrual ${contractCode} ${period}`;

/**
 * Brings the accrual of a period to what is settled and not billed, without VAT: up at the month's end,
 * and down again when the invoice arrives (INVOICING 9). What is billed beyond the settlement is a
 * credit note to be received. Null where it stands right already.
 *
 * @param booked  What earlier entries of the period come to.
 * @param date    Last civil day of the month.
 */
export function accrualEntry(
  period: AccruedPeriod,
  map: AccountMap,
  of: { readonly booked: Amounts; readonly date: string },
): JournalEntry | null {
  const target = summed([
    ...charges(map, period.settled),
    ...charges(map, period.billed).map(([account, mad]) => [account, mad.negated()] as const),
  ]);
  const wanted = [...target.values()].reduce((sum, mad) => sum.plus(mad), new Decimal(0));
  const change = summed([
    ...target,
    [wanted.isNegative() ? map.creditAccount : map.accrualAccount, wanted.negated()],
    ...[...of.booked].map(([account, mad]) => [account, mad.negated()] as const),
  ]);
  const lines = linesOf(change);
  if (lines.length === 0) return null;
  const { contractCode, sellerCode: partyCode } = period;
  return {
    key: accrualKey(period),
    kind: 'ACCRUAL',
    date: of.date,
    contractCode,
    partyCode,
    reference: period.period,
    label: `Not invoiced, ${contractCode} ${period.period}`,
    lines,
  };
}

/** The entry that takes another back; of one that took a document back, the one that books it again. */
export function contraEntry(entry: JournalEntry, date: string): JournalEntry {
  return {
    ...entry,
    kind: entry.kind === 'CONTRA' ? 'INVOICE' : 'CONTRA',
    date,
    label: `Reversal of ${entry.label}`,
    lines: entry.lines.map(({ account, debitMad, creditMad }) => ({
      account,
      debitMad: creditMad,
      creditMad: debitMad,
    })),
  };
}

/** What the books hold of each key: how often it stands, and by account what it comes to. */
export function bookedOf(
  entries: readonly JournalEntry[],
): ReadonlyMap<string, { readonly times: number; readonly amounts: Amounts }> {
  const byKey = Map.groupBy(entries, ({ key }) => key);
  return new Map(
    [...byKey].map(([key, own]) => [
      key,
      {
        times: own.reduce((sum, { kind }) => sum + (kind === 'CONTRA' ? -1 : 1), 0),
        amounts: summed(
          own.flatMap(({ lines }) =>
            lines.map(
              ({ account, debitMad, creditMad }) =>
                [account, new Decimal(debitMad).minus(creditMad)] as const,
            ),
          ),
        ),
      },
    ]),
  );
}

/** Σ debit and Σ credit of entries; equal in every batch. */
export function totalsOf(entries: readonly JournalEntry[]): {
  readonly debitMad: string;
  readonly creditMad: string;
} {
  const sum = (of: (line: JournalLine) => string): string =>
    entries
      .flatMap(({ lines }) => lines)
      .reduce((total, line) => total.plus(of(line)), new Decimal(0))
      .toFixed(2);
  return { debitMad: sum((line) => line.debitMad), creditMad: sum((line) => line.creditMad) };
}
