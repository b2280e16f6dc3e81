import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';
import { rows } from '../support/database.js';
import { zipOf } from '../support/zip.js';

const source = (file: string): Buffer => readFileSync(`fixtures/sources/${file}`);

describe('files of meters as utilities send them', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    await meter('GB', 15);
    await meter('NMI-A', 30);
    await meter('NMI-B', 30);
    await meter('GPU', 60);
    await meter('TAG', 60);
    await profile('GREEN', { meters: { '5446AF3F': 'GB' } });
    await profile('NEM', { meters: { VABD000163: 'NMI-A', CCCC123456: 'NMI-B' } });
    await legalTime();
  });
  afterAll(() => app.close());

  const create = async (path: string, body: object) => {
    const reply = await app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
    expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
  };
  const meter = (code: string, intervalMinutes: number, more: object = {}) =>
    create('meters', {
      code,
      name: code,
      siteCode: 'SITE',
      intervalMinutes,
      ratedPowerW: 20_000_000,
      ...more,
    });
  const profile = (code: string, settings: object) =>
    create('import-profiles', { code, name: code, settings });
  // Energy Policy Act of 2005, section 110; Uniform Time Act of 1966.
  const legalTime = () =>
    create('legal-times', {
      code: 'US-EASTERN',
      name: 'Eastern time',
      rules: [
        ['2024-03-10T07:00:00Z', -240],
        ['2024-11-03T06:00:00Z', -300],
        ['2025-03-09T07:00:00Z', -240],
      ].map(([validFromUtc, offsetMinutes]) => ({
        validFromUtc,
        offsetMinutes,
        instrument: '15 U.S.C. 260a',
      })),
    });
  const send = (body: Buffer | string, query: string, type = 'application/octet-stream') =>
    app.call('POST', `/v1/imports/intervals?${query}`, { role: 'operator', body, type });
  const energy = async (code: string) => {
    const [sum] = await rows<{ wh: string; count: string }>(
      app.database.adminUrl,
      `SELECT coalesce(sum(v), 0)::text AS wh, count(v)::text AS count FROM (
         SELECT DISTINCT ON (utc_day) wh FROM interval_block WHERE meter_code = '${code}'
         ORDER BY utc_day, revision DESC) b, unnest(b.wh) AS v`,
    );
    return [Number(sum!.wh), Number(sum!.count)];
  };

  it('take a Green Button day: 96 quarters, 93,846 Wh, with their qualities', async () => {
    const file = source('greenbutton_1day_15min_quality7_8.xml');
    const reply = await send(file, 'profile=GREEN', 'application/xml');
    expect(reply).toMatchObject({
      status: 201,
      body: { format: 'espi', rowCount: 96, totalWh: 93_846 },
    });
    expect(await energy('GB')).toEqual([93_846, 96]);
    const day = await app.call('GET', '/v1/meters/GB/days/2012-03-01/revisions', {
      role: 'auditor',
    });
    // 05:00Z is the first reading: by history, then edited, then not yet validated.
    expect(day.body.items[0].quality.slice(19, 23)).toEqual([
      'MISSING',
      'EST_HIST',
      'EDITED',
      'RAW',
    ]);
  });

  it('take NEM12, energy only, each value with its own quality', async () => {
    const actual = await send(
      source('Example_NEM12_actual_interval.csv'),
      'profile=NEM',
      'text/csv',
    );
    expect(actual).toMatchObject({
      status: 201,
      body: { format: 'nem12', rowCount: 48, totalWh: 53_328 },
    });
    const multiple = await send(
      source('Example_NEM12_multiple_quality.csv'),
      'profile=NEM',
      'text/csv',
    );
    expect(multiple).toMatchObject({ status: 201, body: { rowCount: 48, totalWh: 896_990 } });
    const { body } = await app.call('GET', '/v1/meters/NMI-B/days/2004-04-16/revisions', {
      role: 'auditor',
    });
    // 2004-04-17 at UTC+10 begins at 14:00Z of the day before: intervals 1–20 F14, 21–24 A, 25–48 S14.
    expect(body.items[0].quality.slice(27, 30)).toEqual(['MISSING', 'EST_HIST', 'EST_HIST']);
    expect(body.items[0].quality.slice(28).every((one: string) => one === 'EST_HIST')).toBe(true);
    const next = await app.call('GET', '/v1/meters/NMI-B/days/2004-04-17/revisions', {
      role: 'auditor',
    });
    expect(next.body.items[0].quality.slice(0, 5)).toEqual([
      'ACTUAL',
      'ACTUAL',
      'ACTUAL',
      'ACTUAL',
      'EST_HIST',
    ]);
  });

  describe('in versions', () => {
    const nem12 = (kwh: string, flag: string, updated: string): string =>
      [
        '100,NEM12,202610010000,MDP,RET',
        '200,VERSIONED,E1,1,E1,N1,SER1,KWH,30,',
        `300,20261003,${Array(48).fill(kwh).join(',')},${flag},,,${updated},`,
        '900',
      ].join('\n');
    const csv = (kwh: string, updated: string): string =>
      ['start,kwh,seen', `2026-10-03T00:00:00Z,${kwh},${updated}`].join('\n');
    beforeAll(async () => {
      await meter('VERSIONED', 30);
      await meter('VERSIONED-2', 60);
      await profile('VERSIONS', { quality: 'ACTUAL', columns: { updatedAt: 'seen' } });
    });

    it('the newer one holds, and the older one says that it was not taken', async () => {
      expect((await send(nem12('0.1', 'A', '20261009010101'), '')).status).toBe(201);
      const older = nem12('0.5', 'S14', '20261004010101');
      const preview = await send(older, 'dryRun=true');
      const counts = { newCount: 0, identicalCount: 0, changedCount: 0 };
      expect(preview.body.preview).toMatchObject({
        ...counts,
        outdatedCount: 48,
        heldCount: 0,
        rowCount: 0,
        totalWh: 0,
        changes: [],
      });
      const { previewHash } = preview.body;
      const { status, body } = await send(older, `previewHash=${previewHash}`);
      expect({ status, body }).toMatchObject({
        status: 201,
        body: { ...counts, outdatedCount: 48 },
      });
      expect(await energy('VERSIONED')).toEqual([4800, 48]);
      const exceptions = await app.call('GET', '/v1/exceptions?month=2026-10&meterCode=VERSIONED', {
        role: 'auditor',
      });
      expect(exceptions.body.items).toMatchObject(
        [20, 28].map((count) => ({
          rule: 'V2',
          severity: 'warn',
          measured: `${count} intervals sent as ${count * 500} Wh EST_HIST, updated 2026-10-03T15:01:01Z`,
          threshold: `${count * 100} Wh, updated 2026-10-08T15:01:01Z`,
        })),
      );
    });

    it('a column may say when a row was updated', async () => {
      const query = 'profile=VERSIONS&meter=VERSIONED-2';
      expect((await send(csv('7', '2026-10-09T00:00:00Z'), query)).status).toBe(201);
      expect((await send(csv('5', '2026-10-08T00:00:00Z'), query)).body).toMatchObject({
        changedCount: 0,
        outdatedCount: 1,
      });
      expect(await energy('VERSIONED-2')).toEqual([7000, 1]);
      expect((await send(csv('6', '2026-10-10T00:00:00Z'), query)).body).toMatchObject({
        changedCount: 1,
        outdatedCount: 0,
      });
      expect(await energy('VERSIONED-2')).toEqual([6000, 1]);
      expect(await send(csv('6', 'yesterday'), query)).toMatchObject({
        status: 422,
        body: {
          errors: [{ row: 2, column: 'seen', value: 'yesterday', rule: 'updated_at.instant' }],
        },
      });
    });
  });

  describe('of a meter whose intervals become longer', () => {
    const day = (count: number, kwh: string) => `${Array(count).fill(kwh).join(',')},A,,,,`;
    const file = [
      '100,NEM12,202605031000,MDP,RET',
      '200,LONGER,E1,1,E1,N1,SER1,KWH,15,',
      `300,20260501,${day(96, '0.5')}`,
      '200,LONGER,E1,1,E1,N1,SER1,KWH,30,',
      `300,20260502,${day(48, '0.9')}`,
      '900',
    ].join('\n');
    const changes = [{ from: '2026-05-01T14:00:00Z', intervalMinutes: 30 }];

    it('are refused while nobody says since when', async () => {
      await meter('LONGER', 15);
      const { status, body } = await send(file, '');
      expect({ status, body }).toMatchObject({
        status: 422,
        body: {
          errors: [
            { row: 4, rule: 'channel.as_meter', fix: expect.stringMatching('intervalChanges') },
          ],
        },
      });
    });

    it('are read in the lengths of their days, validated and read back', async () => {
      const attributes = {
        name: 'L',
        siteCode: 'SITE',
        intervalMinutes: 15,
        ratedPowerW: 20_000_000,
        intervalChanges: changes,
      };
      const revise = (body: object) =>
        app.call('POST', '/v1/meters/LONGER/versions', { role: 'energy-manager', body });
      const wrong = await revise({
        ...attributes,
        intervalChanges: [...changes, { ...changes[0]!, from: '2026-06-01T00:30:00Z' }],
      });
      expect(wrong).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/intervalChanges/1' }] },
      });
      expect((await revise(attributes)).status).toBe(201);
      const preview = await send(file, 'dryRun=true');
      expect(preview.body.preview).toMatchObject({
        rowCount: 116,
        newCount: 116,
        totalWh: 91_200,
      });
      expect((await send(file, '')).body).toMatchObject({ totalWh: 91_200 });
      // The UTC day of the change is kept in half hours; the day before is in quarters.
      const lengths = await rows<{ day: string; minutes: number }>(
        app.database.adminUrl,
        `SELECT utc_day::text AS day, interval_minutes AS minutes FROM interval_block
         WHERE meter_code = 'LONGER' ORDER BY utc_day`,
      );
      expect(lengths).toEqual([
        { day: '2026-04-30', minutes: 15 },
        { day: '2026-05-01', minutes: 30 },
        { day: '2026-05-02', minutes: 30 },
      ]);
      expect(await energy('LONGER')).toEqual([91_200, 40 + 48 + 28]);
      const stretch = { from: '2026-04-30T14:00:00Z', to: '2026-05-02T14:00:00Z' };
      const validation = await app.call('POST', '/v1/validations', {
        role: 'energy-manager',
        body: { ...stretch, meterCodes: ['LONGER'] },
      });
      expect(validation.body.meters).toMatchObject([
        { meterCode: 'LONGER', days: expect.arrayContaining([expect.anything()]) },
      ]);
      for (const { expectedCount, presentCount } of validation.body.meters[0].days) {
        expect(presentCount).toBe(expectedCount);
      }
      const read = (from: string, to: string) =>
        app.call('GET', `/v1/meters/LONGER/readings?from=${from}&to=${to}`, { role: 'auditor' });
      const quarters = await read('2026-04-30T14:00:00Z', '2026-05-01T00:00:00Z');
      expect(quarters.body).toMatchObject({ intervalMinutes: 15 });
      expect(quarters.body.wh).toEqual(Array(40).fill(500));
      const both = await read(stretch.from, stretch.to);
      expect(both.body).toMatchObject({ intervalMinutes: 30 });
      expect(both.body.wh).toEqual([...Array(48).fill(1000), ...Array(48).fill(900)]);
    });

    it('are refused where a day is known in another length', async () => {
      await app.call('POST', '/v1/meters/LONGER/versions', {
        role: 'energy-manager',
        body: { name: 'L', siteCode: 'SITE', intervalMinutes: 30, ratedPowerW: 20_000_000 },
      });
      const csv = 'meter,start,wh,quality\nLONGER,2026-04-30T15:00:00Z,7,ACTUAL\n';
      expect(await send(csv, 'dryRun=true')).toMatchObject({
        status: 422,
        body: { errors: [{ row: 2, rule: 'interval.length_known' }] },
      });
    });
  });

  it('are refused by name for settings that their form does not read', async () => {
    await profile('OF-TABLES', { unit: 'kwh', label: 'end', columns: { value: 'kWh' } });
    const file = source('Example_NEM12_actual_interval.csv');
    for (const query of ['profile=OF-TABLES', 'profile=OF-TABLES&dryRun=true']) {
      const { status, body } = await send(file, query);
      expect({ status, body }).toMatchObject({
        status: 422,
        body: { code: 'import.profile_unfit', settings: ['label', 'unit', 'columns.value'] },
      });
    }
  });

  it('are read by the profile that was found in them, packed or not', async () => {
    const file = readFileSync('fixtures/exports/datadis/in.csv');
    const guess = (query: string, role: 'operator' | 'auditor' = 'operator') =>
      app.call('POST', `/v1/import-profile-guesses?${query}`, {
        role,
        body: file,
        type: 'text/csv',
      });
    expect((await guess('', 'auditor')).status).toBe(403);
    const asked = await guess('fileName=datadis.csv');
    expect(asked).toMatchObject({ status: 200, body: { areLocal: true, intervalMinutes: 60 } });
    expect(asked.body.questions).toMatchObject([
      { setting: 'zone', option: '--zone', isNeeded: true },
      { setting: 'columns.value', isNeeded: false },
    ]);
    const { body } = await guess('zone=Europe/Madrid');
    expect(body).toMatchObject({
      areLocal: false,
      rowCount: 48,
      rejectedCount: 0,
      rows: expect.arrayContaining([
        expect.objectContaining({ line: 2, start: '2026-10-04T22:00:00Z', quality: 'ACTUAL' }),
      ]),
    });
    await profile('DATADIS', body.settings);
    await meter('FOUND', 60);
    const plain = await send(file, 'profile=DATADIS&meter=FOUND&dryRun=true');
    expect(plain.body.preview).toMatchObject({ newCount: 48, rejectedCount: 0 });
    const zip = zipOf([{ name: '../datadis.csv', bytes: file }]);
    const packed = await send(zip, 'profile=DATADIS&meter=FOUND&fileName=a.zip', 'application/zip');
    expect(packed).toMatchObject({ status: 201, body: { newCount: 48, format: 'csv-long' } });
    const line = await app.call('GET', '/v1/meters/FOUND/days/2026-10-04/differences?to=1', {
      role: 'auditor',
    });
    expect(line.body.changes[0]).toMatchObject({ fileName: 'a.zip', line: 2 });
  });

  it('come as JSON from the path that the profile states', async () => {
    await profile('OF-JSON', {
      rows: '$.data',
      unit: 'wh',
      quality: 'RAW',
      columns: { value: 'e' },
    });
    await meter('OF-JSON-METER', 60);
    const text = JSON.stringify({ data: [{ start: '2026-10-01T00:00:00Z', e: 7 }] });
    const query = 'profile=OF-JSON&meter=OF-JSON-METER';
    expect((await send(text, `${query}&dryRun=true`)).body.preview).toMatchObject({
      format: 'json',
      newCount: 1,
      totalWh: 7,
    });
    expect((await send(text, query)).body).toMatchObject({ format: 'json', totalWh: 7 });
  });

  it('name the channel that is not energy, in the preview', async () => {
    const file = source('Example_NEM12_actual_interval.csv');
    const { body } = await send(file, 'profile=NEM&dryRun=true', 'text/csv');
    expect(body.preview.leftOut).toEqual([
      { channel: 'VABD000163/Q1', reason: 'not energy: its unit is kVArh', rowCount: 48 },
    ]);
    expect(body.preview).toMatchObject({ newCount: 0, identicalCount: 48, changedCount: 0 });
  });

  it('refuse a NEM12 file without its header as a whole', async () => {
    const reply = await send(
      source('INVALID_Example_NEM12_missing_header.csv'),
      'profile=NEM',
      'text/csv',
    );
    expect(reply).toMatchObject({
      status: 422,
      body: { code: 'import.rows_rejected', errors: [{ row: 2, rule: 'nem12.header_first' }] },
    });
  });

  const untidy = {
    zone: 'US-EASTERN',
    unit: 'w',
    quality: 'RAW',
    meters: { cbsugpu08: 'GPU' },
    columns: { meter: 'name', start: 'timestamp', value: 'powerave' },
  };

  it('refuse the untidy server log until its trailer and its two changes of clocks are ruled on', async () => {
    const file = source('cornell_h100_server_hourly_RAW_dst_windows.tsv');
    await profile('SERVER', untidy);
    const first = await send(file, 'profile=SERVER');
    expect(
      first.body.errors.map(({ rule, value }: Record<string, string>) => [rule, value]),
    ).toEqual([
      ['start.shown_once', '2024-11-03 01:00:00.000'],
      ['row.same_width', expect.stringContaining('Completion time')],
    ]);
    const settings = { ...untidy, ignoreLines: ['Completion time:'] };
    await profile('SERVER-2', settings);
    const second = await send(file, 'profile=SERVER-2');
    expect(second.body.errors.map(({ rule }: Record<string, string>) => rule)).toEqual([
      'start.shown_once',
    ]);
    await profile('SERVER-3', { ...settings, repeatedHour: 'later' });
    const { status, body } = await send(file, 'profile=SERVER-3');
    expect([status, body.rowCount, body.newCount]).toEqual([201, 949, 949]);
    const [, count] = await energy('GPU');
    expect(count).toBe(949);
    // The log says 01:00 once: the earlier of the two hours is a gap, and stays one.
    const day = await app.call('GET', '/v1/meters/GPU/days/2024-11-03/revisions', {
      role: 'auditor',
    });
    expect([day.body.items[0].wh[5], day.body.items[0].wh[6]]).toEqual([null, expect.any(Number)]);
  });

  it('take the submissions of the EnergyTag registry: start and end, 744 rows, 77,375 Wh', async () => {
    await profile('REGISTRY', {
      zone: 'UTC',
      unit: 'wh',
      quality: 'ACTUAL',
      meters: { 1: 'TAG' },
      columns: {
        meter: 'device_id',
        start: 'interval_start_datetime',
        end: 'interval_end_datetime',
        value: 'interval_usage',
      },
    });
    const reply = await send(
      source('energytag_gc_registry_test_measurements.csv'),
      'profile=REGISTRY',
    );
    expect(reply).toMatchObject({ status: 201, body: { rowCount: 744, totalWh: 77_375 } });
  });

  it('unpack gzip, and refuse what unpacks to far more than it is', async () => {
    const text = 'meter,start,wh,quality\nM-60,2026-01-01T00:00:00Z,5,ACTUAL\n';
    expect(await send(gzipSync(text), 'fileName=a.csv.gz')).toMatchObject({
      status: 201,
      body: { rowCount: 1 },
    });
    const bomb = gzipSync(Buffer.alloc(30_000_000, 'M'));
    expect(await send(bomb, 'fileName=bomb.gz')).toMatchObject({
      status: 413,
      body: { code: 'import.limit_exceeded', file: 'bomb.gz' },
    });
    const cut = gzipSync(text).subarray(0, 20);
    expect(await send(cut, 'fileName=cut.gz')).toMatchObject({
      status: 422,
      body: { code: 'import.file_unreadable' },
    });
    const zip = Buffer.from('PK\u0003\u0004and more');
    expect(await send(zip, 'fileName=a.xlsx')).toMatchObject({
      status: 422,
      body: { code: 'import.file_unreadable' },
    });
  });

  it('refuse XML with a DOCTYPE, entities or without end', async () => {
    const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>';
    for (const body of [
      laughs,
      '<feed><entry>&bomb;</entry></feed>',
      '<feed><entry>',
      '<'.repeat(50),
    ]) {
      expect(await send(body, 'profile=GREEN')).toMatchObject({
        status: 422,
        body: { code: 'import.file_unreadable' },
      });
    }
    const deep = `<a>${'<b>'.repeat(40)}`;
    expect(await send(deep, 'profile=GREEN')).toMatchObject({ status: 413 });
  });

  describe('in local time of Morocco', () => {
    const local = (more: object = {}) => ({ zone: 'MA', unit: 'wh', quality: 'ACTUAL', ...more });
    const long = (stamps: readonly string[], wh = 1) =>
      `meter,start,v\n${stamps.map((stamp, at) => `M-60,${stamp},${wh + at}`).join('\n')}\n`;
    const columns = { value: 'v' };

    it('an hour shown twice is refused with both its instants, or put in order', async () => {
      await profile('MA-R', local({ columns }));
      await profile('MA-O', local({ columns, repeatedHour: 'in-order' }));
      const stamps = [
        '2026-02-15 01:00',
        '2026-02-15 02:00',
        '2026-02-15 02:00',
        '2026-02-15 03:00',
      ];
      const refused = await send(long(stamps), 'profile=MA-R');
      expect(refused.body.errors.map(({ rule }: Record<string, string>) => rule)).toEqual([
        'start.shown_once',
        'start.shown_once',
      ]);
      expect(refused.body.errors[0].detail).toContain(
        '2026-02-15T01:00:00Z and at 2026-02-15T02:00:00Z',
      );
      expect((await send(long(stamps), 'profile=MA-O')).status).toBe(201);
      const day = await app.call('GET', '/v1/meters/M-60/days/2026-02-15/revisions', {
        role: 'auditor',
      });
      expect(day.body.items[0].wh.slice(0, 4)).toEqual([1, 2, 3, 4]);
      // A file that runs backwards has its later hour first.
      const falling = [
        '2026-09-20 02:00',
        '2026-09-20 01:00',
        '2026-09-20 01:00',
        '2026-09-20 00:00',
      ];
      expect((await send(long(falling, 5), 'profile=MA-O')).status).toBe(201);
      const september = await app.call('GET', '/v1/meters/M-60/days/2026-09-20/revisions', {
        role: 'auditor',
      });
      expect(september.body.items[0].wh.slice(0, 3)).toEqual([7, 6, 5]);
    });

    it('an hour never shown is refused, or read with the offset before', async () => {
      await profile('MA-B', local({ columns, missingHour: 'offset-before' }));
      const refused = await send(long(['2026-03-22 02:30']), 'profile=MA-R');
      expect(refused.body.errors[0]).toMatchObject({
        rule: 'start.was_shown',
        fix: expect.stringContaining('offset-before'),
      });
      expect((await send(long(['2026-03-22 02:00'], 9), 'profile=MA-B')).status).toBe(201);
      const day = await app.call('GET', '/v1/meters/M-60/days/2026-03-22/revisions', {
        role: 'auditor',
      });
      expect(day.body.items[0].wh[2]).toBe(9);
    });

    it('days of 23 and 25 hours fill rows of their own length', async () => {
      await profile('MA-W', local({ unit: 'kwh', decimalMark: ',', delimiter: ';' }));
      const labels = Array.from({ length: 100 }, (_, at) => String(at + 1)).join(';');
      const day = (date: string, count: number) =>
        `M-15;${date};${Array.from({ length: 100 }, (_, at) => (at < count ? `0,${100 + at}` : '')).join(';')}`;
      const body = (...days: string[]) => `meter;date;${labels}\n${days.join('\n')}\n`;
      const good = body(
        day('2026-02-15', 100),
        day('2026-03-22', 92),
        day('2026-03-23', 96),
        day('2026-09-20', 100),
      );
      expect(await send(good, 'profile=MA-W')).toMatchObject({
        status: 201,
        body: { format: 'csv-wide', rowCount: 388, newCount: 388 },
      });
      // The 25-hour day of February begins at 23:00Z and ends at midnight UTC of the next.
      const first = await app.call('GET', '/v1/meters/M-15/days/2026-02-14/revisions', {
        role: 'auditor',
      });
      expect(first.body.items[0].wh.slice(92)).toEqual([100, 101, 102, 103]);
      const wrong = await send(body(day('2026-03-22', 96)), 'profile=MA-W&dryRun=true');
      expect(wrong.body.preview.problems[0]).toMatchObject({
        rule: 'day.has_the_interval',
        column: '93',
      });
    });
  });

  it('keeps counters as differences, over their rollover and not over a gap', async () => {
    await profile('REG', {
      zone: 'UTC',
      unit: 'kwh',
      quality: 'ACTUAL',
      quantity: 'register',
      registerDigits: 5,
      columns: { value: 'reading' },
      multiplier: '10',
    });
    const lines = ['00:00,99990', '01:00,99998', '02:00,00003', '04:00,00010', '05:00,00012'];
    const text = `meter,start,reading\n${lines.map((line) => `TAG,2026-05-01 ${line}`).join('\n')}\n`;
    expect((await send(text, 'profile=REG')).status).toBe(201);
    const { body } = await app.call('GET', '/v1/meters/TAG/days/2026-05-01/revisions', {
      role: 'auditor',
    });
    expect(body.items[0].wh.slice(0, 5)).toEqual([80_000, 50_000, null, null, 20_000]);
    const back = text.replace('05:00,00012', '05:00,00001');
    expect((await send(back, 'profile=REG')).body.errors).toMatchObject([
      { row: 6, rule: 'register.never_back' },
    ]);
  });

  it('joins the files of a counter, whichever comes first, and follows corrections', async () => {
    await meter('COUNTER', 60);
    await profile('COUNTS', { zone: 'UTC', unit: 'kwh', quality: 'ACTUAL', quantity: 'register' });
    const file = (...lines: readonly string[]) =>
      send(`start,kwh\n${lines.join('\n')}\n`, 'profile=COUNTS&meter=COUNTER');
    const known = async (day: string) => {
      const path = `/v1/meters/COUNTER/days/${day}/revisions`;
      const { body } = await app.call('GET', path, { role: 'auditor' });
      return body.items.at(-1)?.wh.filter((wh: number | null) => wh !== null);
    };
    const second = await file(
      '2026-05-03 00:00,12.0005',
      '2026-05-03 01:00,13',
      '2026-05-03 02:00,14',
    );
    expect(second).toMatchObject({
      status: 201,
      body: { rowCount: 2, newCount: 2, totalWh: 1_999 },
    });
    // The day before, then a single reading after: each brings the interval to the other file.
    const first = await file('2026-05-02 22:00,10', '2026-05-02 23:00,11');
    expect(first.body).toMatchObject({ rowCount: 2, newCount: 2, totalWh: 2_000 });
    expect(await known('2026-05-02')).toEqual([1_000, 1_000]);
    const third = await file('2026-05-03 03:00,14.5');
    expect(third.body).toMatchObject({ rowCount: 1, newCount: 1, totalWh: 500 });
    expect(await known('2026-05-03')).toEqual([999, 1_000, 500]);
    // A reading that is corrected at the edge of its file changes the interval on both of its sides.
    const mended = await file('2026-05-02 22:00,10', '2026-05-02 23:00,11.2');
    expect(mended.body).toMatchObject({ rowCount: 2, identicalCount: 0, changedCount: 2 });
    expect(await known('2026-05-02')).toEqual([1_200, 800]);
    const later = await file('2026-05-03 05:00,16');
    expect(later.body).toMatchObject({ rowCount: 0, totalWh: 0 });
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
  });

  it('carries what five minutes have below a Wh, and knows the same file again', async () => {
    await meter('SMALL', 5);
    await profile('SMALL-LOADS', { zone: 'UTC', unit: 'kwh', quality: 'ACTUAL' });
    const at = (minute: number): string =>
      `2026-05-04 ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    const day = (value: string, count = 288): string =>
      Array.from({ length: count }, (_, place) => `SMALL,${at(place * 5)},${value}\n`).join('');
    const file = (rows: string) => send(`meter,start,kwh\n${rows}`, 'profile=SMALL-LOADS');
    expect((await file(day('0.0055'))).body).toMatchObject({ newCount: 288, totalWh: 1_584 });
    expect((await file(day('0.0055', 101))).body).toMatchObject({ identicalCount: 101 });
    expect((await file(day('0.0019'))).body).toMatchObject({ totalWh: 547, identicalCount: 0 });
    expect(await energy('SMALL')).toEqual([547, 288]);
  });

  it('sets a row aside whole, also where its last reading alone has no place', async () => {
    await meter('HALF', 60);
    await profile('HALF-DAYS', { zone: 'UTC', unit: 'wh', quality: 'ACTUAL' });
    const day = (last: number) =>
      `HALF,2026-04-02,${[...Array<number>(23).fill(5), last].join(',')}`;
    const labels = Array.from({ length: 24 }, (_, at) => at + 1).join(',');
    const text = `meter,date,${labels}\n${day(5)}\n${day(6)}\n`;
    expect(await send(text, 'profile=HALF-DAYS')).toMatchObject({
      status: 422,
      body: { code: 'import.rows_rejected', errors: [{ row: 3, rule: 'interval.once_in_file' }] },
    });
    expect(await energy('HALF')).toEqual([0, 0]);
    const { body } = await send(text, 'profile=HALF-DAYS&rejects=set-aside');
    expect(body).toMatchObject({ newCount: 24, identicalCount: 0, rejectedCount: 1, rowCount: 24 });
    expect(await energy('HALF')).toEqual([120, 24]);
  });

  it('reads what a plant drew at night as zero and suspect, and refuses a negative load', async () => {
    await meter('PLANT', 60, { direction: 'generation', isBooked: false });
    const body = (code: string) =>
      `meter,start,wh,quality\n${code},2026-04-01T00:00:00Z,-12,ACTUAL\n`;
    expect((await send(body('PLANT'), '')).status).toBe(201);
    const { body: days } = await app.call('GET', '/v1/meters/PLANT/days/2026-04-01/revisions', {
      role: 'auditor',
    });
    expect([days.items[0].wh[0], days.items[0].quality[0]]).toEqual([0, 'SUSPECT']);
    expect((await send(body('M-60'), '')).body.errors[0].rule).toBe('load.not_negative');
  });

  it('takes UTF-16, end labels and columns of meters', async () => {
    const text = 'start;Hall;Other\n2026-06-01 01:00;1.5;9\n2026-06-01 02:00;2;9\n';
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    await profile('COLS-2', {
      format: 'csv-columns',
      zone: '+01:00',
      label: 'end',
      unit: 'mw',
      quality: 'ACTUAL',
      meters: { Hall: 'M-60', Other: null },
    });
    expect(await send(utf16, 'profile=COLS-2')).toMatchObject({
      status: 201,
      body: { format: 'csv-columns; charset=utf-16le', rowCount: 2, totalWh: 3_500_000 },
    });
    const { body } = await app.call('GET', '/v1/meters/M-60/days/2026-05-31/revisions', {
      role: 'auditor',
    });
    expect(body.items[0].wh[23]).toBe(1_500_000);
  });
});
