import { formatInstant } from '../../time/interval.js';
import { QUALITY } from '../blocks/quality.js';
import { coarser, combineSeries, reconcileLosses } from './combine.js';
import { type VeeInput, type VeeReading, veeReport } from './report.js';
import { VEE_RULE_IDS, VEE_RULES, veeParameters } from './rules.js';
import { emptySeries } from './series.js';
import { sunElevationDeg } from '../../time/sun.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.parse('2026-06-15T00:00:00Z');

/** A load that breathes, no two days alike. */
const shape = (ms: number): number => {
  const hour = (ms / HOUR) % 24;
  return (
    5_000_000 +
    Math.round(2_000_000 * Math.sin(((hour - 6) / 24) * 2 * Math.PI)) +
    (((ms / HOUR) * 7_919) % 40_000)
  );
};
const series = (
  fromMs: number,
  hours: number,
  change: (ms: number) => number | null | undefined = () => undefined,
): VeeReading[] =>
  Array.from({ length: hours }, (_, at) => {
    const ms = fromMs + at * HOUR;
    const changed = change(ms);
    const wh = changed === undefined ? shape(ms) : changed;
    return { start: formatInstant(ms), wh, quality: wh === null ? 'MISSING' : 'RAW' };
  });
const history = series(FROM - 36 * DAY, 36 * 24);
const report = (readings: readonly VeeReading[], more: Partial<VeeInput> = {}) =>
  veeReport({
    meter: { code: 'M', intervalMinutes: 60, ratedPowerW: 20_000_000, direction: 'consumption' },
    from: '2026-06-15T00:00:00Z',
    to: '2026-06-16T00:00:00Z',
    checkReadings: null,
    childReadings: null,
    registers: [],
    clockDriftS: null,
    holidays: [],
    rules: {},
    isEstimated: true,
    readings: [...history, ...readings],
    ...more,
  });
const rulesOf = ({ exceptions }: ReturnType<typeof report>): string[] => [
  ...new Set(exceptions.map(({ rule }) => rule)),
];
const plain = series(FROM, 24);

