import { readFileSync } from 'node:fs';
import { mizan, mizanAlone } from '../support/cli.js';

const golden = (file: string) => JSON.parse(readFileSync(`fixtures/vectors/${file}`, 'utf8'));
const decimal = (units: string, places: number): string =>
  (Number(units) / 10 ** places).toFixed(places);

function coverageInput(file: string): string {
  const [, ...lines] = readFileSync(`fixtures/vectors/${file}`, 'utf8').trim().split(/\r?\n/);
  const intervals = lines.map((line) => {
    const [start, solar, wind, load, cfe, factor, quality] = line.split(',');
    const isEstimated = quality === 'E';
    return {
      start,
      loadWh: Number(load),
      generation: [
        { id: 'solar', wh: Number(solar), estimated: isEstimated },
        { id: 'wind', wh: Number(wind), estimated: isEstimated },
      ],
      gridCfeShare: decimal(cfe!, 6),
      gridFactorGPerKwh: decimal(factor!, 3),
    };
  });
  return JSON.stringify({ fallbackFactorGPerKwh: '760', intervals });
}

const calc = (engine: string, input: unknown, ...args: string[]) => {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const ran = mizan(['calc', engine, ...args], { input: text });
  return { ...ran, answer: ran.code === 0 ? JSON.parse(ran.stdout) : null };
};

describe('mizan calc coverage', () => {
  it('has exactly the stated shape', () => {
    const intervals = [
      {
        start: '2026-10-01T00:00:00Z',
        loadWh: 40_000_000,
        generationWh: 12_000_000,
        gridCfeShare: '0.20',
        gridFactorGPerKwh: '600',
      },
    ];
    expect(calc('coverage', { fallbackFactorGPerKwh: '760', intervals }).answer).toEqual({
      loadWh: 40_000_000,
      generationWh: 12_000_000,
      matchedWh: 12_000_000,
      residualWh: 28_000_000,
      excessWh: 0,
      gridCfeWh: 5_600_000,
      fullyMatchedIntervals: 0,
      contractedCfePct: '30.000000',
      timeAveragedPct: '30.000000',
      volumetricPct: '30.000000',
      cfeScorePct: '44.000000',
      locationBasedT: '24.000',
      marketBased2015T: '16.800',
      marketHourlyT: '16.800',
      marketHourlyFossilT: '21.280',
    });
  });

  it.each([
    ['v1_hand_6h.csv', 'golden_v1_six_hours.json', 'expected'],
    [
      'v2_caiso_2022_year.csv',
      'golden_v2_caiso_2022.json',
      'expected_excluding_estimated_generation',
    ],
  ])('gives %s, estimated generation never counting', (data, vector, key) => {
    const expected = golden(vector)[key];
    expect(calc('coverage', coverageInput(data)).answer).toMatchObject({
      generationWh: expected.generation_wh,
      matchedWh: expected.matched_wh,
      fullyMatchedIntervals: expected.hours_fully_matched,
      contractedCfePct: expected.contracted_cfe_pct,
      cfeScorePct: expected.cfe_score_pct,
      volumetricPct: expected.volumetric_uncapped_pct,
      locationBasedT: expected.scope2_location_hourly_t,
      marketBased2015T: expected.scope2_market_annual_2015_t,
      marketHourlyT: expected.scope2_market_hourly_grid_avg_residual_t,
      marketHourlyFossilT: expected.scope2_market_hourly_fossil_fallback_t,
    });
  });

  it('says null over no load, and nothing over no intervals', () => {
    const { answer } = calc('coverage', { fallbackFactorGPerKwh: '760', intervals: [] });
    expect(answer).toMatchObject({ loadWh: 0, contractedCfePct: null, volumetricPct: null });
  });

  // prettier-ignore
  it.each([
    ['not JSON',                '{"a":',                                                         ''],
    ['a missing factor',        { intervals: [] },                                               '/fallbackFactorGPerKwh'],
    ['a factor as a number',    { fallbackFactorGPerKwh: 760, intervals: [] },                   '/fallbackFactorGPerKwh'],
    ['an unknown property',     { fallbackFactorGPerKwh: '760', intervals: [], x: 1 },           '""'],
    ['half a watt-hour',        one({ loadWh: 0.5 }),                                            '/intervals/0/loadWh'],
    ['an unsafe watt-hour',     one({ loadWh: 2 ** 53 }),                                        '/intervals/0/loadWh'],
    ['a negative watt-hour',    one({ generationWh: -1 }),                                       '/intervals/0/generationWh'],
    ['no generation at all',    one({ generationWh: undefined }),                                '/intervals/0'],
    ['generation said twice',   one({ generation: [] }),                                         '/intervals/0'],
    ['a share above one',       one({ gridCfeShare: '1.01' }),                                   '/intervals/0/gridCfeShare'],
    ['a local time',            one({ start: '2026-10-01T00:00:00' }),                           '/intervals/0/start'],
    ['a start twice',           { fallbackFactorGPerKwh: '1', intervals: [...one({}).intervals, ...one({}).intervals] }, '/intervals/1/start'],
  ])('refuses %s with exit 2 and the pointer on stderr', (_, input, pointer) => {
    const { code, stdout, stderr } = calc('coverage', input);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(pointer);
  });

  it.each([
    ['is right', coverageInput('v1_hand_6h.csv')],
    ['is wrong', JSON.stringify(one({ start: '2026-10-01T00:00:00' }))],
    ['is no JSON', '{'],
  ])('answers the same in a process of its own, where the input %s', (_, input) => {
    const args = ['calc', 'coverage'];
    expect(mizanAlone(args, { input })).toEqual(mizan(args, { input }));
  });

  it('refuses totals that no number holds', () => {
    const intervals = ['00', '01'].map((hour) => ({
      ...one({}).intervals[0],
      start: `2026-10-01T${hour}:00:00Z`,
      loadWh: 2 ** 53 - 1,
    }));
    const { code, stderr } = calc('coverage', { fallbackFactorGPerKwh: '1', intervals });
    expect([code, JSON.parse(stderr).code]).toEqual([2, 'energy.total_unsafe']);
  });
});

