import { Decimal } from '../units/money.js';
import type { Verdict } from './checks/verdict.js';

/**
 * Where a received document stands. A dispute goes on to its end (SETTLEMENT 9); what should never have
 * been received is voided (INVOICING 1).
 */
export const INVOICE_STATES = [
  ...(['RECEIVED', 'ACCEPTED', 'OPEN', 'UNDER_REVIEW', 'EXPERT', 'RESOLVED', 'LAPSED'] as const),
  'VOIDED',
] as const;
/** One state; `OPEN` is an open dispute. */
export type InvoiceState = (typeof INVOICE_STATES)[number];

/** How a dispute ends, for the buyer: right, partly right, wrong. */
export const OUTCOMES = ['UPHELD', 'PARTLY', 'REJECTED'] as const;
/** One outcome. */
export type Outcome = (typeof OUTCOMES)[number];

const NEXT: Readonly<Record<InvoiceState, readonly InvoiceState[]>> = {
  RECEIVED: ['ACCEPTED', 'OPEN', 'VOIDED'],
  ACCEPTED: ['VOIDED'],
  OPEN: ['UNDER_REVIEW', 'RESOLVED', 'LAPSED', 'VOIDED'],
  UNDER_REVIEW: ['EXPERT', 'RESOLVED', 'LAPSED', 'VOIDED'],
  EXPERT: ['RESOLVED', 'LAPSED', 'VOIDED'],
  // A dispute at its end is settled between the parties: what changes then is a credit note.
  RESOLVED: [],
  LAPSED: [],
  VOIDED: [],
};

/** A step in the life of a received document. */
export interface InvoiceStep {
  readonly state: Exclude<InvoiceState, 'RECEIVED'>;
  readonly outcome: Outcome | null;
  /** `OPEN`: what is disputed, with VAT. */
  readonly disputedMad: string | null;
  /** `RESOLVED`, `PARTLY`: what of it need not be paid. */
  readonly upheldMad: string | null;
  readonly note: string;
}

/** What a step has to go with. */
export interface StepBasis {
  readonly state: InvoiceState;
  readonly verdict: Verdict;
  /** Total of the document, with its sign. */
  readonly grossMad: string;
  /** What the open dispute is about; null without one. */
  readonly disputedMad: string | null;
}

/** Why a step is refused, in a sentence; null where it is not. */
export function stepFault(step: InvoiceStep, basis: StepBasis): string | null {
  const { state, verdict, grossMad } = basis;
  const { outcome, disputedMad, upheldMad, note } = step;
  const order = orderFault(step.state, state);
  if (order !== null) return order;
  if (step.state === 'ACCEPTED' && verdict !== 'ACCEPT' && note === '') {
    return `The check says ${verdict}: accepting it needs a note.`;
  }
  if ((step.state === 'OPEN') !== (disputedMad !== null)) {
    return 'An open dispute, and only that, says what is disputed.';
  }
  if (disputedMad !== null) {
    const isWithin =
      new Decimal(disputedMad).greaterThan(0) &&
      new Decimal(disputedMad).lessThanOrEqualTo(grossMad);
    if (!isWithin) return `Disputed is more than 0 and at most the document’s ${grossMad}.`;
    if (note === '') return 'A dispute needs its reason as a note.';
  }
  if ((step.state === 'RESOLVED') !== (outcome !== null)) {
    return 'A resolved dispute, and only that, says its outcome.';
  }
  if ((outcome === 'PARTLY') !== (upheldMad !== null)) {
    return 'PARTLY, and only that, says which amount is upheld.';
  }
  if (upheldMad === null) return null;
  const upheld = new Decimal(upheldMad);
  const isPart = upheld.greaterThan(0) && upheld.lessThan(basis.disputedMad ?? 0);
  return isPart ? null : `Upheld in part is more than 0 and less than ${basis.disputedMad}.`;
}

/** Why a document in a state cannot go on to another; null where it can. */
function orderFault(to: InvoiceState, from: InvoiceState): string | null {
  if (NEXT[from].includes(to)) return null;
  const next = NEXT[from].join(', ');
  return `${from} goes on to ${next === '' ? 'nothing' : next}.`;
}

/**
 * Why a document is not voided, in a sentence; null where it is.
 *
 * @param of  `correctedBy`: numbers of the documents that correct it and stand, voided ones left out.
 */
export function voidFault(
  { outcome, disputedMad, upheldMad, note }: InvoiceStep,
  of: { readonly state: InvoiceState; readonly correctedBy: readonly string[] },
): string | null {
  const order = orderFault('VOIDED', of.state);
  if (order !== null) return order;
  if (note.trim() === '') return 'Voiding a document needs its reason as a note.';
  if (outcome !== null || disputedMad !== null || upheldMad !== null) {
    return 'A voided document has a reason, and neither an outcome nor amounts.';
  }
  const [first] = of.correctedBy;
  return first === undefined
    ? null
    : `${of.correctedBy.join(', ')} corrects it: void ${first} first.`;
}

/** Whether a document was voided: it counts nowhere, and its number is free again. */
export function isVoided(steps: readonly Pick<InvoiceStep, 'state'>[]): boolean {
  return steps.at(-1)?.state === 'VOIDED';
}

/** Whether nothing of a document is owed: disputed whole, and upheld. It then bills nothing. */
export function isDismissed(
  grossMad: string,
  steps: readonly Pick<InvoiceStep, 'state' | 'outcome' | 'disputedMad'>[],
): boolean {
  const last = steps.at(-1);
  if (last?.state !== 'RESOLVED' || last.outcome !== 'UPHELD') return false;
  const disputed = steps.find(({ state }) => state === 'OPEN')?.disputedMad ?? '0';
  return new Decimal(disputed).equals(grossMad);
}

/** What is to be paid of a document now. */
export function payableMad(
  grossMad: string,
  steps: readonly Omit<InvoiceStep, 'note'>[],
  policy: 'PAY_UNDISPUTED' | 'PAY_ALL',
): string {
  const gross = new Decimal(grossMad);
  const last = steps.at(-1);
  const disputed = steps.find(({ state }) => state === 'OPEN')?.disputedMad ?? '0';
  if (last === undefined || last.state === 'ACCEPTED' || last.state === 'LAPSED') {
    return gross.toFixed(2);
  }
  if (last.state === 'VOIDED') return '0.00';
  if (last.state === 'RESOLVED') {
    const upheld = { UPHELD: disputed, PARTLY: last.upheldMad ?? '0', REJECTED: '0' }[
      last.outcome!
    ];
    return gross.minus(upheld).toFixed(2);
  }
  return (policy === 'PAY_ALL' ? gross : gross.minus(disputed)).toFixed(2);
}
