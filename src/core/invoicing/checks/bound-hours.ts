import type { RunInput } from '../../settlement/document.js';
import { frameOf } from '../../settlement/hours/hours.js';
import { mwhText, volumesOf } from '../../settlement/hours/volume.js';
import type { LegalTimeRule } from '../../time/legal-time.js';
import { Decimal } from '../../units/money.js';

/** Suppliers bill whole kWh at the coarsest. */
export const BILLED_TO_MWH = '0.001';

/** Priced energy of the hours on both sides of a period's bounds, MWh; null where it is not known. */
export interface EdgeHours {
  readonly firstMwh: string;
  readonly lastMwh: string;
  readonly beforeMwh: string | null;
  readonly afterMwh: string | null;
}

/**
 * How a quantity that is off by whole hours at a bound came about (SETTLEMENT 10.4); null where it did
 * not. The likeliest cause is legal time: zone data that still add an hour.
 *
 * @param differenceMwh  Theirs less ours; the supplier may have rounded to whole kWh.
 */
export function boundFault(differenceMwh: string, edges: EdgeHours): string | null {
  const { firstMwh, lastMwh, beforeMwh, afterMwh } = edges;
  const minus = (value: string): Decimal => new Decimal(value).negated();
  const candidates: (readonly [string, Decimal])[] = [
    ['The first hour is left out', minus(firstMwh)],
    ['The last hour is left out', minus(lastMwh)],
  ];
  if (beforeMwh !== null) {
    const before = new Decimal(beforeMwh);
    candidates.push(['An hour before the period is counted in', before]);
    candidates.push(['The whole period is an hour early', before.minus(lastMwh)]);
  }
  if (afterMwh !== null) {
    const after = new Decimal(afterMwh);
    candidates.push(['An hour after the period is counted in', after]);
    candidates.push(['The whole period is an hour late', after.minus(firstMwh)]);
  }
  const found = candidates.find(
    ([, mwh]) =>
      mwh.abs().greaterThan(BILLED_TO_MWH) &&
      mwh.minus(differenceMwh).abs().lessThanOrEqualTo(BILLED_TO_MWH),
  );
  return found === undefined ? null : `${found[0]}: probably stale zone data.`;
}

/**
 * The priced hours around the bounds of a settled period, from its own run and from those that touch it.
 *
 * @param others  Inputs of other runs of the contract; those that do not touch it count for nothing.
 */
export function edgesOf(
  run: RunInput,
  others: readonly RunInput[],
  rules: readonly LegalTimeRule[],
): EdgeHours {
  const priced = ({ elections, series, ...period }: RunInput): readonly Decimal[] =>
    volumesOf(frameOf(elections, period, rules), series).priced;
  const mwh = (wh: Decimal | undefined): string => mwhText(wh ?? 0);
  const hours = priced(run);
  const months = others.filter((one) => one.run !== 'RECONCILIATION');
  const before = months.find(({ endMs }) => endMs === run.startMs);
  const after = months.find(({ startMs }) => startMs === run.endMs);
  return {
    firstMwh: mwh(hours[0]),
    lastMwh: mwh(hours.at(-1)),
    beforeMwh: before === undefined ? null : mwh(priced(before).at(-1)),
    afterMwh: after === undefined ? null : mwh(priced(after)[0]),
  };
}
