import { canonicalJson, type Canonical } from '../../src/core/ledger/canonical.js';
import { type EarlierPeriod, openingsOf } from '../../src/core/settlement/accounts/carry-over.js';
import { engineStamp } from '../../src/core/engines.js';
import { type RunInput, type RunResult, settleRun } from '../../src/core/settlement/document.js';
import type { Elections } from '../../src/core/settlement/elections/elections.shape.js';
import { contractYearOf, stageMwOn } from '../../src/core/settlement/hours/hours.js';
import type { SettlementSeries } from '../../src/core/settlement/hours/series.shape.js';
import type { References } from '../../src/core/settlement/references/references.shape.js';
import { addMonths } from '../../src/core/settlement/parts/run-order.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../src/core/time/legal-time.js';
import { contract, seriesOf } from './contract.js';

const FIRST = '2026-10';
const HOUR_MS = 3_600_000;
const MW = 1_000_000;
/** A clear day of a plant of 1 MW, kW by UTC hour. */
const SUN_KW = [
  0, 0, 0, 0, 0, 0, 20, 150, 340, 520, 660, 740, 760, 720, 620, 470, 290, 110, 10, 0, 0, 0, 0, 0,
];
const MONTHS = Array.from({ length: 36 }, (_, at) => addMonths(FIRST, at));

/** Synthetic: 40, then 80, then 150 MW; 550 MAD/MWh, 60 % indexed each October. */
const SUPPLY = contract({
  signatureDate: '2026-01-15',
  codDate: '2026-10-01',
  termEnd: '2046-09-30',
  stages: [
    { from: '2026-10-01', mw: '40' },
    { from: '2027-10-01', mw: '80' },
    { from: '2028-04-01', mw: '150' },
  ],
  volume: { ...contract().volume, product: 'AS_CONSUMED', acqMwh: '300000' },
  price: {
    ...contract().price,
    index: {
      series: 'CPI',
      fixedShare: '0.4',
      baseMonth: '2026-07',
      lagMonths: 3,
      adjusts: 'ANNIVERSARY',
      factorFloor: null,
      factorCap: '1.05',
      revisionPolicy: 'FREEZE_AS_PUBLISHED',
    },
  },
  obligations: {
    takeOrPay: {
      period: 'YEAR',
      levelPct: '90',
      deductions: [],
      makeUp: 'PRICE_DIFFERENCE',
      expiryYears: 3,
    },
    coverageGuarantee: {
      metric: 'ENERGY_WEIGHTED',
      levelPct: '75',
      rateMadPerMwh: '120',
      period: 'MONTH',
      zeroLoadHour: 'COVERED',
    },
    damageCaps: { annualMad: '20000000', aggregateMad: '60000000' },
  },
  vat: { energy: 'VAT-RE', regulated: null, fees: null, damages: null },
  rounding: { factorDp: 6, priceDp: 2, amount: 'PER_LINE' },
});

/** Synthetic: a difference against a reference price, nothing where that is negative. */
const DIFFERENCE = contract({
  signatureDate: '2026-01-15',
  codDate: '2026-10-01',
  termEnd: '2046-09-30',
  deliveryForm: 'VIRTUAL',
  price: { ...contract().price, negativeRule: { rule: 'ZERO_SETTLEMENT', hours: null } },
});

const dated = { confidence: 'M' };
const cpi = (month: string, value: string, publishedOn: string) => ({
  ...dated,
  id: `CPI:${month}:${publishedOn}`,
  series: 'CPI',
  month,
  value,
  publishedOn,
});
const REFERENCES: References = {
  tariffs: [],
  fx: [],
  peakWindows: null,
  indices: [
    cpi('2026-07', '120', '2026-08-20'),
    cpi('2027-07', '122.4', '2027-08-20'),
    // Revised after it was used: as published is what counts.
    cpi('2027-07', '123.1', '2028-02-20'),
    cpi('2028-07', '131.6', '2028-08-20'),
  ],
  vat: [{ ...dated, id: 'VAT-RE@1', code: 'VAT-RE', ratePct: '10', from: '2026-01-01', to: null }],
};

/** One settled period. */
export interface ScenarioRun extends RunResult {
  readonly contract: string;
  readonly period: string;
  readonly contractYear: number;
}

/**
 * Three contract years of synthetic hours, settled as the ledger settles them: month by month, each year
 * reconciled, one month restated; a year under each averaging rule; a contract for differences with a
 * month of negative prices.
 */
export function threeYears(): readonly ScenarioRun[] {
  const metric = (name: 'TIME_AVERAGED' | 'VOLUMETRIC'): Elections => ({
    ...SUPPLY,
    obligations: {
      ...SUPPLY.obligations,
      coverageGuarantee: { ...SUPPLY.obligations.coverageGuarantee!, metric: name },
    },
  });
  const firstYear = MONTHS.slice(0, 12);
  return [
    ...settleAll('SUPPLY', SUPPLY, MONTHS),
    ...settleAll('SUPPLY, TIME_AVERAGED', metric('TIME_AVERAGED'), firstYear),
    ...settleAll('SUPPLY, VOLUMETRIC', metric('VOLUMETRIC'), firstYear),
    ...settleAll('DIFFERENCE', DIFFERENCE, firstYear),
  ];
}

