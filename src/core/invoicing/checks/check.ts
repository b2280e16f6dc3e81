import type { RunInput, RunResult } from '../../settlement/document.js';
import type { LineKind } from '../../settlement/pricing/lines.js';
import type { Settlement } from '../../settlement/settle.js';
import { HOUR_MS } from '../../time/interval.js';
import type { LegalTimeRule } from '../../time/legal-time.js';
import { Decimal } from '../../units/money.js';
import { type ArithmeticFault, arithmeticFaults } from './arithmetic.js';
import { type BilledLine, billedLines, type ItemKind, netLines, settledLines } from './billed.js';
import { causesOf } from './causes.js';
import type { EdgeHours } from './bound-hours.js';
import { countedOf } from '../documents/counted.js';
import { cancelledPairs, type DocumentFault, documentFaults } from './document-faults.js';
import { classesOf, type ComparedLine, type Variance, varianceOf } from './explain.js';
import type { DifferenceClass, KnownFigures } from './hypotheses.js';
import { pairLines } from './counterparts.js';
import { signOf, type SupplierInvoice } from '../documents/supplier-invoice.js';
import { documentVerdict, type Tolerances, type Verdict, withinTolerance } from './verdict.js';

/** What a check knows. */
export interface CheckBasis {
  /** In dirhams. */
  readonly invoice: SupplierInvoice;
  /** As it came, where that is in another currency: its own sums are looked at there. */
  readonly received?: SupplierInvoice;
  /** The supplier's other documents of the contract and period that came before, oldest first. */
  readonly earlier: readonly SupplierInvoice[];
  readonly items: readonly ItemKind[];
  readonly tolerances: Tolerances;
  /** Our settlement of the period. */
  readonly run: RunResult;
  /** First and last civil day of the settled period. */
  readonly periodDays: readonly [first: string, last: string];
  readonly known: KnownFigures;
  /** Null = another engine made the run: causes, which are found by settling again, are left out. */
  readonly edges: EdgeHours | null;
  readonly legalTime: readonly LegalTimeRule[];
}

/** An invoice beside our settlement (SETTLEMENT 10). Amounts are MAD. */
export interface InvoiceCheck {
  readonly verdict: Verdict;
  readonly arithmetic: readonly ArithmeticFault[];
  readonly faults: readonly DocumentFault[];
  /** Documents that count together, oldest first; the checked one is the last. */
  readonly documents: readonly string[];
  /** Documents that cancel each other. */
  readonly cancelled: readonly (readonly [document: string, creditNote: string])[];
  readonly lines: readonly ComparedLine[];
  readonly totals: {
    readonly theirs: Totals;
    readonly ours: Totals;
    readonly variance: Totals;
  };
  /** What is disputed of the document with its VAT, and what is not; 0 to the document's total. */
  readonly disputedMad: string;
  readonly undisputedMad: string;
}

/** Net, VAT and gross. */
export interface Totals {
  readonly netMad: string;
  readonly vatMad: string;
  readonly grossMad: string;
}

/**
 * Checks a supplier's document against our settlement of its period: all documents of the period count
 * together, differences are taken apart, and a cause is believed only where the same settlement with
 * that mistake in it gives the supplier's figure.
 */
export function checkInvoice(basis: CheckBasis): InvoiceCheck {
  const { invoice, earlier, items, run, tolerances, periodDays } = basis;
  const isPrepaid = invoice.kind === 'PREPAYMENT_INVOICE';
  const documents = isPrepaid ? [invoice] : countedOf([...earlier, invoice]);
  const settlement = isPrepaid ? NOTHING : run.settlement;
  const known = isPrepaid ? [] : items;
  const theirs = netLines(documents.flatMap((one) => billedLines(one, known)));
  const ours = settledLines(settlement);
  const received = basis.received ?? invoice;
  const arithmetic = arithmeticFaults(received, lineSlackMad(run.input));
  const found = explained(theirs, ours, basis);
  const lines = found.map((line): ComparedLine => ({
    ...line,
    isWithinTolerance: withinTolerance(line.varianceMad, line.ours?.amountMad ?? '0', tolerances),
  }));
  const totals = totalsOf(documents, settlement);
  const varianceGrossMad = totals.variance.grossMad;
  const ofDocument = documentFaults({ invoice, earlier, items, periodDays, varianceGrossMad });
  const faults = [...ofDocument, ...currencyFaults(received)];
  const verdict = documentVerdict({ lines, arithmetic, faults, totals, tolerances });
  const disputed = verdict === 'DISPUTE' ? disputedOf(invoice, lines, { totals, faults }) : '0.00';
  return {
    verdict,
    arithmetic,
    faults,
    documents: documents.map(({ number }) => number),
    cancelled: cancelledPairs(documents, items),
    lines,
    totals,
    disputedMad: disputed,
    undisputedMad: signedGross(invoice).minus(disputed).toFixed(2),
  };
}

