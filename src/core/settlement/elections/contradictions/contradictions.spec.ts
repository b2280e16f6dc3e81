import {
  type Changes,
  contract,
  net,
  PLAIN,
  seriesOf,
} from '../../../../../test/support/contract.js';
import { conflictsOf } from '../conflicts.js';
import type { Elections } from '../elections.shape.js';
import { contradictionsOf } from './contradictions.js';
import { FIXES } from './fixes.js';

type Obligations = Elections['obligations'];
const takeOrPay: NonNullable<Obligations['takeOrPay']> = {
  period: 'YEAR',
  levelPct: '90',
  deductions: [],
  makeUp: 'PRICE_DIFFERENCE',
  expiryYears: 3,
};
const minMax: NonNullable<Obligations['minMax']> = {
  period: 'MONTH',
  minMwh: '1',
  maxMwh: '2',
  belowMadPerMwh: '1',
  aboveMadPerMwh: '1',
};
const delay = (scheduledCod: string): Changes => ({
  obligations: {
    delayDamages: { scheduledCod, rateMadPerMwDay: '1', longStopDate: '2099-01-01' },
  },
});
const index: NonNullable<Elections['price']['index']> = {
  series: 'CPI',
  fixedShare: '0',
  baseMonth: '2026-01',
  lagMonths: 1,
  adjusts: 'MONTHLY',
  factorFloor: null,
  factorCap: null,
  revisionPolicy: 'RESTATE',
};
const fx = (more: object): Changes => ({
  price: {
    fx: { currency: 'EUR', share: '1', baseRate: '10', fixing: 'FIRST_DAY', ...more },
  },
});
const excess = (
  rule: Elections['volume']['excess']['rule'],
  product: Elections['volume']['product'],
  capPct = '20',
): Elections['volume'] => ({
  ...PLAIN.volume,
  product,
  excess: { rule, priceMadPerMwh: null, capPct: rule === 'SOLD_TO_GRID' ? capPct : null },
});
const virtual = (more: Changes): Changes => ({ deliveryForm: 'VIRTUAL', ...more });
const windows = (names: readonly [string, string]) =>
  names.map((name, at) => ({ name, fromHour: at * 12, toHour: at * 12 + 12, factor: '1' }));
const seasons = (of: readonly (readonly [string, string, string])[]): Changes => ({
  price: {
    timeOfDelivery: {
      clock: 'UTC',
      seasons: of.map(([name, fromDay, toDay]) => ({
        name,
        fromDay,
        toDay,
        windows: windows(['day', 'night']),
      })),
    },
  },
});
const topTier = (hasAnnualReconciliation: boolean): Changes => ({
  cycle: { hasAnnualReconciliation },
  price: {
    base: null,
    tiers: { kind: 'TOP_TIER', per: 'YEAR', bands: [{ upToMwh: null, price: '1' }] },
  },
});

