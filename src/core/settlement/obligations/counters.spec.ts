import {
  contract,
  NO_OPENINGS,
  NO_REFERENCES,
  refusal,
  seriesOf,
  settled,
  wh,
} from '../../../../test/support/contract.js';
import { Decimal } from '../../units/money.js';
import { openingsOf, parseOpenings } from '../accounts/carry-over.js';
import { positionOf } from '../accounts/position.js';
import type { Elections } from '../elections/elections.shape.js';

const amounts = (kind: string, { settlement }: ReturnType<typeof settled>): string[] =>
  settlement.lines.filter((line) => line.kind === kind).map(({ amountMad }) => amountMad);

const SALES = {
  ...NO_REFERENCES,
  tariffs: [
    {
      ...({ id: 'T', kind: 'EXCESS_OFF_PEAK', confidence: 'P' } as const),
      madPerKwh: '0.1',
      from: '2026-03-01',
      to: null,
    },
  ],
  peakWindows: {
    id: 'W',
    confidence: 'P',
    seasons: [
      {
        name: 'year',
        fromDay: '01-01',
        toDay: '12-31',
        windows: [{ name: 'day', fromHour: 0, toHour: 24, isPeak: false }],
      },
    ],
  },
};

describe('published tiers', () => {
  /**
   * NREL REopt, test `TestEnergyTiers` of 2018-2022 (`test_energy_tiers.py`, `reopt_api`), with the
   * Florida Power & Light residential rate: 24,000 kWh in a year, 2,000 in each month, the first 1,000 of
   * a month at 0.08721, the rest at 0.10803 a kWh: 12 × (87.21 + 108.03) = 2,342.88.
   */
  it('by the month, twelve months in one run, come to 2,342.88 (FPL, NREL REopt)', () => {
    const months = Array.from({ length: 12 }, (_, at) => new Date(Date.UTC(2026, at + 1, 0)));
    const generationWh = months.flatMap((last) => {
      const hours = last.getUTCDate() * 24;
      return [...Array<number>(hours - 1).fill(2_000), 2_000_000 - (hours - 1) * 2_000];
    });
    const run = settled({
      start: '2026-01-01T00:00:00Z',
      elections: contract({
        settlementCalendar: 'UTC_MONTH',
        price: {
          base: null,
          unit: 'MAD_PER_KWH',
          tiers: {
            kind: 'PROGRESSIVE',
            per: 'MONTH',
            bands: [
              { upToMwh: '1', price: '0.08721' },
              { upToMwh: null, price: '0.10803' },
            ],
          },
        },
      }),
      series: seriesOf(generationWh),
    });
    const { totals, quantities } = run.settlement;
    expect([quantities['pricedMwh'], totals.netMad]).toEqual(['24', '2342.88']);
  });
});

