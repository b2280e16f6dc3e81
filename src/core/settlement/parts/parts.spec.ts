import {
  contract,
  NO_OPENINGS,
  refusal,
  seriesOf,
  settled,
} from '../../../../test/support/contract.js';
import { Decimal } from '../../units/money.js';
import type { Elections } from '../elections/elections.shape.js';

const flat = (mwh: number, hours: number): number[] => Array(hours).fill(mwh * 1_000_000);
/** November 2026 in UTC: 30 days. */
const NOVEMBER = { start: '2026-11-01T00:00:00Z', asOf: '2026-12-10' };
const HOURS = 720;
const utc = (changes: Parameters<typeof contract>[0] = {}) =>
  contract({ settlementCalendar: 'UTC_MONTH', contractYear: { basis: 'CALENDAR' }, ...changes });
const november = (
  elections: Elections,
  earlier: readonly { elections: Elections; until: string }[],
  mwh = 1,
) => settled({ ...NOVEMBER, elections, earlier, series: seriesOf(flat(mwh, HOURS)) });
const figures = ({ settlement }: ReturnType<typeof settled>) =>
  settlement.lines.map(({ label, quantity, amountMad }) => [label, quantity, amountMad]);
const fee = (standingMadPerMonth: string) =>
  utc({ price: { base: standingMadPerMonth }, adders: { standingMadPerMonth } });

describe('a month in which another version takes effect', () => {
  it('is cut: each part by its own price, and its own part of the fee by days', () => {
    const run = november(fee('600'), [{ elections: fee('300'), until: '2026-11-13' }]);
    expect(figures(run)).toEqual([
      ['Energy, contract year 1, 2026-11-01 to 2026-11-12', '288', '86400.00'],
      ['Standing charge, 2026-11-01 to 2026-11-12', '0.4', '120.00'],
      ['Energy, contract year 1, 2026-11-13 to 2026-11-30', '432', '259200.00'],
      ['Standing charge, 2026-11-13 to 2026-11-30', '0.6', '360.00'],
    ]);
    expect(run.settlement.totals.netMad).toBe('346080.00');
    expect(run.carry.takenMwh).toBe('720');
  });

  it('is cut at each of several versions, also inside a civil day of UTC', () => {
    const civil = (base: string) => contract({ price: { base } });
    const three = settled({
      // 1 to 3 July 2026, UTC+1: a civil day begins an hour before.
      start: '2026-06-30T23:00:00Z',
      series: seriesOf(flat(1, 72)),
      elections: civil('700'),
      earlier: [
        { elections: civil('500'), until: '2026-07-02' },
        { elections: civil('600'), until: '2026-07-03' },
      ],
    });
    expect(figures(three)).toEqual([
      ['Energy, contract year 1, 2026-07-01 to 2026-07-01', '24', '12000.00'],
      ['Energy, contract year 1, 2026-07-02 to 2026-07-02', '24', '14400.00'],
      ['Energy, contract year 1, 2026-07-03 to 2026-07-03', '24', '16800.00'],
    ]);
  });

  const tiers = (kind: 'PROGRESSIVE' | 'TOP_TIER', price: string) =>
    utc({
      price: {
        base: null,
        tiers: {
          kind,
          per: 'MONTH',
          bands: [
            { upToMwh: '300', price: '500' },
            { upToMwh: null, price },
          ],
        },
      },
    });

  it('goes on counting tiers, and reads the tier that the whole month reaches', () => {
    const progressive = [tiers('PROGRESSIVE', '400'), tiers('PROGRESSIVE', '300')] as const;
    // 288 MWh by the 12th; 12 more in the first tier, the rest in the second of the new version.
    const cut = november(progressive[1], [{ elections: progressive[0], until: '2026-11-13' }]);
    expect(cut.settlement.totals.netMad).toBe(new Decimal(300 * 500).plus(420 * 300).toFixed(2));
    const top = [tiers('TOP_TIER', '400'), tiers('TOP_TIER', '300')] as const;
    const both = november(top[1], [{ elections: top[0], until: '2026-11-13' }]);
    expect(both.settlement.totals.netMad).toBe(new Decimal(288 * 400).plus(432 * 300).toFixed(2));
  });

  const obliged = (acqMwh: string, base: string) =>
    utc({
      price: { base },
      volume: { acqMwh },
      obligations: {
        takeOrPay: {
          period: 'MONTH',
          levelPct: '90',
          deductions: [],
          makeUp: 'NONE',
          expiryYears: 0,
        },
      },
    });

  it('obliges by days, at the price of the end', () => {
    const run = november(obliged('24000', '600'), [
      { elections: obliged('12000', '500'), until: '2026-11-13' },
    ]);
    // 90 % of (1,000 × 12 + 2,000 × 18) / 30 = 1,440; 720 taken.
    const line = run.settlement.lines.find(({ kind }) => kind === 'TAKE_OR_PAY')!;
    expect([line.quantity, line.amountMad]).toEqual(['720', '432000.00']);
  });

  it('has the delivery form, load and losses of each part', () => {
    const virtual = utc({ deliveryForm: 'VIRTUAL', price: { base: '550' } });
    const run = settled({
      ...NOVEMBER,
      elections: virtual,
      earlier: [{ elections: utc({ adders: { lossFactor: '0.1' } }), until: '2026-11-02' }],
      series: seriesOf(flat(1, HOURS), { referenceMadPerMwh: Array(HOURS).fill('500') }),
    });
    expect(figures(run)).toEqual([
      ['Energy, contract year 1, 2026-11-01 to 2026-11-01', '21.6', '11880.00'],
      ['Difference, NONE, 2026-11-02 to 2026-11-30', '696', '34800.00'],
    ]);
  });

  it('counts a run of negative hours across the cut', () => {
    const suspend = (base: string) =>
      utc({
        deliveryForm: 'VIRTUAL',
        price: { base, negativeRule: { rule: 'SUSPEND', hours: 4 } },
      });
    const reference = Array<string>(HOURS).fill('100');
    reference.fill('-10', 22, 26);
    const run = settled({
      ...NOVEMBER,
      elections: suspend('100'),
      earlier: [{ elections: suspend('100'), until: '2026-11-02' }],
      series: seriesOf(flat(1, HOURS), { referenceMadPerMwh: reference }),
    });
    expect(run.settlement.totals.netMad).toBe('0.00');
  });

  it('is refused where a version holds in none of its hours', () => {
    const { code, details } = refusal(() =>
      november(utc(), [{ elections: utc(), until: '2026-11-01' }]),
    );
    expect(code).toBe('request.invalid');
    expect(details).toMatchObject({ errors: [{ rule: 'versions.hold_in_the_period' }] });
  });

  it('refuses a gap: a term that ends before the next version holds', () => {
    const ended = utc({ termEnd: '2026-11-10' });
    const { code } = refusal(() => november(utc(), [{ elections: ended, until: '2026-11-13' }]));
    expect(code).toBe('settlement.outside_term');
  });
});

