import { Decimal } from '../../units/money.js';
import {
  type DocumentCharge,
  type InvoiceLine,
  type SupplierInvoice,
  vatKey,
} from '../documents/supplier-invoice.js';

/** An identity of the document that does not hold: EN 16931 or Peppol rule, and both sides. */
export interface ArithmeticFault {
  readonly rule: string;
  /** `document`, or a line, or a VAT category with its rate. */
  readonly where: string;
  readonly statedMad: string;
  readonly computedMad: string;
}

const sum = (values: readonly string[]): Decimal =>
  values.reduce((total, value) => total.plus(value), new Decimal(0));

/** Half away from zero, at the centime. */
const centimes = (value: Decimal): string => value.toFixed(2, Decimal.ROUND_HALF_UP);

/**
 * A document's own arithmetic, every identity to 0.00 (INVOICING 6): the official rules let an error of
 * VAT below 1.00 pass, this does not.
 *
 * @param lineSlackMad  How far quantity × price may be from a line's amount: 0.02 by Peppol, more where
 *                      the contract rounds every hour.
 */
export function arithmeticFaults(
  invoice: SupplierInvoice,
  lineSlackMad: number,
): readonly ArithmeticFault[] {
  const { lines, charges, vat, totals } = invoice;
  const faults: ArithmeticFault[] = [];
  const check = (
    rule: string,
    where: string,
    stated: string,
    computed: Decimal,
    slackMad = 0,
  ): void => {
    const computedMad = centimes(computed);
    if (new Decimal(stated).minus(computedMad).abs().lessThanOrEqualTo(slackMad)) return;
    faults.push({ rule, where, statedMad: new Decimal(stated).toFixed(2), computedMad });
  };
  const amounts = (isCharge: boolean): string[] =>
    charges.filter((one) => one.isCharge === isCharge).map(({ amountMad }) => amountMad);
  for (const line of lines) {
    check('PEPPOL-EN16931-R120', `line ${line.id}`, line.amountMad, lineAmount(line), lineSlackMad);
  }
  const { linesMad, allowancesMad, chargesMad, netMad, vatMad, grossMad } = totals;
  check('BR-CO-10', 'document', linesMad, sum(lines.map(({ amountMad }) => amountMad)));
  check('BR-CO-11', 'document', allowancesMad, sum(amounts(false)));
  check('BR-CO-12', 'document', chargesMad, sum(amounts(true)));
  check('BR-CO-13', 'document', netMad, sum([linesMad, chargesMad]).minus(allowancesMad));
  if (vat.length > 0) {
    check('BR-CO-14', 'document', vatMad, sum(vat.map((one) => one.vatMad)));
    const bases = basesOf(lines, charges);
    for (const one of vat) {
      const key = vatKey(one);
      check('BR-S-08', key, one.baseMad, bases.get(key) ?? new Decimal(0));
      check('BR-CO-17', key, one.vatMad, vatOf(one.baseMad, key));
    }
    const stated = new Set(vat.map(vatKey));
    for (const [key, base] of bases) {
      if (!stated.has(key)) check('BR-CO-18', key, '0', base);
    }
  } else {
    const computed = [...basesOf(lines, charges)].map(([key, base]) =>
      centimes(vatOf(base.toFixed(), key)),
    );
    check('BR-CO-14', 'document', vatMad, sum(computed));
  }
  check('BR-CO-15', 'document', grossMad, sum([netMad, vatMad]));
  const payable = sum([grossMad, totals.roundingMad]).minus(totals.prepaidMad);
  check('BR-CO-16', 'document', totals.payableMad, payable);
  return faults;
}

/** VAT of a base, of the rate that its key names. */
const vatOf = (baseMad: string, key: string): Decimal =>
  new Decimal(baseMad).times(key.split(' ')[1] ?? 0).dividedBy(100);

/**
 * Quantity × price / base quantity, with the line's own charges and less its own allowances; a base of
 * zero prices nothing (R120, R121).
 */
function lineAmount({ quantity, priceMad, priceBase, charges = [] }: InvoiceLine): Decimal {
  const base = new Decimal(priceBase);
  const priced = base.isZero() ? base : new Decimal(quantity).times(priceMad).dividedBy(base);
  return charges.reduce(
    (sum, { isCharge, amountMad }) => (isCharge ? sum.plus(amountMad) : sum.minus(amountMad)),
    priced,
  );
}

function basesOf(
  lines: readonly InvoiceLine[],
  charges: readonly DocumentCharge[],
): Map<string, Decimal> {
  const bases = new Map<string, Decimal>();
  const add = (key: string, amount: Decimal): void => {
    bases.set(key, (bases.get(key) ?? new Decimal(0)).plus(amount));
  };
  for (const line of lines) add(vatKey(line), new Decimal(line.amountMad));
  for (const charge of charges) {
    const amount = new Decimal(charge.amountMad);
    add(vatKey(charge), charge.isCharge ? amount : amount.negated());
  }
  return bases;
}
