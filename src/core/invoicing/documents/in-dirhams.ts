import { DomainError } from '../../errors.js';
import { fxOn, pickerOf } from '../../settlement/references/references.js';
import type { FxRow } from '../../settlement/references/references.shape.js';
import { Decimal } from '../../units/money.js';
import type { SupplierInvoice } from './supplier-invoice.js';

/** A rate that a document is compared and booked by: the row of dated figures, with its version. */
export type PinnedRate = FxRow;

/**
 * The rate of a document's currency on its day of issue; where nothing was published on it the last one
 * before, at most seven days back (INVOICING 10; SETTLEMENT, ruling 10). Null where there is none: then
 * the document waits.
 */
export function rateFor(
  rows: readonly FxRow[],
  { currency, issueDate }: Pick<SupplierInvoice, 'currency' | 'issueDate'>,
): PinnedRate | null {
  const none = { tariffs: [], indices: [], vat: [], peakWindows: null };
  try {
    return fxOn(pickerOf({ ...none, fx: rows }), currency, issueDate);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'settlement.reference_missing') return null;
    throw error;
  }
}

/** Whether a document says its amounts in another currency than the books. */
export const isForeign = ({ currency }: Pick<SupplierInvoice, 'currency'>): boolean =>
  currency !== 'MAD';

/**
 * A document in dirhams: each amount times the rate, to the centime, half up; prices exact. Sums are
 * converted as they are stated, so that a centime may part them from their lines.
 */
export function inDirhams(invoice: SupplierInvoice, { madPerUnit }: PinnedRate): SupplierInvoice {
  const money = (amount: string): string =>
    new Decimal(amount).times(madPerUnit).toFixed(2, Decimal.ROUND_HALF_UP);
  const charged = <Of extends { readonly amountMad: string }>(one: Of): Of => ({
    ...one,
    amountMad: money(one.amountMad),
  });
  const { totals } = invoice;
  return {
    ...invoice,
    currency: 'MAD',
    lines: invoice.lines.map((line) => ({
      ...charged(line),
      priceMad: new Decimal(line.priceMad).times(madPerUnit).toFixed(),
      ...(line.charges === undefined ? {} : { charges: line.charges.map(charged) }),
    })),
    charges: invoice.charges.map(charged),
    vat: invoice.vat.map((one) => ({
      ...one,
      baseMad: money(one.baseMad),
      vatMad: money(one.vatMad),
    })),
    totals: {
      linesMad: money(totals.linesMad),
      allowancesMad: money(totals.allowancesMad),
      chargesMad: money(totals.chargesMad),
      netMad: money(totals.netMad),
      vatMad: money(totals.vatMad),
      grossMad: money(totals.grossMad),
      prepaidMad: money(totals.prepaidMad),
      roundingMad: money(totals.roundingMad),
      payableMad: money(totals.payableMad),
    },
  };
}
