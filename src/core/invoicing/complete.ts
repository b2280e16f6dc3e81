import { addMonths } from '../settlement/parts/run-order.js';
import { Decimal } from '../units/money.js';
import { countedOf } from './documents/counted.js';
import { type InvoiceKind, signOf, type SupplierInvoice } from './documents/supplier-invoice.js';

/** A period, as it is settled and billed. */
export interface PeriodBilling {
  readonly period: string;
  /** Null = not settled. */
  readonly settledNetMad: string | null;
  readonly billedNetMad: string;
  /** Settled less billed: what is to accrue; null = not settled. */
  readonly differenceNetMad: string | null;
  readonly documents: string[];
  /** `MISSING`: a month between others that is neither settled nor billed. */
  readonly state: 'BILLED' | 'NOT_BILLED' | 'NOT_SETTLED' | 'MISSING';
}

/** Net of a document with its sign. */
export function signedNetMad(invoice: SupplierInvoice): Decimal {
  return new Decimal(invoice.totals.netMad).times(signOf(invoice));
}

/**
 * Every period that is settled or billed, or that `others` name, and the months between them that are neither
 * (SETTLEMENT 10.6), in order. A prepayment, and what a corrected invoice replaces, bill nothing.
 */
export function periodBillings(
  settled: readonly { readonly period: string; readonly netMad: string }[],
  billed: readonly { readonly period: string; readonly invoice: SupplierInvoice }[],
  others: readonly { readonly period: string }[] = [],
): PeriodBilling[] {
  const counted = new Set(countedOf(billed.map(({ invoice }) => invoice)));
  const known = new Set([...settled, ...billed, ...others].map(({ period }) => period));
  const months = [...known].filter((period) => !period.startsWith('Y')).toSorted();
  const [first, last] = [months[0], months.at(-1)];
  for (let month = first; month !== undefined && month < last!; month = addMonths(month, 1)) {
    known.add(month);
  }
  return [...known].toSorted().map((period): PeriodBilling => {
    const own = billed.filter((one) => one.period === period);
    const settledNetMad = settled.find((one) => one.period === period)?.netMad ?? null;
    const billing = own.filter(({ invoice }) => counted.has(invoice));
    const billedNet = billing.reduce(
      (sum, { invoice }) => sum.plus(signedNetMad(invoice)),
      new Decimal(0),
    );
    const isBilled = billing.length > 0;
    const unsettled = isBilled ? 'NOT_SETTLED' : 'MISSING';
    return {
      period,
      settledNetMad,
      billedNetMad: billedNet.toFixed(2),
      differenceNetMad:
        settledNetMad === null ? null : new Decimal(settledNetMad).minus(billedNet).toFixed(2),
      documents: own.map(({ invoice }) => invoice.number),
      state: settledNetMad === null ? unsettled : isBilled ? 'BILLED' : 'NOT_BILLED',
    };
  });
}

const BILLING: ReadonlySet<InvoiceKind> = new Set([
  'INVOICE',
  'CORRECTED_INVOICE',
  'SELF_BILLED_INVOICE',
]);

/** Invoices whose days overlap, unless another document names one of them: that one is corrected. */
export function overlapsOf(
  invoices: readonly SupplierInvoice[],
): { documents: string[]; from: string; to: string }[] {
  const corrected = new Set(invoices.map(({ corrects }) => corrects));
  const dated = invoices
    .filter(({ kind, number }) => BILLING.has(kind) && !corrected.has(number))
    .flatMap(({ number, periodStart, periodEnd }) =>
      periodStart === null || periodEnd === null ? [] : [{ number, periodStart, periodEnd }],
    )
    .toSorted((a, b) => (a.number < b.number ? -1 : 1));
  return dated.flatMap((a, at) =>
    dated.slice(at + 1).flatMap((b) => {
      const from = a.periodStart > b.periodStart ? a.periodStart : b.periodStart;
      const to = a.periodEnd < b.periodEnd ? a.periodEnd : b.periodEnd;
      return from <= to ? [{ documents: [a.number, b.number], from, to }] : [];
    }),
  );
}