describe('validation of a day', () => {
  it('finds nothing in a day like the others', () => {
    const result = report(plain);
    expect(result.exceptions).toEqual([]);
    expect(result.hours).toHaveLength(24);
    expect(result.hours[0]).toMatchObject({ quality: 'ACTUAL', presentCount: 1, expectedCount: 1 });
    expect(result.completeness).toMatchObject({
      expectedCount: 24,
      presentCount: 24,
      missingCount: 0,
      suspectCount: 0,
    });
  });

  it('counts civil days of 23 and 25 hours, not 24', () => {
    const february = Date.parse('2026-02-14T00:00:00Z');
    const { completeness } = report(series(february, 48), {
      from: '2026-02-14T00:00:00Z',
      to: '2026-02-16T00:00:00Z',
    });
    expect(completeness.days).toEqual([
      { civilDay: '2026-02-14', expectedCount: 23, presentCount: 23 },
      { civilDay: '2026-02-15', expectedCount: 25, presentCount: 25 },
    ]);
  });

  // prettier-ignore
  it.each<[string, string, VeeReading[], Partial<VeeInput>]>([
    ['two values for an hour',          'V2',  [...plain, { start: '2026-06-15T03:00:00Z', wh: 1, quality: 'RAW' }], {}],
    ['a start off the grid',            'V3',  [...plain, { start: '2026-06-15T03:07:00Z', wh: 1, quality: 'RAW' }], {}],
    ['a clock that was far off',        'V5',  plain, { clockDriftS: 200 }],
    ['more than the rating',            'V6',  series(FROM, 24, (ms) => (ms === FROM ? 20_000_001 : undefined)), {}],
    ['a negative load',                 'V7',  series(FROM, 24, (ms) => (ms === FROM ? -5 : undefined)), {}],
    ['a spike',                         'V8',  series(FROM, 24, (ms) => (ms === FROM ? 19_900_000 : undefined)), { rules: { V6: { isOff: true } } }],
    ['a counter that grew otherwise',   'V9',  plain, { registers: [{ from: '2026-06-15T00:00:00Z', to: '2026-06-16T00:00:00Z', wh: 1 }] }],
    ['a flat line',                     'V10', series(FROM, 24, () => 4_000_000), {}],
    ['zeros',                           'V11', series(FROM, 24, (ms) => (ms < FROM + 2 * HOUR ? 0 : undefined)), {}],
    ['a day far from its like days',    'V13', series(FROM, 24, (ms) => Math.round(shape(ms) * 1.7)), {}],
    ['a jump from hour to hour',        'V14', series(FROM, 24, (ms) => (ms === FROM + 5 * HOUR ? 19_900_000 : 3_000_000 + (ms % 7))), {}],
    ['another meter that differs',      'V15', plain, { checkReadings: series(FROM, 24, (ms) => shape(ms) + 100_000) }],
    ['meters below that do not add up', 'V16', plain, { childReadings: series(FROM, 24, (ms) => shape(ms) - 100_000) }],
    ['a day that was there before',     'V18', series(FROM, 24, (ms) => shape(ms - 9 * DAY)), {}],
    ['an hour that the clocks moved',   'V19', series(FROM, 72, (ms) => shape(ms + HOUR) + 1), { to: '2026-06-18T00:00:00Z' }],
    ['energy of an hour in the next',   'V21', series(FROM, 24, (ms) => (ms === FROM + 5 * HOUR ? null : ms === FROM + 6 * HOUR ? shape(ms) + shape(ms - HOUR) : undefined)), {}],
  ])('finds %s by %s', (_, rule, readings, more) => {
    expect(rulesOf(report(readings, more))).toContain(rule);
    const rules = { ...more.rules, [rule]: { isOff: true } };
    if (!['V2', 'V3', 'V7'].includes(rule)) expect(rulesOf(report(readings, { ...more, rules }))).not.toContain(rule);
  });

  it('finds a level that changed for good, as after a swap of meters', () => {
    const days = series(FROM, 72, (ms) => Math.round(shape(ms) * 2.1));
    const result = report(days, { to: '2026-06-18T00:00:00Z' });
    expect(rulesOf(result)).toContain('V20');
  });

  it('finds estimates in a row for longer than three days', () => {
    const estimates = series(FROM, 96).map((one) => ({ ...one, quality: 'EST_HIST' as const }));
    expect(rulesOf(report(estimates, { to: '2026-06-19T00:00:00Z' }))).toContain('V17');
  });

  it('warns of a drift of a minute, and suspects only beyond three', () => {
    const [drift] = report(plain, { clockDriftS: -70 }).exceptions;
    expect(drift).toMatchObject({
      rule: 'V5',
      severity: 'warn',
      measured: '-70 s',
      threshold: '60 s',
    });
    expect(report(plain, { clockDriftS: -70 }).completeness.suspectCount).toBe(0);
    expect(report(plain, { clockDriftS: 181, isEstimated: false }).completeness.suspectCount).toBe(
      24,
    );
  });

  it('knows every rule of its table by a title, and a threshold that holds from a day on', () => {
    expect(VEE_RULE_IDS).toHaveLength(21);
    const sets = [
      {
        code: 'B',
        meterCodes: ['M'],
        validFrom: '2026-02-01',
        rules: { V8: { thresholds: { ratio: 3 } } },
      },
      {
        code: 'A',
        meterCodes: [],
        validFrom: '2026-03-01',
        rules: { V8: { thresholds: { ratio: 2 } }, V10: { isOff: true } },
      },
    ];
    const at = (day: string, meter: string) => veeParameters(sets, meter, day).V8;
    expect([
      at('2026-01-31', 'M'),
      at('2026-02-01', 'M'),
      at('2026-03-01', 'M'),
      at('2026-03-01', 'N'),
    ]).toEqual([{ ratio: 1.8 }, { ratio: 3 }, { ratio: 3 }, { ratio: 2 }]);
    expect(veeParameters(sets, 'N', '2026-03-01').V10).toBeNull();
    expect(VEE_RULES.V12.basis).toBe('project choice');
  });
});

