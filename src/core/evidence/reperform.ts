import { factorFor, factorHours, type FactorKind } from '../carbon/factor.js';
import type { Bundle } from '../certificates/bundle.js';
import { contractInForce, rateInForce } from '../contracts/in-force.js';
import { DEFAULT_MATCHING_TERMS, type MatchingTerms } from '../contracts/matching-terms.js';
import { type MatchedMonth, matchMonth } from '../matching/month.js';
import { offersOf, type OwnedCertificate } from '../matching/offers.js';
import type { IntervalBlock } from '../metering/interval-block.js';
import { billMonth } from '../statements/billing.js';
import { carbonFigures } from '../statements/carbon.js';
import { statementHours, statementPlants } from '../statements/document.js';
import type { Figure, SourceRef } from '../statements/figure.js';
import { compareIds } from '../text.js';
import { DAY_MS, utcDayStartMs } from '../time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { factorMgPerKwh } from '../units/emissions.js';
import type { EventHeader, EvidenceLog } from './evidence.js';

interface Statement {
  readonly kind: 'carbon' | 'billing';
  readonly siteCode: string;
  readonly boundary: string;
  readonly version: number;
  readonly period: { readonly month: string };
  readonly matching: { readonly runId: string; readonly resultRoot: string };
  readonly figures: readonly Figure[];
}

/** What came of computing a statement again. */
export interface Reperformance {
  readonly fault: string | null;
  readonly detail: string;
}

const NO_SOURCE: SourceRef = { kind: 'matching-run', id: '' };

/**
 * Computes a statement's figures again from the rows of an evidence file: matches the month, prices
 * it or states its carbon, and compares every figure.
 *
 * @param log     The file's log, its chain and rows already checked.
 * @param sealed  The event that sealed the statement: rows after it do not count.
 * @param text    The statement.
 */
export function reperform(log: EvidenceLog, sealed: EventHeader, text: string): Reperformance {
  const statement = JSON.parse(text) as Statement;
  const { month } = statement.period;
  const name = `${statement.kind} ${month} version ${statement.version}`;
  const run = log.headers.find(({ eventId }) => eventId === statement.matching.runId);
  if (run === undefined)
    return { fault: `${name}: its matching run is not in the log.`, detail: '' };
  const before = rowsBefore(log, run.seq);
  const atIssue = rowsBefore(log, sealed.seq);
  const period = civilMonth(MOROCCO_LEGAL_TIME, month);
  const { contract } = contractInForce(
    versionsOf<Contract>(before, 'contract'),
    statement.siteCode,
    month,
  );
  if (contract === null) return { fault: `${name}: no contract is in force.`, detail: '' };
  const plants = latestOf<Plant>(before, 'plant').filter(({ code }) =>
    contract.plantCodes.includes(code),
  );
  const meters = latestOf<Meter>(before, 'meter').filter(
    ({ siteCode, isBooked = true, direction = 'consumption' }) =>
      siteCode === statement.siteCode && isBooked && direction === 'consumption',
  );
  const terms = contract.matching ?? DEFAULT_MATCHING_TERMS;
  const matched = matchMonth({
    startMs: period.startMs,
    endMs: period.endMs,
    meters,
    blocks: blocksOf(before, new Set(meters.map(({ code }) => code)), period),
    offers: offersOf({
      certificates: certificatesOf(before, plants),
      bundles: bundlesOf(before),
      plants,
      buyerCode: contract.buyerCode,
      sellerCode: contract.sellerCode,
      boundary: statement.boundary,
      terms,
    }),
    terms,
  });
  if (matched.resultRoot !== statement.matching.resultRoot) {
    return { fault: `${name}: matching again gives another result.`, detail: '' };
  }
  const figures =
    statement.kind === 'carbon'
      ? carbonAgain(atIssue, { statement, matched, plants, period })
      : billingAgain(atIssue, { contract, matched, plants, month });
  if (figures === null) return { fault: `${name}: a factor or rate is missing.`, detail: '' };
  const values = new Map(figures.map(({ id, value }) => [id, value]));
  const wrong = statement.figures.find(({ id, value }) => values.get(id) !== value);
  if (wrong !== undefined || values.size !== statement.figures.length) {
    const what = wrong === undefined ? 'the number of figures' : `${wrong.id} = ${wrong.value}`;
    return { fault: `${name}: computing again does not give ${what}.`, detail: '' };
  }
  return { fault: null, detail: `${name}: ${values.size} figures computed again, all equal` };
}

