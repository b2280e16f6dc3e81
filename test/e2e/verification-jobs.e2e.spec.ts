import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { VerificationJobHandler } from '../../src/features/verification/verification.job.js';
import { VerificationJobsService } from '../../src/features/verification/verification-jobs.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { Queue } from '../../src/platform/jobs/queue.js';
import type { TestApp } from '../support/app.js';
import { run } from '../support/database.js';
import { startMonth } from '../support/month.js';
import { until } from '../support/waiting.js';

const AS_AUDITOR = { role: 'auditor' } as const;
const PATH = '/v1/ledger/verifications';

describe('a verification that is asked for', () => {
  let app: TestApp;
  let count = 0;
  let nowMs = Date.parse('2026-11-10T10:00:00Z');
  beforeAll(async () => {
    app = await startMonth();
    await app.nest.get(Queue).work();
  });
  afterAll(() => app.close());

  const get = async (path: string) => (await app.call('GET', `${PATH}${path}`, AS_AUDITOR)).body;
  /** Asks, waits, and gives what was found. */
  const verify = async (query = '') => {
    app.setNow(new Date((nowMs += 1_000)).toISOString());
    const { body } = await app.call('POST', `${PATH}${query}`, AS_AUDITOR);
    await until(async () => ['done', 'failed'].includes((await get(`/${body.jobId}`)).state));
    return get(`/${body.jobId}`);
  };
  const append = async (): Promise<void> => {
    const body = { code: `LATER-${(count += 1)}`, name: 'x', country: 'MA' };
    await app.call('POST', '/v1/organisations', { role: 'energy-manager', body });
  };
  const asSuperuser = (sql: string): Promise<void> =>
    run(app.database.adminUrl, `SET session_replication_role = replica; ${sql}`);
  const EDIT = `UPDATE interval_block SET wh[1] = wh[1]`;

  it('is a job: 202, its place, its progress, and what it found in the end', async () => {
    const none = await app.call('GET', `${PATH}/latest`, AS_AUDITOR);
    expect([none.status, none.body.code]).toEqual([404, 'verification.not_found']);
    const asked = await app.call('POST', PATH, AS_AUDITOR);
    const { jobId } = asked.body;
    expect(asked.status).toBe(202);
    expect(asked.headers.get('location')).toBe(`${PATH}/${jobId}`);
    const key = app.keys.auditor;
    const stream = await fetch(`${app.url}${PATH}/${jobId}/events`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const events = await stream.text();
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(events.trimEnd().split('\n').at(-1)).toMatch(/"state":"done".*"isClean":true/);
    const kept = await get('/latest');
    const head = (await app.call('GET', '/v1/ledger/head', AS_AUDITOR)).body;
    expect(kept).toMatchObject({
      jobId,
      state: 'done',
      isOfThisLog: true,
      newerEventCount: 0,
      programVersion: '0.1.0',
      asked: { full: false, files: false },
      verifiedAt: kept.fullAt,
      result: { full: true, faults: [], restsOn: null, fileCount: null },
    });
    expect([kept.result.eventCount, kept.result.chainHash]).toEqual([head.size, head.chainHash]);
    expect(kept.result.checked).toEqual({
      eventCount: head.size,
      rowCount: kept.result.rowCount,
    });
    expect(kept.result.how).toMatch(/^Everything was checked.*Nothing earlier was there/);
  });

  it('hashes only what came since, and says what rests on which verification', async () => {
    const before = await get('/latest');
    await append();
    await append();
    expect(await get('/latest')).toMatchObject({ newerEventCount: 2, isOfThisLog: true });
    const { result, verifiedAt, fullAt } = await verify();
    expect(result.checked).toEqual({ eventCount: 2, rowCount: 2 });
    expect(result).toMatchObject({ full: false, faults: [], rowCount: before.result.rowCount + 2 });
    expect(result.eventCount).toBe(before.result.eventCount + 2);
    expect(result.restsOn).toEqual({
      jobId: before.jobId,
      verifiedAt: before.verifiedAt,
      size: before.result.eventCount,
      chainHash: before.result.chainHash,
    });
    expect([verifiedAt, fullAt]).toEqual(['2026-11-10T10:00:01.000Z', before.fullAt]);
    expect(result.how).toContain(`rest on the verification of ${before.verifiedAt}`);
    expect(result.how).toMatch(/only a full verification sees/);
  });

  it('that is full sees an old row that was edited since, and only that; then none rests', async () => {
    await asSuperuser(`${EDIT} + 1`);
    const quick = (await verify()).result;
    expect([quick.full, quick.checked.eventCount, quick.faults]).toEqual([false, 0, []]);
    const full = await verify('?full=true');
    expect(full.result.faults[0]).toMatchObject({ check: 'row_root' });
    expect(full.fullAt).toBeNull();
    const next = (await verify()).result;
    expect([next.full, next.faults[0].check]).toEqual([true, 'row_root']);
    expect(next.how).toMatch(/had found something wrong/);
    await asSuperuser(`${EDIT} - 1`);
    expect((await verify()).result).toMatchObject({ full: true, faults: [] });
    expect((await verify()).result).toMatchObject({ full: false, faults: [] });
  });

  it('rests on the last one, and not on one that was made under a clock that was ahead', async () => {
    const ahead = 366 * 86_400_000;
    nowMs += ahead;
    expect((await verify('?full=true')).result.faults).toEqual([]);
    nowMs -= ahead;
    app.setNow(new Date(nowMs).toISOString());
    expect(await app.nest.get(VerificationJobHandler).look(app.ledgerId)).toBe(true);
    expect((await verify('?full=true')).result.faults).toEqual([]);
    await asSuperuser(`${EDIT} + 1`);
    const { jobId } = await verify('?full=true');
    expect((await get('/latest')).jobId).toBe(jobId);
    const next = (await verify()).result;
    expect([next.full, next.faults[0].check]).toEqual([true, 'row_root']);
    await asSuperuser(`${EDIT} - 1`);
    expect((await verify()).result).toMatchObject({ full: true, faults: [] });
    expect((await verify()).result).toMatchObject({ full: false, faults: [] });
  });

  it.each([
    ['another head', `chain_hash = repeat('ab', 32)`, false],
    ['a shorter log', `size = size - 1`, false],
    ['other rows', `result = jsonb_set(result, '{rowCount}', '7')`, true],
    ['a log to come', `size = size + 40`, false],
  ])('does not rest on a result that somebody wrote: %s', async (_, change, isOfThisLog) => {
    const { jobId } = await get('/latest');
    const at = `WHERE job_id = '${jobId}'`;
    await asSuperuser(`CREATE TABLE kept AS SELECT * FROM verification_job ${at}`);
    await asSuperuser(`UPDATE verification_job SET ${change} ${at}`);
    expect(await get('/latest')).toMatchObject({ jobId, isOfThisLog });
    const { result } = await verify();
    expect([result.full, result.restsOn]).toEqual([true, null]);
    expect(result.faults.map(({ check }: { check: string }) => check)).toEqual(['verified_head']);
    expect(result.checked.eventCount).toBe(result.eventCount);
    await asSuperuser(`DELETE FROM verification_job;
      INSERT INTO verification_job SELECT * FROM kept; DROP TABLE kept`);
    expect((await verify()).result).toMatchObject({ full: false, faults: [] });
  });

  it('does not rest on one that another program made', async () => {
    await asSuperuser(`UPDATE verification_job SET program_version = '0.0.9'`);
    const { result } = await verify();
    expect([result.full, result.how]).toEqual([
      true,
      expect.stringMatching(/made by program 0.0.9/),
    ]);
  });

  it('is done at once at the terminal, all of it unless told, and kept', async () => {
    const jobs = app.nest.get(VerificationJobsService);
    const actor = atTerminal(app.ledgerId, 'auditor');
    const part = await jobs.runNow(actor, { isFull: false, hasFiles: false });
    expect(part.full).toBe(false);
    app.setNow('2026-11-10T11:00:00Z');
    const all = await jobs.runNow(actor, { isFull: true, hasFiles: true });
    expect([all.full, all.fileCount! > 5]).toEqual([true, true]);
    expect(await get('/latest')).toMatchObject({ fullAt: '2026-11-10T11:00:00.000Z' });
  });

  it('is asked for by the program itself, full, when the last full one is a day old', async () => {
    const upkeep = app.nest.get(VerificationJobHandler);
    app.setNow('2026-11-11T10:59:59Z');
    expect(await upkeep.look(app.ledgerId)).toBe(false);
    app.setNow('2026-11-11T11:00:00Z');
    expect(await upkeep.look(app.ledgerId)).toBe(true);
    await until(async () => (await get('/latest')).verifiedAt === '2026-11-11T11:00:00.000Z');
    expect(await get('/latest')).toMatchObject({ asked: { full: true }, result: { faults: [] } });
    expect(await upkeep.look(app.ledgerId)).toBe(false);
  });

  it('that nobody is at and no queue knows has failed, and the next one begins', async () => {
    const at = '2026-11-11T11:00:00Z';
    await asSuperuser(`INSERT INTO verification_job (ledger_id, job_id, state, is_full, has_files,
        actor, actor_principal, requested_at, updated_at, attempt_count, event_count, row_count,
        program_version)
      VALUES ('${app.ledgerId}', '00000000-0000-4000-8000-00000000dead', 'running', true, true,
        'x', 'x', '${at}', '${at}', 1, 0, 0, '0.1.0')`);
    app.setNow('2026-11-11T11:00:59Z');
    expect(await get('/00000000-0000-4000-8000-00000000dead')).toMatchObject({ state: 'running' });
    nowMs = Date.parse('2026-11-11T11:00:59Z');
    expect(await verify('?full=true&files=true')).toMatchObject({ state: 'done' });
    const left = await get('/00000000-0000-4000-8000-00000000dead');
    expect(left).toMatchObject({
      state: 'failed',
      problem: { code: 'verification.interrupted' },
      result: null,
    });
    expect((await get('')).items.length).toBeGreaterThan(5);
  });

  it('are refused with a body: what it asked would be passed over', async () => {
    const { status, body } = await app.call('POST', PATH, { ...AS_AUDITOR, body: { full: true } });
    expect([status, body.errors[0].rule]).toEqual([400, 'body.none']);
  });
});

describe('verifications that many ask for', () => {
  it('are one of a kind while it is on its way', async () => {
    const app = await startMonth();
    const ask = (query: string) =>
      Promise.all(
        Array.from({ length: 20 }, () => app.call('POST', `${PATH}${query}`, AS_AUDITOR)),
      );
    const ids = async (query: string) =>
      new Set((await ask(query)).map(({ body }) => body.jobId as string));
    const [part, full] = [await ids(''), await ids('?full=true')];
    expect([part.size, full.size, new Set([...part, ...full]).size]).toEqual([1, 1, 2]);
    await app.nest.get(Queue).work();
    const job = `${PATH}/${[...full][0]}`;
    await until(async () => (await app.call('GET', job, AS_AUDITOR)).body.state === 'done');
    expect((await app.nest.get(VerificationService).verify(app.ledgerId)).fault).toBeNull();
    await app.close();
  });
});