describe('counters that begin again inside a period', () => {
  const across = (changes: Parameters<typeof contract>[0]) =>
    contract({ contractYear: { basis: 'CALENDAR' }, settlementCalendar: 'UTC_MONTH', ...changes });
  const NEW_YEAR = '2026-12-31T23:00:00Z';

  it('give each month its own take-or-pay, minimum and coverage', () => {
    const run = settled({
      start: '2026-10-31T23:00:00Z',
      elections: across({
        volume: { acqMwh: '120' },
        obligations: {
          takeOrPay: {
            period: 'MONTH',
            levelPct: '100',
            deductions: [],
            makeUp: 'PRICE_DIFFERENCE',
            expiryYears: 2,
          },
          coverageGuarantee: {
            metric: 'ENERGY_WEIGHTED',
            levelPct: '100',
            rateMadPerMwh: '10',
            period: 'MONTH',
            zeroLoadHour: 'COVERED',
          },
        },
      }),
      series: seriesOf(wh([4, 12]), { loadWh: wh([10, 10]) }),
    });
    // October lacks 6 MWh; November takes 2 of them from the bank, and is covered.
    expect(amounts('TAKE_OR_PAY', run)).toEqual(['3300.00']);
    expect(amounts('MAKE_UP', run)).toEqual(['-1100.00']);
    expect(amounts('COVERAGE_DAMAGES', run)).toEqual(['-60.00', '0.00']);
    const bank = run.settlement.obligations.find(({ name }) => name === 'take-or-pay bank');
    expect(bank).toMatchObject({ opening: '0', closing: '4' });
  });

  it('give each contract year its cap of excess, and leave the next period the part of its year', () => {
    const run = settled({
      start: NEW_YEAR,
      elections: across({
        volume: {
          product: 'AS_CONSUMED',
          excess: { rule: 'SOLD_TO_GRID', priceMadPerMwh: null, capPct: '20' },
        },
      }),
      series: seriesOf(wh([10, 40]), { loadWh: wh([0, 0]) }),
      references: SALES,
      openings: { ...NO_OPENINGS, productionMwh: new Decimal(90), excessSoldMwh: new Decimal(19) },
    });
    // 20 % of 100 less the 19 before; then 20 % of 40.
    expect(amounts('EXCESS_SALE', run)).toEqual(['900.00']);
    expect(run.settlement.obligations.find(({ name }) => name.startsWith('excess'))).toEqual({
      name: 'excess sold to the grid',
      unit: 'MWh',
      opening: '19',
      movements: [
        { what: 'sold', amount: '1' },
        { what: 'contract year 2 begins again', amount: '-20' },
        { what: 'sold', amount: '8' },
      ],
      closing: '8',
      notes: [{ what: 'cap of the year to date', amount: '8' }],
    });
    const earlier = [{ contractYear: 1, isYear: false, carry: run.carry }];
    expect(openingsOf(earlier, 2)).toMatchObject({ excessSoldMwh: '8', productionMwh: '40' });
    expect(openingsOf(earlier, 1)).toMatchObject({ excessSoldMwh: '1', productionMwh: '10' });
  });

  it('give each contract year its cap of damages', () => {
    const run = settled({
      start: '2026-12-31T00:00:00Z',
      elections: across({
        codDate: '2027-03-01',
        stages: [{ from: '2027-03-01', mw: '40' }],
        contractYear: { basis: 'CALENDAR', anchor: '2026-01-01' },
        obligations: {
          delayDamages: {
            scheduledCod: '2026-06-01',
            rateMadPerMwDay: '10',
            longStopDate: '2027-06-30',
          },
          damageCaps: { annualMad: '1000', aggregateMad: null },
        },
      }),
      series: seriesOf(Array(48).fill(0)),
      openings: {
        ...NO_OPENINGS,
        damagesYearMad: new Decimal(900),
        damagesTotalMad: new Decimal(900),
      },
    });
    expect(amounts('DELAY_DAMAGES', run)).toEqual(['-100.00', '-400.00']);
    const account = run.settlement.obligations.find(({ name }) => name === 'damages')!;
    expect([account.opening, account.closing]).toEqual(['900.00', '400.00']);
  });

  it('of a maximum leave what is above it to its own price, by the year in the reconciliation', () => {
    const elections = contract({
      obligations: {
        minMax: {
          period: 'YEAR',
          minMwh: null,
          maxMwh: '8',
          belowMadPerMwh: '0',
          aboveMadPerMwh: '300',
        },
      },
    });
    const month = settled({ elections, series: seriesOf(wh([6, 6])) });
    expect(amounts('ENERGY', month)).toEqual(['4400.00']);
    expect(month.settlement.warnings).toEqual([
      '4 MWh lie above the maximum of the contract year: the annual reconciliation bills them at their own price.',
    ]);
    const next = settled({
      elections,
      series: seriesOf(wh([6])),
      openings: { ...NO_OPENINGS, takenMwh: new Decimal(12) },
    });
    expect(next.settlement.totals.netMad).toBe('0.00');
    const year = settled({ elections, series: seriesOf(wh([6, 6, 6])), run: 'RECONCILIATION' });
    expect(amounts('ABOVE_MAXIMUM', year)).toEqual(['3000.00']);
  });
});