type Row = readonly [rule: keyof typeof FIXES, pointer: string, changes: Changes];
/** What cannot be computed: lint, saving and the engine refuse it. */
const IMPOSSIBLE: readonly Row[] = [
  ['virtual.nominated', '/volume/product', virtual({ volume: { product: 'PAY_AS_NOMINATED' } })],
  [
    'share.of_something',
    '/share/ofMw',
    { share: { basis: 'MW_SHARE', value: '0', ofMw: '0' } as Elections['share'] & object },
  ],
  ['fx.base', '/price/fx/baseRate', fx({ baseRate: '0' })],
  ['fx.foreign', '/price/fx/currency', fx({ currency: 'MAD' })],
  ['escalator.above', '/price/escalatorPct', { price: { escalatorPct: '-100' } }],
  ['escalator.above', '/price/escalatorPct', { price: { escalatorPct: '-250' } }],
];
/** What can be computed and is surely a mistake: lint and saving refuse it, the engine does not. */
const MISTAKES: readonly Row[] = [
  [
    'virtual.charges',
    '/adders/regulatedCharges',
    virtual({
      adders: { regulatedCharges: [{ charge: 'TSS', basis: 'DELIVERED', payer: 'BUYER' }] },
    }),
  ],
  [
    'virtual.excess',
    '/volume/excess/rule',
    virtual({ volume: excess('SOLD_TO_GRID', 'AS_CONSUMED') }),
  ],
  ['excess.taken', '/volume/excess/rule', { volume: excess('SOLD_TO_GRID', 'PAY_AS_PRODUCED') }],
  ['excess.taken', '/volume/excess/rule', { volume: excess('SPILLED', 'PAY_AS_PRODUCED') }],
  ['excess.of_shape', '/volume/excess/rule', { volume: excess('SOLD_TO_GRID', 'BASELOAD') }],
  ['excess.of_shape', '/volume/excess/rule', { volume: excess('SPILLED', 'BASELOAD') }],
  [
    'excess.some_cap',
    '/volume/excess/capPct',
    { volume: excess('SOLD_TO_GRID', 'AS_CONSUMED', '0') },
  ],
  ['cycle.ordered', '/cycle/provisionalDay', { cycle: { provisionalDay: 12, finalDay: 10 } }],
  ['true_ups.in_window', '/cycle/trueUpMonths', { cycle: { trueUpMonths: [3, 13] } }],
  [
    'deductions.once',
    '/obligations/takeOrPay/deductions',
    {
      obligations: { takeOrPay: { ...takeOrPay, deductions: ['FORCE_MAJEURE', 'FORCE_MAJEURE'] } },
    },
  ],
  ['acq.some', '/volume/acqMwh', { volume: { acqMwh: '0' } }],
  [
    'make_up.expiry',
    '/obligations/takeOrPay/expiryYears',
    { obligations: { takeOrPay: { ...takeOrPay, expiryYears: 0 } } },
  ],
  [
    'carry_forward.make_up',
    '/obligations/takeOrPay/carryForward',
    { obligations: { takeOrPay: { ...takeOrPay, makeUp: 'NONE', carryForward: true } } },
  ],
  [
    'take_or_pay.some',
    '/obligations/takeOrPay/levelPct',
    { obligations: { takeOrPay: { ...takeOrPay, levelPct: '0' } } },
  ],
  ['anchor.in_term', '/contractYear/anchor', { contractYear: { anchor: '2050-01-01' } }],
  ['anchor.in_term', '/contractYear/anchor', { contractYear: { anchor: '2025-05-31' } }],
  [
    'anchor.in_term',
    '/contractYear/anchor',
    { contractYear: { basis: 'CALENDAR', anchor: '2024-01-01' } },
  ],
  ['stages.by_cod', '/stages/0/from', { stages: [{ from: '2026-01-02', mw: '40' }] }],
  ['stages.some_mw', '/stages/0/mw', { stages: [{ from: '2026-01-01', mw: '0' }] }],
  [
    'stages.in_term',
    '/stages/1/from',
    { stages: [...PLAIN.stages, { from: '2046-01-01', mw: '50' }] },
  ],
  [
    'share.some',
    '/share/value',
    { share: { basis: 'PERCENT_OF_PLANT', value: '0', ofMw: null } as Elections['share'] & object },
  ],
  ['price.linked_once', '/price/fx/share', { price: { ...fx({}).price, index } }],
  [
    'windows.named',
    '/price/timeOfDelivery/seasons/0/windows',
    {
      price: {
        timeOfDelivery: {
          clock: 'UTC',
          seasons: [
            { name: 'year', fromDay: '01-01', toDay: '12-31', windows: windows(['full', 'full']) },
          ],
        },
      },
    },
  ],
  [
    'seasons.named',
    '/price/timeOfDelivery/seasons',
    seasons([
      ['year', '01-01', '06-30'],
      ['year', '07-01', '12-31'],
    ]),
  ],
  [
    'caps.ordered',
    '/obligations/damageCaps/annualMad',
    { obligations: { damageCaps: { annualMad: '101', aggregateMad: '100' } } },
  ],
  ['date.scheduled_after_signature', '/obligations/delayDamages/scheduledCod', delay('2025-05-31')],
  ['date.scheduled_in_term', '/obligations/delayDamages/scheduledCod', delay('2046-01-01')],
  ['reconciliation.tiers', '/price/tiers', topTier(false)],
  [
    'reconciliation.excess',
    '/volume/excess/rule',
    {
      volume: excess('SOLD_TO_GRID', 'AS_CONSUMED'),
      cycle: { hasAnnualReconciliation: false },
    },
  ],
  [
    'min_max.alone',
    '/obligations/minMax',
    {
      volume: { acqMwh: '10' },
      obligations: { minMax, takeOrPay: { ...takeOrPay, period: 'MONTH' } },
    },
  ],
  [
    'min_max.alone',
    '/obligations/minMax',
    { volume: { acqMwh: '10' }, obligations: { minMax, takeOrPay } },
  ],
  [
    'min_max.some',
    '/obligations/minMax/maxMwh',
    { obligations: { minMax: { ...minMax, minMwh: null, maxMwh: '0' } } },
  ],
  ['baseload.some', '/volume/baseloadMw', { volume: { product: 'BASELOAD', baseloadMw: '0' } }],
  [
    'shape.some',
    '/volume/shapeMw',
    { volume: { product: 'SHAPE_12X24', shapeMw: Array(12).fill(Array(24).fill('0')) } },
  ],
  [
    'market.some',
    '/price/market/alpha',
    {
      price: {
        base: null,
        market: { kind: 'DISCOUNT', alpha: '0', floorMadPerMwh: null, capMadPerMwh: null },
      },
    },
  ],
  [
    'output.some',
    '/obligations/outputGuarantee',
    { obligations: { outputGuarantee: { share: '0.9', p50Mwh: '0', rateMadPerMwh: '1' } } },
  ],
  [
    'availability.some',
    '/obligations/availabilityGuarantee/levelPct',
    {
      obligations: {
        availabilityGuarantee: { basis: 'TIME', levelPct: '0', rateMadPerPoint: '1' },
      },
    },
  ],
  [
    'coverage.some',
    '/obligations/coverageGuarantee/levelPct',
    {
      obligations: {
        coverageGuarantee: {
          metric: 'VOLUMETRIC',
          levelPct: '0',
          rateMadPerMwh: '1',
          period: 'MONTH',
          zeroLoadHour: 'COVERED',
        },
      },
    },
  ],
];

