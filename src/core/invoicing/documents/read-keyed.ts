import type { RowFault, RowProblem } from '../../errors.js';
import { type FieldRead, readDay, readDecimal } from '../../tabular/fields.js';
import { Decimal } from '../../units/money.js';
import { readCategory, readCurrency, readMoney, readText, readUnit } from './fields.js';
import {
  INVOICE_KINDS,
  type InvoiceKind,
  type InvoiceLine,
  type SupplierInvoice,
} from './supplier-invoice.js';

/** Columns of the whole document: the same on every row. */
export const KEYED_DOCUMENT_COLUMNS = [
  ...(['number', 'kind', 'issue_date', 'seller', 'currency'] as const),
  ...(['net_mad', 'vat_mad', 'gross_mad'] as const),
] as const;
/** Columns of a line. */
export const KEYED_LINE_COLUMNS = [
  ...(['line', 'name', 'quantity', 'unit', 'price_mad', 'amount_mad', 'vat_category'] as const),
] as const;
/** Columns that a file may leave out. */
export const KEYED_OPTIONAL_COLUMNS = [
  ...(['due_date', 'contract', 'corrects', 'period_start', 'period_end', 'seller_id'] as const),
  ...(['item', 'price_per', 'vat_rate_pct'] as const),
] as const;

const SHARED = [
  ...KEYED_DOCUMENT_COLUMNS,
  ...(['due_date', 'contract', 'corrects', 'period_start', 'period_end', 'seller_id'] as const),
] as const;

/** A column of a keyed invoice. */
export type KeyedColumn =
  | (typeof KEYED_DOCUMENT_COLUMNS)[number]
  | (typeof KEYED_LINE_COLUMNS)[number]
  | (typeof KEYED_OPTIONAL_COLUMNS)[number];

/** A row of a keyed invoice. */
export interface KeyedRow {
  readonly line: number;
  readonly fields: Readonly<Record<KeyedColumn, string>>;
}

/**
 * Reads an invoice that was keyed into a table: one row a line, what is of the whole document on each.
 * VAT by category is not keyed; the total is.
 *
 * @param rows    At least one.
 * @param reject  Takes what is wrong; what is returned counts for nothing where it was called.
 */
export function readKeyed(
  rows: readonly KeyedRow[],
  reject: (problem: RowProblem) => void,
): SupplierInvoice {
  const first = rows[0]!;
  for (const row of rows) {
    for (const column of SHARED.filter((name) => row.fields[name] !== first.fields[name])) {
      refuse(row, column, reject, {
        rule: 'document.same_on_every_row',
        detail: 'Not what the first row says.',
        fix: 'One file holds one document; it says the same of it on every row.',
      });
    }
  }
  const of = fieldsOf(first, reject);
  const lines = rows.map((row) => lineOf(row, reject));
  const linesMad = lines
    .reduce((sum, { amountMad }) => sum.plus(amountMad ?? 0), new Decimal(0))
    .toFixed(2);
  const grossMad = of('gross_mad', readMoney);
  return {
    number: of('number', readText),
    kind: of('kind', kindOf),
    issueDate: of('issue_date', readDay),
    dueDate: of('due_date', orNull(readDay)),
    currency: of('currency', readCurrency),
    seller: {
      name: of('seller', readText),
      ids: first.fields.seller_id === '' ? [] : [first.fields.seller_id],
    },
    contractReference: first.fields.contract,
    corrects: of('corrects', orNull(readText)),
    periodStart: of('period_start', orNull(readDay)),
    periodEnd: of('period_end', orNull(readDay)),
    lines,
    charges: [],
    vat: [],
    totals: {
      linesMad,
      allowancesMad: '0.00',
      chargesMad: '0.00',
      netMad: of('net_mad', readMoney),
      vatMad: of('vat_mad', readMoney),
      grossMad,
      prepaidMad: '0.00',
      roundingMad: '0.00',
      payableMad: grossMad,
    },
  };
}

type Read<Value> = (text: string) => FieldRead<Value>;

const orNull =
  <Value>(read: Read<Value>): Read<Value | null> =>
  (text) =>
    text === '' ? { value: null } : read(text);

const orElse =
  (other: string, read: Read<string>): Read<string> =>
  (text) =>
    text === '' ? { value: other } : read(text);

function kindOf(text: string): FieldRead<InvoiceKind> {
  if (Object.keys(INVOICE_KINDS).includes(text)) return { value: text as InvoiceKind };
  const fix = `Use ${Object.keys(INVOICE_KINDS).join(' or ')}.`;
  return { fault: { rule: 'kind.known', detail: 'Not a kind of document.', fix } };
}

function refuse(
  { line, fields }: KeyedRow,
  column: KeyedColumn,
  reject: (problem: RowProblem) => void,
  fault: Omit<RowFault<string>, 'column'>,
): void {
  reject({ row: line, column, value: fields[column], ...fault });
}

function fieldsOf(row: KeyedRow, reject: (problem: RowProblem) => void) {
  return <Value>(column: KeyedColumn, read: Read<Value>): Value => {
    const found = read(row.fields[column]);
    if ('value' in found) return found.value;
    refuse(row, column, reject, found.fault);
    return undefined as Value;
  };
}

function lineOf(row: KeyedRow, reject: (problem: RowProblem) => void): InvoiceLine {
  const of = fieldsOf(row, reject);
  const exact: Read<string> = (text) => readDecimal(text, 12);
  return {
    id: of('line', readText),
    itemCode: row.fields.item,
    name: of('name', readText),
    quantity: of('quantity', exact),
    unit: of('unit', readUnit),
    priceMad: of('price_mad', exact),
    priceBase: of('price_per', orElse('1', exact)),
    amountMad: of('amount_mad', readMoney),
    vatCategory: of('vat_category', readCategory),
    vatRatePct: of('vat_rate_pct', orNull(exact)),
  };
}