/** The frozen form: a line of canonical JSON for each run, without its hours. */
export function frozen(runs: readonly ScenarioRun[]): string {
  return runs
    .map(({ contract: name, period, contractYear, input, settlement, carry, delta }) => {
      const { run, openings } = input;
      const line = {
        contract: name,
        period,
        contractYear,
        run,
        openings,
        settlement,
        carry,
        delta,
      };
      return `${canonicalJson(line as unknown as Canonical)}\n`;
    })
    .join('');
}

function settleAll(
  name: string,
  elections: Elections,
  months: readonly string[],
): readonly ScenarioRun[] {
  const runs: ScenarioRun[] = [];
  const latest = new Map<string, EarlierPeriod>();
  const hoursOf = new Map<string, SettlementSeries>();
  const settle = (
    run: RunInput['run'],
    period: string,
    span: readonly string[],
    asOf: string,
  ): void => {
    const contractYear = contractYearOf(elections, elections.codDate, `${span[0]}-01`);
    const before = runs.findLast((one) => one.period === period) ?? null;
    // A month opens where the months before it left off; a year where its months did.
    const earlier = [...latest].filter(([key]) => key !== period).map(([, one]) => one);
    const result = settleRun(
      {
        run,
        asOf,
        elections,
        references: REFERENCES,
        margin: { before: [], after: [] },
        startMs: civilMonth(MOROCCO_LEGAL_TIME, span[0]!).startMs,
        endMs: civilMonth(MOROCCO_LEGAL_TIME, span.at(-1)!).endMs,
        series: joined(span.map((month) => hoursOf.get(month)!)),
        openings: openingsOf(earlier, contractYear),
      },
      before === null ? null : { ...before, ...engineStamp('settlement') },
      MOROCCO_LEGAL_TIME,
    );
    runs.push({ contract: name, period, contractYear, ...result });
    const isYear = run === 'RECONCILIATION';
    latest.set(period, { contractYear, isYear, carry: result.carry });
  };
  months.forEach((month, at) => {
    hoursOf.set(month, seriesOfMonth(elections, month, at));
    const next = addMonths(month, 1);
    settle('FINAL', month, [month], `${next}-10`);
    if (month === '2027-02') {
      hoursOf.set(month, restated(hoursOf.get(month)!));
      settle('TRUE_UP', month, [month], `${next}-25`);
    }
    if (at % 12 === 11) {
      settle('RECONCILIATION', `Y${(at + 1) / 12}`, months.slice(at - 11, at + 1), `${next}-20`);
    }
  });
  return runs;
}

function seriesOfMonth(elections: Elections, month: string, at: number): SettlementSeries {
  const { startMs, endMs } = civilMonth(MOROCCO_LEGAL_TIME, month);
  const hours = Array.from({ length: (endMs - startMs) / HOUR_MS }, (_, hour) => hour);
  const mw = Number(stageMwOn(elections, `${month}-01`));
  const season = [80, 70, 65, 70, 80, 95, 110, 120, 125, 125, 115, 100][at % 12]!;
  const generationWh = hours.map((hour) => {
    const sunWh = SUN_KW[hour % 24]! * 1_000 * season;
    const windWh = ((hour * 37 + Math.floor(hour / 24) * 11 + at * 17) % 100) * 10_000;
    return Math.floor((mw * (sunWh + windWh * 60)) / 100);
  });
  const isNegativeMonth = month === '2027-04';
  const isVirtual = elections.deliveryForm === 'VIRTUAL';
  return seriesOf(generationWh, {
    // Cooling by day: a tenth less by night.
    loadWh: isVirtual
      ? null
      : hours.map((hour) => (mw * MW * (SUN_KW[hour % 24]! > 0 ? 10 : 9)) / 10),
    referenceMadPerMwh: isVirtual
      ? hours.map((hour) =>
          // Too much sun for the market on every third day of one spring.
          isNegativeMonth && hour % 72 >= 10 && hour % 72 < 15
            ? String(-20 - (hour % 7))
            : String(480 + ((hour * 13) % 150)),
        )
      : null,
  });
}

/** Ten days of readings come in again, a twentieth lower. */
function restated(series: SettlementSeries): SettlementSeries {
  const generationWh = series.generationWh.map((wh, hour) =>
    hour < 240 ? Math.floor((wh! * 19) / 20) : wh,
  );
  return { ...series, generationWh };
}

function joined(months: readonly SettlementSeries[]): SettlementSeries {
  const names = Object.keys(months[0]!) as (keyof SettlementSeries)[];
  const all = names.map((name) => [
    name,
    months[0]![name] === null ? null : months.flatMap((month) => month[name] as readonly unknown[]),
  ]);
  return Object.fromEntries(all) as SettlementSeries;
}
