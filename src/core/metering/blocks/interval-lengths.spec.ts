import fc from 'fast-check';
import { DAY_MS, formatInstant, HOUR_MS, MINUTE_MS } from '../../time/interval.js';
import { openIntake } from '../intake/intake.js';
import {
  changesFault,
  intervalCount,
  commonIn,
  minutesAt,
  minutesOfDay,
  sameLengthRuns,
} from './interval-lengths.js';
import { QUALITY } from './quality.js';

const DAY = Date.UTC(2026, 9, 1);
const at = (hours: number): string => formatInstant(DAY + hours * HOUR_MS);
const changing = (from: number, intervalMinutes: number, before = 60) => ({
  intervalMinutes: before,
  intervalChanges: [{ from: at(from), intervalMinutes }],
});

describe('lengths of a meter’s intervals', () => {
  it('hold from their instant on', () => {
    const lengths = changing(34, 15);
    expect(minutesAt(lengths, DAY + 34 * HOUR_MS - 1)).toBe(60);
    expect(minutesAt(lengths, DAY + 34 * HOUR_MS)).toBe(15);
  });

  it('keep a day in the longer of two, and days beside it in their own', () => {
    for (const lengths of [changing(34, 15), changing(34, 60, 15)]) {
      expect(minutesOfDay(lengths, DAY + DAY_MS)).toBe(60);
    }
    expect(minutesOfDay(changing(34, 15), DAY + 2 * DAY_MS)).toBe(15);
    expect(minutesOfDay(changing(24, 15), DAY + DAY_MS)).toBe(15);
    expect(minutesOfDay(changing(24, 15), DAY)).toBe(60);
    expect(commonIn(changing(34, 15), { startMs: DAY + 2 * DAY_MS, endMs: DAY + 9 * DAY_MS })).toBe(
      15,
    );
    expect(commonIn(changing(34, 15), { startMs: DAY, endMs: DAY + 9 * DAY_MS })).toBe(60);
  });

  it('cut a stretch into parts of one length, of which the counts add up', () => {
    const lengths = changing(34, 15);
    const stretch = { startMs: DAY, endMs: DAY + 4 * DAY_MS };
    expect(
      sameLengthRuns([lengths], stretch).map(({ startMs }) => (startMs - DAY) / DAY_MS),
    ).toEqual([0, 1, 2]);
    expect(intervalCount(lengths, stretch)).toBe(24 + 24 + 96 + 96);
    expect(intervalCount({ intervalMinutes: 30 }, stretch)).toBe(4 * 48);
  });

  it('change on whole hours, in order, to another length', () => {
    expect(changesFault(60, [{ from: at(0.5), intervalMinutes: 15 }])).toMatchObject({ at: 0 });
    expect(changesFault(60, [{ from: at(1), intervalMinutes: 60 }])).toMatchObject({ at: 0 });
    const back = [at(2), at(1)].map((from, n) => ({ from, intervalMinutes: n === 0 ? 15 : 30 }));
    expect(changesFault(60, back)).toMatchObject({ at: 1 });
    expect(changesFault(60, [{ from: at(1), intervalMinutes: 15 }])).toBeNull();
  });

  it('lose no energy, wherever they change', () => {
    const lengths = fc.constantFrom(5, 10, 15, 30, 60);
    fc.assert(
      fc.property(fc.nat(71), lengths, lengths, (hour, before, after) => {
        fc.pre(before !== after);
        const meter = {
          code: 'M',
          ratedPowerW: 1e9,
          ...changing(hour, after, before),
          direction: 'consumption',
        } as const;
        const intake = openIntake([meter]);
        let [sentWh, line, ms] = [0, 2, DAY];
        while (ms < DAY + 3 * DAY_MS) {
          const place = intake.dated(0, ms);
          const wh = (line * 7) % 1000;
          expect(intake.put(place, ms, wh, QUALITY.ACTUAL, line)).toBeNull();
          [sentWh, line] = [sentWh + wh, line + 1];
          ms += intake.meters[place]!.intervalMinutes * MINUTE_MS;
        }
        const gathered = intake.collect();
        const { faults, totalWh, rowCount } = gathered;
        expect(faults).toEqual([]);
        const kept = [...gathered.days()];
        const sum = kept.reduce((all, { wh }) => all + wh.reduce((a, b) => a + b, 0), 0);
        const count = kept.reduce((all, { wh }) => all + wh.length, 0);
        expect([totalWh, sum, rowCount]).toEqual([sentWh, sentWh, count]);
        for (const { utcDay, intervalMinutes } of kept) {
          expect(intervalMinutes).toBe(minutesOfDay(meter, Date.parse(utcDay)));
        }
      }),
    );
  });

  it('refuse a part of a longer interval, on the day of the change', () => {
    const meter = {
      code: 'M',
      ratedPowerW: 1e9,
      ...changing(10, 15),
      direction: 'consumption',
    } as const;
    const intake = openIntake([meter]);
    const place = intake.dated(0, DAY + 12 * HOUR_MS);
    for (const part of [0, 1, 2]) {
      intake.put(place, DAY + 12 * HOUR_MS + part * 15 * MINUTE_MS, 5, QUALITY.ACTUAL, 2 + part);
    }
    expect(intake.collect().faults).toMatchObject([{ row: 2, rule: 'interval.whole_on_change' }]);
  });
});
