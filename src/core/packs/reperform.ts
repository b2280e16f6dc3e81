import {
  type Factor,
  factorHours,
  type FactorHours,
  type FactorKind,
  isWhole,
} from '../carbon/factor.js';
import { rateInForce } from '../contracts/in-force.js';
import { engineVersionOf, isMadeHere } from '../engines.js';
import { type ContractPart, contractParts, partsMatched } from '../matching/contract-parts.js';
import {
  type MatchedMonth,
  matchMonth,
  MATCHER_VERSION,
  matcherName,
  matcherOf,
} from '../matching/month.js';
import { acceptance, type AcceptedSuspect } from '../matching/suspect.js';
import { type BilledPart, billParts } from '../statements/billing.js';
import { carbonFigures } from '../statements/carbon.js';
import { areCertificatesApplied, instrumentClasses } from '../statements/criteria.js';
import { statementHours, statementPlants } from '../statements/document.js';
import type { Figure, SourceRef } from '../statements/figure.js';
import { tenantFigures } from '../statements/tenant-figures.js';
import { shareToTenants } from '../statements/tenants.js';
import { civilDayOf, civilMonth, MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { factorMgPerKwh } from '../units/emissions.js';
import type { EventHeader, PackLog } from './pack-log.js';
import {
  blocksOf,
  bundlesOf,
  certificatesOf,
  type Contract,
  type FactorRow,
  latestOf,
  type Meter,
  type Plant,
  type RateRow,
  type Rows,
  rowsBefore,
  type TenantRow,
  versionsOf,
} from './sealed-rows.js';

interface Statement {
  /** Absent: made by version 1 of the engine. */
  readonly engineVersion?: unknown;
  readonly kind: 'carbon' | 'billing' | 'tenant';
  readonly siteCode: string;
  readonly boundary: string;
  readonly version: number;
  readonly period: { readonly month: string };
  readonly matching: { readonly runId: string; readonly resultRoot: string };
  readonly figures: readonly Figure[];
  /** Of a tenant's statement: whose it is, and the GPU-hours that were supplied. */
  readonly tenant?: { readonly code: string; readonly gpuHours: string | null };
}

/** What came of computing a statement again. */
export interface Reperformance {
  readonly fault: string | null;
  readonly detail: string;
  /** Only where it was not computed again, because engines that are not here made it. */
  readonly notComputed?: true;
}

/** The engine of each kind of statement. */
const ENGINE_OF = { carbon: 'carbon', tenant: 'carbon', billing: 'billing' } as const;

const NO_SOURCE: SourceRef = { kind: 'matching-run', id: '' };

/**
 * Computes a statement's figures again from the rows of a pack: matches the month, prices
 * it or states its carbon, and compares every figure.
 *
 * @param log     The pack's log, its places and rows already checked.
 * @param sealed  The event that sealed the statement: rows after it do not count.
 * @param text    The statement.
 */
export function reperform(log: PackLog, sealed: EventHeader, text: string): Reperformance {
  const statement = JSON.parse(text) as Statement;
  const { month } = statement.period;
  const name = `${statement.kind} ${month} version ${statement.version}`;
  const run = log.headers.find(({ eventId }) => eventId === statement.matching.runId);
  if (run === undefined)
    return { fault: `${name}: its matching run is not in the log.`, detail: '' };
  const sealedRun = run.body['run'] as {
    readonly resultRoot?: unknown;
    readonly codeVersion?: unknown;
    readonly acceptedSuspect?: readonly AcceptedSuspect[];
  };
  if (run.type !== 'matching.run' || sealedRun.resultRoot !== statement.matching.resultRoot) {
    return { fault: `${name}: its matching run sealed another result.`, detail: '' };
  }
  const absent = absentEngine(statement, matcherOf(sealedRun));
  if (absent !== null) {
    const detail = `${name}: made by ${absent}: cannot be computed here`;
    return { fault: null, detail, notComputed: true };
  }
  const before = rowsBefore(log, run.seq);
  const atIssue = rowsBefore(log, sealed.seq);
  const period = civilMonth(MOROCCO_LEGAL_TIME, month);
  const parts = contractParts(versionsOf<Contract>(before, 'contract'), statement.siteCode, {
    month: period,
    rules: MOROCCO_LEGAL_TIME,
  });
  if (parts.length === 0) return { fault: `${name}: no contract is in force.`, detail: '' };
  const plantCodes = new Set(parts.flatMap(({ contract }) => contract.plantCodes));
  const plants = latestOf<Plant>(before, 'plant').filter(({ code }) => plantCodes.has(code));
  const meters = latestOf<Meter>(before, 'meter').filter(
    ({ siteCode, isBooked = true, direction = 'consumption' }) =>
      siteCode === statement.siteCode && isBooked && direction === 'consumption',
  );
  const matched = matchMonth({
    startMs: period.startMs,
    endMs: period.endMs,
    meters,
    blocks: blocksOf(before, new Set(meters.map(({ code }) => code)), period),
    accepts: acceptance(sealedRun.acceptedSuspect ?? [], null),
    ...partsMatched(parts, {
      certificates: certificatesOf(before, plants),
      bundles: bundlesOf(before),
      plants,
      boundary: statement.boundary,
      terms: null,
    }),
  });
  if (matched.resultRoot !== statement.matching.resultRoot) {
    return { fault: `${name}: matching again gives another result.`, detail: '' };
  }
  const of = { statement, parts, matched, plants, period };
  const figures = AGAIN[statement.kind](atIssue, of);
  if (figures === null) return { fault: `${name}: a factor or rate is missing.`, detail: '' };
  const values = new Map(figures.map(({ id, value }) => [id, value]));
  const wrong = statement.figures.find(({ id, value }) => values.get(id) !== value);
  if (wrong !== undefined || values.size !== statement.figures.length) {
    const what = wrong === undefined ? 'the number of figures' : `${wrong.id} = ${wrong.value}`;
    return { fault: `${name}: computing again does not give ${what}.`, detail: '' };
  }
  return { fault: null, detail: `${name}: ${values.size} figures computed again, all equal` };
}

/** The engine that made a statement or its run, where that is not the one in hand. */
function absentEngine(statement: Statement, matcher: string): string | null {
  if (matcher !== MATCHER_VERSION) return matcherName(matcher);
  const engine = ENGINE_OF[statement.kind];
  return isMadeHere(engine, statement) ? null : `${engine} engine ${engineVersionOf(statement)}`;
}

/** What a statement's figures are computed from again. */
interface Again {
  readonly statement: Statement;
  readonly parts: readonly ContractPart<Contract>[];
  readonly matched: MatchedMonth;
  readonly plants: readonly Plant[];
  readonly period: { readonly startMs: number; readonly endMs: number };
}

const AGAIN: Readonly<
  Record<Statement['kind'], (rows: Rows, of: Again) => readonly Figure[] | null>
> = { carbon: carbonAgain, billing: billingAgain, tenant: tenantAgain };

/** The factors of a kind over the hours of the period. */
function factorAgain(
  rows: Rows,
  { statement, period: { startMs, endMs } }: Again,
  kind: FactorKind,
): FactorHours<Factor> {
  const factors = latestOf<FactorRow>(rows, 'emission-factor').map((factor) => ({
    ...factor,
    validFromMs: Date.parse(factor.validFrom),
    validToMs: Date.parse(factor.validTo),
  }));
  const wanted = { kind, zone: statement.boundary, startMs, endMs };
  return factorHours(factors, wanted);
}

function carbonAgain(rows: Rows, of: Again): readonly Figure[] | null {
  const grid = factorAgain(rows, of, 'grid_average');
  const fossil = factorAgain(rows, of, 'fossil');
  if (!isWhole(grid) || !isWhole(fossil)) return null;
  const residualMix = factorAgain(rows, of, 'residual_mix');
  return carbonFigures({
    hours: statementHours(of.matched.hours, { grid, residualMix, fossil }),
    plants: statementPlants(of.matched.hours, of.plants.map(withDirectFactor)),
    areInstrumentsApplied: areAppliedAgain(rows, of),
    sources: {
      run: NO_SOURCE,
      blocks: [],
      certificates: [],
      plants: [],
      contracts: [],
      gridFactors: [],
      residualMix: [],
      fossilFactors: [],
    },
  });
}

/** Whether the contracts answer every quality criterion, as they stood when the statement was issued. */
function areAppliedAgain(rows: Rows, { statement, period }: Again): boolean {
  const parts = contractParts(versionsOf<Contract>(rows, 'contract'), statement.siteCode, {
    month: { month: statement.period.month, ...period },
    rules: MOROCCO_LEGAL_TIME,
  });
  const classes = instrumentClasses({
    contracts: parts.map(({ contract }) => contract),
    boundary: statement.boundary,
    beneficiaryCode: '',
    hasResidualMix: false,
    supplierCodes: [],
  });
  return areCertificatesApplied(classes);
}

function withDirectFactor({ code, directFactorGPerKwh }: Plant): {
  readonly code: string;
  readonly directFactorMgPerKwh: number;
} {
  return { code, directFactorMgPerKwh: factorMgPerKwh(directFactorGPerKwh) };
}

function billingAgain(rows: Rows, of: Again): readonly Figure[] | null {
  const rates = versionsOf<RateRow>(rows, 'vat-rate');
  const billed: BilledPart[] = [];
  for (const { contract, from, startMs, endMs } of of.parts) {
    const { vatCode, strikePriceMadPerMwh } = contract;
    const rate = rateInForce(
      rates.filter(({ code }) => code === vatCode),
      civilDayOf(MOROCCO_LEGAL_TIME, endMs - 1),
    );
    if (rate === null) return null;
    const plants = of.plants.filter(({ code }) => contract.plantCodes.includes(code));
    const hours = of.matched.hours.filter(({ hourMs }) => startMs <= hourMs && hourMs < endMs);
    const totals = statementPlants(hours, plants.map(withDirectFactor));
    billed.push({
      from,
      plants: plants.map(({ code, lossFactor }, at) => {
        const { contractedWh: generationWh } = totals[at]!;
        return { plantCode: code, generationWh, lossFactor, sources: [] };
      }),
      terms: { strikePriceMadPerMwh, vatCode, vatRatePct: rate.ratePct, sources: [] },
    });
  }
  return billParts(billed).figures;
}

function tenantAgain(rows: Rows, of: Again): readonly Figure[] | null {
  const { statement, matched, plants } = of;
  const grid = factorAgain(rows, of, 'grid_average');
  if (!isWhole(grid) || statement.tenant === undefined) return null;
  const { code, gpuHours } = statement.tenant;
  const tenants = latestOf<TenantRow>(rows, 'tenant').filter(
    ({ siteCode }) => siteCode === statement.siteCode,
  );
  if (!tenants.some((tenant) => tenant.code === code)) return null;
  const shares = shareToTenants(
    matched.hours,
    tenants.map((tenant) => ({ ...tenant, gpuHours: tenant.code === code ? gpuHours : null })),
    {
      gridMgPerKwh: grid.mgPerKwh,
      plantMgPerKwh: new Map(
        plants.map((plant) => [plant.code, withDirectFactor(plant).directFactorMgPerKwh]),
      ),
    },
  );
  return tenantFigures(shares, code, []);
}