interface Contract extends Versioned {
  readonly siteCode: string;
  readonly effectiveFrom: string;
  readonly plantCodes: readonly string[];
  readonly strikePriceMadPerMwh: string;
  readonly vatCode: string;
  readonly buyerCode: string;
  readonly sellerCode: string;
  /** Absent from versions that state no terms. */
  readonly matching?: MatchingTerms;
}
interface Plant extends Versioned {
  readonly organisationCode: string;
  readonly boundary: string;
  readonly technology: string;
  readonly commissionedOn: string;
  readonly lossFactor: string;
  readonly directFactorGPerKwh: string;
}
interface Meter extends Versioned {
  readonly siteCode: string;
  readonly intervalMinutes: number;
  /** Absent from versions that say nothing else than what was always so. */
  readonly isBooked?: boolean;
  readonly direction?: string;
}
interface RateRow extends Versioned {
  readonly ratePct: string;
  readonly validFrom: string;
  readonly validTo: string | null;
}
interface FactorRow extends Versioned {
  readonly kind: string;
  readonly zone: string;
  readonly resolution: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly mgPerKwh: readonly number[];
  readonly cfePpm: readonly (number | null)[];
}

function carbonAgain(
  rows: Rows,
  of: {
    readonly statement: Statement;
    readonly matched: MatchedMonth;
    readonly plants: readonly Plant[];
    readonly period: { readonly startMs: number; readonly endMs: number };
  },
): readonly Figure[] | null {
  const { startMs, endMs } = of.period;
  const factors = latestOf<FactorRow>(rows, 'emission-factor').map((factor) => ({
    ...factor,
    validFromMs: Date.parse(factor.validFrom),
    validToMs: Date.parse(factor.validTo),
  }));
  const hoursOf = (kind: FactorKind): ReturnType<typeof factorHours> | null => {
    const wanted = { kind, zone: of.statement.boundary, startMs, endMs };
    const factor = factorFor(factors, wanted);
    return factor === null ? null : factorHours(factor, wanted);
  };
  const [grid, fossil] = [hoursOf('grid_average'), hoursOf('fossil')];
  if (grid === null || fossil === null) return null;
  const residualMix = hoursOf('residual_mix');
  return carbonFigures({
    hours: statementHours(of.matched.hours, grid, residualMix),
    plants: statementPlants(of.matched.hours, of.plants.map(withDirectFactor)),
    fossilFactorMgPerKwh: fossil.mgPerKwh[0]!,
    sources: {
      ...{ run: NO_SOURCE, blocks: [], certificates: [], plants: [], gridFactor: NO_SOURCE },
      residualMix: residualMix === null ? null : NO_SOURCE,
      fossilFactor: NO_SOURCE,
    },
  });
}

function withDirectFactor({ code, directFactorGPerKwh }: Plant): {
  readonly code: string;
  readonly directFactorMgPerKwh: number;
} {
  return { code, directFactorMgPerKwh: factorMgPerKwh(directFactorGPerKwh) };
}

function billingAgain(
  rows: Rows,
  of: {
    readonly contract: Contract;
    readonly matched: MatchedMonth;
    readonly plants: readonly Plant[];
    readonly month: string;
  },
): readonly Figure[] | null {
  const { vatCode, strikePriceMadPerMwh } = of.contract;
  const rates = versionsOf<RateRow>(rows, 'vat-rate');
  const [year, month] = of.month.split('-').map(Number) as [number, number];
  const lastDay = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
  const rate = rateInForce(
    rates.filter(({ code }) => code === vatCode),
    lastDay,
  );
  if (rate === null) return null;
  const totals = statementPlants(of.matched.hours, of.plants.map(withDirectFactor));
  return billMonth(
    of.plants.map(({ code, lossFactor }, at) => {
      const { contractedWh: generationWh } = totals[at]!;
      return { plantCode: code, generationWh, lossFactor, sources: [] };
    }),
    { strikePriceMadPerMwh, vatCode, vatRatePct: rate.ratePct, sources: [] },
  ).figures;
}

