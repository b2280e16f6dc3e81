import fc from 'fast-check';
import { openIntake } from '../intake/intake.js';
import {
  type DayReadings,
  type IntervalBlock,
  type RevisedDay,
  reviseDay,
} from './interval-block.js';
import { QUALITY } from './quality.js';
import { packUpdates, unpackUpdates } from './update-times.js';

const DAY = Date.UTC(2026, 9, 3);
const METER = {
  code: 'M',
  intervalMinutes: 60,
  ratedPowerW: 1e6,
  direction: 'consumption',
} as const;

/** A day of 24 equal values that the source updated at an instant; 0: it does not say when. */
function version(wh: number, updatedMs: number, hours = 24): DayReadings {
  const intake = openIntake([METER]);
  intake.updated(updatedMs);
  for (let hour = 0; hour < hours; hour += 1) {
    expect(intake.put(0, DAY + hour * 3_600_000, wh, QUALITY.ACTUAL, hour + 2)).toBeNull();
  }
  return [...intake.collect().days()][0]!;
}

const stored = (block: RevisedDay): IntervalBlock => ({
  ...block,
  wh: Array.from(block.wh, (wh) => (Number.isNaN(wh) ? null : wh)),
  quality: [...block.quality],
});

/** What holds after deliveries in this order, and what each did. */
function after(...deliveries: readonly DayReadings[]) {
  let latest: IntervalBlock | null = null;
  const did = deliveries.map((delivery) => {
    const { block, outdated, ...counts } = reviseDay(latest, delivery);
    if (block !== null) latest = stored(block);
    return { ...counts, outdatedCount: outdated.length, isWritten: block !== null };
  });
  return { wh: latest!.wh[0], did };
}

describe('versions of what a source says', () => {
  it('leave the newer one, in whichever order they come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 1 }), (times) => {
        const { wh } = after(...times.map((time) => version(time * 100, time)));
        expect(wh).toBe(Math.max(...times) * 100);
      }),
    );
  });

  it('count an older one that says otherwise as outdated, and one that says the same as identical', () => {
    const { did } = after(version(100, 9), version(500, 4), version(100, 5));
    expect(did[1]).toMatchObject({ changedCount: 0, outdatedCount: 24, isWritten: false });
    expect(did[2]).toMatchObject({ identicalCount: 24, outdatedCount: 0, isWritten: false });
  });

  it('keep a newer time of the same values: what lies between is outdated', () => {
    const { wh, did } = after(version(100, 1), version(100, 9), version(500, 4));
    expect(did[1]).toMatchObject({ identicalCount: 24, changedCount: 0, isWritten: true });
    expect([wh, did[2]!.outdatedCount]).toEqual([100, 24]);
  });

  it('say nothing where a source states no time: what comes later is a correction', () => {
    expect(after(version(100, 9), version(500, 0)).wh).toBe(500);
    // And what the source updated before that is older than what it said then.
    expect(after(version(100, 9), version(500, 0), version(100, 4)).wh).toBe(500);
  });

  it('are told apart interval by interval', () => {
    const { did } = after(version(100, 9, 6), version(500, 4));
    expect(did[1]).toMatchObject({ newCount: 18, outdatedCount: 6 });
  });

  it.each([
    [9, 4],
    [4, 9],
  ])('within one file, the newer row counts: %i before %i', (first, second) => {
    const intake = openIntake([METER]);
    intake.updated(first);
    expect(intake.put(0, DAY, first, QUALITY.ACTUAL, 2)).toBeNull();
    intake.updated(second);
    expect(intake.put(0, DAY, second, QUALITY.ACTUAL, 3)).toBeNull();
    const gathered = intake.collect();
    const { rowCount, outdatedCount, totalWh } = gathered;
    expect({ rowCount, outdatedCount, totalWh }).toEqual({
      rowCount: 1,
      outdatedCount: 1,
      totalWh: 9,
    });
    expect([...gathered.days()][0]!.wh[0]).toBe(9);
  });

  it('of one time that differ are refused in one file', () => {
    const intake = openIntake([METER]);
    intake.updated(9);
    intake.put(0, DAY, 1, QUALITY.ACTUAL, 2);
    expect(intake.put(0, DAY, 2, QUALITY.ACTUAL, 3)).toMatchObject({
      rule: 'interval.once_in_file',
    });
  });

  it('are packed without loss', () => {
    const times = fc.array(fc.constantFrom(0, 5, 7), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(times, (list) => {
        expect([...unpackUpdates(packUpdates(Float64Array.from(list)), 24)]).toEqual(list);
      }),
    );
    expect(packUpdates(new Float64Array(24))).toEqual([]);
  });
});
