import { energyScale, wattHoursFrom } from '../../units/energy-bytes.js';
import type { EnergyUnit } from '../../units/energy.js';
import { Decimal } from '../../units/money.js';
import { type DayReadings, type IntervalBlock, reviseDay } from './interval-block.js';
import { openIntake } from '../intake/intake.js';
import { QUALITY } from './quality.js';

const DAY = Date.parse('2026-10-01T00:00:00Z');

interface Sent {
  readonly values: readonly string[];
  readonly unit?: EnergyUnit;
  readonly multiplier?: string;
  readonly minutes?: number;
  /** Position of the first value. */
  readonly from?: number;
  /** Arrives backwards. */
  readonly isReversed?: boolean;
}

/** A file of a meter, as readers hand it over. */
const send = ({
  values,
  unit = 'kwh',
  multiplier = '1',
  minutes = 5,
  from = 0,
  isReversed = false,
}: Sent) => {
  const meter = { code: 'M', intervalMinutes: minutes, ratedPowerW: 1e9 };
  const intake = openIntake([{ ...meter, direction: 'consumption' }]);
  const scale = energyScale(unit, minutes, multiplier);
  const order = values.map((_, at) => at);
  for (const at of isReversed ? order.toReversed() : order) {
    const bytes = Buffer.from(values[at]!);
    const wh = wattHoursFrom(bytes, 0, bytes.length, scale);
    const startMs = DAY + (from + at) * minutes * 60_000;
    expect(intake.put(0, startMs, wh, QUALITY.ACTUAL, at + 2, scale.rest)).toBeNull();
  }
  const gathered = intake.collect();
  return { totalWh: gathered.totalWh, days: [...gathered.days()] };
};
const sum = (wh: ArrayLike<number | null>): number =>
  Array.from(wh).reduce<number>((total, one) => total + (one || 0), 0);
const known = (latest: IntervalBlock | null, day: DayReadings) => {
  const outcome = reviseDay(latest, day);
  const { newCount, identicalCount, changedCount, block } = outcome;
  const wh = block === null ? latest!.wh : [...block.wh].map((one) => (one >= 0 ? one : null));
  const quality = block === null ? latest!.quality : [...block.quality];
  const { meterCode, utcDay, intervalMinutes } = day;
  const revision = block?.revision ?? latest!.revision;
  const held: IntervalBlock = {
    meterCode,
    utcDay,
    intervalMinutes,
    wh,
    quality,
    revision,
    lines: [],
    updates: [],
  };
  return { counts: [newCount, identicalCount, changedCount], held };
};
const all = (count: number, value: string): string[] => Array<string>(count).fill(value);

describe('readings that are no whole Wh', () => {
  // prettier-ignore
  it.each<[string, Sent, number]>([
    ['half Wh of five minutes',             { values: all(288, '0.00550000000000') },                              1_584],
    ['less than a Wh each',                 { values: all(288, '0.0001') },                                        28],
    ['Wh with decimals',                    { values: ['30.70', '33.70', '33.90', '32.80', '31.70', '32.60'], unit: 'wh' }, 195],
    ['power over minutes',                  { values: all(288, '0.7'), unit: 'w' },                                16],
    ['thirds of a Wh by power',             { values: all(6, '4'), unit: 'w', minutes: 5 },                        2],
    ['a multiplier with decimals',          { values: all(200, '0.0001'), multiplier: '0.5' },                     10],
    ['finer than any meter writes',         { values: all(10, '0.000000000000000001'), unit: 'mwh' },              0],
    ['just below and just above a Wh',      { values: ['0.29999999999999998', '0.30000000000000002'] },            600],
    ['power and a multiplier, exactly one', { values: ['24'], unit: 'w', multiplier: '0.5' },                      1],
    ['whole ones',                          { values: all(288, '0.007') },                                         2_016],
  ])('carry their rests over the day: %s', (_, sent, totalWh) => {
    const { days, totalWh: control } = send(sent);
    expect([sum(days[0]!.wh), control]).toEqual([totalWh, totalWh]);
    expect(send({ ...sent, isReversed: true }).days[0]!.wh).toEqual(days[0]!.wh);
  });

  it('are each rounded down or up, and the day down, whatever they are', () => {
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 50; round += 1) {
      const values = Array.from({ length: 96 }, () => `${next(9)}.${next(10 ** 7)}`);
      const { wh } = send({ values, minutes: 15 }).days[0]!;
      let exact = new Decimal(0);
      values.forEach((text, at) => {
        const one = new Decimal(text).times(1_000);
        exact = exact.plus(one);
        expect([one.floor().toNumber(), one.ceil().toNumber()]).toContain(wh[at]);
        expect(sum(wh.subarray(0, at + 1))).toBe(exact.floor().toNumber());
      });
    }
  });

  it('begin again with each UTC day, so that a file split at days says the same', () => {
    const whole = send({ values: all(576, '0.0055'), from: 0 }).days;
    const second = send({ values: all(288, '0.0055'), from: 288 }).days;
    expect(whole[1]!.wh).toEqual(second[0]!.wh);
  });

  it('say the same twice only where their rests are the same too', () => {
    const intake = openIntake([
      { code: 'M', intervalMinutes: 5, ratedPowerW: 1e9, direction: 'consumption' },
    ]);
    expect(intake.put(0, DAY, 5, QUALITY.ACTUAL, 2, 30e12)).toBeNull();
    expect(intake.put(0, DAY, 5, QUALITY.ACTUAL, 3, 30e12)).toBeNull();
    expect(intake.put(0, DAY, 5, QUALITY.ACTUAL, 4, 31e12)?.rule).toBe('interval.once_in_file');
    expect(intake.put(0, DAY, 5, QUALITY.ACTUAL, 5)?.rule).toBe('interval.once_in_file');
  });
});

describe('a day that comes again', () => {
  const first = () => known(null, send({ values: all(288, '0.0055') }).days[0]!).held;

  it('is the same, whole or in parts', () => {
    expect(known(first(), send({ values: all(288, '0.0055') }).days[0]!).counts).toEqual([
      0, 288, 0,
    ]);
    const part = send({ values: all(100, '0.0055'), from: 101 }).days[0]!;
    expect(known(first(), part).counts).toEqual([0, 100, 0]);
  });

  it('changes only where it says something else', () => {
    const values = all(288, '0.0055').with(10, '0.9');
    const { counts, held } = known(first(), send({ values }).days[0]!);
    expect(counts).toEqual([0, 287, 1]);
    expect(Math.abs(sum(held.wh) - (287 * 5.5 + 900))).toBeLessThanOrEqual(1);
  });

  it('is taken anew where each reading is near and all together are not', () => {
    const small = known(null, send({ values: all(288, '0.0011') }).days[0]!).held;
    expect(sum(small.wh)).toBe(316);
    const { held } = known(small, send({ values: all(288, '0.0019') }).days[0]!);
    expect(sum(held.wh)).toBe(547);
  });

  it('fills what was open with the carried values', () => {
    const half = known(null, send({ values: all(144, '0.0055') }).days[0]!).held;
    const { counts, held } = known(half, send({ values: all(288, '0.0055') }).days[0]!);
    expect(counts).toEqual([144, 144, 0]);
    expect(sum(held.wh)).toBe(1_584);
  });
});
