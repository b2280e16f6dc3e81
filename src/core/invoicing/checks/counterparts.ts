import type { LineKind } from '../../settlement/pricing/lines.js';
import { Decimal } from '../../units/money.js';
import type { BilledLine } from './billed.js';

/** One side of a comparison: a line, or several of one kind together. */
export interface BilledSide {
  readonly lines: number;
  readonly quantity: string;
  readonly unit: string;
  /** MAD a unit; of several lines, or hours with prices of their own, what it comes to. */
  readonly priceMad: string | null;
  readonly amountMad: string;
  /** Null outside VAT, or where the lines have several. */
  readonly vatRatePct: string | null;
}

/** What answers to what. At least one side is there. */
export interface LinePair {
  readonly kind: LineKind | null;
  readonly label: string;
  readonly theirs: BilledSide | null;
  readonly ours: BilledSide | null;
}

/**
 * Pairs the lines of the supplier with ours. Within a kind, as many lines on both sides are paired one
 * by one, by price, then quantity; otherwise all of the kind are compared together. A line of no kind
 * answers to nothing.
 */
export function pairLines(
  theirs: readonly BilledLine[],
  ours: readonly BilledLine[],
): readonly LinePair[] {
  const kinds = [...new Set([...ours, ...theirs].map(({ kind }) => kind))]
    .filter((kind) => kind !== null)
    .toSorted();
  const unknown = theirs
    .filter(({ kind }) => kind === null)
    .map((line): LinePair => ({
      ...named([line]),
      kind: null,
      theirs: sideOf([line]),
      ours: null,
    }));
  return [
    ...kinds.flatMap((kind) =>
      pairsOfKind(
        theirs.filter((line) => line.kind === kind),
        ours.filter((line) => line.kind === kind),
      ),
    ),
    ...unknown,
  ];
}

const named = (lines: readonly BilledLine[]) => ({
  kind: lines[0]!.kind,
  label: [...new Set(lines.map(({ label }) => label))].join('; '),
});

function pairsOfKind(theirs: readonly BilledLine[], ours: readonly BilledLine[]): LinePair[] {
  if (theirs.length === 0) {
    return ours.map((line) => ({ ...named([line]), theirs: null, ours: sideOf([line]) }));
  }
  if (ours.length === 0) {
    return theirs.map((line) => ({ ...named([line]), theirs: sideOf([line]), ours: null }));
  }
  if (theirs.length !== ours.length) {
    return [{ ...named(ours), theirs: sideOf(theirs), ours: sideOf(ours) }];
  }
  return oneByOne(theirs, ours).map(([their, our]) => ({
    ...named([our]),
    theirs: sideOf([their]),
    ours: sideOf([our]),
  }));
}

/** First those of one price, then those of one quantity, then the rest by price. */
function oneByOne(
  theirs: readonly BilledLine[],
  ours: readonly BilledLine[],
): (readonly [BilledLine, BilledLine])[] {
  const left = theirs.toSorted(byPrice);
  const pairs = new Map<BilledLine, BilledLine>();
  const take = (our: BilledLine, isIt: (their: BilledLine) => boolean): void => {
    const at = pairs.has(our) ? -1 : left.findIndex(isIt);
    if (at >= 0) pairs.set(our, left.splice(at, 1)[0]!);
  };
  const inOrder = ours.toSorted(byPrice);
  const is = (a: string | null, b: string | null): boolean =>
    a !== null && b !== null && new Decimal(a).equals(b);
  for (const our of inOrder) {
    take(our, (one) => is(one.priceMad, our.priceMad) && is(one.quantity, our.quantity));
  }
  for (const our of inOrder) take(our, ({ priceMad }) => is(priceMad, our.priceMad));
  for (const our of inOrder) take(our, ({ quantity }) => is(quantity, our.quantity));
  for (const our of inOrder) take(our, () => true);
  return inOrder.map((our) => [pairs.get(our)!, our] as const);
}

const byPrice = (a: BilledLine, b: BilledLine): number =>
  new Decimal(a.priceMad ?? 0).comparedTo(b.priceMad ?? 0) ||
  new Decimal(a.amountMad).comparedTo(b.amountMad) ||
  (a.label < b.label ? -1 : 1);

function sideOf(lines: readonly BilledLine[]): BilledSide {
  const total = (of: (line: BilledLine) => string): Decimal =>
    lines.reduce((sum, line) => sum.plus(of(line)), new Decimal(0));
  const [quantity, amount] = [total((line) => line.quantity), total((line) => line.amountMad)];
  const [{ priceMad, unit, vatRatePct }] = lines as [BilledLine];
  const isOneRate = lines.every((line) => line.vatRatePct === vatRatePct);
  const effective = quantity.isZero() ? null : amount.dividedBy(quantity).toFixed();
  return {
    lines: lines.length,
    quantity: quantity.toFixed(),
    unit,
    amountMad: amount.toFixed(2),
    priceMad: lines.length === 1 && priceMad !== null ? priceMad : effective,
    vatRatePct: isOneRate ? vatRatePct : null,
  };
}
