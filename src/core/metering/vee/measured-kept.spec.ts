import { formatInstant } from '../../time/interval.js';
import { type VeeInput, type VeeReading, veeReport } from './report.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.parse('2026-06-15T00:00:00Z');
const HISTORY_DAYS = 36;

/** Whole random numbers below a limit, the same for the same seed. */
const random = (seed: number) => {
  let state = (seed * 7_919 + 11) % 2_147_483_647;
  return (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
};

/** What a load did, hour by hour; `null` and changed hours are what a meter made of it. */
const readings = (wh: readonly (number | null)[], fromMs = FROM - HISTORY_DAYS * DAY) =>
  wh.map((one, at): VeeReading => ({
    start: formatInstant(fromMs + at * HOUR),
    wh: one,
    quality: one === null ? 'MISSING' : 'RAW',
  }));
const report = (wh: readonly (number | null)[], more: Partial<VeeInput> = {}) => {
  const hours = wh.length - HISTORY_DAYS * 24;
  return veeReport({
    meter: { code: 'M', intervalMinutes: 60, ratedPowerW: 20_000, direction: 'consumption' },
    from: formatInstant(FROM),
    to: formatInstant(FROM + hours * HOUR),
    checkReadings: null,
    childReadings: null,
    registers: [],
    clockDriftS: null,
    holidays: [],
    rules: {},
    isEstimated: true,
    readings: readings(wh),
    ...more,
  });
};
const sum = (wh: readonly (number | null)[]): number =>
  wh.reduce<number>((total, one) => total + (one ?? 0), 0);
const found = ({ hours }: ReturnType<typeof report>): (number | null)[] =>
  hours.map(({ wh }) => wh);

type Profile = (hour: number, day: number, next: (below: number) => number) => number;

/** Loads as they are: none of their readings is wrong. */
// prettier-ignore
const PROFILES: readonly (readonly [string, Profile])[] = [
  ['an office',                            (hour, day, next) => (hour > 6 && hour < 19 && day % 7 < 5 ? 4_000 + next(1_500) : 600 + next(200))],
  ['a household that cooks and heats',     (hour, _, next) => 90 + next(120) + (next(9) === 0 ? 600 + next(2_500) : 0) + (hour > 16 ? next(700) : 0)],
  ['a car that is charged now and then',   (hour, _, next) => 200 + next(150) + (hour > 18 && next(12) === 0 ? 7_000 + next(4_000) : 0)],
  ['a heat pump',                          (hour, day, next) => 300 + (next(3) === 0 ? 2_400 + next(600) : 0) + (day % 9 === 0 && hour < 7 ? 3_000 : 0)],
  ['a pump that stands still for days',    (_, day, next) => (day % 5 < 2 ? 0 : 2_000 + next(900))],
  ['a house with solar panels at noon',    (hour, _, next) => (hour > 9 && hour < 15 ? next(4) * next(6) : 250 + next(500))],
  ['people who rise late for a day',       (hour, day, next) => (hour > (day % 13 === 0 ? 9 : 6) ? 1_500 : 300) + next(80)],
  ['shifts that change by the week',       (hour, day, next) => ((hour + 8 * Math.floor(day / 7)) % 24 < 8 ? 9_000 : 1_200) + next(300)],
  ['a furnace in batches',                 (hour, day, next) => ((hour + day) % 11 < 2 ? 15_000 + next(3_000) : 40 + next(30))],
];
const loadOf = (profile: Profile, seed: number, days: number): number[] => {
  const next = random(seed);
  return Array.from({ length: (HISTORY_DAYS + days) * 24 }, (_, at) =>
    profile(at % 24, Math.floor(at / 24), next),
  );
};

describe('what was measured stays as it was', () => {
  it.each(PROFILES)('in the days of %s', (_, profile) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const wh = loadOf(profile, seed, 14);
      const result = report(wh);
      expect(found(result)).toEqual(wh.slice(HISTORY_DAYS * 24));
      expect(result.estimates).toEqual([]);
    }
  });

  it('also where it is suspect, and is listed as left to a decision', () => {
    const wh = loadOf(PROFILES[0]![1], 1, 1).with(HISTORY_DAYS * 24 + 12, 19_000);
    const result = report(wh);
    expect(found(result)[12]).toBe(19_000);
    expect(result.hours[12]!.quality).toBe('SUSPECT');
    expect(result.left).toEqual([
      {
        from: '2026-06-15T12:00:00Z',
        to: '2026-06-15T13:00:00Z',
        intervalCount: 1,
        reason: 'suspect',
      },
    ]);
  });

  it('where hours are missing, but for a neighbour that was never as high', () => {
    for (const [, profile] of PROFILES) {
      for (let seed = 1; seed <= 10; seed += 1) {
        const wh: (number | null)[] = loadOf(profile, seed, 7);
        const next = random(seed + 100);
        for (let gap = 0; gap < 6; gap += 1) wh[HISTORY_DAYS * 24 + 3 + gap * 25 + next(9)] = null;
        const result = report(wh);
        const spread = result.estimates.filter(({ method }) => method === 'catch-up');
        const touched = new Set(spread.map(({ to }) => formatInstant(Date.parse(to) - HOUR)));
        for (const { from } of spread) touched.add(from);
        found(result).forEach((one, at) => {
          const measured = wh[HISTORY_DAYS * 24 + at]!;
          const isTouched = touched.has(result.hours[at]!.start);
          if (measured !== null && !isTouched) expect(one).toBe(measured);
        });
      }
    }
  });
});

