import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeApi } from '../../src/http.js';
import { startApp, type TestApp } from '../support/app.js';
import { mizan } from '../support/cli.js';
import { rows } from '../support/database.js';
import { invoiceOf, ublOf } from '../support/invoices.js';
import { certificatesCsv, createGrid, intervalsCsv } from '../support/make.js';
import { createBattery, storageCsv } from '../support/storage.js';

const START = '2026-10-01T00:00:00Z';
const RATES = 'day,mad_per_unit\n2026-10-01,10.70\n';
const CERTIFICATES = certificatesCsv(START, 2, () => 1_000);
const FIGURES = 'dated-figures?kind=fx-series&code=EUR&source=test&confidence=P&';

/** Further doors that take something in, of other forms than the rest. */
const FURTHER = [
  '/v1/records',
  '/v1/supplier-invoices',
  '/v1/certificate-actions',
  '/v1/exports/journal',
];

interface Posted {
  readonly post: {
    readonly parameters?: readonly { readonly name: string }[];
    readonly requestBody?: object;
  };
}

describe('an import that is only tried', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'mizan-dry-run-'));
  const dataDir = mkdtempSync(join(tmpdir(), 'mizan-dry-run-files-'));
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ dataDir });
    await createGrid(app);
    await createBattery(app);
  });
  afterAll(async () => {
    await app.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const run = (...args: string[]) => {
    const settings = {
      DATABASE_URL: app.database.adminUrl,
      MIZAN_DATA_DIR: scratch,
      MIZAN_LEDGER: 'test',
    };
    const { code, stdout, stderr } = mizan([...args, '--json'], { settings });
    const answer: ReturnType<typeof JSON.parse> = stdout === '' ? null : JSON.parse(stdout);
    return { code, answer, stderr };
  };
  const file = (name: string, text: string): string => {
    writeFileSync(join(scratch, name), text);
    return join(scratch, name);
  };
  const send = (path: string, body: string, dryRun: boolean) =>
    app.call('POST', `/v1/${path}dryRun=${dryRun}`, {
      role: 'energy-manager',
      body,
      type: 'text/csv',
    });
  const keptFiles = () =>
    existsSync(join(dataDir, 'files'))
      ? readdirSync(join(dataDir, 'files')).filter((name) => !name.startsWith('.'))
      : [];
  const head = () => rows(app.database.adminUrl, 'SELECT * FROM ledger_head ORDER BY ledger_id');

  it.each([
    ['imports/certificates?', CERTIFICATES, 4],
    ['imports/storage-records?', storageCsv(START, [1_000, 500]), 2],
    [`imports/${FIGURES}`, RATES, 1],
  ])(
    'over %s says what it would do, and does nothing; then it does that',
    async (path, body, count) => {
      const [before, evidence] = [await head(), keptFiles()];
      const tried = await send(path, body, true);
      expect([tried.status, tried.body]).toMatchObject([201, { isDryRun: true, newCount: count }]);
      expect(tried.body.cannotBeTakenBack).not.toBe('');
      expect([await head(), keptFiles()]).toEqual([before, evidence]);
      const done = await send(path, body, false);
      expect(done.body).toMatchObject({ isDryRun: false, newCount: count });
      expect(await head()).not.toEqual(before);
      const ids = { importId: tried.body.importId ?? null, eventId: tried.body.eventId ?? null };
      expect(ids).toEqual({ importId: null, eventId: null });
    },
  );

  it('meets the refusals that only the database knows', async () => {
    const other =
      'plant,start,end,wh,external_id,issuer,status\n' +
      'PV,2026-10-01T00:00:00Z,2026-10-01T01:00:00Z,5,OTHER,ISSUER,Active\n';
    const [tried, done] = [
      await send('imports/certificates?', other, true),
      await send('imports/certificates?', other, false),
    ];
    expect([tried.status, tried.body.code]).toEqual([done.status, done.body.code]);
    expect(tried.body.code).toBe('energy.serial_overlaps');
  });

  it('receives no supplier’s document', async () => {
    const bill = ublOf(
      invoiceOf([{ quantity: '1000' }], {
        contractReference: 'PPA',
        periodStart: '2026-10-01',
        periodEnd: '2026-10-31',
        seller: { name: 'Seller', ids: [] },
      }),
    );
    const receive = (dryRun: boolean) =>
      app.call('POST', `/v1/supplier-invoices?contract=PPA&dryRun=${dryRun}`, {
        role: 'finance',
        body: bill,
        type: 'application/xml',
      });
    const tried = await receive(true);
    expect(tried.body).toMatchObject({ isNew: true, isDryRun: true, number: 'FAC-1' });
    const all = await app.call('GET', '/v1/supplier-invoices', { role: 'finance' });
    expect(all.body.items).toEqual([]);
    const received = run('supplier-invoice', 'receive', file('bill.xml', bill), '--dry-run');
    expect([received.code, received.answer]).toMatchObject([0, { isNew: true, isDryRun: true }]);
    expect((await receive(false)).body).toMatchObject({ isNew: true, isDryRun: false });
  });

  it('of records and decisions at both doors says the same as the doing, and does nothing', async () => {
    const { paths, components } = describeApi(app.nest);
    const posts = Object.entries(paths).filter(([, item]) => 'post' in (item as object));
    const tried = (path: string): boolean => {
      const { post } = (paths as unknown as Record<string, Posted>)[path]!;
      return (
        (post.parameters ?? []).some(({ name }) => name === 'dryRun') ||
        Object.entries(components!.schemas!).some(
          ([name, schema]) =>
            JSON.stringify(schema).includes('"isDryRun"') &&
            JSON.stringify(post.requestBody ?? {}).includes(`"#/components/schemas/${name}"`),
        )
      );
    };
    // Everything that takes in a file, a version of a record, a document or a decision.
    const doors = posts
      .map(([path]) => path)
      .filter(
        (path) =>
          (path.startsWith('/v1/imports/') && path !== '/v1/imports/intervals') ||
          /\/(versions|decisions|steps)$/.test(path) ||
          FURTHER.includes(path) ||
          posts.some(([other]) => other === `${path}/{code}/versions`),
      );
    const kinds = doors.filter((path) => path.endsWith('/{code}/versions'));
    expect(kinds.length).toBeGreaterThan(20);
    expect(doors.length).toBeGreaterThan(2 * kinds.length);
    expect(doors.filter((path) => !tried(path))).toEqual([]);

    const before = await head();
    const record = { code: 'TRIED', name: 'Tried', country: 'MA' };
    const post = (query: string) =>
      app.call('POST', `/v1/organisations${query}`, { role: 'energy-manager', body: record });
    const preview = await post('?dryRun=true');
    expect(preview).toMatchObject({ status: 201, body: { isDryRun: true, eventId: null } });
    expect(preview.body.cannotBeTakenBack).toMatch(/never used again/);
    const json = file('r.json', JSON.stringify(record));
    const terminal = run('create', 'organisation', json, '--dry-run');
    expect(terminal.answer).toMatchObject({
      isDryRun: true,
      cannotBeTakenBack: preview.body.cannotBeTakenBack,
      records: [{ code: 'TRIED', version: 1, eventId: null }],
    });
    expect(await head()).toEqual(before);
    const {
      isDryRun: _i,
      cannotBeTakenBack: _c,
      eventId: _e,
      recordedAt: _r,
      ...said
    } = preview.body;
    expect((await post('')).body).toMatchObject(said);
    expect((await post('?dryRun=true')).body.code).toBe('record.exists');
    const revised = file('v.json', JSON.stringify({ name: 'Other', country: 'MA' }));
    const version = run('revise', 'organisation', 'TRIED', revised, '--dry-run');
    expect(version.answer).toMatchObject({ isDryRun: true, version: 2 });
    const latest = await app.call('GET', '/v1/organisations/TRIED', { role: 'auditor' });
    expect(latest.body.version).toBe(1);
  });

  it('at the terminal writes nothing, of any kind, and says what stays for good', async () => {
    const before = await head();
    const later = certificatesCsv('2026-10-02T00:00:00Z', 2, () => 1_000);
    const { code, answer } = run('import', 'certificates', file('c.csv', later), '--dry-run');
    expect([code, answer]).toMatchObject([
      0,
      { isDryRun: true, newCount: 4, importId: null, recordedAt: null },
    ]);
    const records = file('s.csv', storageCsv(START, [1_000, 500, -900]));
    expect(run('import', 'storage-records', records, '--dry-run').answer).toMatchObject({
      isDryRun: true,
      newCount: 1,
      cannotBeTakenBack: expect.stringContaining('never edited'),
    });
    const hours = file(
      'i.csv',
      intervalsCsv(START, 2, () => 1_000),
    );
    expect(run('import', 'intervals', hours, '--dry-run').answer.state).toBe('previewed');
    expect(await head()).toEqual(before);
  });

  it.each([
    [['import', 'certificates', 'c.csv', '--profile', 'P'], '--profile'],
    [['import', 'certificates', 'c.csv', '--rejects', 'r.csv'], '--rejects'],
    [['import', 'certificates', 'c.csv', '--preview-hash', 'x'], '--preview-hash'],
    [['import', 'storage-records', 's.csv', '--signature', 'x'], '--signature'],
    [['import', 'intervals', 'i.csv', '--registry', 'X'], '--registry'],
    [['supplier-invoice', 'list', '--period', '2026-10'], '--period'],
    [['supplier-invoice', 'accept', 'FAC-1', '--outcome', 'upheld'], '--outcome'],
    [['journal', 'list', '--map', 'X'], '--map'],
    [['mwh', 'alarms', '--plant', 'PV'], '--plant'],
    [['storage', 'report', 'BESS', '--through', START], '--through'],
    [['key', 'list', '--role', 'auditor'], '--role'],
  ])('%j is refused: the option would be passed over', (args, flag) => {
    const { code, stderr } = run(...args);
    expect([code, JSON.parse(stderr)]).toMatchObject([
      2,
      { code: 'request.invalid', errors: [{ rule: 'option.used' }] },
    ]);
    expect(stderr).toContain(flag);
  });
});
