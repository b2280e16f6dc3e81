import { Decimal } from '../../units/money.js';
import { type BilledLine, billedLines, type ItemKind } from './billed.js';
import { replacedBy } from '../documents/counted.js';
import type { DifferenceClass } from './hypotheses.js';
import {
  INVOICE_KINDS,
  INVOICE_UNITS,
  type InvoiceKind,
  signOf,
  type SupplierInvoice,
  VAT_CATEGORIES,
  type VatCategory,
} from '../documents/supplier-invoice.js';

/** A fault of the whole document. */
export interface DocumentFault {
  readonly class: DifferenceClass;
  readonly says: string;
}

/** What a document is looked at beside. */
export interface FaultBasis {
  readonly invoice: SupplierInvoice;
  readonly earlier: readonly SupplierInvoice[];
  readonly items: readonly ItemKind[];
  /** First and last civil day of the settled period. */
  readonly periodDays: readonly [first: string, last: string];
  /** Theirs less ours, of all documents that count together. */
  readonly varianceGrossMad: string;
}

/** What is to be said of a document as a whole. */
export function documentFaults(basis: FaultBasis): DocumentFault[] {
  const { invoice } = basis;
  return [
    ...kindFaults(invoice),
    ...periodFaults(basis),
    ...duplicates(basis),
    ...missingCorrected(basis),
    ...unitFaults(invoice),
    ...categoryFaults(invoice),
  ];
}

const KIND_SAYS: Partial<Record<InvoiceKind, string>> = {
  PREPAYMENT_INVOICE:
    'asks for money before delivery, and is compared with nothing; the invoice of the period takes it off (BT-113).',
  SELF_BILLED_INVOICE: 'is made by the buyer in the seller’s name; this one came from the seller.',
};

function kindFaults({ kind }: SupplierInvoice): DocumentFault[] {
  const says = KIND_SAYS[kind];
  return says === undefined ? [] : [{ class: 'KIND', says: `Type ${INVOICE_KINDS[kind]} ${says}` }];
}

/** The document's own days beside the settled ones, and those of its lines (BR-29, BR-30, R110, R111). */
function periodFaults({ invoice, periodDays }: FaultBasis): DocumentFault[] {
  const { periodStart: start, periodEnd: end } = invoice;
  const says: string[] = [];
  if (start !== null && end !== null && end < start) {
    says.push(`BR-29: the period ends on ${end}, before it starts on ${start}.`);
  } else if (start !== null && end !== null && (start !== periodDays[0] || end !== periodDays[1])) {
    says.push(
      `The document is of ${start} to ${end}; the period is ${periodDays[0]} to ${periodDays[1]}.`,
    );
  }
  for (const { id, period } of invoice.lines) {
    if (period === undefined) continue;
    if (period.start !== null && period.end !== null && period.end < period.start) {
      says.push(`BR-30: line ${id} ends on ${period.end}, before it starts on ${period.start}.`);
    }
    if (start !== null && period.start !== null && period.start < start) {
      says.push(`PEPPOL-EN16931-R110: line ${id} starts on ${period.start}, before the document.`);
    }
    if (end !== null && period.end !== null && period.end > end) {
      says.push(`PEPPOL-EN16931-R111: line ${id} ends on ${period.end}, after the document.`);
    }
  }
  return says.map((one) => ({ class: 'PERIOD', says: one }));
}

function duplicates({ invoice, earlier, items, varianceGrossMad }: FaultBasis): DocumentFault[] {
  const replaced = replacedBy(invoice, earlier);
  const same = earlier.findLast((one) => one !== replaced && isSameBill(one, invoice, items));
  const gross = new Decimal(invoice.totals.grossMad).times(signOf(invoice)).toFixed(2);
  if (same === undefined || varianceGrossMad !== gross) return [];
  return [{ class: 'DUPLICATE', says: `It bills again what ${same.number} bills.` }];
}

function missingCorrected({ invoice: { corrects }, earlier }: FaultBasis): DocumentFault[] {
  if (corrects === null || earlier.some(({ number }) => number === corrects)) return [];
  return [{ class: 'PERIOD', says: `It corrects ${corrects}, which is not here.` }];
}

function unitFaults({ lines }: SupplierInvoice): DocumentFault[] {
  return lines
    .filter(({ unit }) => !Object.hasOwn(INVOICE_UNITS, unit))
    .map(({ id, unit }) => ({
      class: 'UNIT',
      says: `Line ${id} is in ${unit}, which is no unit of the contract's settlement.`,
    }));
}

/** Categories under which somebody else than the seller pays the VAT, or another tax is meant. */
const SAID_CATEGORIES: readonly VatCategory[] = ['AE', 'B', 'K', 'G', 'L', 'M'];

function categoryFaults({ lines, charges, vat }: SupplierInvoice): DocumentFault[] {
  const used = new Set([...lines, ...charges, ...vat].map(({ vatCategory }) => vatCategory));
  return SAID_CATEGORIES.filter((one) => used.has(one)).map((one) => ({
    class: 'VAT',
    says: `VAT category ${one} is ${VAT_CATEGORIES[one]}.`,
  }));
}

const linesText = (lines: readonly BilledLine[], sign: 1 | -1): string =>
  JSON.stringify(
    lines.map(({ kind, unit, quantity, amountMad, vatRatePct }) => [
      kind,
      unit,
      new Decimal(quantity).times(sign).toFixed(),
      new Decimal(amountMad).times(sign).toFixed(2),
      vatRatePct,
    ]),
  );

const isSameBill = (a: SupplierInvoice, b: SupplierInvoice, items: readonly ItemKind[]): boolean =>
  a.kind === b.kind && linesText(billedLines(a, items), 1) === linesText(billedLines(b, items), 1);

/** A document and the credit note that takes all of it back. */
export function cancelledPairs(
  documents: readonly SupplierInvoice[],
  items: readonly ItemKind[],
): (readonly [string, string])[] {
  return documents.flatMap((credit): (readonly [string, string])[] => {
    if (credit.kind !== 'CREDIT_NOTE' || credit.corrects === null) return [];
    const original = documents.find(({ number }) => number === credit.corrects);
    const isWhole =
      original !== undefined &&
      linesText(billedLines(original, items), 1) === linesText(billedLines(credit, items), -1);
    return isWhole ? [[original.number, credit.number]] : [];
  });
}