function one(change: object) {
  const interval = {
    start: '2026-10-01T00:00:00Z',
    loadWh: 1,
    generationWh: 1,
    gridFactorGPerKwh: '1',
    ...change,
  };
  return { fallbackFactorGPerKwh: '760', intervals: [interval] };
}

describe('mizan calc match', () => {
  const hour = {
    start: '2026-10-01T00:00:00Z',
    supply: [
      { id: 'GA', wh: 50 },
      { id: 'GB', wh: 150 },
    ],
    demand: [
      { id: 'CB', wh: 100, supplyTiers: [['GA', 'GB']] },
      { id: 'CA', wh: 150, supplyTiers: [['GA', 'GB']] },
      { id: 'CC', wh: 0, supplyTiers: [['GA', 'GB']] },
    ],
    demandTiers: [['CA', 'CB', 'CC']],
  };

  it.each(['tiered-spread', 'pro-rata', 'maximal'])(
    'has exactly the stated shape: %s',
    (policy) => {
      const { answer } = calc('match', { policy, hours: [hour] });
      expect(answer.totals).toEqual({
        demandWh: 250,
        supplyWh: 200,
        matchedWh: 200,
        unmetWh: 50,
        unusedWh: 0,
      });
      const [result] = answer.hours;
      expect(Object.keys(result)).toEqual(['start', 'matches', 'unmet', 'unused']);
      // Rows in input order of demand, then supply; only non-zero rows.
      expect(
        result.matches.map((row: { demand: string; supply: string }) => row.demand + row.supply),
      ).toEqual(['CBGA', 'CBGB', 'CAGA', 'CAGB']);
      expect(Object.keys(result.matches[0])).toEqual(['demand', 'supply', 'wh']);
      expect(result.unused).toEqual([]);
    },
  );

  it('plays the compatibility mode', () => {
    const hours = [{ ...hour, supply: [{ id: 'GA', wh: 1 }] }];
    const first = calc('match', { policy: 'tiered-spread', tieRule: 'first-listed', hours }).answer;
    const stable = calc('match', { policy: 'tiered-spread', hours }).answer;
    expect([first.hours[0].matches[0].demand, stable.hours[0].matches[0].demand]).toEqual([
      'CA',
      'CA',
    ]);
  });

  // prettier-ignore
  it.each([
    ['an unknown policy',   { policy: 'greedy', hours: [] },                                     2, '/policy'],
    ['no policy',           { hours: [] },                                                       2, '/policy'],
    ['a negative supply',   { policy: 'pro-rata', hours: [{ ...hour, supply: [{ id: 'G', wh: -1 }] }] }, 2, '/hours/0/supply/0/wh'],
    ['an hour twice',       { policy: 'pro-rata', hours: [hour, hour] },                         2, '/hours/1/start'],
    ['a pool that is none', { policy: 'pro-rata', hours: [{ ...hour, demand: [{ id: 'C', wh: 1, supplyTiers: [['GA']] }] }] }, 2, 'matching.pool_required'],
  ])('refuses %s', (_, input, exit, message) => {
    const { code, stderr } = calc('match', input);
    expect(code).toBe(exit);
    expect(stderr).toContain(message);
  });

  it.each(['coverage', 'match', 'storage', 'vee', 'settle'])(
    'prints the JSON Schema of %s',
    (engine) => {
      const { answer } = calc(engine, '', '--schema');
      expect(answer).toMatchObject({
        type: 'object',
        $schema: expect.stringContaining('json-schema'),
      });
    },
  );

  it('says which engines there are', () => {
    expect(calc('nonsense', '{}')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('coverage, match, storage, vee, settle'),
    });
  });
});

