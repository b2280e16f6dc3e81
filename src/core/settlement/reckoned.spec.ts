import {
  contract,
  net,
  NO_OPENINGS,
  NO_REFERENCES,
  seriesOf,
  settled,
  wh,
} from '../../../test/support/contract.js';
import { Decimal } from '../units/money.js';
import { openingsOf, parseOpenings } from './accounts/carry-over.js';
import { positionOf } from './accounts/position.js';

/** Values that a reckoner of its own, written from the rules in words, found to differ on random contracts. */
describe('reckoned a second time', () => {
  it('availability by energy has both its energies at the plant, before losses', () => {
    const availability = (lossFactor: string, deliveryPoint: 'SITE_METER' | 'PLANT_BUSBAR') =>
      net({
        run: 'RECONCILIATION',
        elections: contract({
          deliveryPoint,
          adders: { lossFactor },
          obligations: {
            availabilityGuarantee: { basis: 'ENERGY', levelPct: '90', rateMadPerPoint: '100' },
          },
        }),
        series: seriesOf(wh([40, 20]), {
          potentialWh: wh([40, 40]),
          states: ['RUNNING', 'OUT'],
        }),
      });
    // 60 of 80 MWh: 75 %, whatever is lost on the way.
    expect(availability('0', 'SITE_METER')).toBe('-1500.00');
    expect(availability('0.2', 'SITE_METER')).toBe('-1500.00');
    expect(availability('0.2', 'PLANT_BUSBAR')).toBe('-1500.00');
  });

  it('nominations at tiers have their imbalance', () => {
    const { settlement } = settled({
      elections: contract({
        volume: {
          product: 'PAY_AS_NOMINATED',
          imbalance: { bearer: 'SELLER', tolerancePct: '10', spreadMadPerMwh: '50' },
        },
        price: {
          base: null,
          tiers: {
            kind: 'PROGRESSIVE',
            per: 'MONTH',
            bands: [
              { upToMwh: '15', price: '500' },
              { upToMwh: null, price: '400' },
            ],
          },
        },
      }),
      series: seriesOf(wh([15, 5]), {
        nominatedWh: wh([10, 10]),
        referenceMadPerMwh: ['600', '600'],
      }),
    });
    expect(settlement.lines.map(({ kind, amountMad }) => [kind, amountMad])).toEqual([
      ['ENERGY', '7500.00'],
      ['ENERGY', '2000.00'],
      // 4 beyond the band at 600 − 50, 4 short of it at 600 + 50.
      ['IMBALANCE', '2200.00'],
      ['IMBALANCE', '-2600.00'],
    ]);
  });

  it('an account counts thirds exactly', () => {
    const { settlement } = settled({
      elections: contract({
        share: { basis: 'MW_SHARE', value: '1', ofMw: '3' },
        obligations: { deemedGeneration: { freeAllowanceMwh: '12.5' } },
      }),
      series: seriesOf([1_000_000, 1], {
        potentialWh: [3_232_393, 1],
        states: ['CURTAILED', 'RUNNING'],
      }),
      openings: { ...NO_OPENINGS, deemedUsedMwh: new Decimal(11) },
    });
    const account = settlement.obligations.find(({ name }) => name.startsWith('deemed'))!;
    expect(account.movements[0]!.amount).toBe('0.744131');
    expect(account.closing).toBe('11.744131');
  });

  it('test energy follows the index, and has its discount last', () => {
    const row = (month: string, value: string) => ({
      id: month,
      series: 'CPI',
      month,
      value,
      publishedOn: '2026-01-31',
      confidence: 'P',
    });
    const before = (adjusts: 'MONTHLY' | 'ANNIVERSARY') =>
      net({
        elections: contract({
          codDate: '2026-11-01',
          contractYear: { basis: 'ANNIVERSARY', anchor: null },
          price: {
            base: '100',
            testEnergyDiscountPct: '50',
            index: {
              series: 'CPI',
              fixedShare: '0',
              baseMonth: '2026-01',
              lagMonths: 0,
              adjusts,
              factorFloor: null,
              factorCap: null,
              revisionPolicy: 'RESTATE',
            },
          },
        }),
        series: seriesOf(wh([1])),
        references: { ...NO_REFERENCES, indices: [row('2026-01', '100'), row('2026-10', '110')] },
      });
    expect(before('MONTHLY')).toBe('55.00');
    // Nothing is adjusted before the first contract year.
    expect(before('ANNIVERSARY')).toBe('50.00');
  });

  it('a contract year within one month was billed as that month', () => {
    // 10 MWh on each of the last two days of the year that the COD leaves: the month reached the second tier.
    const given = {
      start: '2026-12-30T00:00:00Z',
      elections: contract({
        codDate: '2026-12-30',
        contractYear: { basis: 'CALENDAR', anchor: null },
        settlementCalendar: 'UTC_MONTH',
        price: {
          base: null,
          tiers: {
            kind: 'TOP_TIER',
            per: 'YEAR',
            bands: [
              { upToMwh: '10', price: '560' },
              { upToMwh: null, price: '540' },
            ],
          },
        },
      }),
      series: seriesOf(wh(Array.from({ length: 48 }, (_, hour) => (hour % 24 === 12 ? 10 : 0)))),
    };
    expect(net(given)).toBe('10800.00');
    expect(net({ ...given, run: 'RECONCILIATION' })).toBe('0.00');
  });

  it('excess of a third of a plant is sold again in the hours that the months left', () => {
    const day = (hours: Readonly<Record<number, number>>): readonly number[] =>
      wh(Array.from({ length: 24 }, (_, hour) => hours[hour] ?? 0));
    const tariff = (kind: 'EXCESS_PEAK' | 'EXCESS_OFF_PEAK', madPerKwh: string) => ({
      id: kind,
      kind,
      madPerKwh,
      from: '2026-01-01',
      to: null,
      confidence: 'P',
    });
    const windows = [
      { name: 'rest', fromHour: 0, toHour: 18, isPeak: false },
      { name: 'peak', fromHour: 18, toHour: 24, isPeak: true },
    ];
    const given = {
      elections: contract({
        codDate: '2026-10-31',
        termEnd: '2026-11-01',
        settlementCalendar: 'UTC_MONTH',
        contractYear: { basis: 'CALENDAR', anchor: null },
        share: { basis: 'MW_SHARE', value: '1', ofMw: '3' },
        volume: {
          product: 'AS_CONSUMED',
          excess: { rule: 'SOLD_TO_GRID', priceMadPerMwh: null, capPct: '20' },
        },
      }),
      references: {
        ...NO_REFERENCES,
        tariffs: [tariff('EXCESS_OFF_PEAK', '0.18'), tariff('EXCESS_PEAK', '0.21')],
        peakWindows: {
          id: 'W',
          confidence: 'P',
          seasons: [{ name: 'year', fromDay: '01-01', toDay: '12-31', windows }],
        },
      },
    };
    // October: a third of 10 MWh, none of it consumed. November: a third of 5 MWh beyond the load, at the peak.
    const generationWh = [...day({ 10: 10 }), ...day({ 10: 200, 20: 5 })];
    const loadWh = [...day({}), ...day({ 10: 67 })];
    const soldBy = (lines: ReturnType<typeof settled>['settlement']['lines']) =>
      lines
        .filter(({ kind }) => kind === 'EXCESS_SALE')
        .map(({ label, amountMad }) => [label, amountMad]);
    const year = settled({
      ...given,
      start: '2026-10-31T00:00:00Z',
      run: 'RECONCILIATION',
      series: seriesOf(generationWh, { loadWh }),
      // 2/3 MWh in October, 5/3 in November, as an account writes them.
      openings: { ...NO_OPENINGS, excessSoldMwh: new Decimal('2.333333333') },
    });
    // What October left of its hour, 8/3 MWh off-peak at 180; November’s peak was sold and stays so.
    expect(soldBy(year.settlement.lines)).toEqual([
      ['Excess sold to the grid, off-peak', '480.00'],
    ]);
  });

  it('test energy of an earlier month fills no maximum of the year', () => {
    const minMax = {
      ...({ period: 'YEAR', minMwh: null, maxMwh: '365' } as const),
      belowMadPerMwh: '0',
      aboveMadPerMwh: '10',
    };
    const elections = contract({
      codDate: '2026-12-02',
      settlementCalendar: 'UTC_MONTH',
      contractYear: { basis: 'CALENDAR', anchor: null },
      price: { base: '100', testEnergyDiscountPct: '0' },
      obligations: { minMax },
    });
    const test = settled({ start: '2026-12-01T12:00:00Z', elections, series: seriesOf(wh([20])) });
    expect(test.settlement.totals.netMad).toBe('2000.00');
    const before = openingsOf([{ contractYear: 1, isYear: false, carry: test.carry }], 1);
    expect(before.testMwh).toBe('20');
    // 30 of 365 days are in force: 30 MWh at the most.
    const month = (openings: typeof before) =>
      net({
        start: '2026-12-02T12:00:00Z',
        elections,
        series: seriesOf(wh([25])),
        openings: parseOpenings(openings),
      });
    expect(month(before)).toBe('2500.00');
    expect(month({ ...before, takenMwh: '30' })).toBe('2000.00');
  });

  it('a position owes of a contract year what the term has of it', () => {
    const elections = contract({
      codDate: '2026-10-20',
      contractYear: { basis: 'CALENDAR', anchor: null },
      volume: { acqMwh: '365' },
      obligations: {
        takeOrPay: {
          period: 'YEAR',
          levelPct: '100',
          deductions: [],
          makeUp: 'NONE',
          expiryYears: 1,
        },
      },
    });
    const owed = (contractYear: number) =>
      positionOf(elections, openingsOf([], contractYear), contractYear).takeOrPay?.obligedYearMwh;
    // 20 October to 31 December: 73 of 365 days.
    expect([owed(1), owed(2)]).toEqual(['73', '365']);
  });

  it('a contract year that begins on 29 February begins in March of other years, for its index too', () => {
    const row = (month: string, value: string) => ({
      id: month,
      series: 'CPI',
      month,
      value,
      publishedOn: '2026-01-31',
      confidence: 'P',
    });
    const price = (start: string) =>
      net({
        start,
        series: seriesOf(wh([1])),
        elections: contract({
          signatureDate: '2024-01-01',
          codDate: '2024-02-29',
          stages: [{ from: '2024-02-29', mw: '9' }],
          contractYear: { basis: 'ANNIVERSARY', anchor: null },
          price: {
            base: '100',
            index: {
              series: 'CPI',
              fixedShare: '0',
              baseMonth: '2023-12',
              lagMonths: 2,
              adjusts: 'ANNIVERSARY',
              factorFloor: null,
              factorCap: null,
              revisionPolicy: 'RESTATE',
            },
          },
        }),
        references: {
          ...NO_REFERENCES,
          indices: [
            row('2023-12', '100'),
            row('2025-01', '110'),
            row('2025-12', '120'),
            row('2026-01', '130'),
            row('2027-12', '140'),
            row('2028-01', '150'),
          ],
        },
      });
    expect(price('2026-02-28T12:00:00Z')).toBe('110.00');
    expect(price('2026-03-01T12:00:00Z')).toBe('130.00');
    // A leap year again.
    expect(price('2028-02-29T12:00:00Z')).toBe('140.00');
  });

  it('a position counts no energy of before the COD as taken', () => {
    const elections = contract({
      codDate: '2026-10-01',
      settlementCalendar: 'UTC_MONTH',
      contractYear: { basis: 'CALENDAR', anchor: null },
      volume: { acqMwh: '100' },
      price: { base: '100', testEnergyDiscountPct: '0' },
      obligations: {
        takeOrPay: {
          period: 'YEAR',
          levelPct: '100',
          deductions: [],
          makeUp: 'NONE',
          expiryYears: 1,
        },
      },
    });
    const months = ['2026-09-30T12:00:00Z', '2026-10-01T12:00:00Z'].map((start) => ({
      contractYear: 1,
      isYear: false,
      carry: settled({ start, elections, series: seriesOf(wh([8])) }).carry,
    }));
    expect(positionOf(elections, openingsOf(months, 1), 1).takeOrPay?.takenMwh).toBe('8');
  });
});