/** The contract is in dirhams: a document in another currency is compared at a rate, and that is said. */
function currencyFaults({ currency }: SupplierInvoice): DocumentFault[] {
  const says = `The document is in ${currency}; it is compared in MAD at the rate of its day of issue.`;
  return currency === 'MAD' ? [] : [{ class: 'KIND', says }];
}

/** What is owed in advance of delivery: no contract of ours has it. */
const NOTHING: Pick<Settlement, 'lines' | 'totals'> = {
  lines: [],
  totals: { netMad: '0.00', vat: [], vatMad: '0.00', grossMad: '0.00' },
};

/** An hour that is rounded is off by half a centime at most. */
function lineSlackMad({ elections, startMs, endMs }: RunInput): number {
  const isPerHour = elections.rounding.amount === 'PER_INTERVAL';
  return isPerHour ? ((endMs - startMs) / HOUR_MS) * 0.005 : 0.02;
}

type Explained = Omit<ComparedLine, 'isWithinTolerance'>;

function explained(
  theirs: readonly BilledLine[],
  ours: readonly BilledLine[],
  basis: CheckBasis,
): Explained[] {
  const pairs = pairLines(theirs, ours).map((pair) => ({ pair, variance: varianceOf(pair) }));
  const isOff = ({ variance }: { variance: Variance }): boolean =>
    Number(variance.varianceMad) !== 0;
  const wanted = new Set(pairs.filter(isOff).map(({ pair }) => pair.kind));
  wanted.delete(null);
  const causes = causesOf(wanted as ReadonlySet<LineKind>, theirs, ours, basis);
  return pairs.map(({ pair, variance }): Explained => {
    const cause = pair.kind === null || !isOff({ variance }) ? undefined : causes.get(pair.kind);
    const shown = classesOf(pair, variance, lineSlackMad(basis.run.input));
    // A cause gives the whole figure; only an hour at a bound explains the quantity alone.
    const isLeft = (one: DifferenceClass): boolean =>
      one === 'VAT' || (cause?.class === 'PERIOD' && (one === 'PRICE' || one === 'ARITHMETIC'));
    const kept = cause === undefined ? shown : shown.filter(([one]) => isLeft(one));
    const all = cause === undefined ? kept : [[cause.class, cause.says] as const, ...kept];
    return {
      ...pair,
      ...variance,
      classes: [...new Set(all.map(([one]) => one))],
      says: all.map(([, says]) => says),
    };
  });
}

const signedGross = (invoice: SupplierInvoice): Decimal =>
  new Decimal(invoice.totals.grossMad).times(signOf(invoice));

function totalsOf(
  documents: readonly SupplierInvoice[],
  { totals }: Pick<Settlement, 'totals'>,
): InvoiceCheck['totals'] {
  const sum = (of: (one: SupplierInvoice['totals']) => string): Decimal =>
    documents.reduce(
      (total, one) => total.plus(new Decimal(of(one.totals)).times(signOf(one))),
      new Decimal(0),
    );
  const theirs: Totals = {
    netMad: sum(({ netMad }) => netMad).toFixed(2),
    vatMad: sum(({ vatMad }) => vatMad).toFixed(2),
    grossMad: sum(({ grossMad }) => grossMad).toFixed(2),
  };
  const { netMad, vatMad, grossMad } = totals;
  const ours: Totals = { netMad, vatMad, grossMad };
  const minus = (key: keyof Totals): string => new Decimal(theirs[key]).minus(ours[key]).toFixed(2);
  return {
    theirs,
    ours,
    variance: { netMad: minus('netMad'), vatMad: minus('vatMad'), grossMad: minus('grossMad') },
  };
}

/** What is too much, with its VAT; never more than the document, never less than nothing. */
function disputedOf(
  invoice: SupplierInvoice,
  lines: readonly ComparedLine[],
  of: { readonly totals: InvoiceCheck['totals']; readonly faults: readonly DocumentFault[] },
): string {
  const gross = Decimal.max(signedGross(invoice), 0);
  const isDuplicate = of.faults.some((fault) => fault.class === 'DUPLICATE');
  const tooMuch = lines.reduce((sum, line) => {
    const net = Decimal.max(line.varianceMad, 0);
    const ratePct = line.theirs?.vatRatePct ?? line.ours?.vatRatePct ?? '0';
    return sum.plus(net).plus(net.times(ratePct).dividedBy(100));
  }, new Decimal(0));
  const disputed = Decimal.max(tooMuch, of.totals.variance.grossMad);
  return (isDuplicate ? gross : Decimal.min(disputed, gross)).toFixed(2, Decimal.ROUND_HALF_UP);
}
