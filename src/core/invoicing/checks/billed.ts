import type { LineKind, SettlementLine } from '../../settlement/pricing/lines.js';
import type { Settlement } from '../../settlement/settle.js';
import { Decimal } from '../../units/money.js';
import {
  type DocumentCharge,
  INVOICE_UNITS,
  signOf,
  type SupplierInvoice,
} from '../documents/supplier-invoice.js';

/** What is billed at one price and VAT rate; a credit is negative. */
export interface BilledLine {
  /** Null for what the terms give no kind: it answers to nothing of ours. */
  readonly kind: LineKind | null;
  readonly label: string;
  readonly quantity: string;
  /** `MWh`, `month`, or another of the settlement's units. */
  readonly unit: string;
  /** MAD a unit, never negative (BR-27); null where each hour has its own. */
  readonly priceMad: string | null;
  readonly amountMad: string;
  /** Per cent; null outside VAT. */
  readonly vatRatePct: string | null;
}

/** Which kind of settlement line a supplier's item is. */
export interface ItemKind {
  /** The supplier's code (BT-155); where a line has none, its name counts. */
  readonly item: string;
  readonly kind: LineKind;
}

/** The lines of a document, with the document's sign, allowances and charges as lines of no kind. */
export function billedLines(
  invoice: SupplierInvoice,
  items: readonly ItemKind[],
): readonly BilledLine[] {
  const sign = signOf(invoice);
  const kinds = new Map(items.map(({ item, kind }) => [item, kind]));
  const lines = invoice.lines.flatMap((line): BilledLine[] => {
    const { unit, factor } = INVOICE_UNITS[line.unit] ?? { unit: line.unit, factor: '1' };
    const base = new Decimal(line.priceBase);
    const price = base.isZero() ? null : new Decimal(line.priceMad).dividedBy(base);
    const perUnit = price?.dividedBy(factor) ?? null;
    const quantity = new Decimal(line.quantity).times(factor).times(sign);
    const own = (line.charges ?? []).map((charge) => chargeLine({ ...line, ...charge }, sign));
    const apart = own.reduce((sum, { amountMad }) => sum.plus(amountMad), new Decimal(0));
    const priced = positivePrice({
      kind: kinds.get(line.itemCode) ?? kinds.get(line.name) ?? null,
      label: line.name,
      unit,
      quantity: quantity.toFixed(),
      priceMad: perUnit?.toFixed() ?? null,
      amountMad: new Decimal(line.amountMad).times(sign).minus(apart).toFixed(2),
      vatRatePct: rate(line.vatRatePct),
    });
    return [priced, ...own];
  });
  return netLines([...lines, ...invoice.charges.map((charge) => chargeLine(charge, sign))]);
}

/** An allowance or charge, of a line or of the whole document, as a line of no kind. */
function chargeLine(
  charge: Pick<DocumentCharge, 'isCharge' | 'reason' | 'amountMad' | 'vatRatePct'>,
  sign: 1 | -1,
): BilledLine {
  const amount = new Decimal(charge.amountMad).times(charge.isCharge ? sign : -sign);
  return {
    kind: null,
    label: charge.reason === '' ? (charge.isCharge ? 'Charge' : 'Allowance') : charge.reason,
    quantity: '1',
    unit: 'piece',
    priceMad: null,
    amountMad: amount.toFixed(2),
    vatRatePct: rate(charge.vatRatePct),
  };
}

/** What a settlement says is owed between buyer and seller, at one price and rate a line. */
export function settledLines({
  lines,
  totals,
}: Pick<Settlement, 'lines' | 'totals'>): readonly BilledLine[] {
  const rates = new Map(
    totals.vat.flatMap(({ vatCode, vatCodes, ratePct }) =>
      (vatCodes ?? [vatCode]).map((code) => [code, ratePct] as const),
    ),
  );
  const owed = lines.filter(({ party }) => party === 'CONTRACT');
  return netLines(
    owed.flatMap((line) => {
      const { vatCode, quantity, amountMad } = line;
      const ratePct = vatCode === null ? null : (rates.get(vatCode) ?? null);
      // A line inside which the rate changes is billed as a line for each.
      return (line.vat ?? [{ ratePct, quantity, amountMad }]).map((part) =>
        positivePrice({
          kind: line.kind,
          label: line.label,
          quantity: part.quantity,
          unit: unitOf(line),
          priceMad: pricePerUnit(line),
          amountMad: part.amountMad,
          vatRatePct: rate(part.ratePct),
        }),
      );
    }),
  );
}

const unitOf = ({ unit }: SettlementLine): string =>
  unit === 'MWh' || unit === 'month' ? unit : 'piece';

/** A price for the unit of its quantity: a settlement may state MAD/kWh beside MWh. */
const pricePerUnit = ({ price, priceUnit }: SettlementLine): string | null =>
  price === null ? null : new Decimal(price).times(priceUnit === 'MAD/kWh' ? 1_000 : 1).toFixed();

const rate = (ratePct: string | null): string | null =>
  ratePct === null ? null : new Decimal(ratePct).toFixed();

function positivePrice(line: BilledLine): BilledLine {
  const price = line.priceMad === null ? null : new Decimal(line.priceMad);
  if (price === null || !price.isNegative() || price.isZero()) return line;
  const quantity = new Decimal(line.quantity).negated();
  return { ...line, quantity: quantity.toFixed(), priceMad: price.negated().toFixed() };
}

/**
 * Sums lines of one kind, unit, price and rate, so that a document and the credit note that cancels it
 * come to nothing, and a provisional invoice with its correction to the final one (SETTLEMENT 9, 10).
 * In order of kind, price, label.
 */
export function netLines(lines: readonly BilledLine[]): readonly BilledLine[] {
  const sums = new Map<string, BilledLine>();
  for (const line of lines) {
    const { kind, unit, priceMad, vatRatePct } = line;
    const label = kind === null || priceMad === null ? line.label : '';
    const key = JSON.stringify([kind, unit, priceMad, vatRatePct, label]);
    const before = sums.get(key);
    sums.set(
      key,
      before === undefined
        ? line
        : {
            ...before,
            quantity: new Decimal(before.quantity).plus(line.quantity).toFixed(),
            amountMad: new Decimal(before.amountMad).plus(line.amountMad).toFixed(2),
          },
    );
  }
  return [...sums]
    .filter(([, { quantity, amountMad }]) => Number(quantity) !== 0 || Number(amountMad) !== 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, line]) => line);
}

/** What lines are more than others: the others taken off, of one kind, unit, price and rate together. */
export function lessLines(
  lines: readonly BilledLine[],
  others: readonly BilledLine[],
): readonly BilledLine[] {
  const minus = (value: string): Decimal => new Decimal(value).negated();
  const taken = others.map((line): BilledLine => ({
    ...line,
    quantity: minus(line.quantity).toFixed(),
    amountMad: minus(line.amountMad).toFixed(2),
  }));
  return netLines([...lines, ...taken]);
}
