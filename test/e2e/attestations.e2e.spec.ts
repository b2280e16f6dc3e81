import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPack } from '../../src/core/packs/checks/check-pack.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { sha256, toHex } from '../../src/core/ledger/merkle.js';
import { Clock } from '../../src/platform/clock.js';
import { CONFIG, type Config } from '../../src/platform/config.js';
import { readPack } from '../../src/platform/files/packed/pack-reader.js';
import { Queue } from '../../src/platform/jobs/queue.js';
import type { TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { startMonth } from '../support/month.js';
import { attested, faultsOf, openedPack, packOf } from '../support/packs.js';

describe('attestation packs over HTTP', () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await startMonth();
    await app.nest.get(Queue).work();
    folder = mkdtempSync(join(tmpdir(), 'mizan-packs-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await app.close();
  });

  const month = '2026-10';
  const verify = () => app.nest.get(VerificationService).verify(app.ledgerId);
  const bytesOf = async (jobId: string): Promise<Buffer> => {
    const authorization = `Bearer ${app.keys.auditor}`;
    const path = `${app.url}/v1/attestations/${jobId}/pack`;
    const reply = await fetch(path, { headers: { authorization } });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/zip']);
    return Buffer.from(await reply.arrayBuffer());
  };

  it('are made by a job for an auditor, and check away from the ledger', async () => {
    const { body: job } = await attested(app, { month });
    expect(job).toMatchObject({ state: 'done', siteCode: expect.any(String), problem: null });
    expect(job.progress.fileCount).toBe(job.progress.filesInAll);
    expect(job.progress.fileCount).toBeGreaterThan(20);
    const bytes = await bytesOf(job.jobId);
    expect([bytes.length, toHex(sha256(bytes))]).toEqual([job.pack.byteCount, job.pack.sha256]);
    const file = join(folder, 'pack.zip');
    writeFileSync(file, bytes);
    const files = await readPack(file);
    expect(faultsOf(files)).toEqual([]);
    const { manifest } = openedPack(files);
    expect(manifest).toMatchObject({ label: 'PRELIMINARY', month, ledgerId: app.ledgerId });
  });

  it('hold the settlements of their month, and come out again', async () => {
    const body = { kind: 'carbon', month: '2026-08' };
    const issued = await app.call('POST', '/v1/statements', { role: 'energy-manager', body });
    expect(issued.body.code).toBeUndefined();
    const files = await packOf(app, '2026-08');
    expect(faultsOf(files)).toEqual([]);
    expect(openedPack(files).settlements.size).toBe(1);
    expect(files.get('data/settlement-lines.csv')!.toString()).toMatch(/ENERGY/);
  });

  it('are the same when nothing came that matters to the month, also for twenty at once', async () => {
    const { body: first } = await attested(app, { month });
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        attested(app, { month }, at % 2 === 0 ? 'auditor' : 'finance'),
      ),
    );
    expect(new Set(all.map(({ body }) => body.attestationId))).toEqual(
      new Set([first.attestationId]),
    );
    expect(new Set(all.map(({ body }) => body.pack.sha256))).toEqual(new Set([first.pack.sha256]));
  });

  it('are made again where a machine has lost them', async () => {
    const { body: job } = await attested(app, { month });
    const packs = join(app.nest.get<Config>(CONFIG).dataDir, 'packs');
    for (const name of readdirSync(packs)) rmSync(join(packs, name));
    expect(toHex(sha256(await bytesOf(job.jobId)))).toBe(job.pack.sha256);
  });

  it('are cleared away once nobody fetched them for a month, and what was left half written after a day', async () => {
    const packs = join(app.nest.get<Config>(CONFIG).dataDir, 'packs');
    const before = readdirSync(packs);
    const daysAgo = (days: number): Date =>
      new Date(app.nest.get(Clock).now().getTime() - days * 86_400_000);
    const left = { 'old.zip': 31, 'kept.zip': 29, 'cut.part': 2, 'begun.part': 0.5 };
    for (const [name, days] of Object.entries(left)) {
      writeFileSync(join(packs, name), 'x');
      utimesSync(join(packs, name), daysAgo(days), daysAgo(days));
    }
    const { body: job } = await attested(app, { month, since: [5] });
    const now = new Set([...before, 'kept.zip', 'begun.part', `${job.jobId}.zip`]);
    expect(new Set(readdirSync(packs))).toEqual(now);
    for (const name of Object.keys(left)) rmSync(join(packs, name), { force: true });
  });

  it('go on from a state that somebody holds, and refuse one that the log has not had', async () => {
    const { body: job } = await attested(app, { month, since: [3, 7] });
    expect(job).toMatchObject({ state: 'done', since: [3, 7] });
    const file = join(folder, 'since.zip');
    writeFileSync(file, await bytesOf(job.jobId));
    expect([...(await readPack(file)).keys()]).toEqual(
      expect.arrayContaining(['consistency/3.json', 'consistency/7.json']),
    );
    const { body: refused } = await attested(app, { month, since: [99_999] });
    expect(refused.problem).toMatchObject({ code: 'log.no_such_place' });
    expect((await attested(app, { month: '2020-01' })).body.code).toBe('statement.not_found');
    expect((await attested(app, { month: 'June' })).status).toBe(400);
  });

  it('hold other events once something came that matters to the month', async () => {
    const before = openedPack(await packOf(app, month));
    const renamed = await app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' });
    expect(renamed.status).toBeLessThan(300);
    const item = { meter: 'M-60', start: '2026-10-01T02:00:00Z', wh: null, quality: 'MISSING' };
    await app.call('POST', '/v1/readings', { role: 'energy-manager', body: { items: [item] } });
    const files = await packOf(app, month);
    const after = openedPack(files);
    expect(after.manifest.population.count).toBe(before.manifest.population.count + 1);
    expect(faultsOf(files)).toEqual([]);
    // A pack of then with an event left out is not the population of now.
    const cut = checkPack(await packOf(app, month), { key: null, since: null });
    expect(cut.checks.every(({ outcome }) => outcome !== 'FAIL')).toBe(true);
  });

  it('are not made of tables that are not what the log sealed', async () => {
    await rows(
      app.database.adminUrl,
      `SET session_replication_role = replica;
       UPDATE interval_block SET wh = (SELECT array_agg(w + 1 ORDER BY at)
         FROM unnest(wh) WITH ORDINALITY u (w, at)) WHERE meter_code = 'M-60' AND revision = 1`,
    );
    await app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' });
    const { body } = await attested(app, { month, since: [2] });
    expect(body).toMatchObject({ state: 'failed', problem: { code: 'pack.inconsistent' } });
    expect(body.problem.details.detail).toMatch(/The rows of event \d+ are not those/);
    expect((await verify()).fault).not.toBeNull();
  });
});
