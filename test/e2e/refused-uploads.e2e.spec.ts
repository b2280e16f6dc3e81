import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DailyUpkeepJob } from '../../src/features/metering/uploads/daily-upkeep.job.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { CONFIG, type Config } from '../../src/platform/config.js';
import { type AnyReply, startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid, intervalsCsv } from '../support/make.js';

const DAY_MS = 86_400_000;
const role = 'operator' as const;

describe('the bytes of uploads', () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    folder = join(app.nest.get<Config>(CONFIG).dataDir, 'files');
  });
  afterAll(() => app.close());

  let day = 0;
  const file = (): string =>
    intervalsCsv(new Date(Date.UTC(2025, 0, (day += 1))).toISOString(), 2, () => 4);
  const refused = (): string => file().replace(',4,', ',four,');
  const send = (body: string, path = 'intervals'): Promise<AnyReply> =>
    app.call('POST', `/v1/imports/${path}`, { role, body, type: 'text/csv' });
  const job = async (jobId: string): Promise<ReturnType<typeof JSON.parse>> =>
    (await app.call('GET', `/v1/import-jobs/${jobId}`, { role })).body;
  const places = (fileSha256: string): readonly boolean[] => [
    existsSync(join(folder, fileSha256)),
    existsSync(join(folder, '.incoming', app.ledgerId, fileSha256)),
  ];
  const EVIDENCE = true;
  /** The daily upkeep, so many days after the real present: files bear the time of the disk. */
  const after = async (days: number): Promise<void> => {
    app.setNow(new Date(Date.now() + days * DAY_MS).toISOString());
    await app.nest.get(DailyUpkeepJob).run(app.ledgerId);
    app.setNow('2026-11-10T09:00:00Z');
  };

  it.each(['intervals', 'certificates', 'storage-records', 'mwh-cancellations'])(
    'are removed after seven days where they were refused: %s',
    async (path) => {
      const sent = await send(refused(), path);
      expect(sent.status).toBe(422);
      const names = (): string[] => readdirSync(join(folder, '.incoming', app.ledgerId));
      expect(names().length).toBeGreaterThan(0);
      await after(6);
      expect(names().length).toBeGreaterThan(0);
      await after(8);
      expect(names()).toEqual([]);
    },
  );

  it('stay under a clock that cannot be believed', async () => {
    app.setNow('2026-11-10T08:00:00Z');
    const upkeep = app.nest.get(DailyUpkeepJob).run(app.ledgerId);
    await expect(upkeep).rejects.toMatchObject({ code: 'clock.behind' });
    app.setNow('2026-11-10T09:00:00Z');
  });

  it('take the list of rejected rows with them, and the job says so', async () => {
    const sent = await send(refused());
    const list = (await app.call('GET', '/v1/import-jobs', { role })).body.items;
    const { jobId } = list.find(
      ({ fileSha256 }: { fileSha256: string }) => fileSha256 === sent.body.fileSha256,
    );
    const rejects = (): Promise<Response> =>
      fetch(`${app.url}/v1/import-jobs/${jobId}/rejects`, {
        headers: { authorization: `Bearer ${app.keys.operator}` },
      });
    expect((await rejects()).status).toBe(200);
    await after(8);
    const gone = await rejects();
    expect([gone.status, ((await gone.json()) as { code: string }).code]).toEqual([
      404,
      'import.no_rejects',
    ]);
    expect((await job(jobId)).problem.code).toBe(sent.body.code);
  });

  it('stay for ever where an event names them, also where the same bytes were refused before', async () => {
    const body = file();
    const wrong = await send(body, 'certificates');
    expect(wrong.status).toBe(422);
    const taken = await send(body);
    expect(taken.status).toBe(201);
    await after(8);
    expect(places(taken.body.fileSha256)).toEqual([EVIDENCE, false]);
    const certificates = await send(
      certificatesCsv('2026-10-01T00:00:00Z', 2, () => 5),
      'certificates',
    );
    expect(certificates.status).toBe(201);
    await after(400);
    const { faults } = await app.nest
      .get(VerificationService)
      .verify(app.ledgerId, { hasFiles: true });
    expect(faults).toEqual([]);
  });

  it('stay where the rows set aside belong to what was taken in', async () => {
    const taken = await send(refused(), 'intervals?rejects=set-aside');
    expect([taken.status, taken.body.rejectedCount]).toEqual([201, 1]);
    await after(8);
    const rejects = await fetch(`${app.url}/v1/import-jobs/${taken.body.jobId}/rejects`, {
      headers: { authorization: `Bearer ${app.keys.operator}` },
    });
    expect([rejects.status, await rejects.text()]).toEqual([200, expect.stringContaining('four')]);
  });

  it('stay while a preview or a job is to be done, and go when it is laid aside', async () => {
    const preview = await send(file(), 'intervals?dryRun=true');
    const queued = await send(file(), 'intervals?asJob=true');
    const other = await send(file(), 'intervals?dryRun=true');
    const hashes = [preview, queued, other].map(({ body }) => body.fileSha256 as string);
    await after(30);
    expect(hashes.map(places)).toEqual([
      [false, true],
      [false, true],
      [false, true],
    ]);
    const path = `/v1/import-jobs/${preview.body.jobId}`;
    const { previewHash } = preview.body;
    expect(
      (await app.call('POST', `${path}/commits`, { role, body: { previewHash } })).body.state,
    ).toBe('committed');
    await app.call('POST', `/v1/import-jobs/${other.body.jobId}/cancellations`, { role });
    await after(60);
    expect(hashes.map(places)).toEqual([
      [EVIDENCE, false],
      [false, true],
      [false, false],
    ]);
  });

  it('are refused for a preview whose bytes are gone', async () => {
    const { body } = await send(file(), 'intervals?dryRun=true');
    rmSync(join(folder, '.incoming', app.ledgerId, body.fileSha256));
    const { status, body: problem } = await app.call(
      'POST',
      `/v1/import-jobs/${body.jobId}/commits`,
      { role, body: { previewHash: body.previewHash } },
    );
    expect([status, problem.code]).toEqual([422, 'import.file_unreadable']);
  });

  it('take the place of evidence that was lost, when they are sent again', async () => {
    const body = file();
    const { fileSha256 } = (await send(body)).body;
    const bytes = readFileSync(join(folder, fileSha256));
    rmSync(join(folder, fileSha256));
    await after(8);
    expect((await send(body)).body.alreadyImported).toBe(true);
    expect(readFileSync(join(folder, fileSha256)).equals(bytes)).toBe(true);
  });
});
