import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointStampJob } from '../../src/features/signing/stamps/checkpoint-stamp.job.js';
import { startApp, type TestApp } from '../support/app.js';
import { mizan } from '../support/cli.js';
import { LocalTsa } from '../support/tsa.js';

const stamping = (): void => {
  let app: TestApp;
  let tsa: LocalTsa;
  let folder: string;
  let dataDir: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mizan-stamps-'));
    dataDir = join(folder, 'data');
    tsa = new LocalTsa(join(folder, 'tsa'));
    app = await startApp({ settings: { MIZAN_TSA_URL: await tsa.serve() }, dataDir });
  });
  afterAll(async () => {
    await app.close();
    await tsa.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const look = () => app.nest.get(CheckpointStampJob).look(app.ledgerId);
  const sign = async () =>
    (await app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' })).body;
  const stamps = async () =>
    (await app.call('GET', '/v1/ledger/timestamps', { role: 'auditor' })).body.items;
  const warnings = async (): Promise<readonly string[]> =>
    (await app.call('GET', '/health/ready')).body.warnings;

  it('holds no checkpoint up while the authority is down, and gets the token later', async () => {
    tsa.behave('down');
    const { note, size } = await sign();
    await look();
    expect(await stamps()).toEqual([]);
    expect(await warnings()).toEqual([expect.stringMatching(/gives no token: It answered 503\./)]);
    tsa.behave('well');
    await look();
    expect(await warnings()).toEqual([]);
    const [stamp] = await stamps();
    expect(stamp).toMatchObject({ note, size });
    expect(tsa.verifies(Buffer.from(stamp.token, 'base64'), Buffer.from(note))).toBe(true);
    await look();
    expect(await stamps()).toHaveLength(1);
  });

  it.each([
    ['refuses', /The authority refused \(status 2\)/],
    ['nonsense', /is no time-stamp response/],
    ['again', /stamps other bytes/],
  ] as const)('keeps no token of an authority that answers %s', async (how, fault) => {
    const body = { code: how.toUpperCase(), name: how, country: 'MA' };
    await app.call('POST', '/v1/organisations', { role: 'energy-manager', body });
    await sign();
    tsa.behave(how);
    const before = await stamps();
    await look();
    expect(await stamps()).toEqual(before);
    expect(await warnings()).toEqual([expect.stringMatching(fault)]);
    tsa.behave('well');
    await look();
    expect((await stamps()).length).toBe(before.length + 1);
  });

  it('stamps nothing of longer ago than a week', async () => {
    const body = { code: 'OLD', name: 'old', country: 'MA' };
    await app.call('POST', '/v1/organisations', { role: 'energy-manager', body });
    await sign();
    const before = await stamps();
    app.setNow('2026-11-18T09:00:00Z');
    await look();
    expect(await stamps()).toEqual(before);
  });

  it('is taken away and checked at the terminal, with nothing but the files', () => {
    const settings = {
      DATABASE_URL: app.database.adminUrl,
      MIZAN_DATA_DIR: dataDir,
      MIZAN_LEDGER: 'test',
    };
    const [note, ca] = [join(folder, 'kept.note'), join(folder, 'ca.pem')];
    writeFileSync(ca, tsa.root);
    const kept = mizan(['timestamp', '--out', note], { settings });
    expect(kept).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Wrote .*kept\.note\.tst/),
    });
    const check = (...args: readonly string[]) =>
      mizan(['verify-timestamp', note, `${note}.tst`, ...args], { settings: {} });
    expect(check('--ca', ca)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ok .* existed by .*, says O=Local TSA, CN=Stamper/),
    });
    expect(check('--ca', note)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no certificates in PEM'),
    });
    writeFileSync(ca, new LocalTsa(join(folder, 'other')).root);
    expect(check('--ca', ca)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^FAIL None of the certificates that you trust/),
    });
    writeFileSync(ca, tsa.root);
    writeFileSync(note, readFileSync(note, 'utf8').replace('mizan', 'nazim'));
    expect(check('--ca', ca)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^FAIL The token stamps other bytes/),
    });
  });
};

// `npm test` asks for nothing but Node; `.ci/run` makes sure that openssl is there.
if (spawnSync('openssl', ['version']).status === 0)
  describe('a checkpoint that is stamped', stamping);
else
  describe('a checkpoint that is stamped', () => {
    it('is stamped where there is openssl', () => {
      process.stdout.write('There is no openssl here: nothing was stamped.\n');
    });
  });
