import { verifyEvidence } from '../../src/core/evidence/verify-evidence.js';
import type { TestApp } from '../support/app.js';
import { startMonth } from '../support/month.js';

describe('a month with estimated readings', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startMonth();
  });
  afterAll(() => app.close());

  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });

  it('is matched again in the touched hours only, and its evidence verifies away from the ledger', async () => {
    // 02:00Z of both meters is taken back, and then estimated over the gap.
    const items = [{ meter: 'M-60', start: '2026-10-01T02:00:00Z', wh: null, quality: 'MISSING' }];
    expect((await post('readings', { items })).body).toMatchObject({ changedCount: 1 });
    const stretch = {
      from: '2026-10-01T00:00:00Z',
      to: '2026-10-01T04:00:00Z',
      meterCodes: ['M-60'],
    };
    const estimated = await post('estimations', stretch);
    expect(estimated.body.estimates).toMatchObject([{ method: 'linear', wh: [3_000] }]);
    // The estimate says what was measured before: nothing is to be matched anew, but its quality is known.
    const run = await post('matching-runs', { month: '2026-10' });
    expect(run.body).toMatchObject({ isNew: true, touchedHours: 0 });
    const next = await post('statements', { kind: 'carbon', month: '2026-10' });
    expect(next.body).toMatchObject({ isNew: true, version: 2 });
    const { body: evidence } = await app.call('GET', '/v1/evidence?month=2026-10', {
      role: 'auditor',
    });
    const checks = verifyEvidence(evidence);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    const cut = {
      ...evidence,
      events: evidence.events.map((one: { payload: string; rows: string[] | null }) =>
        one.payload.includes('readings.estimated') && one.rows !== null
          ? { ...one, rows: one.rows.map((row: string) => row.replace('3000', '3001')) }
          : one,
      ),
    };
    expect(verifyEvidence(cut).some(({ ok }) => !ok)).toBe(true);
  });
});