describe('mizan calc storage', () => {
  const flow = (hour: number, wh: number) => ({ start: `2026-10-01T0${hour}:00:00Z`, wh });

  it('has exactly the stated shape', () => {
    const flows = [flow(0, -7), flow(1, 100), flow(2, 50), flow(3, -120)];
    expect(calc('storage', { method: 'fifo', efficiency: '0.9', flows }).answer).toEqual({
      allocations: [
        { charge: flow(1, 0).start, discharge: flow(3, 0).start, dischargeWh: 90, chargeWh: 100 },
        { charge: flow(2, 0).start, discharge: flow(3, 0).start, dischargeWh: 30, chargeWh: 34 },
      ],
      unbacked: [{ discharge: flow(0, 0).start, wh: 7 }],
    });
  });

  it('knows the short name of a method', () => {
    const input = { efficiency: '1', flows: [flow(0, 30), flow(1, 10), flow(2, -20)] };
    const { answer } = calc('storage', { ...input, method: 'weighted' });
    expect(answer.allocations.map((one: { chargeWh: number }) => one.chargeWh)).toEqual([15, 5]);
    expect(calc('storage', { ...input, method: 'weighted-average' }).answer).toEqual(answer);
  });

  it.each([
    [{ efficiency: '1.2' }, '/efficiency'],
    [{ efficiency: '0' }, '/efficiency'],
    [{ method: 'best' }, '/method'],
    [{ flows: [flow(2, 1), flow(1, 1)] }, '/flows/1/start'],
    [{ flows: [flow(2, 1), flow(2, 1)] }, '/flows/1/start'],
    [{ flows: [{ start: '2026-10-01T00:00:00Z', wh: 0.5 }] }, '/flows/0/wh'],
  ])('refuses %j at %s', (wrong, pointer) => {
    const input = { method: 'fifo', efficiency: '0.9', flows: [], ...wrong };
    expect(calc('storage', input)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(pointer),
    });
  });
});

describe('mizan calc vee', () => {
  const meter = { intervalMinutes: 30, ratedPowerW: 1_000 };
  const day = { from: '2026-09-19T23:00:00Z', to: '2026-09-21T00:00:00Z' };
  const readings = Array.from({ length: 50 }, (_, at) => ({
    start: new Date(Date.parse(day.from) + at * 1_800_000).toISOString().replace('.000Z', 'Z'),
    wh: at === 7 ? null : at === 20 ? 501 : 300 + (at % 9),
    quality: at === 7 ? 'MISSING' : 'RAW',
  }));

  it('gives hours, exceptions, estimates and completeness of a day of 25 hours', () => {
    const { answer } = calc('vee', { meter, ...day, readings });
    expect(answer.hours).toHaveLength(25);
    expect(answer.hours[0]).toEqual({
      start: day.from,
      wh: 601,
      quality: 'ACTUAL',
      presentCount: 2,
      expectedCount: 2,
    });
    expect(answer.hours[3]).toMatchObject({
      wh: 306 + Math.floor((306 + 308) / 2),
      quality: 'EST_LINEAR',
    });
    expect(answer.exceptions.map(({ rule, from }: Record<string, string>) => [rule, from])).toEqual(
      [
        ['V1', '2026-09-20T02:30:00Z'],
        ['V6', '2026-09-20T09:00:00Z'],
      ],
    );
    // What is above the rating stays until it is decided.
    expect(answer.hours[10]).toMatchObject({ wh: 501 + 303, quality: 'SUSPECT' });
    expect(answer.left).toMatchObject([{ from: '2026-09-20T09:00:00Z', reason: 'suspect' }]);
    expect(answer.completeness).toMatchObject({
      expectedCount: 50,
      presentCount: 49,
      missingCount: 1,
      suspectCount: 1,
      estimatedCount: 1,
      days: [{ civilDay: '2026-09-20', expectedCount: 50, presentCount: 49 }],
    });
  });

  // prettier-ignore
  it.each([
    ['no meter',               { ...day, readings },                                                          '/meter'],
    ['a stretch backwards',    { meter, from: day.to, to: day.from, readings },                               '/to'],
    ['half an hour',           { meter, from: '2026-09-19T23:30:00Z', to: day.to, readings },                 '/from'],
    ['an unknown rule',        { meter, ...day, readings, rules: { V99: {} } },                               '/rules'],
    ['an unknown threshold',   { meter, ...day, readings, rules: { V8: { thresholds: { rato: '2' } } } },     '/rules/V8/rato'],
    ['a value of a gap',       { meter, ...day, readings: [{ start: day.from, wh: 5, quality: 'MISSING' }] }, '/readings/0'],
  ])('refuses %s', (_, input, pointer) => {
    const { code, stderr } = calc('vee', input);
    expect(code).toBe(2);
    expect(stderr).toContain(`"pointer":"${pointer}`);
  });
});

