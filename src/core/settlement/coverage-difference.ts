import { HOUR_MS } from '../time/interval.js';
import type { LegalTimeRule } from '../time/legal-time.js';
import { Decimal } from '../units/money.js';
import type { RunInput } from './document.js';
import { partsOf } from './parts/parts.js';
import { joinedVolumes, mwhText, volumesOf } from './hours/volume.js';

/** An hour as the matched month of a statement counts it, Wh. */
export interface StatementHour {
  readonly hourMs: number;
  readonly loadWh: number;
  readonly matchedWh: number;
  /** Of that, what a storage device gave back. */
  readonly storageWh: number;
  /** What the contract buys, before losses. */
  readonly contractedWh: number;
  /** What matching took off that for losses on the way. */
  readonly lostWh: number;
}

/** Why a settlement counts other energy as matched than a statement. */
export const COVERAGE_REASONS = {
  PERIOD: 'hours of the statement that the settlement is not of',
  LOAD: 'load that the settlement does not know whole',
  STORAGE: 'energy that a storage device gave back, which no contract delivers',
  OTHER_PARTY: 'energy of the contract that may not be claimed here, or that another party has',
  SHARE: 'the other offtakers’ part of the plants',
  LOSSES: 'losses between the plants and the load, as the settlement and as matching count them',
} as const;
/** One reason. */
export type CoverageReason = keyof typeof COVERAGE_REASONS;

/** Coverage as a statement and as a settlement count it, and what parts them. All energy is MWh, exact. */
export interface CoverageDifference {
  readonly statement: CoverageSide;
  /** Null where the run has no load. */
  readonly settlement: CoverageSide | null;
  /** What is to be added to the matched energy of the statement, in order; the sum is the settlement's. */
  readonly reasons: readonly {
    readonly reason: CoverageReason;
    readonly mwh: string;
    readonly says: string;
  }[];
  /** Settlement less statement; null without load. */
  readonly differenceMwh: string | null;
}

/** One side. */
export interface CoverageSide {
  readonly matchedMwh: string;
  readonly loadMwh: string;
  /** Delivered and not usable in its own hour. */
  readonly excessMwh: string;
  /** Truncated to four decimals; null without load. */
  readonly coveragePct: string | null;
}

/**
 * Compares the coverage of a settlement with that of the matched months that it rests on, hour by hour:
 * the same hours, so that each difference has a cause of its own and all of them add up.
 *
 * @param input  Of the run.
 * @param hours  Of its matched months, in order of time.
 */
export function coverageDifference(
  input: RunInput,
  hours: readonly StatementHour[],
  rules: readonly LegalTimeRule[],
): CoverageDifference {
  const statement = side(
    hours.map(({ matchedWh, loadWh, contractedWh, lostWh, storageWh }) => ({
      matched: new Decimal(matchedWh),
      load: loadWh,
      excess: Decimal.max(new Decimal(contractedWh - lostWh).minus(matchedWh - storageWh), 0),
    })),
  );
  const { load: loads, injected, reaching } = volumes(input, rules);
  if (loads === null) return { statement, settlement: null, reasons: [], differenceMwh: null };
  const sums = new Map<CoverageReason, Decimal>();
  const add = (reason: CoverageReason, wh: Decimal): void => {
    sums.set(reason, (sums.get(reason) ?? new Decimal(0)).plus(wh));
  };
  const settled = hours.flatMap((hour) => {
    const at = (hour.hourMs - input.startMs) / HOUR_MS;
    const load = loads[at];
    const { matchedWh, storageWh, contractedWh, lostWh } = hour;
    if (load === undefined) {
      add('PERIOD', new Decimal(-matchedWh));
      return [];
    }
    const within = (wh: Decimal | number): Decimal => Decimal.min(wh, load);
    const ofPlants = Decimal.min(matchedWh - storageWh, load);
    const [bought, own, reached] = [contractedWh, injected[at]!, reaching[at]!].map(within);
    add('LOAD', ofPlants.minus(matchedWh - storageWh));
    add('STORAGE', new Decimal(-storageWh));
    const arrived = within(contractedWh - lostWh);
    add('OTHER_PARTY', arrived.minus(ofPlants));
    add('SHARE', own!.minus(bought!));
    add('LOSSES', bought!.minus(arrived).plus(reached!).minus(own!));
    return [{ matched: reached!, load, excess: reaching[at]!.minus(reached!) }];
  });
  const reasons = (Object.keys(COVERAGE_REASONS) as CoverageReason[]).flatMap((reason) => {
    const wh = sums.get(reason) ?? new Decimal(0);
    return wh.isZero() ? [] : [{ reason, mwh: mwhText(wh), says: COVERAGE_REASONS[reason] }];
  });
  const settlement = side(settled);
  const differenceMwh = new Decimal(settlement.matchedMwh).minus(statement.matchedMwh).toFixed();
  return { statement, settlement, reasons, differenceMwh };
}

function volumes(input: RunInput, rules: readonly LegalTimeRule[]) {
  const { run, startMs, endMs, asOf, series } = input;
  const parts = partsOf(input, { startMs, endMs, run, asOf }, { series, rules });
  return joinedVolumes(parts.map((part) => volumesOf(part.frame, part.series)));
}

function side(
  hours: readonly { readonly matched: Decimal; readonly load: number; readonly excess: Decimal }[],
): CoverageSide {
  const zero = new Decimal(0);
  const matched = hours.reduce((sum, one) => sum.plus(one.matched), zero);
  const load = hours.reduce((sum, one) => sum.plus(one.load), zero);
  const excess = hours.reduce((sum, one) => sum.plus(one.excess), zero);
  return {
    matchedMwh: mwhText(matched),
    loadMwh: mwhText(load),
    excessMwh: mwhText(excess),
    coveragePct: load.isZero()
      ? null
      : matched.times(100).dividedBy(load).toFixed(4, Decimal.ROUND_DOWN),
  };
}