describe('energy that stands in a neighbour', () => {
  const smooth: Profile = (hour, day, next) =>
    1_000 + Math.round(350 * Math.sin(((hour - 8) / 24) * 2 * Math.PI)) + next(90) + (day % 7);
  const base = (): (number | null)[] => loadOf(smooth, 3, 5);
  const at = (hour: number): number => HISTORY_DAYS * 24 + hour;
  const move = (wh: (number | null)[], from: readonly number[], to: number, left: 0 | null) => {
    const total = sum(from.map((one) => wh[one]!)) + wh[to]!;
    for (const one of from) wh[one] = left;
    wh[to] = total;
    return wh;
  };

  // prettier-ignore
  it.each<[string, readonly number[], number, 0 | null]>([
    ['an hour in the next',                 [29], 30, null],
    ['an hour in the one before',           [30], 29, null],
    ['five hours in the next',              [29, 30, 31, 32, 33], 34, null],
    ['a day and a half in the next',        Array.from({ length: 36 }, (_, hour) => 24 + hour), 60, null],
    ['a zero, and a catch-up',              [29], 30, 0],
    ['four zeros, and a catch-up',          [29, 30, 31, 32], 33, 0],
    ['the last hour of the stretch',        [118], 119, null],
  ])('is spread, and the sum is what was measured: %s', (_, from, to, left) => {
    const wh = move(base(), from.map(at), at(to), left);
    const result = report(wh);
    expect(sum(found(result))).toBe(sum(wh.slice(at(0))));
    expect(result.estimates.map(({ method }) => method)).toEqual(['catch-up']);
    expect(result.exceptions.map(({ rule }) => rule)).toContain('V21');
    const truth = base().slice(at(0));
    // Within what days differ from one another.
    found(result).forEach((one, hour) => expect(Math.abs(one! - truth[hour]!)).toBeLessThan(150));
  });

  it('is seen in the hour after the stretch', () => {
    const wh = move(base(), [at(119)], at(120), null);
    wh.length = at(120);
    const after = sum(base().slice(at(119), at(120))) * 2;
    const result = report(wh, { readings: readings([...wh, after]) });
    expect(result.estimates).toMatchObject([{ method: 'catch-up', from: '2026-06-19T23:00:00Z' }]);
  });

  it('is not looked for while the rule is off', () => {
    const wh = move(base(), [at(29)], at(30), null);
    const { estimates } = report(wh, { rules: { V21: { isOff: true } } });
    expect(estimates.map(({ method }) => method)).toEqual(['linear']);
  });

  it('is not found where a gap only is a gap', () => {
    const wh = base().with(at(29), null);
    const result = report(wh);
    expect(result.estimates).toMatchObject([{ method: 'linear' }]);
    expect(result.exceptions.map(({ rule }) => rule)).toEqual(['V1']);
  });

  it('is told by the neighbours where there is no history', () => {
    const day = Array.from({ length: 24 }, (_, hour): number | null => 1_000 + hour);
    const wh = [...Array<null>(HISTORY_DAYS * 24).fill(null), ...day.with(5, null).with(6, 2_011)];
    const { estimates } = report(wh);
    expect(estimates).toMatchObject([{ method: 'catch-up', wh: [1_005, 1_006] }]);
  });
});