type Input = ReturnType<typeof JSON.parse>;

describe('mizan calc settle', () => {
  const document = (): ReturnType<typeof JSON.parse> =>
    JSON.parse(readFileSync('fixtures/contracts/settle-october.json', 'utf8'));

  it('prices a contract’s hours, says how, and gives the same bytes again', () => {
    const { answer, stdout } = calc('settle', document());
    expect(answer.totals).toMatchObject({ netMad: '101278.76', grossMad: '114701.80' });
    expect(answer.lines[0]).toMatchObject({
      kind: 'ENERGY',
      quantity: '144.92',
      price: '0.54945',
      amountMad: '79626.29',
      trace: [{ step: 'escalator' }, { step: 'index', output: '0.998992' }, { step: 'price' }],
    });
    expect(calc('settle', document()).stdout).toBe(stdout);
    const hourly = calc('settle', { ...document(), withHours: true }).answer;
    expect(hourly.resultHash).toBe(answer.resultHash);
    expect(hourly.lines[0].hourlyMad).toHaveLength(6);
  });

  it.each([
    [(input: Input) => (input.contract.rounding = undefined), '/contract/rounding'],
    [(input: Input) => (input.contract.price.unit = 'MAD'), '/contract/price/unit'],
    [
      (input: Input) => (input.contract.obligations.coverageGuarantee.metric = undefined),
      '/metric',
    ],
    [(input: Input) => (input.contract.price.base = null), 'price.one_source'],
    [(input: Input) => (input.period.start = '2026-10-05T14:30:00Z'), '/period/start'],
    [(input: Input) => input.series.loadWh.pop(), 'settlement.series_wrong'],
    [(input: Input) => (input.series.generationWh[2] = null), 'settlement.hours_incomplete'],
    [(input: Input) => input.references.tariffs.shift(), 'settlement.reference_missing'],
  ])('refuses what is wrong, by pointer or code %#', (spoil, said) => {
    const input = document();
    spoil(input);
    expect(calc('settle', input)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  });
});

describe('mizan help CODE', () => {
  it('says what a code means and what helps, without a database', () => {
    const { code, stdout } = mizan(['help', 'key.not_pending']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Only a key that waits')]);
    const { stdout: json } = mizan(['help', 'key.not_pending', '--json']);
    expect(JSON.parse(json)).toMatchObject({ code: 'key.not_pending', fix: expect.any(String) });
  });

  it.each([
    ['V19', /clock shift.*SUSPECT/s],
    ['confidence', /V checked against the source/],
  ])('explains %s too, which lists and records carry', (word, says) => {
    expect(mizan(['help', word])).toMatchObject({ code: 0, stdout: expect.stringMatching(says) });
  });

  it.each([
    ['key.nothing', 'key.not_pending'],
    ['nothing.there', 'They begin with attestation, auth'],
    ['setle', 'Near: settle'],
  ])('says in a few lines what there is where %s is nothing', (word, near) => {
    const { code, stderr } = mizan(['help', word]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(near)]);
    expect(stderr.trim().split('\n').length).toBeLessThan(5);
  });
});
