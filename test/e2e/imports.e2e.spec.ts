import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';
import { rows } from '../support/database.js';

const FIXTURES = 'fixtures/ingest';
const TYPES: Record<string, string> = {
  csv: 'text/csv',
  json: 'application/vnd.mizan.certificates+json',
  xml: 'application/xml',
  gz: 'application/gzip',
  xlsx: 'application/octet-stream',
};

interface RefusedFile {
  readonly code: string;
  readonly errors?: readonly { row: number; column: string; rule: string }[];
}

describe('files', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  const send = (folder: string, file: string) => {
    const kind = file.startsWith('certificates') ? 'certificates' : 'intervals';
    const body = readFileSync(join(FIXTURES, folder, file));
    const type = TYPES[file.split('.').at(-1)!]!;
    return app.call('POST', `/v1/imports/${kind}?fileName=${file}`, {
      role: 'operator',
      body,
      type,
    });
  };
  const counts = () =>
    rows(
      app.database.adminUrl,
      `SELECT (SELECT count(*) FROM interval_block) AS blocks, (SELECT count(*) FROM certificate)
         AS certificates, (SELECT count(*) FROM import_file) AS files,
         (SELECT count(*) FROM ledger_event) AS events`,
    );
  const dataFiles = (folder: string) =>
    readdirSync(join(FIXTURES, folder)).filter((name) => !name.endsWith('.expected.json'));

  it.each(dataFiles('refused'))(
    'refuses %s, says where and why, and changes nothing',
    async (file) => {
      const before = await counts();
      const { status, type, body } = await send('refused', file);
      const expected: RefusedFile = JSON.parse(
        readFileSync(join(FIXTURES, 'refused', `${file}.expected.json`), 'utf8'),
      );
      expect(type).toContain('application/problem+json');
      expect([status, body.code]).toEqual([422, expected.code]);
      const found = (body.errors ?? []) as {
        row: number;
        column: string;
        rule: string;
        fix: string;
      }[];
      expect(found.map(({ row, column, rule }) => ({ row, column, rule }))).toEqual(
        expected.errors ?? [],
      );
      found.forEach(({ fix }) => expect(fix).not.toBe(''));
      expect(await counts()).toEqual(before);
    },
  );

  it.each(dataFiles('accepted'))('takes %s in', async (file) => {
    const expected = JSON.parse(
      readFileSync(join(FIXTURES, 'accepted', `${file}.expected.json`), 'utf8'),
    );
    expect(await send('accepted', file)).toMatchObject({ status: 201, body: expected });
  });

  it('keeps every unit as exact Wh', async () => {
    const blocks = await rows<{ meter_code: string; utc_day: Date; wh: string[] }>(
      app.database.adminUrl,
      `SELECT utc_day::text, wh[1:2] AS wh FROM interval_block WHERE meter_code = 'M-60' ORDER BY utc_day`,
    );
    expect(blocks.map(({ wh }) => wh)).toEqual([
      ['1000', '0'],
      ['1234', '1000'],
      ['2500000', '1'],
      ['40500', '12'],
    ]);
  });

  it.each(['', '\uFEFF', '\n\n', 'h'])('refuse %j of every kind, and say why', async (body) => {
    const kinds = ['intervals', 'certificates', 'storage-records', 'mwh-cancellations'];
    const bundles = 'bundles?registryCode=NONE';
    const figures = 'dated-figures?kind=fx-series&code=EUR&source=test&confidence=P';
    for (const path of [...kinds, bundles, figures]) {
      const role = path === figures ? 'finance' : 'operator';
      const reply = await app.call('POST', `/v1/imports/${path}`, { role, body, type: 'text/csv' });
      expect([path, Math.floor(reply.status / 100)]).toEqual([path, 4]);
    }
  });

  it('refuses thousands of empty lines at once', async () => {
    const reply = await app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      body: '\n'.repeat(4_000_000),
      type: 'text/csv',
    });
    expect([reply.status, reply.body.limit]).toEqual([413, 'empty lines one after the other']);
  });

  it('lists 100 problems inline and counts them all', async () => {
    const lines = Array.from(
      { length: 250 },
      (_, at) => `M-60,2026-10-05T00:00:00Z,-${at + 1},ACTUAL`,
    );
    const body = ['meter,start,wh,quality', ...lines].join('\n');
    const reply = await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      body,
      type: 'text/csv',
    });
    expect(reply.body.errors).toHaveLength(100);
    expect(reply.body.errorsTotal).toBe(250);
  });

  it('refuses a second certificate for the same plant and time, whatever its id', async () => {
    const header = 'plant,start,end,wh,external_id,issuer,status';
    const row = (id: string) =>
      `PV,2026-10-20T10:00:00Z,2026-10-20T11:00:00Z,5,${id},ISSUER,Active`;
    const post = (body: string) =>
      app.call('POST', '/v1/imports/certificates', { role: 'operator', body, type: 'text/csv' });
    expect((await post(`${header}\n${row('first')}\n`)).status).toBe(201);
    expect(await post(`${header}\n${row('second')}\n`)).toMatchObject({
      status: 409,
      body: {
        code: 'energy.serial_overlaps',
        constraint: 'one_live_certificate_per_plant_and_instant',
        errors: [
          {
            row: 2,
            column: 'start',
            value: '2026-10-20T10:00:00Z',
            rule: 'one_live_certificate_per_plant_and_instant',
            detail:
              'second is for PV from 2026-10-20T10:00:00Z to 2026-10-20T11:00:00Z, and so is another certificate: ' +
              'first of ISSUER, Active, 5 Wh, 2026-10-20T10:00:00Z to 2026-10-20T11:00:00Z.',
          },
        ],
        errorsTotal: 1,
      },
    });
    const later = (id: string) => row(id).replaceAll('T10', 'T13').replaceAll('T11', 'T14');
    // The two of one file are told apart from each other, and every row is named.
    const twoOfAFile = await post(`${header}\n${later('a')}\n${row('b')}\n${later('c')}\n`);
    expect(twoOfAFile).toMatchObject({
      status: 409,
      body: { errors: [{ row: 3 }, { row: 4, value: '2026-10-20T13:00:00Z' }] },
    });
    expect(twoOfAFile.body.errors[1].detail).toMatch(/row 2 of the file, a\.$/);
    const edited = row('first').replace(',5,', ',6,');
    expect((await post(`${header}\n${edited}\n`)).body).toMatchObject({
      code: 'import.rows_rejected',
      errors: [{ row: 2, rule: 'certificate.never_edited' }],
    });
  });

  it('names the row that any rule of the database refuses', async () => {
    const admin = (sql: string) => rows(app.database.adminUrl, sql);
    const header = 'plant,start,end,wh,external_id,issuer,status';
    const certificate = (hour: number, wh: number): string =>
      `PV,2026-10-21T0${hour}:00:00Z,2026-10-21T0${hour + 1}:00:00Z,${wh},R-${hour},ISSUER,Active`;
    const certificates = [header, ...[0, 1, 2, 3].map((hour) => certificate(hour, 75 + hour))];
    const readings = [
      'meter,start,wh,quality',
      ...[21, 22, 24].map((day) => `M-60,2026-10-${day}T00:00:00Z,${day + 55},ACTUAL`),
    ];
    const planted = [
      [
        'certificate',
        'certificate_is_not_of_77',
        'wh <> 77',
        certificates,
        4,
        'external_id',
        'R-2',
      ],
      [
        'interval_block',
        'block_has_no_77',
        'NOT 77 = ANY (wh)',
        readings,
        3,
        'start',
        'M-60 2026-10-22',
      ],
    ] as const;
    for (const [table, name, check, lines, row, column, value] of planted) {
      await admin(`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${check}) NOT VALID`);
      const kind = table === 'certificate' ? 'certificates' : 'intervals';
      for (const query of ['', '?dryRun=true']) {
        const reply = await app.call('POST', `/v1/imports/${kind}${query}`, {
          role: 'operator',
          body: lines.join('\n'),
          type: 'text/csv',
        });
        // A preview of readings writes nothing that a rule of the table could refuse.
        if (kind === 'intervals' && query !== '') continue;
        expect(reply).toMatchObject({
          status: 422,
          body: {
            code: 'constraint.violated',
            constraint: name,
            errors: [{ row, column, value, rule: name }],
          },
        });
      }
      await admin(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
    }
  });

  it('says so when an upload is cut short, and keeps nothing', async () => {
    const before = await counts();
    const { hostname, port } = new URL(app.url);
    const reply = await new Promise<string>((done, failed) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => {
        socket.write(
          'POST /v1/imports/intervals HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n' +
            `Authorization: Bearer ${app.keys.operator}\r\nContent-Length: 1000\r\n\r\nmeter,start`,
        );
        setTimeout(() => socket.destroy(), 200);
      });
      socket.on('close', () => done('closed'));
      socket.on('error', failed);
    });
    expect(reply).toBe('closed');
    expect(await counts()).toEqual(before);
    expect((await app.call('GET', '/health/ready')).status).toBe(200);
  });

  it('refuses bodies that are no file', async () => {
    const json = await app.call('POST', '/v1/imports/intervals', { role: 'operator', body: {} });
    expect(json).toMatchObject({ status: 415, body: { code: 'request.unsupported_type' } });
    const other = await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      body: 'x',
      type: 'image/png',
    });
    expect(other).toMatchObject({ status: 415, body: { code: 'request.unsupported_type' } });
  });
});
