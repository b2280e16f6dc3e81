import type { FactorHours, Factor } from '../carbon/factor.js';
import type { Canonical } from '../ledger/canonical.js';
import type { MonthHour, SupplyRow } from '../matching/match-hour.js';
import { compareIds } from '../text.js';
import { MINUTE_MS } from '../time/interval.js';
import { tonnes } from '../units/emissions.js';
import { Decimal } from '../units/money.js';

/** Certificates of a plant in a month: METHOD 7.1, lines 7 and 8. */
export interface CertificatesLine {
  readonly plantCode: string;
  readonly trackingSystems: readonly string[];
  readonly certificateCount: number;
  /** Ids of the issuer, of the first and the last by start; null without any. */
  readonly firstId: string | null;
  readonly lastId: string | null;
  readonly issuedWh: number;
  /** Cancelled or claimed already, for whomever but the buyer. */
  readonly cancelledForOthersWh: number;
  readonly eligibleWh: number;
  readonly matchedWh: number;
  readonly unmatchedWh: number;
  readonly productionIntervalsMinutes: readonly number[];
}

/** What each plant's certificates were, by plant in the order given. */
export function certificatesLines(
  hours: readonly MonthHour[],
  plantCodes: readonly string[],
): readonly CertificatesLine[] {
  const byPlant = Map.groupBy(
    hours.flatMap(({ supply }) => supply),
    ({ certificate }) => certificate.plantCode,
  );
  return plantCodes.map((plantCode) => certificatesLine(plantCode, byPlant.get(plantCode) ?? []));
}

function certificatesLine(plantCode: string, supply: readonly SupplyRow[]): CertificatesLine {
  const ordered = supply.toSorted(
    ({ certificate: a }, { certificate: b }) =>
      a.startMs - b.startMs || compareIds(a.externalId, b.externalId),
  );
  const sum = (of: (row: SupplyRow) => number): number =>
    supply.reduce((total, row) => total + of(row), 0);
  const eligibleWh = sum((row) => row.eligibleWh);
  const matchedWh = sum((row) => row.matchedWh);
  return {
    plantCode,
    trackingSystems: [...new Set(supply.map(({ certificate }) => certificate.issuer))].toSorted(
      compareIds,
    ),
    certificateCount: supply.length,
    firstId: ordered[0]?.certificate.externalId ?? null,
    lastId: ordered.at(-1)?.certificate.externalId ?? null,
    issuedWh: sum(({ certificate }) => certificate.wh),
    cancelledForOthersWh: sum(({ standing }) => standing.cancelledWh),
    eligibleWh,
    matchedWh,
    unmatchedWh: eligibleWh - matchedWh,
    productionIntervalsMinutes: [
      ...new Set(
        supply.map(({ certificate: { startMs, endMs } }) => (endMs - startMs) / MINUTE_MS),
      ),
    ].toSorted((a, b) => a - b),
  };
}

/** A line that needs a factor of its own kind: without one it is not stated, and never 0. */
export interface ApartLine {
  readonly line: 'biogenic' | 'gridLosses' | 'upstream' | 'avoided';
  /** Null: not stated. */
  readonly emissionsT: string | null;
  /** Why there is none. */
  readonly notStated: 'no factor' | null;
  readonly formula: string;
  readonly factors: readonly { readonly code: string; readonly version: number }[];
}

/** `Σ energy × factor`, apart from the scopes; not stated where an hour has no factor. */
export function apartLine(
  line: ApartLine['line'],
  { formula, hourlyWh }: { readonly formula: string; readonly hourlyWh: readonly number[] },
  { mgPerKwh, missingMs, used }: FactorHours<Factor>,
): ApartLine {
  if (missingMs !== null || used.length === 0) {
    return { line, emissionsT: null, notStated: 'no factor', formula, factors: [] };
  }
  const exact = hourlyWh.reduce(
    (sum, wh, hour) => sum.plus(new Decimal(wh).times(mgPerKwh[hour]!)),
    new Decimal(0),
  );
  return {
    line,
    emissionsT: tonnes(exact),
    notStated: null,
    formula,
    factors: used.map(({ factor: { code, version } }) => ({ code, version })),
  };
}

