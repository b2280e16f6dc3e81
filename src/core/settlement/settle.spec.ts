import {
  type Changes,
  contract,
  type Given,
  net,
  NO_OPENINGS,
  NO_REFERENCES as NONE,
  refusal,
  seriesOf,
  settled,
  wh,
} from '../../../test/support/contract.js';
import { Decimal } from '../units/money.js';

describe('the price of an hour', () => {
  const flat = (start: string, hours: number, changes: Changes): Given => ({
    start,
    elections: contract(changes),
    series: seriesOf(Array(hours).fill(1_000_000)),
  });

  it('changes on the anniversary, in the middle of a month', () => {
    const { settlement } = settled(
      flat('2026-10-14T22:00:00Z', 4, {
        codDate: '2025-10-15',
        price: { base: '100', escalatorPct: '10' },
      }),
    );
    expect(
      settlement.lines.map(({ label, quantity, amountMad }) => [label, quantity, amountMad]),
    ).toEqual([
      ['Energy, contract year 1', '2', '200.00'],
      ['Energy, contract year 2', '2', '220.00'],
    ]);
  });

  it('is that of test energy before the COD, and depends on the time of delivery', () => {
    const season = (name: string, fromDay: string, toDay: string, factor: string) => ({
      name,
      fromDay,
      toDay,
      windows: [
        { name: 'peak', fromHour: 17, toHour: 22, factor },
        { name: 'rest', fromHour: 22, toHour: 17, factor: '1' },
      ],
    });
    const changes: Changes = {
      price: {
        base: '100',
        timeOfDelivery: {
          clock: 'UTC',
          seasons: [
            season('winter', '10-01', '03-31', '1.5'),
            season('summer', '04-01', '09-30', '2'),
          ],
        },
      },
    };
    // 16:00 to 18:00 UTC in October: one hour of rest, one of peak.
    expect(net(flat('2026-10-05T16:00:00Z', 2, changes))).toBe('250.00');
    // Before the COD, half.
    const early = { ...changes, codDate: '2026-11-01', stages: [{ from: '2026-11-01', mw: '40' }] };
    expect(net(flat('2026-10-05T16:00:00Z', 2, early))).toBe('125.00');
  });

  it('freezes an index as it was first published, or restates it, and never guesses', () => {
    const row = (id: string, month: string, value: string, publishedOn: string) => ({
      id,
      series: 'CPI',
      month,
      value,
      publishedOn,
      confidence: 'P',
    });
    const indices = [
      row('A', '2026-01', '100', '2026-02-20'),
      row('B', '2026-08', '110', '2026-09-20'),
      row('C', '2026-08', '120', '2026-10-20'),
    ];
    const under = (
      revisionPolicy: 'FREEZE_AS_PUBLISHED' | 'RESTATE',
      lagMonths: number,
      asOf: string,
    ): Given => ({
      ...flat('2026-10-05T00:00:00Z', 1, {
        price: {
          base: '100',
          index: {
            series: 'CPI',
            fixedShare: '0',
            baseMonth: '2026-01',
            lagMonths,
            adjusts: 'MONTHLY',
            factorFloor: null,
            factorCap: '1.15',
            revisionPolicy,
          },
        },
      }),
      asOf,
      references: { ...NONE, indices },
    });
    expect(net(under('FREEZE_AS_PUBLISHED', 2, '2026-11-10'))).toBe('110.00');
    expect(net(under('RESTATE', 2, '2026-11-10'))).toBe('115.00');
    expect(net(under('RESTATE', 2, '2026-10-10'))).toBe('110.00');
    const late = refusal(() => net(under('RESTATE', 1, '2026-11-10')));
    expect(late).toMatchObject({
      code: 'settlement.reference_missing',
      details: { kind: 'price-index', key: 'CPI', at: '2026-09' },
    });
  });

  it('follows a currency for its share', () => {
    const fx = [
      { id: 'FX', currency: 'EUR', day: '2026-09-30', madPerUnit: '11', confidence: 'V' },
    ];
    const given = flat('2026-10-05T00:00:00Z', 1, {
      price: {
        base: '100',
        fx: { currency: 'EUR', share: '0.5', baseRate: '10', fixing: 'LAST_DAY_BEFORE' },
      },
    });
    expect(net({ ...given, references: { ...NONE, fx } })).toBe('105.00');
    expect(refusal(() => net(given)).details).toMatchObject({ key: 'EUR', at: '2026-09-30' });
  });

  it('is a share of the market within a collar, and tiers fill in order of time', () => {
    const market = flat('2026-10-05T00:00:00Z', 3, {
      price: {
        base: null,
        market: { kind: 'COLLAR', alpha: '0.9', floorMadPerMwh: '100', capMadPerMwh: '500' },
      },
    });
    const referenceMadPerMwh = ['200', '-50', '900'];
    const series = { ...market.series, referenceMadPerMwh };
    expect(net({ ...market, series })).toBe('780.00');
    const bands = [
      { upToMwh: '2', price: '100' },
      { upToMwh: null, price: '50' },
    ];
    const tiers = (kind: 'PROGRESSIVE' | 'TOP_TIER'): Given =>
      flat('2026-10-05T00:00:00Z', 5, {
        price: { base: null, tiers: { kind, per: 'YEAR', bands } },
      });
    expect(net(tiers('PROGRESSIVE'))).toBe('350.00');
    expect(net(tiers('TOP_TIER'))).toBe('250.00');
    const openings = { ...NO_OPENINGS, takenMwh: new Decimal(1) };
    expect(net({ ...tiers('PROGRESSIVE'), openings })).toBe('300.00');
  });

  it('is suspended in whole runs of negative hours, over the bounds of the period too', () => {
    const elections = contract({
      deliveryForm: 'VIRTUAL',
      price: { base: '100', negativeRule: { rule: 'SUSPEND', hours: 3 } },
    });
    const series = seriesOf(wh([1, 1, 1, 1, 1]), {
      referenceMadPerMwh: ['-1', '-1', '10', '-1', '-1'],
    });
    const alone = settled({ elections, series });
    expect(alone.hourlyMad()[0]).toEqual(['101', '101', '90', '101', '101']);
    const margin = { before: ['5', '-2'], after: ['0'] };
    expect(settled({ elections, series, margin }).hourlyMad()[0]).toEqual([
      '0',
      '0',
      '90',
      '101',
      '101',
    ]);
  });
});