describe('a month or year that the term has in part', () => {
  const guarantee = { share: '0.9', p50Mwh: '7300', rateMadPerMwh: '10' };
  const minMax = {
    ...({ period: 'YEAR', minMwh: '3650', maxMwh: '7300' } as const),
    belowMadPerMwh: '1',
    aboveMadPerMwh: '2',
  };
  const year = (changes: Parameters<typeof contract>[0], hours: number, start: string, mwh = 1) =>
    settled({
      start,
      run: 'RECONCILIATION',
      asOf: '2028-01-10',
      elections: utc(changes),
      series: seriesOf(flat(mwh, hours)),
    });

  it('obliges for its days, to the last of the term', () => {
    // 73 of 365 days of 2027: a fifth of all quantities.
    const run = year(
      {
        termEnd: '2027-03-14',
        volume: { acqMwh: '18250' },
        obligations: {
          outputGuarantee: guarantee,
          takeOrPay: {
            period: 'YEAR',
            levelPct: '80',
            deductions: [],
            makeUp: 'NONE',
            expiryYears: 0,
          },
        },
      },
      ...([73 * 24, '2027-01-01T00:00:00Z', 0.5] as const),
    );
    const quantities = run.settlement.lines.map(({ kind, quantity }) => [kind, quantity]);
    expect(quantities).toEqual([
      ['TAKE_OR_PAY', String(14_600 / 5 - 876)],
      ['OUTPUT_DAMAGES', String(6_570 / 5 - 876)],
    ]);
  });

  it('has its part of minimum and maximum, in the months too', () => {
    const changes = { termEnd: '2027-03-14', obligations: { minMax } };
    const run = year(changes, 73 * 24, '2027-01-01T00:00:00Z');
    // 1,752 MWh were taken; 730 to 1,460 are agreed.
    expect(run.settlement.lines.map(({ kind, quantity }) => [kind, quantity])).toEqual([
      ['ABOVE_MAXIMUM', '292'],
    ]);
    const march = settled({
      start: '2027-03-01T00:00:00Z',
      asOf: '2027-04-10',
      elections: utc(changes),
      series: seriesOf(flat(1, 14 * 24)),
      openings: { ...NO_OPENINGS, takenMwh: new Decimal(59 * 24) },
    });
    expect(march.settlement.quantities['pricedMwh']).toBe('336');
    expect(march.settlement.lines.map(({ quantity }) => quantity)).toEqual(['44']);
  });

  it('counts from the COD: test energy is owed nothing for', () => {
    const changes = { codDate: '2026-10-20', obligations: { minMax } };
    // 20 October to the end of the year: 73 of 365 days.
    const run = year(changes, 92 * 24, '2026-10-01T00:00:00Z');
    expect(run.settlement.lines.map(({ quantity }) => quantity)).toEqual(['292']);
    const before = year({ ...changes, codDate: '2027-01-01' }, 92 * 24, '2026-10-01T00:00:00Z');
    expect(before.settlement.lines).toEqual([]);
  });

  it('is weighed by the days of each version', () => {
    const acq = (acqMwh: string): Elections =>
      utc({
        volume: { acqMwh },
        obligations: {
          takeOrPay: {
            period: 'YEAR',
            levelPct: '100',
            deductions: [],
            makeUp: 'NONE',
            expiryYears: 0,
          },
        },
      });
    const run = settled({
      start: '2027-01-01T00:00:00Z',
      run: 'RECONCILIATION',
      asOf: '2028-01-10',
      elections: acq('7300'),
      earlier: [{ elections: acq('3650'), until: '2027-03-15' }],
      series: seriesOf(flat(0, 8_760)),
    });
    // 3,650 × 73 / 365 + 7,300 × 292 / 365.
    expect(run.settlement.lines.map(({ quantity }) => quantity)).toEqual(['6570']);
  });
});
