import { AuditorReadsService } from '../../src/features/engagements/reads/auditor-reads.service.js';
import type { AnyReply } from '../support/app.js';
import { type Audit, startAudit } from '../support/audit.js';
import { rows, run } from '../support/database.js';

describe('what auditors read', () => {
  let audit: Audit;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.app.close());

  const count = async (): Promise<number> => {
    const sql = 'SELECT count(*)::int AS count FROM auditor_read';
    return (await rows<{ count: number }>(audit.app.database.adminUrl, sql))[0]!.count;
  };
  const health = async (): Promise<AnyReply['body']> =>
    (await audit.app.call('GET', '/health/ready')).body;
  const keep = () => audit.app.nest.get(AuditorReadsService).flush();

  it('is kept with route, ids, instant and key, and shown to them, the latest first', async () => {
    const { app, auditor, engagementId, read } = audit;
    const { body: list } = await app.call('GET', '/v1/statements', { key: auditor.key });
    const { statementId } = list.items[0];
    const path = `/v1/statements/${statementId}`;
    await app.call('GET', `${path}/figures/loadWh/trace?hour=2026-10-01T00:00:00Z`, {
      key: auditor.key,
    });
    const { body: lost } = await read('/populations/load');
    expect(lost.code).toBe('engagement.step_out_of_order');
    const { status, body } = await read('/reads');
    expect(status).toBe(200);
    expect(
      body.items.map((one: { route: string; status: number }) => [one.route, one.status]),
    ).toEqual([
      ['GET /v1/engagements/:engagementId/populations/:population', 409],
      ['GET /v1/statements/:statementId/figures/:figureId/trace', 200],
      ['GET /v1/statements', 200],
    ]);
    expect(body.items[1]).toEqual({
      readId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: '2026-11-20T10:00:00.000Z',
      keyId: auditor.keyId,
      route: 'GET /v1/statements/:statementId/figures/:figureId/trace',
      path: `${path}/figures/loadWh/trace`,
      query: 'hour=2026-10-01T00:00:00Z',
      status: 200,
    });
    expect(body.next).toBeNull();
    // What is read of the reads is a read, too.
    const { body: page } = await read('/reads?limit=1');
    expect(page.items[0].route).toBe('GET /v1/engagements/:engagementId/reads');
    const { body: before } = await app.call('GET', page.next, { key: auditor.key });
    expect(before.items[0].path).toBe(`/v1/engagements/${engagementId}/populations/load`);
  });

  it('is no other’s to see, and writes of theirs and reads of others are not in it', async () => {
    const { app, act, engagementId, read } = audit;
    await app.call('GET', '/v1/statements', { role: 'finance' });
    await act('threads', { kind: 'request', text: 'The plan of the meters' });
    const { body } = await read('/reads');
    const routes: string[] = body.items.map((one: { route: string }) => one.route);
    expect(routes.filter((route) => !route.startsWith('GET '))).toEqual([]);
    expect(
      body.items.filter((one: { keyId: string }) => one.keyId !== audit.auditor.keyId),
    ).toEqual([]);
    const path = `/v1/engagements/${engagementId}/reads`;
    for (const role of ['energy-manager', 'finance', 'admin', 'operator'] as const) {
      expect([role, (await app.call('GET', path, { role })).status]).toEqual([role, 403]);
    }
    const other = await app.call('GET', path, { role: 'auditor' });
    expect(other).toMatchObject({ status: 403, body: { code: 'engagement.not_its_auditor' } });
    const unknown = await read('/reads?before=01a00000-0000-7000-8000-000000000001');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'engagement.read_not_found' } });
  });

  it('cannot be edited or removed by the application', async () => {
    await keep();
    for (const sql of ['DELETE FROM auditor_read', `UPDATE auditor_read SET path = 'x'`]) {
      await expect(run(audit.app.database.appUrl, sql)).rejects.toThrow(/permission denied/);
    }
  });

  it('holds nobody up where it cannot be written, is told in health, and is written later', async () => {
    const { app, auditor } = audit;
    await keep();
    const before = await count();
    await run(app.database.adminUrl, 'ALTER TABLE auditor_read RENAME TO auditor_read_away');
    const answered = await app.call('GET', '/v1/statements', { key: auditor.key });
    expect(answered.status).toBe(200);
    expect(await keep()).toBe(false);
    expect((await health()).warnings).toContainEqual(
      expect.stringMatching(/What auditors read cannot be written down: 1 reads wait/),
    );
    await run(app.database.adminUrl, 'ALTER TABLE auditor_read_away RENAME TO auditor_read');
    expect(await keep()).toBe(true);
    expect((await health()).warnings).toEqual([]);
    expect(await count()).toBe(before + 1);
  });

  it('is all written when the server ends', async () => {
    const { app, auditor } = audit;
    await keep();
    const before = await count();
    await Promise.all(
      Array.from({ length: 5 }, () => app.call('GET', '/v1/ledger/head', { key: auditor.key })),
    );
    await app.nest.close();
    expect(await count()).toBe(before + 5);
  });
});
