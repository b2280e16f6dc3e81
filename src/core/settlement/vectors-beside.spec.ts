import { readFileSync } from 'node:fs';
import { contract, seriesOf, settled, wh } from '../../../test/support/contract.js';
import { apportion } from '../math/apportion.js';
import { Decimal } from '../units/money.js';
import type { References } from './references/references.shape.js';
import { settlementDelta } from './delta.js';

interface Case {
  readonly id: string;
  readonly input: Readonly<Record<string, never>>;
  readonly expected: Readonly<Record<string, string | number | readonly number[]>>;
}

const CASES = JSON.parse(readFileSync('fixtures/vectors/settlement.json', 'utf8')) as Case[];
const caseOf = (id: string) => {
  const found = CASES.find((one) => one.id === id)!;
  return {
    input: found.input as Record<string, ReturnType<typeof JSON.parse>>,
    expected: found.expected,
  };
};
const NO_REFERENCES: References = { tariffs: [], indices: [], fx: [], vat: [], peakWindows: null };
const equal = (found: string, expected: unknown): void =>
  expect(new Decimal(found).toFixed()).toBe(new Decimal(expected as string).toFixed());

describe('worked cases beside the energy', () => {
  it.each(['E12a', 'E12b'])('%s: annual take-or-pay, with its deductions', (id) => {
    const { input, expected } = caseOf(id);
    const { settlement } = settled({
      elections: contract({
        volume: { product: 'PAY_AS_PRODUCED', acqMwh: String(input['ACQ_MWh']) },
        obligations: {
          takeOrPay: {
            period: 'YEAR',
            levelPct: String(input['top_pct']),
            expiryYears: 3,
            deductions: ['SELLER_FAILURE', 'FORCE_MAJEURE'],
            makeUp: 'PRICE_DIFFERENCE',
          },
        },
      }),
      run: 'RECONCILIATION',
      series: seriesOf(wh([input['taken_MWh']]), {
        sellerFailureWh: wh([input['seller_failure_MWh']]),
        forceMajeureWh: wh([input['fm_MWh']]),
      }),
    });
    const line = settlement.lines.find(({ kind }) => kind === 'TAKE_OR_PAY')!;
    equal(line.quantity, expected['deficiency_MWh']);
    equal(line.amountMad, expected['top_payment_MAD']);
    const bank = settlement.obligations.find(({ name }) => name === 'take-or-pay bank')!;
    equal(bank.closing, expected['makeup_bank_MWh']);
  });

  it('E15: losses, then regulated charges on what is delivered', () => {
    const { input, expected } = caseOf('E15');
    const { settlement } = settled({
      elections: contract({
        adders: {
          lossFactor: new Decimal(input['loss_pct']).dividedBy(100).toFixed(),
          regulatedCharges: (['TURT', 'TSS'] as const).map((charge) => ({
            charge,
            basis: 'DELIVERED',
            payer: 'BUYER',
          })),
        },
      }),
      series: seriesOf([input['metered_kWh'] * 1_000]),
      references: {
        ...NO_REFERENCES,
        tariffs: (['TURT', 'TSS'] as const).map((kind) => ({
          id: kind,
          kind,
          madPerKwh: input[kind],
          from: '2026-03-01',
          to: '2027-03-01',
          confidence: 'P',
        })),
      },
    });
    const of = (kind: string) => settlement.lines.find((line) => line.kind === kind)!;
    equal(new Decimal(of('TURT').quantity).times(1_000).toFixed(), expected['delivered_kWh']);
    equal(of('TURT').amountMad, expected['TURT_MAD']);
    equal(of('TSS').amountMad, expected['TSS_MAD']);
  });

  it.each([
    ['ENERGY_WEIGHTED', 'shortfall_MWh_energy_weighted', 'penalty_MAD_energy_weighted'],
    ['TIME_AVERAGED', 'shortfall_MWh_time_average', 'penalty_MAD_time_average'],
    ['VOLUMETRIC', null, null],
  ] as const)('E16: coverage damages under %s', (metric, shortfall, penalty) => {
    const { input, expected } = caseOf('E16');
    const { settlement } = settled({
      elections: contract({
        volume: { product: 'COVERAGE_24_7' },
        obligations: {
          coverageGuarantee: {
            metric,
            levelPct: String(input['guarantee_pct']),
            period: 'MONTH',
            rateMadPerMwh: String(input['ld_MAD_MWh']),
            zeroLoadHour: 'COVERED',
          },
        },
      }),
      series: seriesOf(wh(input['gen_MWh']), { loadWh: wh(input['load_MWh']) }),
    });
    const line = settlement.lines.find(({ kind }) => kind === 'COVERAGE_DAMAGES')!;
    equal(line.quantity, shortfall === null ? '0' : expected[shortfall]);
    equal(
      new Decimal(line.amountMad).negated().toFixed(),
      penalty === null ? '0' : expected[penalty],
    );
    expect(settlement.coverage).toEqual({
      energyWeightedPct: '61.666667',
      timeAveragedPct: '70.000000',
      volumetricPct: '83.750000',
    });
  });

  it('E19: provisional and delta are the final settlement', () => {
    const { input, expected } = caseOf('E19');
    const elections = contract({
      price: { base: input['price'], unit: 'MAD_PER_KWH' },
      vat: { energy: 'RE' },
    });
    const vat = { id: 'RE@1', code: 'RE', ratePct: String(input['vat_pct']), confidence: 'P' };
    const references = { ...NO_REFERENCES, vat: [{ ...vat, from: '2026-01-01', to: null }] };
    const run = (kwh: number, type: 'PROVISIONAL' | 'FINAL') =>
      settled({ elections, references, series: seriesOf([kwh * 1_000]), run: type }).settlement;
    const provisional = run(input['prov_kWh'], 'PROVISIONAL');
    const delta = settlementDelta(provisional, run(input['final_kWh'], 'FINAL'));
    equal(new Decimal(delta.lines[0]!.quantity).times(1_000).toFixed(), expected['delta_kWh']);
    equal(delta.totals.netMad, expected['net_MAD']);
    equal(delta.totals.vatMad, expected['vat_MAD']);
    equal(delta.totals.grossMad, expected['gross_MAD']);
  });

  it('E20: shares by largest remainder, ties to the lowest id', () => {
    const { input, expected } = caseOf('E20');
    const parts = apportion(input['total_kWh'], Float64Array.from(input['shares']));
    expect(Array.from(parts)).toEqual(expected['alloc_kWh']);
  });

  it.each([
    ['PER_INTERVAL', 'sum_of_rounded'],
    ['PER_LINE', 'rounded_sum'],
  ] as const)('E21: rounded %s', (amount, key) => {
    const { input, expected } = caseOf('E21');
    const { settlement } = settled({
      elections: contract({
        price: { base: input['price'], unit: 'MAD_PER_KWH' },
        rounding: { amount },
      }),
      start: '2026-10-01T00:00:00Z',
      series: seriesOf(Array(input['hours']).fill(Number(input['hourly_kWh']) * 1_000)),
    });
    equal(settlement.totals.netMad, expected[key]);
  });

  it('E25: carbon, location and market, of the matched and the rest', () => {
    const { input, expected } = caseOf('E25');
    const factor = new Decimal(input['factor_g_per_kWh']).dividedBy(1_000);
    equal(factor.times(input['load_MWh']).toFixed(), expected['location_tCO2e']);
    const rest = input['load_MWh'] - input['matched_MWh'];
    equal(factor.times(rest).toFixed(), expected['market_tCO2e']);
  });
});