/** Changes part by part, the parts of obligations, volume and price too. */
const withChanges = (changes: Changes): Elections => contract(changes);
const PROBLEM = { detail: expect.stringMatching(/\.$/) };

describe('elections that contradict each other', () => {
  it.each(IMPOSSIBLE)(
    '%s at %s: cannot be computed, and is refused everywhere',
    (rule, pointer, changes) => {
      const elections = withChanges(changes);
      const problem = { ...PROBLEM, rule, pointer, fix: FIXES[rule] };
      expect(contradictionsOf(elections)).toContainEqual(problem);
      expect(conflictsOf(elections)).toContainEqual(problem);
      expect(() => net({ elections, series: seriesOf([1]) })).toThrow(
        'settlement.elections_conflict',
      );
    },
  );

  it.each(MISTAKES)('%s at %s: is refused by lint and on saving only', (rule, pointer, changes) => {
    const elections = withChanges(changes);
    const problem = { ...PROBLEM, rule, pointer, fix: FIXES[rule] };
    expect(contradictionsOf(elections)).toContainEqual(problem);
    expect(conflictsOf(elections).map((one) => one.rule)).not.toContain(rule);
  });

  it('are told how to mend, every one of them', () => {
    const rules = [...IMPOSSIBLE, ...MISTAKES].map(([rule]) => rule);
    expect(rules.length).toBeGreaterThanOrEqual(35);
    for (const fix of Object.values(FIXES)) expect(fix).toMatch(/\.$/);
  });

  it.each([
    ['an annual contract with its reconciliation', topTier(true)],
    [
      'a maximum alone beside a yearly take-or-pay',
      {
        volume: { acqMwh: '10' },
        obligations: { minMax: { ...minMax, minMwh: null }, takeOrPay },
      } as Changes,
    ],
    ['an anchor on the signature', { contractYear: { anchor: '2025-06-01' } } as Changes],
    ['excess of a load', { volume: excess('SOLD_TO_GRID', 'AS_CONSUMED') } as Changes],
  ])('are not %s', (_, changes) => {
    expect(contradictionsOf(withChanges(changes))).toEqual([]);
  });
});