describe('estimation', () => {
  const gap = (from: number, to: number) =>
    series(FROM, 24, (ms) =>
      ms >= FROM + from * HOUR && ms < FROM + to * HOUR ? null : undefined,
    );

  it('crosses two hours by a line, and not three', () => {
    const two = report(gap(5, 7)).estimates;
    const [a, b] = [shape(FROM + 4 * HOUR), shape(FROM + 7 * HOUR)];
    expect(two).toEqual([
      {
        from: '2026-06-15T05:00:00Z',
        to: '2026-06-15T07:00:00Z',
        method: 'linear',
        confidence: 'medium',
        wh: [Math.floor((2 * a + b) / 3), Math.floor((a + 2 * b) / 3)],
      },
    ]);
    expect(report(gap(5, 8)).estimates[0]).toMatchObject({ method: 'like-days' });
  });

  it('takes the check meter first, then what the counter says', () => {
    const checkReadings = series(FROM, 24, (ms) => shape(ms) + 1);
    expect(report(gap(5, 8), { checkReadings }).estimates[0]).toMatchObject({
      method: 'check-meter',
      confidence: 'high',
      wh: [5, 6, 7].map((hour) => shape(FROM + hour * HOUR) + 1),
    });
    const total = plain.reduce((sum, { wh }) => sum + wh!, 0);
    const registers = [{ from: '2026-06-15T00:00:00Z', to: '2026-06-16T00:00:00Z', wh: total }];
    const [spread] = report(gap(5, 8), { registers }).estimates;
    const missing = [5, 6, 7].reduce((sum, hour) => sum + shape(FROM + hour * HOUR), 0);
    expect(spread).toMatchObject({ method: 'register-shape', confidence: 'high' });
    expect(spread!.wh.reduce((sum, wh) => sum + wh, 0)).toBe(missing);
  });

  it('treats holidays as Sundays', () => {
    const sundays = [1, 8, 15].map((back) => shape(FROM - back * DAY + 5 * HOUR));
    const { estimates } = report(gap(5, 8), { holidays: ['2026-06-15'] });
    expect(estimates[0]!.wh[0]).toBe(Math.floor(sundays.reduce((sum, wh) => sum + wh, 0) / 3));
  });

  it('leaves missing what nothing reaches, and generation always', () => {
    expect(report(gap(5, 8), { readings: gap(5, 8) }).estimates).toEqual([]);
    const generation = {
      code: 'G',
      intervalMinutes: 60,
      ratedPowerW: 20_000_000,
      direction: 'generation' as const,
    };
    const result = report(gap(5, 7), { meter: generation });
    expect(result.estimates).toEqual([]);
    expect(result.hours[5]).toMatchObject({ wh: null, quality: 'MISSING' });
  });
});

describe('meters together', () => {
  const of = (values: (number | null)[]) => {
    const one = emptySeries(0, values.length * HOUR, HOUR);
    values.forEach((wh, at) => {
      if (wh === null) return;
      one.wh[at] = wh;
      one.quality[at] = QUALITY.ACTUAL;
    });
    return one;
  };

  it('add and take away, with the gaps of each, and show differences below zero', () => {
    const { series: rest, negativeCount } = combineSeries([
      { series: of([10, 10, null, 3]), sign: 1 },
      { series: of([4, null, 1, 5]), sign: -1 },
    ]);
    expect([[...rest.wh], negativeCount]).toEqual([[6, Number.NaN, Number.NaN, Number.NaN], 1]);
    expect(rest.quality[0]).toBe(QUALITY.DERIVED);
  });

  it('are brought to the coarser interval first: a part that is missing makes the whole so', () => {
    const quarters = emptySeries(0, 3 * HOUR, HOUR / 4);
    quarters.wh.set([1, 2, 3, 4, 5, 5, 5, 5, 1, 1, Number.NaN, 1]);
    quarters.quality.fill(QUALITY.ACTUAL);
    quarters.quality[5] = QUALITY.EST_LINEAR;
    quarters.quality[10] = QUALITY.MISSING;
    const hours = coarser(quarters, HOUR);
    expect([...hours.wh]).toEqual([10, 20, Number.NaN]);
    expect([...hours.quality]).toEqual([QUALITY.ACTUAL, QUALITY.EST_LINEAR, QUALITY.MISSING]);
    expect(coarser(quarters, HOUR / 4)).toBe(quarters);
    expect(() => coarser(quarters, HOUR / 3)).toThrow('whole intervals');
    const { series: rest } = combineSeries([
      { series: of([30, 30, 30]), sign: 1 },
      { series: hours, sign: -1 },
    ]);
    expect([...rest.wh]).toEqual([20, 10, Number.NaN]);
  });

  it('show what is unaccounted for, also when it is below zero', () => {
    const hours = reconcileLosses(of([10, 10, 10]), [of([4, 6, null]), of([5, 5, 1])]);
    expect(hours.map(({ unaccountedWh }) => unaccountedWh)).toEqual([1, -1, null]);
  });
});

describe('the sun over Casablanca', () => {
  const at = (text: string) =>
    sunElevationDeg(Date.parse(text), { latitudeDeg: 33.57, longitudeDeg: -7.59 });

  it('stands highest about noon of its own meridian, 90° − latitude + tilt at midsummer', () => {
    expect(at('2026-06-21T12:32:00Z')).toBeCloseTo(90 - 33.57 + 23.44, 0);
    expect(at('2026-12-21T12:28:00Z')).toBeCloseTo(90 - 33.57 - 23.44, 0);
  });

  it('is down at midnight', () => {
    expect(at('2026-06-21T00:30:00Z')).toBeLessThan(-30);
  });
});
