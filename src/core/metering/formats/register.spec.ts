import { energyScale, wattHoursFrom } from '../../units/energy-bytes.js';
import { HOUSE_PROFILE } from '../import-profile.js';
import { openIntake } from '../intake/intake.js';
import { joiningIntervals } from '../intake/counter.js';
import { QUALITY } from '../blocks/quality.js';
import { registerReader } from './register.js';

const DAY = Date.parse('2026-10-01T00:00:00Z');
const METER = {
  code: 'M',
  intervalMinutes: 15,
  ratedPowerW: 11_000,
  direction: 'consumption' as const,
};

/** A counter's readings, kWh, by minute of the day; gives four quarters and what was refused. */
const read = (readings: readonly (readonly [number, string])[], registerDigits?: number) => {
  const intake = openIntake([METER]);
  const rejects: string[] = [];
  const scale = energyScale('kwh', 15);
  const profile = { ...HOUSE_PROFILE, registerDigits: registerDigits ?? null };
  const reader = registerReader(
    {
      profile,
      zone: { kind: 'fixed', offsetMinutes: 0 },
      meters: [METER],
      intake,
      onlyMeter: 0,
      reject: () => {},
      leaveOut: () => {},
    },
    [scale],
    'kwh',
  );
  readings.forEach(([minute, text], at) => {
    const bytes = Buffer.from(text);
    const read = text === '' ? Number.NaN : wattHoursFrom(bytes, 0, bytes.length, scale);
    const fault = reader(0, {
      stampMs: DAY + minute * 60_000,
      wh: read,
      rest: scale.rest,
      line: at + 2,
      quality: text === '' ? QUALITY.MISSING : QUALITY.ACTUAL,
    });
    if (fault !== null) rejects.push(`${at + 2} ${fault.rule}`);
  });
  const gathered = intake.collect();
  const [day] = [...gathered.days()];
  const wh = [...(day?.wh.subarray(0, 4) ?? [])].map((one) => (one >= 0 ? one : null));
  return { wh, rejects, gathered };
};

describe('readings of a counter', () => {
  // prettier-ignore
  it.each<[string, [number, string][], (number | null)[], string[]]>([
    ['are differences',                          [[0, '1.0'], [15, '1.1'], [30, '1.3']],                                  [100, 200, null, null], []],
    ['are differences of what is below a Wh',    [[0, '0.0005'], [15, '0.001'], [30, '0.0015'], [45, '0.002']],           [0, 1, 0, null],        []],
    ['are no base once refused for going back',  [[0, '13423.0'], [15, '13423.2'], [30, '0'], [45, '13423.7'], [60, '13423.9']], [200, null, null, 200], ['4 register.never_back']],
    ['are no base once refused as too high',     [[0, '13423.0'], [15, '13423.2'], [30, '99999'], [45, '13423.7'], [60, '13423.9']], [200, null, null, 200], ['4 register.plausible']],
    ['may go back over a gap no more than else', [[0, '13423.0'], [30, '0'], [45, '0.2'], [60, '13423.9']],              [],                     ['3 register.never_back', '4 register.never_back']],
    ['may not jump over a gap either',           [[0, '100'], [30, '5000'], [45, '100.3'], [60, '100.4']],               [null, null, null, 100], ['3 register.plausible']],
    ['are no base where they are missing',       [[0, '100.0'], [15, ''], [30, '100.4'], [45, '100.5']],                 [null, null, 100, null], []],
    ['may repeat',                               [[0, '1.0'], [15, '1.1'], [15, '1.1'], [30, '1.2'], [0, '1.0']],        [100, 100, null, null], []],
    ['may not differ for one time',              [[0, '1.0'], [15, '1.1'], [15, '1.2'], [30, '1.3']],                    [100, 200, null, null], ['4 interval.once_in_file']],
    ['come in order',                            [[0, '1.0'], [30, '1.1'], [15, '1.05']],                                [],                     ['4 register.in_order']],
    ['may be beyond the rating, for V6 to see',  [[0, '1'], [15, '5']],                                                  [4_000, null, null, null], []],
    ['may be as coarse as the counter shows',    [[0, '1'], [15, '7']],                                                  [6_000, null, null, null], []],
    ['are refused beyond twice the rating',      [[0, '1.2'], [15, '7.7'], [30, '1.3'], [45, '1.4']],                    [null, null, 100, null], ['3 register.plausible']],
  ])('%s', (_, readings, wh, rejects) => {
    const found = read(readings);
    expect([found.wh, found.rejects]).toEqual([wh, rejects]);
  });

  it('start again at their last digit only as fast as the meter counts', () => {
    expect(
      read(
        [
          [0, '9.9'],
          [15, '0.1'],
        ],
        1,
      ),
    ).toMatchObject({ wh: [200, null, null, null] });
    expect(
      read(
        [
          [0, '5.0'],
          [15, '0.1'],
        ],
        1,
      ).rejects,
    ).toEqual(['3 register.never_back']);
    expect(
      read(
        [
          [0, '8.0'],
          [30, '0.1'],
          [45, '0.2'],
        ],
        1,
      ),
    ).toMatchObject({
      wh: [null, null, 100, null],
      rejects: [],
    });
  });

  it('count repeated rows as repeated', () => {
    const { gathered } = read([
      [0, '1.0'],
      [15, '1.1'],
      [15, '1.1'],
      [30, '1.2'],
    ]);
    expect(gathered).toMatchObject({ rowCount: 3, repeatedCount: 1 });
    expect(gathered.repeated).toEqual([
      { line: 4, sameAsLine: 3, meterCode: 'M', start: '2026-10-01T00:15:00Z' },
    ]);
  });
});

describe('files of one counter', () => {
  const at = (minute: number, wh: number) => ({
    atMs: DAY + minute * 60_000,
    wh,
    rest: 0,
    quality: QUALITY.ACTUAL,
    line: 9,
  });

  it('join where an interval lies between them, whichever came first', () => {
    const { gathered } = read([
      [15, '1.1'],
      [30, '1.2'],
    ]);
    const [run] = gathered.counters;
    const joining = joiningIntervals(run!, { before: at(0, 1_000), after: at(45, 1_250) }, METER);
    expect(joining).toMatchObject([
      { startMs: DAY, wh: 100, line: 2 },
      { startMs: DAY + 30 * 60_000, wh: 50, line: 3 },
    ]);
    for (const _ of [1, 2]) {
      const [day] = [...gathered.days(joining)];
      expect([...day!.wh.subarray(0, 4)]).toEqual([100, 100, 50, Number.NaN]);
    }
    expect([...[...gathered.days()][0]!.wh.subarray(0, 3)]).toEqual([Number.NaN, 100, Number.NaN]);
  });

  it('join a single reading, and at midnight the day before', () => {
    const { gathered } = read([[0, '2.0']]);
    const [run] = gathered.counters;
    const joining = joiningIntervals(run!, { before: at(-15, 1_900), after: null }, METER);
    const days = [...gathered.days(joining)];
    expect(days.map(({ utcDay, wh }) => [utcDay, wh.at(-1)])).toEqual([['2026-09-30', 100]]);
  });

  // prettier-ignore
  it.each([
    ['further apart',            at(-15, 1_000)],
    ['a counter that went back', at(0, 2_000)],
    ['one that jumped',          at(0, -99_000_000)],
  ])('leave a gap: %s', (_, before) => {
    const [run] = read([[15, '1.1']]).gathered.counters;
    expect(joiningIntervals(run!, { before, after: null }, METER)).toEqual([]);
  });
});
