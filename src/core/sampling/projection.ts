import { Decimal } from '../units/money.js';
import type { DrawnItem } from './monetary-unit.js';

/** What was found of a tested item. */
export interface TestedItem {
  readonly key: string;
  /** What it should have been, whole units, with the sign of the item. */
  readonly audited: number;
}

/** What the errors of a sample say of its population, whole units, rounded half away from zero once at the end. */
export interface Projection {
  /** Items with a result, of how many. */
  readonly testedCount: number;
  readonly itemCount: number;
  /** Items where recorded and audited differ. */
  readonly errorCount: number;
  /** Recorded less audited in items that are certain: nothing is projected. */
  readonly known: number;
  /** Σ interval × (recorded less audited) / recorded over items that were drawn. */
  readonly projected: number;
  /** Both. Above zero: more was recorded than there was. */
  readonly total: number;
  /** Whether neither over- nor understatement, each by itself, is above what is tolerable; null until all are tested. */
  readonly isTolerable: boolean | null;
  /** What may be misstated with no error found: R100 × interval / 100, whole units, rounded up. */
  readonly basicPrecision: number;
}

/**
 * Projects the errors of a monetary-unit sample on its population (SAMPLING section 6).
 *
 * @param drawn   The sample, with recorded amounts as sizes; credits have theirs without the sign.
 * @param tested  Results so far; a key that was not drawn is passed over.
 */
export function project(
  drawn: {
    readonly items: readonly DrawnItem[];
    readonly interval: number;
    readonly tolerable: number;
    readonly reliabilityPer100: number;
  },
  tested: readonly TestedItem[],
): Projection {
  const { items, interval, tolerable, reliabilityPer100 } = drawn;
  const audited = new Map(tested.map((one) => [one.key, one.audited]));
  let [known, projected, over, under] = Array.from({ length: 4 }, () => new Decimal(0)) as [
    Decimal,
    Decimal,
    Decimal,
    Decimal,
  ];
  let [testedCount, errorCount] = [0, 0];
  for (const { key, stratum, size, because } of items) {
    const found = audited.get(key);
    if (found === undefined) continue;
    testedCount += 1;
    const recorded = stratum.startsWith('credit/') ? -size : size;
    const error = new Decimal(recorded).minus(found);
    if (error.isZero()) continue;
    errorCount += 1;
    const effect = because === 'certain' ? error : error.times(interval).dividedBy(size);
    if (because === 'certain') known = known.plus(effect);
    else projected = projected.plus(effect);
    if (effect.isPositive()) over = over.plus(effect);
    else under = under.minus(effect);
  }
  const isWhole = testedCount === items.length;
  return {
    testedCount,
    itemCount: items.length,
    errorCount,
    known: whole(known),
    projected: whole(projected),
    total: whole(known.plus(projected)),
    isTolerable: isWhole
      ? over.lessThanOrEqualTo(tolerable) && under.lessThanOrEqualTo(tolerable)
      : null,
    basicPrecision: new Decimal(reliabilityPer100).times(interval).dividedBy(100).ceil().toNumber(),
  };
}

const whole = (amount: Decimal): number =>
  amount.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).plus(0).toNumber();
