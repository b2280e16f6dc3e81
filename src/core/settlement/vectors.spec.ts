import { readFileSync } from 'node:fs';
import { contract, seriesOf, settled, wh } from '../../../test/support/contract.js';
import { Decimal } from '../units/money.js';
import type { Elections } from './elections/elections.shape.js';
import type { References } from './references/references.shape.js';

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
const texts = (values: readonly number[]): string[] => values.map(String);
const equal = (found: string, expected: unknown): void =>
  expect(new Decimal(found).toFixed()).toBe(new Decimal(expected as string).toFixed());
/** An index series of two months. */
const cpi = (base: string, now: string): References => ({
  ...NO_REFERENCES,
  indices: [
    { id: 'CPI-0', series: 'CPI', month: '2025-12', value: base },
    { id: 'CPI-1', series: 'CPI', month: '2026-09', value: now },
  ].map((row) => ({ ...row, publishedOn: '2026-10-20', confidence: 'P' })),
});

describe('worked cases of the contract', () => {
  it('E01: pay-as-produced', () => {
    const { input, expected } = caseOf('E01');
    const { settlement } = settled({ series: seriesOf(wh(input['gen_MWh'])) });
    equal(settlement.lines[0]!.quantity, expected['volume_MWh']);
    equal(settlement.totals.netMad, expected['amount_MAD']);
  });

  it('E02: as-consumed pays what is matched, and states excess and residual', () => {
    const { input, expected } = caseOf('E02');
    const { settlement } = settled({
      elections: contract({ volume: { product: 'AS_CONSUMED' } }),
      series: seriesOf(wh(input['gen_MWh']), { loadWh: wh(input['load_MWh']) }),
    });
    equal(settlement.quantities['matchedMwh']!, expected['matched_MWh']);
    equal(settlement.quantities['excessMwh']!, expected['excess_MWh']);
    equal(settlement.quantities['residualMwh']!, expected['residual_MWh']);
    equal(settlement.totals.netMad, expected['ppa_amount_MAD']);
  });

  /** Buy-back prices, with every hour peak or none. */
  const buyBack = (isPeak: boolean, peak: string, offPeak: string): References => ({
    ...NO_REFERENCES,
    tariffs: (['EXCESS_PEAK', 'EXCESS_OFF_PEAK'] as const).map((kind) => ({
      id: kind,
      kind,
      madPerKwh: kind === 'EXCESS_PEAK' ? peak : offPeak,
      from: '2026-03-01',
      to: '2027-03-01',
      confidence: 'P',
    })),
    peakWindows: {
      id: 'GRID',
      confidence: 'S',
      seasons: [
        {
          name: 'year',
          fromDay: '01-01',
          toDay: '12-31',
          windows: [{ name: 'day', fromHour: 0, toHour: 24, isPeak }],
        },
      ],
    },
  });
  const SOLD = contract({
    volume: {
      product: 'AS_CONSUMED',
      excess: { rule: 'SOLD_TO_GRID', priceMadPerMwh: null, capPct: '20' },
    },
  });

  it('E03: excess is sold to the grid within the annual cap', () => {
    const { input, expected } = caseOf('E03');
    const { input: hours } = caseOf('E02');
    const { settlement } = settled({
      elections: SOLD,
      series: seriesOf(wh(hours['gen_MWh']), { loadWh: wh(hours['load_MWh']) }),
      references: buyBack(false, '0.21', input['rate']),
    });
    const line = settlement.lines.find(({ kind }) => kind === 'EXCESS_SALE')!;
    equal(new Decimal(line.quantity).times(1_000).toFixed(), expected['sold_kWh']);
    equal(line.amountMad, expected['amount_MAD']);
    const account = settlement.obligations.find(({ name }) => name.startsWith('excess'))!;
    equal(new Decimal(account.notes![0]!.amount).times(1_000).toFixed(), expected['cap_kWh']);
    // It is the grid operator's money: no part of what buyer and seller settle.
    equal(settlement.totals.netMad, '92400');
  });

  const ANRE = JSON.parse(readFileSync('fixtures/vectors/anre_excess.json', 'utf8'));
  it.each(ANRE.cases as readonly Record<string, ReturnType<typeof JSON.parse>>[])(
    'ANRE excess: $production kWh, $self_consumed of them used',
    (one) => {
      const { settlement } = settled({
        elections: SOLD,
        series: seriesOf(wh([one['production'] / 1_000]), {
          loadWh: wh([one['self_consumed'] / 1_000]),
        }),
        references: buyBack(one['peak'], ANRE.rates.peak, ANRE.rates.off_peak),
      });
      const line = settlement.lines.find(({ kind }) => kind === 'EXCESS_SALE');
      equal(new Decimal(line?.quantity ?? 0).times(1_000).toFixed(), one['expected_kWh']);
      equal(line?.amountMad ?? '0', one['expected_MAD']);
    },
  );

  it.each(['E04a', 'E04b'])('%s: a difference, by the rule on negative prices', (id) => {
    const { input, expected } = caseOf(id);
    const rule = (input['negative_rule'] ?? 'NONE') as Elections['price']['negativeRule']['rule'];
    const { settlement, hourlyMad } = settled({
      elections: contract({
        deliveryForm: 'VIRTUAL',
        price: { base: String(input['strike']), negativeRule: { rule, hours: null } },
      }),
      series: seriesOf(wh(input['gen_MWh']), { referenceMadPerMwh: texts(input['ref_MAD_MWh']) }),
    });
    expect(hourlyMad()[0]!.map(Number)).toEqual(expected['per_hour_MAD']);
    equal(settlement.totals.netMad, expected['total_MAD']);
  });

  it('E05: baseload is paid whole; the seller buys and sells the difference', () => {
    const { input, expected } = caseOf('E05');
    const { settlement } = settled({
      elections: contract({
        volume: { product: 'BASELOAD', baseloadMw: String(input['baseload_MW']) },
      }),
      series: seriesOf(wh(input['gen_MWh']), { referenceMadPerMwh: texts(input['ref_MAD_MWh']) }),
    });
    equal(settlement.totals.netMad, expected['buyer_pays_MAD']);
    const of = (kind: string) => settlement.lines.find((line) => line.kind === kind)!.amountMad;
    equal(of('SELLER_PURCHASE'), expected['seller_buyback_cost_MAD']);
    equal(of('SELLER_SALE'), expected['seller_surplus_revenue_MAD']);
    const net = new Decimal(settlement.totals.netMad)
      .minus(of('SELLER_PURCHASE'))
      .plus(of('SELLER_SALE'));
    equal(net.toFixed(), expected['seller_net_MAD']);
  });

  it.each([
    ['UNROUNDED', 'price_unrounded', 'amount_unrounded_MAD'],
    [4, 'price_4dp', 'amount_4dp_MAD'],
  ] as const)('E07: the escalator in contract year 3, price %s', (priceDp, price, amount) => {
    const { input, expected } = caseOf('E07');
    const { settlement } = settled({
      elections: contract({
        codDate: '2024-10-01',
        signatureDate: '2024-01-01',
        price: {
          base: input['P0'],
          unit: 'MAD_PER_KWH',
          escalatorPct: String(input['escalator_pct']),
        },
        rounding: { factorDp: 6, priceDp },
      }),
      series: seriesOf([input['kWh'] * 1_000]),
    });
    equal(settlement.lines[0]!.price!, expected[price]);
    equal(settlement.totals.netMad, expected[amount]);
  });

  it('E08: partial indexation, factor then price rounded', () => {
    const { input, expected } = caseOf('E08');
    const { settlement } = settled({
      elections: contract({
        price: {
          base: input['P0'],
          unit: 'MAD_PER_KWH',
          index: {
            series: 'CPI',
            fixedShare: input['fixed_share'],
            baseMonth: '2025-12',
            lagMonths: 1,
            adjusts: 'MONTHLY',
            factorFloor: null,
            factorCap: null,
            revisionPolicy: 'FREEZE_AS_PUBLISHED',
          },
        },
        rounding: { factorDp: 6, priceDp: 5 },
      }),
      series: seriesOf([input['kWh'] * 1_000]),
      references: cpi(input['CPI0'], input['CPIt']),
    });
    const [line] = settlement.lines;
    equal(line!.trace.find(({ step }) => step === 'index')!.output, expected['factor']);
    equal(line!.price!, expected['price_5dp']);
    equal(settlement.totals.netMad, expected['amount_MAD']);
    expect(settlement.references.map(({ id }) => id)).toEqual(['CPI-0', 'CPI-1']);
  });

  it('leaves no case out', () => {
    const text = ['vectors', 'vectors-beside'].map((file) =>
      readFileSync(`src/core/settlement/${file}.spec.ts`, 'utf8'),
    );
    expect(CASES.filter(({ id }) => !text.some((one) => one.includes(id)))).toEqual([]);
  });
});