describe('a share of the plants', () => {
  const third: Elections['share'] = { basis: 'MW_SHARE', value: '1', ofMw: '3' };
  it('scales what lacks of every obligation, and three hours of a third are whole', () => {
    const elections = contract({
      share: third as Elections['share'] & object,
      volume: { acqMwh: '30' },
      obligations: {
        takeOrPay: {
          period: 'YEAR',
          levelPct: '100',
          makeUp: 'NONE',
          expiryYears: 0,
          deductions: ['SELLER_FAILURE', 'FORCE_MAJEURE'],
        },
        outputGuarantee: { share: '1', p50Mwh: '30', rateMadPerMwh: '1' },
      },
    });
    const year = settled({
      elections,
      run: 'RECONCILIATION',
      series: seriesOf(wh([10, 10, 10]), {
        sellerFailureWh: wh([3, 0, 0]),
        forceMajeureWh: wh([0, 6, 0]),
      }),
    });
    expect(year.settlement.quantities['pricedMwh']).toBe('10');
    // 30 − 1 − 2 − 10, and 30 − 10 − 2.
    expect(amounts('TAKE_OR_PAY', year)).toEqual(['9350.00']);
    expect(amounts('OUTPUT_DAMAGES', year)).toEqual(['-18.00']);
  });
});

describe('days of the settlement calendar', () => {
  it('are those of UTC under UTC_MONTH: term, contract year, stage, shape, COD', () => {
    // June 2026 is an hour ahead of UTC: at 23:30 UTC of the 30th it is July there.
    const elections = contract({
      settlementCalendar: 'UTC_MONTH',
      termEnd: '2026-06-30',
      volume: { product: 'BASELOAD' },
      stages: [
        { from: '2026-01-01', mw: '40' },
        { from: '2026-07-01', mw: '90' },
      ],
    });
    const start = '2026-06-30T23:00:00Z';
    expect(settled({ elections, start, series: seriesOf([0]) }).settlement.totals.netMad).toBe(
      '22000.00',
    );
    const legal = { ...elections, settlementCalendar: 'LEGAL_MONTH' } as const;
    expect(refusal(() => settled({ elections: legal, start, series: seriesOf([0]) }))).toEqual({
      code: 'settlement.outside_term',
      details: expect.objectContaining({ day: '2026-07-01', to: '2026-06-30' }),
    });
  });

  it('begin with the signature', () => {
    const start = '2025-05-31T12:00:00Z';
    expect(refusal(() => settled({ start, series: seriesOf([1]) })).code).toBe(
      'settlement.outside_term',
    );
  });

  it('a cap on sales that changes in a contract year is counted by the days of each', () => {
    const capped = (capPct: string) =>
      contract({
        contractYear: { basis: 'CALENDAR', anchor: null },
        legalRegime: '82-21',
        volume: {
          product: 'AS_CONSUMED',
          excess: { rule: 'SOLD_TO_GRID', priceMadPerMwh: null, capPct },
        },
      });
    const series = seriesOf(wh([10]), { loadWh: wh([10]) });
    const before = [{ start: '2026-10-05T10:00:00Z', capPct: '20' }].map(({ start, capPct }) => ({
      contractYear: 1,
      isYear: false,
      carry: settled({ start, elections: capped(capPct), series, references: SALES }).carry,
    }));
    const openings = openingsOf(before, 1);
    expect(openings.excessCapMwh).toBe('2');
    const { settlement, carry } = settled({
      references: SALES,
      start: '2026-11-05T10:00:00Z',
      elections: capped('50'),
      series: seriesOf(wh([10]), { loadWh: wh([0]) }),
      openings: parseOpenings(openings),
    });
    // 2 MWh of October at 20 %, 5 of November at 50 %; not 10 at 50 % of both.
    expect(carry.excessSoldMwh).toBe('7');
    const sold = settlement.obligations.find(({ name }) => name.startsWith('excess'))!;
    expect(sold.notes).toContainEqual({ what: 'cap of the year to date', amount: '7' });
    expect(
      positionOf(
        capped('50'),
        openingsOf([...before, { contractYear: 1, isYear: false, carry }], 1),
        1,
      ).excess,
    ).toMatchObject({ capMwh: '7', leftMwh: '0' });
  });
});
