import {
  type Changes,
  contract,
  net,
  refusal,
  seriesOf,
  settled,
} from '../../../../test/support/contract.js';
import { conflictsOf } from './conflicts.js';

describe('what is refused', () => {
  it('is a gap, an estimate, a short series, with what to do', () => {
    const gap = { generationWh: [1, null] as readonly (number | null)[] };
    const series = { ...seriesOf([1, 1]), ...gap };
    expect(refusal(() => net({ series }))).toMatchObject({
      code: 'settlement.hours_incomplete',
      details: { series: 'generationWh', hour: '2026-10-05T01:00:00Z' },
    });
    const estimated = seriesOf([1], { estimatedGeneration: [true] });
    expect(refusal(() => net({ series: estimated })).code).toBe('settlement.estimated_refused');
    const provisional = settled({ series: estimated, run: 'PROVISIONAL' }).settlement;
    expect(provisional.quality).toMatchObject({ estimatedHours: 1 });
    const short = seriesOf([1, 1], { loadWh: [1] });
    expect(refusal(() => net({ series: short }))).toMatchObject({
      details: { series: 'loadWh', expected: 2, found: 1 },
    });
    const needs = {
      elections: contract({ volume: { product: 'AS_CONSUMED' } }),
      series: seriesOf([1]),
    };
    expect(refusal(() => net(needs)).code).toBe('settlement.series_wrong');
  });

  const tiers = {
    kind: 'PROGRESSIVE',
    per: 'YEAR',
    bands: [{ upToMwh: '1', price: '1' }],
  } as const;
  it.each<readonly [string, Changes]>([
    ['date.after_signature', { codDate: '2020-01-01' }],
    ['date.after_cod', { termEnd: '2025-12-31' }],
    ['stages.some', { stages: [] }],
    ['shape.12x24', { volume: { product: 'SHAPE_12X24' } }],
    ['baseload.only', { volume: { baseloadMw: '10' } }],
    ['imbalance.of_nominations', { volume: { product: 'PAY_AS_NOMINATED' } }],
    ['coverage.named', { volume: { product: 'COVERAGE_24_7' } }],
    [
      'excess.cap',
      { volume: { excess: { rule: 'SOLD_TO_GRID', priceMadPerMwh: null, capPct: null } } },
    ],
    [
      'excess.regime',
      {
        legalRegime: 'IPP-ONEE',
        volume: { excess: { rule: 'SOLD_TO_GRID', priceMadPerMwh: null, capPct: '20' } },
      },
    ],
    [
      'excess.none',
      { volume: { excess: { rule: 'BUYER_TAKES', priceMadPerMwh: '1', capPct: null } } },
    ],
    ['price.one_source', { price: { base: null } }],
    ['price.strike', { deliveryForm: 'VIRTUAL', price: { base: null, tiers } }],
    [
      'price.needs_base',
      {
        price: {
          base: null,
          escalatorPct: '1',
          market: { kind: 'DISCOUNT', alpha: '1', floorMadPerMwh: null, capMadPerMwh: null },
        },
      },
    ],
    [
      'collar.bounds',
      {
        price: {
          base: null,
          market: { kind: 'COLLAR', alpha: '1', floorMadPerMwh: null, capMadPerMwh: null },
        },
      },
    ],
    ['tiers.ascend', { price: { base: null, tiers } }],
    [
      'negative.hours',
      { deliveryForm: 'VIRTUAL', price: { negativeRule: { rule: 'SUSPEND', hours: null } } },
    ],
    ['negative.reference', { price: { negativeRule: { rule: 'ZERO_SETTLEMENT', hours: null } } }],
    [
      'negative.deemed',
      {
        deliveryForm: 'VIRTUAL',
        price: { negativeRule: { rule: 'CURTAIL_AND_DEEM', hours: null } },
      },
    ],
    [
      'take_or_pay.acq',
      {
        obligations: {
          takeOrPay: {
            period: 'MONTH',
            levelPct: '90',
            deductions: [],
            makeUp: 'NONE',
            expiryYears: 1,
          },
        },
      },
    ],
    [
      'reconciliation.needed',
      {
        cycle: { hasAnnualReconciliation: false },
        obligations: { outputGuarantee: { share: '0.9', p50Mwh: '1', rateMadPerMwh: '1' } },
      },
    ],
    [
      'min_max.bounds',
      {
        obligations: {
          minMax: {
            period: 'MONTH',
            minMwh: null,
            maxMwh: null,
            belowMadPerMwh: '1',
            aboveMadPerMwh: '1',
          },
        },
      },
    ],
    ['sleeving.fee', { deliveryForm: 'SLEEVED' }],
    ['share.of_capacity', { share: { basis: 'MW_SHARE', value: '1', ofMw: null } }],
    ['true_ups.ascend', { cycle: { trueUpMonths: [6, 3] } }],
  ])('%s', (rule, changes) => {
    const elections = contract(changes);
    expect(conflictsOf(elections).map((one) => one.rule)).toContain(rule);
    const found = refusal(() => net({ elections, series: seriesOf([1]) }));
    expect(found.code).toBe('settlement.elections_conflict');
  });

  it('is nothing in a plain contract', () => {
    expect(conflictsOf(contract())).toEqual([]);
  });
});
