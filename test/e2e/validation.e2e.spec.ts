import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';

const HOUR = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

describe('validation, estimation, editing', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    // Six weeks of a hall that breathes, hour by hour, with no two days alike.
    await load('2026-05-01', 42, () => undefined);
  });
  afterAll(() => app.close());

  const shape = (ms: number): number => {
    const hour = (ms / HOUR) % 24;
    const day = Math.floor(ms / 86_400_000);
    return (
      5_000_000 +
      Math.round(1_000_000 * Math.sin((hour / 24) * 2 * Math.PI)) +
      ((day * 7_919 + hour * 104_729) % 50_000)
    );
  };
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const load = async (
    from: string,
    days: number,
    change: (ms: number) => number | null | undefined,
    meter = 'M-60',
  ) => {
    const start = Date.parse(`${from}T00:00:00Z`);
    const lines = Array.from({ length: days * 24 }, (_, at) => {
      const ms = start + at * HOUR;
      const wh = change(ms);
      return wh === null ? null : `${meter},${iso(ms)},${wh ?? shape(ms)},RAW`;
    }).filter((line) => line !== null);
    const body = `meter,start,wh,quality\n${lines.join('\n')}\n`;
    const reply = await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      body,
      type: 'text/csv',
    });
    expect([reply.status, reply.body.code]).toEqual([201, undefined]);
  };
  const day = (from: string, to: string, meterCodes = ['M-60']) => ({
    from: `${from}T00:00:00Z`,
    to: `${to}T00:00:00Z`,
    meterCodes,
  });
  const readings = async (from: string, to: string, query = '', meter = 'M-60') =>
    (
      await app.call('GET', `/v1/meters/${meter}/readings?from=${from}&to=${to}${query}`, {
        role: 'auditor',
      })
    ).body;
  const rulesOf = (body: { findings: { rule: string; from: string }[] }) =>
    body.findings.map(({ rule, from }) => [rule, from]);

  it('turns raw readings that pass into actual ones, once', async () => {
    const first = await post('validations', day('2026-05-01', '2026-06-11'));
    expect([first.status, first.body.revisedDays, first.body.findings]).toEqual([201, 41, []]);
    const { quality } = await readings('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z');
    expect(new Set(quality)).toEqual(new Set(['ACTUAL']));
    const again = await post('validations', day('2026-05-01', '2026-06-11'));
    expect([again.body.eventId, again.body.revisedDays]).toEqual([null, 0]);
  });

  it('finds a spike, a value above the rating, a gap and a flat line; suspects are not billable', async () => {
    await load('2026-06-12', 1, (ms) => {
      const hour = (ms / HOUR) % 24;
      if (hour === 4) return 19_000_000;
      if (hour === 7) return null;
      return undefined;
    });
    const { body } = await post('validations', day('2026-06-12', '2026-06-13'));
    expect(rulesOf(body)).toEqual(
      expect.arrayContaining([
        ['V1', '2026-06-12T07:00:00Z'],
        ['V8', '2026-06-12T04:00:00Z'],
      ]),
    );
    const { quality } = await readings('2026-06-12T04:00:00Z', '2026-06-12T05:00:00Z');
    expect(quality).toEqual(['SUSPECT']);
    await load('2026-06-13', 1, (ms) => ((ms / HOUR) % 24 === 3 ? 20_000_001 : 4_444_444));
    const flat = await post('validations', day('2026-06-13', '2026-06-14'));
    expect(rulesOf(flat.body)).toEqual(
      expect.arrayContaining([
        ['V6', '2026-06-13T03:00:00Z'],
        ['V10', '2026-06-13T04:00:00Z'],
      ]),
    );
  });

  it('finds a day that is another day again, and thresholds by date', async () => {
    await load('2026-06-14', 1, (ms) => shape(ms - 3 * 86_400_000));
    const { body } = await post('validations', day('2026-06-14', '2026-06-15'));
    expect(rulesOf(body)).toContainEqual(['V18', '2026-06-14T00:00:00Z']);
    const set = await post('vee-rule-sets', {
      code: 'CALM',
      name: 'Calm',
      meterCodes: ['M-60'],
      validFrom: '2026-06-15',
      rules: { V18: { isOff: true }, V14: { thresholds: { loadShare: '0.001' } } },
    });
    expect([set.status, set.body]).toEqual([201, expect.anything()]);
    await load('2026-06-15', 1, (ms) => shape(ms - 5 * 86_400_000));
    const later = await post('validations', day('2026-06-15', '2026-06-16'));
    const rules = rulesOf(later.body).map(([rule]) => rule);
    expect(rules).not.toContain('V18');
    expect(rules).toContain('V14');
    const wrong = await post('vee-rule-sets', {
      code: 'WRONG',
      name: 'x',
      validFrom: '2026-06-15',
      rules: { V8: { thresholds: { rato: '2' } } },
    });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: '/rules/V8/rato' }] } });
  });

  it('checks intervals against what the counter grew by', async () => {
    const wh = Array.from({ length: 24 }, (_, hour) =>
      shape(Date.parse('2026-06-01T00:00:00Z') + hour * HOUR),
    ).reduce((a, b) => a + b);
    const ask = (growth: number) =>
      post('validations', {
        ...day('2026-06-01', '2026-06-02'),
        registers: [
          {
            meterCode: 'M-60',
            from: '2026-06-01T00:00:00Z',
            to: '2026-06-02T00:00:00Z',
            wh: growth,
          },
        ],
      });
    expect((await ask(wh + 2_000)).body.findings).toEqual([]);
    const { body } = await ask(wh + 5_000_000);
    expect(rulesOf(body)).toEqual([['V9', '2026-06-01T00:00:00Z']]);
    const { quality } = await readings('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z');
    expect(new Set(quality)).toEqual(new Set(['SUSPECT']));
    await post(`exceptions/${body.findings[0].findingId}/decisions`, {
      action: 'accept',
      reason: 'Counter was misread',
    });
    expect(
      new Set((await readings('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z')).quality),
    ).toEqual(new Set(['ACTUAL']));
    expect((await ask(wh + 5_000_000)).body).toMatchObject({ findings: [], revisedDays: 0 });
  });

  it('lets an operator override with a reason, and asks for every interval', async () => {
    const { body } = await app.call('GET', '/v1/exceptions?month=2026-06&meterCode=M-60', {
      role: 'auditor',
    });
    const spike = body.items.find(({ rule }: { rule: string }) => rule === 'V8');
    const decide = (decision: object, role = 'energy-manager' as const) =>
      app.call('POST', `/v1/exceptions/${spike.findingId}/decisions`, { role, body: decision });
    expect((await decide({ action: 'override', reason: 'no values', values: [] })).status).toBe(
      400,
    );
    expect(
      await decide({
        action: 'override',
        reason: 'wrong hour',
        values: [{ start: '2026-06-12T05:00:00Z', wh: 5 }],
      }),
    ).toMatchObject({ status: 422, body: { code: 'exception.values_wrong' } });
    // The clock is set back in between: the last decision is the last of the log, not of the clock.
    await decide({ action: 're-read', reason: 'Ask the grid' });
    app.setNow('2026-11-10T08:59:30Z');
    const made = await decide({
      action: 'override',
      reason: 'Read from the panel',
      values: [{ start: '2026-06-12T04:00:00Z', wh: 5_500_000 }],
    });
    app.setNow('2026-11-10T09:00:00Z');
    expect(made.body).toMatchObject({ state: 'overridden', reason: 'Read from the panel' });
    const now = await readings('2026-06-12T04:00:00Z', '2026-06-12T05:00:00Z');
    expect([now.wh, now.quality]).toEqual([[5_500_000], ['EDITED']]);
    expect(await decide({ action: 'accept', reason: 'too late' })).toMatchObject({
      status: 409,
      body: { code: 'exception.decided' },
    });
    const diff = await app.call('GET', '/v1/meters/M-60/days/2026-06-12/differences?from=2&to=3', {
      role: 'auditor',
    });
    expect(diff.body).toMatchObject({
      eventType: 'exception.decided',
      changes: [
        {
          start: '2026-06-12T04:00:00Z',
          oldWh: 19_000_000,
          newWh: 5_500_000,
          newQuality: 'EDITED',
        },
      ],
    });
    const first = await app.call('GET', '/v1/meters/M-60/days/2026-06-12/differences?to=1', {
      role: 'auditor',
    });
    expect(first.body.changes[0]).toMatchObject({ oldWh: null, fileName: 'upload.csv', line: 2 });
  });

  it('takes many decisions at once, by a filter or one each: all of them, or none', async () => {
    const list = async (state: 'open' | 'all') =>
      (await app.call('GET', `/v1/exceptions?month=2026-05&state=${state}`, { role: 'auditor' }))
        .body.items as { findingId: string; rule: string; state: string }[];
    const over = (ms: number) => [2, 3, 11].includes((ms / HOUR) % 24);
    // A meter of 20 MW: three hours of each of four days above it.
    await load('2026-05-02', 4, (ms) => (over(ms) ? 20_500_000 : undefined));
    await post('validations', day('2026-05-02', '2026-05-06'));
    const open = (await list('open')).filter(({ rule }) => rule === 'V6');
    expect(open.length).toBeGreaterThan(4);
    const filter = { month: '2026-05', rule: 'V6', meterCode: 'M-60' };
    const decide = (body: object) => post('exceptions/decisions', body);
    const accept = { action: 'accept', reason: 'Load test of the hall' };
    const tried = await decide({ filter, ...accept, isDryRun: true });
    expect(tried.body).toMatchObject({
      isDryRun: true,
      decidedCount: open.length,
      intervalCount: 12,
      countedWh: 12 * 20_500_000,
      changeWh: 0,
      cannotBeTakenBack: expect.stringContaining('never edited'),
    });
    expect((await list('open')).filter(({ rule }) => rule === 'V6')).toEqual(open);

    const [first, second] = open;
    const rows = [
      { findingId: first!.findingId, ...accept },
      { findingId: '00000000-0000-7000-8000-000000000000', ...accept },
      {
        findingId: second!.findingId,
        action: 'override',
        reason: 'x y',
        values: [{ start: '2026-05-01T00:00:00Z', wh: 1 }],
      },
      { findingId: first!.findingId, ...accept },
    ];
    const refused = await decide({ decisions: rows });
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'decisions.refused',
        rowCount: 4,
        refusedCount: 3,
        errors: [
          { pointer: '/decisions/1', rule: 'exception.not_found' },
          { pointer: '/decisions/2', rule: 'exception.values_wrong' },
          { pointer: '/decisions/3', rule: 'exception.decided' },
        ],
      },
    });
    expect((await list('open')).filter(({ rule }) => rule === 'V6')).toEqual(open);
    for (const body of [{}, { filter, action: 'accept' }, { filter, ...accept, decisions: rows }]) {
      expect((await decide(body)).status).toBe(400);
    }

    const made = await decide({ filter, ...accept });
    const { cannotBeTakenBack: _, ...said } = tried.body;
    expect(made.body).toMatchObject({ ...said, isDryRun: false, items: expect.anything() });
    expect(made.body).not.toHaveProperty('cannotBeTakenBack');
    expect(
      (await list('all')).filter(({ rule }) => rule === 'V6').map(({ state }) => state),
    ).toEqual(open.map(() => 'accepted'));
    expect(await decide({ filter, ...accept })).toMatchObject({
      status: 404,
      body: { code: 'exception.none_open', rule: 'V6' },
    });
    const unknown = { ...filter, meterCode: 'NOBODY' };
    expect(await decide({ filter: unknown, ...accept })).toMatchObject({
      status: 404,
      body: { code: 'record.not_found', kind: 'meter', recordCode: 'NOBODY' },
    });
    const { body: verified } = await app.call('GET', '/v1/ledger/verification', {
      role: 'auditor',
    });
    expect(verified.fault).toBeNull();
  });

  it('lists a raw file over an override as an exception, and keeps what was decided', async () => {
    const spike = (wh: number) => async () =>
      app.call('POST', '/v1/imports/intervals', {
        role: 'operator',
        type: 'text/csv',
        body: `meter,start,wh,quality\nM-60,2026-06-12T03:00:00Z,${shape(Date.parse('2026-06-12T03:00:00Z'))},RAW\nM-60,2026-06-12T04:00:00Z,${wh},RAW\nM-60,2026-06-12T05:00:00Z,4999999,RAW\n`,
      });
    const { body: sent } = await spike(18_999_999)();
    // One hour of three is not taken; the other two are RAW again.
    expect(sent).toMatchObject({ rowCount: 2, changedCount: 2, identicalCount: 0 });
    const [held] = (
      await app.call('GET', '/v1/exceptions?month=2026-06&meterCode=M-60', { role: 'auditor' })
    ).body.items.filter(({ rule }: { rule: string }) => rule === 'V2');
    expect(held).toMatchObject({
      severity: 'warn',
      state: 'open',
      from: '2026-06-12T04:00:00Z',
      measured: '1 intervals sent as 18999999 Wh RAW',
      threshold: '5500000 Wh, which were decided',
    });
    const now = await readings('2026-06-12T04:00:00Z', '2026-06-12T05:00:00Z');
    expect([now.wh, now.quality]).toEqual([[5_500_000], ['EDITED']]);
    // The decided value sent raw is no news; a validated one is a correction like any other.
    expect((await spike(5_500_000)()).body).toMatchObject({ rowCount: 3, identicalCount: 3 });
    await post(`exceptions/${held.findingId}/decisions`, {
      action: 'override',
      reason: 'The meter was right',
      values: [{ start: '2026-06-12T04:00:00Z', wh: 18_999_999 }],
    });
    expect((await readings('2026-06-12T04:00:00Z', '2026-06-12T05:00:00Z')).wh).toEqual([
      18_999_999,
    ]);
  });

  it('estimates a short gap by a line and a long one by like days, and says so', async () => {
    await load('2026-06-16', 2, (ms) => {
      const at = iso(ms);
      if (at === '2026-06-16T09:00:00Z') return null;
      return at >= '2026-06-17T10:00:00Z' && at < '2026-06-17T15:00:00Z' ? null : undefined;
    });
    await post('validations', day('2026-06-16', '2026-06-18'));
    const before = await readings('2026-06-16T00:00:00Z', '2026-06-18T00:00:00Z');
    const { body } = await post('estimations', day('2026-06-16', '2026-06-18'));
    const t = (text: string): number => Date.parse(text);
    const line = Math.floor(
      (shape(t('2026-06-16T08:00:00Z')) + shape(t('2026-06-16T10:00:00Z'))) / 2,
    );
    expect(body.estimates[0]).toMatchObject({
      method: 'linear',
      confidence: 'medium',
      from: '2026-06-16T09:00:00Z',
      wh: [line],
    });
    const like = (hour: number): number =>
      Math.floor(
        [7, 14, 21].reduce(
          (sum, back) => sum + shape(t('2026-06-17T00:00:00Z') - back * 86_400_000 + hour * HOUR),
          0,
        ) / 3,
      );
    expect(body.estimates[1]).toMatchObject({
      method: 'like-days',
      confidence: 'low',
      wh: [10, 11, 12, 13, 14].map(like),
    });
    // The gaps that are filled are no open exceptions any more.
    const listed = async (state: string) =>
      (
        await app.call('GET', `/v1/exceptions?month=2026-06&meterCode=M-60&state=${state}`, {
          role: 'auditor',
        })
      ).body.items
        .filter(
          ({ rule, from }: { rule: string; from: string }) => rule === 'V1' && from > '2026-06-16',
        )
        .map(({ state: of }: { state: string }) => of);
    expect([await listed('open'), await listed('all')]).toEqual([[], ['filled', 'filled']]);
    const after = await readings('2026-06-16T00:00:00Z', '2026-06-18T00:00:00Z');
    expect([after.quality[9], after.quality[34], after.quality[0]]).toEqual([
      'EST_LINEAR',
      'EST_HIST',
      'ACTUAL',
    ]);
    // What was known before the estimate stays readable.
    const then = await readings(
      '2026-06-16T00:00:00Z',
      '2026-06-18T00:00:00Z',
      `&asOf=${before.asOf}`,
    );
    expect([then.wh, then.asOf]).toEqual([before.wh, before.asOf]);
    expect(then.wh[9]).toBeNull();
  });

  it('never estimates generation', async () => {
    await post('meters', {
      code: 'PV-METER',
      name: 'PV',
      siteCode: 'SITE',
      intervalMinutes: 60,
      ratedPowerW: 20_000_000,
      direction: 'generation',
      isBooked: false,
    });
    await load('2026-06-01', 2, (ms) => ((ms / HOUR) % 24 === 5 ? null : undefined), 'PV-METER');
    const { body } = await post('estimations', day('2026-06-01', '2026-06-03', ['PV-METER']));
    expect(body).toMatchObject({ eventId: null, estimates: [] });
    expect(body.left).toEqual([
      {
        meterCode: 'PV-METER',
        from: '2026-06-01T05:00:00Z',
        to: '2026-06-01T06:00:00Z',
        intervalCount: 1,
        reason: 'generation',
        detail: 'generation is never estimated: an estimate could not be certified',
      },
      expect.objectContaining({ from: '2026-06-02T05:00:00Z' }),
    ]);
    await post('vee-rule-sets', {
      code: 'SUN',
      name: 'Sun',
      meterCodes: ['PV-METER'],
      validFrom: '2026-01-01',
      rules: { V12: { thresholds: { isSolar: '1' } } },
    });
    const night = await post('validations', day('2026-06-01', '2026-06-02', ['PV-METER']));
    expect(rulesOf(night.body)).toContainEqual(['V12', '2026-06-01T00:00:00Z']);
    expect(rulesOf(night.body)).not.toContainEqual(['V12', '2026-06-01T12:00:00Z']);
  });

  it('spreads a doubled hour over the gap before it, unless someone decided that it is right', async () => {
    const doubled = shape(Date.parse('2026-06-18T09:00:00Z')) * 2;
    await load('2026-06-18', 2, (ms) => {
      const at = iso(ms).slice(8, 13);
      if (at === '18T08' || at === '19T08') return null;
      return at === '18T09' || at === '19T09' ? doubled : undefined;
    });
    const { body: found } = await post('validations', day('2026-06-18', '2026-06-20'));
    const catchUps = found.findings.filter(({ rule }: { rule: string }) => rule === 'V21');
    expect(catchUps).toHaveLength(2);
    await post(`exceptions/${catchUps[1].findingId}/decisions`, {
      action: 'accept',
      reason: 'A test run of the spare machine',
    });
    const { body } = await post('estimations', day('2026-06-18', '2026-06-20'));
    expect(body.estimates.map(({ method }: { method: string }) => method)).toEqual([
      'catch-up',
      'linear',
    ]);
    const first = await readings('2026-06-18T08:00:00Z', '2026-06-18T10:00:00Z');
    expect(first.wh[0] + first.wh[1]).toBe(doubled);
    expect(first.quality).toEqual(['EST_HIST', 'EST_HIST']);
    const second = await readings('2026-06-19T09:00:00Z', '2026-06-19T10:00:00Z');
    expect([second.wh, second.quality]).toEqual([[doubled], ['ACTUAL']]);
  });

  it('leaves a ledger that verifies, every revision and decision sealed', async () => {
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
  });

  describe('meters above and below each other', () => {
    beforeAll(async () => {
      const meter = (code: string, more: object) =>
        post('meters', {
          code,
          name: code,
          siteCode: 'SITE',
          intervalMinutes: 60,
          ratedPowerW: 50_000_000,
          isBooked: false,
          ...more,
        });
      await meter('MAIN', {});
      await meter('HALL-1', { parentCode: 'MAIN' });
      await meter('HALL-2', { parentCode: 'MAIN' });
      const rest = await meter('REST', {
        formula: [
          { meterCode: 'MAIN', sign: 1 },
          { meterCode: 'HALL-1', sign: -1 },
          { meterCode: 'HALL-2', sign: -1 },
        ],
      });
      expect(rest.status).toBe(201);
      await load('2026-06-01', 2, () => 10_000, 'MAIN');
      await load('2026-06-01', 2, () => 6_000, 'HALL-1');
      await load(
        '2026-06-01',
        2,
        (ms) => (iso(ms) === '2026-06-01T03:00:00Z' ? null : 3_700),
        'HALL-2',
      );
    });

    it('show energy that is unaccounted for, over whole hours only', async () => {
      const { body } = await app.call('GET', '/v1/meters/MAIN/losses?month=2026-06', {
        role: 'auditor',
      });
      expect(body).toMatchObject({
        children: ['HALL-1', 'HALL-2'],
        completeHours: 47,
        parentWh: 470_000,
        unaccountedWh: 47 * 300,
      });
      expect(body.hours[0]).toMatchObject({ hour: '2026-05-31T23:00:00Z', unaccountedWh: null });
    });

    it('compute virtual meters, with the gaps of their terms', async () => {
      const rest = await readings('2026-06-01T02:00:00Z', '2026-06-01T05:00:00Z', '', 'REST');
      expect([rest.isVirtual, rest.wh, rest.quality]).toEqual([
        true,
        [300, null, 300],
        ['RAW', 'MISSING', 'RAW'],
      ]);
    });

    it('find feeders that do not add up to their parent', async () => {
      const { body } = await post('validations', day('2026-06-02', '2026-06-03', ['MAIN']));
      expect(rulesOf(body)).toContainEqual(['V16', '2026-06-02T00:00:00Z']);
    });

    it.each([
      ['a parent of its own', { code: 'HALL-1', parentCode: 'HALL-1' }],
      ['a circle', { code: 'MAIN', parentCode: 'HALL-1' }],
      ['a virtual parent', { code: 'HALL-1', parentCode: 'REST' }],
    ])('refuse %s', async (_, { code, parentCode }) => {
      const body = {
        name: code,
        siteCode: 'SITE',
        intervalMinutes: 60,
        ratedPowerW: 50_000_000,
        isBooked: false,
        parentCode,
      };
      const reply = await app.call('POST', `/v1/meters/${code}/versions`, {
        role: 'energy-manager',
        body,
      });
      expect(reply).toMatchObject({ status: 422, body: { code: 'meter.hierarchy_invalid' } });
    });

    it('refuse to book energy twice, and a virtual meter that is booked', async () => {
      const meter = { name: 'x', siteCode: 'SITE', intervalMinutes: 60, ratedPowerW: 5 };
      const below = await post('meters', { ...meter, code: 'TWICE', parentCode: 'M-60' });
      expect(below).toMatchObject({ status: 422, body: { code: 'meter.hierarchy_invalid' } });
      const virtual = await post('meters', {
        ...meter,
        code: 'VIRTUAL',
        formula: [{ meterCode: 'MAIN', sign: 1 }],
        isBooked: true,
      });
      expect(virtual).toMatchObject({ status: 400, body: { errors: [{ pointer: '/isBooked' }] } });
      const real = await post('meters', { code: 'REAL', name: 'x', siteCode: 'SITE' });
      expect(real.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
        '/intervalMinutes',
        '/ratedPowerW',
      ]);
    });

    it('take what nobody says from their meters, and combine intervals at the coarser', async () => {
      const { status, body } = await post('meters', {
        code: 'BOTH',
        name: 'Both',
        siteCode: 'SITE',
        formula: [{ meterCode: 'MAIN' }, { meterCode: 'M-15', sign: -1 }, { meterCode: 'HALL-1' }],
      });
      expect([status, body.errors]).toEqual([201, undefined]);
      expect(body).toMatchObject({
        intervalMinutes: 60,
        ratedPowerW: 100_000_000,
        isBooked: false,
        formula: [{ sign: 1 }, { sign: -1 }, { sign: 1 }],
      });
      const quarters = ['00', '15', '30', '45'].map(
        (at) => `M-15,2026-06-01T02:${at}:00Z,1000,ACTUAL`,
      );
      const late = 'M-15,2026-06-01T03:15:00Z,1000,ACTUAL';
      await app.call('POST', '/v1/imports/intervals', {
        role: 'operator',
        type: 'text/csv',
        body: `meter,start,wh,quality\n${[...quarters, late].join('\n')}\n`,
      });
      const both = await readings('2026-06-01T02:00:00Z', '2026-06-01T04:00:00Z', '', 'BOTH');
      // 10,000 − 4 × 1,000 + 6,000; an hour that lacks three quarters is missing.
      expect([both.intervalMinutes, both.wh]).toEqual([60, [12_000, null]]);
    });
  });
});