describe('the total of a counter', () => {
  const wh = (): (number | null)[] => loadOf(PROFILES[0]![1], 5, 1);
  const at = (hour: number): number => HISTORY_DAYS * 24 + hour;
  const registers = (of: readonly (number | null)[], more = 0) => [
    { from: '2026-06-15T00:00:00Z', to: '2026-06-16T00:00:00Z', wh: sum(of.slice(at(0))) + more },
  ];

  it('is met over all gaps of its span together', () => {
    const broken = [3, 4, 9, 10, 11, 20].reduce((all, hour) => all.with(at(hour), null), wh());
    const result = report(broken, { registers: registers(wh()) });
    expect(sum(found(result))).toBe(sum(wh().slice(at(0))));
    expect(new Set(result.estimates.map(({ method }) => method))).toEqual(
      new Set(['register-shape']),
    );
  });

  it('is met where the next hour already holds what is missing', () => {
    const broken = wh()
      .with(at(9), null)
      .with(at(10), wh()[at(9)]! + wh()[at(10)]!);
    const result = report(broken, { registers: registers(wh()) });
    expect(sum(found(result))).toBe(sum(wh().slice(at(0))));
  });

  it('leaves a gap where it is below what the intervals hold', () => {
    const broken = wh().with(at(9), null);
    const result = report(broken, { registers: registers(broken, -1) });
    expect(found(result)[9]).toBeNull();
    expect(result.left).toMatchObject([{ reason: 'counter', intervalCount: 1 }]);
  });
});

describe('what was not estimated', () => {
  it('is listed with the reason', () => {
    const wh = Array.from({ length: 24 }, (_, hour) => (hour < 8 ? null : 500 + hour));
    const nothing = Array<null>(HISTORY_DAYS * 24).fill(null);
    expect(report([...nothing, ...wh]).left).toMatchObject([
      { reason: 'no-basis', intervalCount: 8 },
    ]);
    const meter = { code: 'G', intervalMinutes: 60, ratedPowerW: 20_000 };
    const generation = report([...nothing, ...wh], {
      meter: { ...meter, direction: 'generation' },
    });
    expect(generation.left).toMatchObject([{ reason: 'generation', intervalCount: 8 }]);
  });
});

describe('a clock that is off', () => {
  const office = (days: number, shifted: readonly number[]): number[] => {
    const next = random(9);
    return Array.from({ length: (HISTORY_DAYS + days) * 24 }, (_, place) => {
      const day = Math.floor(place / 24) - HISTORY_DAYS;
      const hour = (place % 24) - (shifted.includes(day) ? 1 : 0);
      return 500 + next(40) + (hour > 6 && hour < 18 ? 4_000 : 0);
    });
  };
  const V19 = (wh: readonly number[], more: Partial<VeeInput> = {}) =>
    report(wh, more)
      .exceptions.filter(({ rule }) => rule === 'V19')
      .map(({ from }) => from.slice(0, 10));

  // prettier-ignore
  it.each<[string, number[], string[]]>([
    ['one day is late',           [2],          []],
    ['two days are',              [2, 3],       []],
    ['three days with a pause',   [1, 3, 5],    []],
    ['three days in a row are',   [2, 3, 4],    ['2026-06-17', '2026-06-18', '2026-06-19']],
  ])('is found where it stays so: %s', (_, shifted, days) => {
    expect(V19(office(7, shifted))).toEqual(days);
  });

  it('is found on the third day also when days are validated one by one', () => {
    const wh = office(3, [0, 1, 2]);
    expect(V19(wh, { from: '2026-06-17T00:00:00Z' })).toEqual(['2026-06-17']);
  });
});