/** Rows that the log held before a place, parsed, by domain. */
type Rows = ReadonlyMap<string, readonly unknown[]>;

function rowsBefore(log: EvidenceLog, beforeSeq: number): Rows {
  const byDomain = new Map<string, unknown[]>();
  for (const texts of log.rows.slice(0, beforeSeq)) {
    for (const text of texts ?? []) {
      const row = JSON.parse(text) as { readonly '@': string };
      const known = byDomain.get(row['@']);
      if (known === undefined) byDomain.set(row['@'], [row]);
      else known.push(row);
    }
  }
  return byDomain;
}

/** The rows of a kind: their seal has been checked, so they have the shape of their domain. */
function rowsOf<Kind>(rows: Rows, kind: string): readonly Kind[] {
  return (rows.get(`mizan/row/${kind}/1`) ?? []) as readonly Kind[];
}

/** Every version of a kind of record, by code, then version. */
function versionsOf<Kind extends Versioned>(rows: Rows, kind: string): Kind[] {
  return rowsOf<Kind>(rows, kind).toSorted(
    (a, b) => compareIds(a.code, b.code) || a.version - b.version,
  );
}

/** The latest version of each record of a kind, by code. */
function latestOf<Kind extends Versioned>(rows: Rows, kind: string): Kind[] {
  const latest = new Map<string, Kind>();
  for (const row of versionsOf<Kind>(rows, kind)) latest.set(row.code, row);
  return [...latest.values()];
}

/** The latest revision of each meter and UTC day that touches a period. */
function blocksOf(
  rows: Rows,
  meters: ReadonlySet<string>,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): readonly IntervalBlock[] {
  const latest = new Map<string, IntervalBlock>();
  for (const block of rowsOf<IntervalBlock>(rows, 'interval-block')) {
    const dayMs = utcDayStartMs(block.utcDay);
    const touches = dayMs < endMs && dayMs + DAY_MS > startMs;
    if (!meters.has(block.meterCode) || !touches) continue;
    const key = `${block.meterCode} ${block.utcDay}`;
    const known = latest.get(key);
    if (known === undefined || known.revision < block.revision) latest.set(key, block);
  }
  return [...latest.values()];
}

/** Certificates of plants. One that was sealed without its owner belonged to the plant's. */
function certificatesOf(rows: Rows, plants: readonly Plant[]): readonly OwnedCertificate[] {
  const owners = new Map(plants.map((plant) => [plant.code, plant.organisationCode]));
  const sealed = [1, 2].flatMap((version) => rows.get(`mizan/row/certificate/${version}`) ?? []);
  return (sealed as readonly SealedCertificate[])
    .filter(({ plantCode }) => owners.has(plantCode))
    .map((row) => ({
      ...row,
      ownerCode: row.ownerCode ?? owners.get(row.plantCode)!,
      isStorage: row.facts?.is_storage ?? false,
      startMs: Date.parse(row.start),
      endMs: Date.parse(row.end),
    }));
}

interface SealedCertificate extends Omit<OwnedCertificate, 'ownerCode' | 'isStorage'> {
  readonly start: string;
  readonly end: string;
  readonly ownerCode?: string;
  readonly facts?: { readonly is_storage: boolean };
}

/** The last change of each bundle. */
function bundlesOf(rows: Rows): readonly Bundle[] {
  const latest = new Map<string, Bundle>();
  for (const bundle of rowsOf<Bundle>(rows, 'bundle-change')) {
    const known = latest.get(bundle.bundleId);
    if (known === undefined || known.version < bundle.version) latest.set(bundle.bundleId, bundle);
  }
  return [...latest.values()];
}

interface Versioned {
  readonly code: string;
  readonly version: number;
}