/** Share of the operating margin in a combined margin, by technology, thousandths (UNFCCC CDM, first period). */
const operatingMille = (technology: string): number =>
  ['solar_pv', 'wind_turbine'].includes(technology) ? 750 : 500;

/**
 * Avoided emissions (METHOD 6.4): `Σ G × MER`; with margins only `MER = w × OM + (1 − w) × BM`, w 0.75
 * for sun and wind, else 0.5. Consequential: never netted.
 */
export function avoidedLine(
  hours: readonly MonthHour[],
  technologyOf: ReadonlyMap<string, string>,
  factors: Readonly<Record<'marginal' | 'operating' | 'build', FactorHours<Factor>>>,
): ApartLine {
  const { marginal, operating, build } = factors;
  const generated = hours.map(({ generationWh }) => generationWh);
  const direct = apartLine(
    'avoided',
    { formula: 'Σ generation × marginal factor', hourlyWh: generated },
    marginal,
  );
  const formula = 'Σ generation × (w × operating margin + (1 − w) × build margin)';
  const isCombined = [operating, build].every(
    ({ missingMs, used }) => missingMs === null && used.length > 0,
  );
  if (direct.emissionsT !== null || !isCombined) return direct;
  const exact = hours.reduce((sum, { supply }, hour) => {
    const [om, bm] = [operating.mgPerKwh[hour]!, build.mgPerKwh[hour]!];
    return supply.reduce((hourSum, { certificate, eligibleWh }) => {
      const mille = operatingMille(technologyOf.get(certificate.plantCode) ?? '');
      const mer = new Decimal(om).times(mille).plus(new Decimal(bm).times(1000 - mille));
      return hourSum.plus(mer.times(eligibleWh).dividedBy(1000));
    }, sum);
  }, new Decimal(0));
  return {
    line: 'avoided',
    emissionsT: tonnes(exact),
    notStated: null,
    formula,
    factors: [...operating.used, ...build.used].map(({ factor: { code, version } }) => ({
      code,
      version,
    })),
  };
}

/** What the figures do not hold, with why (METHOD 7.1, line 17): meter-hours. */
export function exclusionsOf(quality: {
  readonly missingIntervals: number;
  readonly incompleteMeterHours: number;
  readonly excludedMeterHours: number;
}): Canonical {
  return [
    { what: 'missingIntervals', count: quality.missingIntervals, reason: 'no reading' },
    { what: 'incompleteMeterHours', count: quality.incompleteMeterHours, reason: 'a part lacks' },
    { what: 'excludedMeterHours', count: quality.excludedMeterHours, reason: 'not validated' },
  ].filter(({ count }) => count > 0);
}

/** What a statement was made from otherwise than the one before: why its figures are others. */
export function restatementOf(
  before: {
    readonly statementId: string;
    readonly engineVersion?: unknown;
    readonly figures: readonly { readonly sources: readonly { kind: string; id: string }[] }[];
  },
  content: {
    readonly engineVersion?: unknown;
    readonly figures: readonly { readonly sources: readonly { kind: string; id: string }[] }[];
  },
): Canonical {
  const idsOf = ({ figures }: Pick<typeof content, 'figures'>): Set<string> =>
    new Set(figures.flatMap(({ sources }) => sources.map(({ kind, id }) => `${kind} ${id}`)));
  const [old, now] = [idsOf(before), idsOf(content)];
  const engine = (one: { readonly engineVersion?: unknown }): string =>
    one.engineVersion === undefined ? '1' : JSON.stringify(one.engineVersion);
  return {
    supersedes: before.statementId,
    engine:
      engine(before) === engine(content)
        ? null
        : { before: engine(before), after: engine(content) },
    gone: [...old].filter((id) => !now.has(id)).toSorted(compareIds),
    come: [...now].filter((id) => !old.has(id)).toSorted(compareIds),
  };
}

/** Civil dates of a period, the last day included. */
export function civilDates(
  startMs: number,
  endMs: number,
  dayOf: (ms: number) => string,
): { readonly from: string; readonly to: string } {
  return { from: dayOf(startMs), to: dayOf(endMs - MINUTE_MS) };
}
