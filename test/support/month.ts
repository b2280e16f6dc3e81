import { startApp, type TestApp } from './app.js';
import { certificatesCsv, createGrid, intervalsCsv } from './make.js';

const START = '2026-10-01T00:00:00Z';

/** The small grid with four hours of October: taken in, matched and stated. */
export async function startMonth(): Promise<TestApp> {
  const app = await startApp();
  await createGrid(app);
  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  await send(
    'intervals',
    intervalsCsv(START, 4, (_, hour) => 1_000 * (hour + 1)),
  );
  await send(
    'certificates',
    certificatesCsv(START, 4, () => 1_500),
  );
  const role = 'energy-manager';
  await app.call('POST', '/v1/import-profiles', {
    ...{ role, body: { code: 'SOURCE', name: 'A source', settings: {} } },
  });
  const rules = [{ validFromUtc: '2020-01-01T00:00:00Z', offsetMinutes: 0, instrument: 'test' }];
  await app.call('POST', '/v1/legal-times', { role, body: { code: 'XX', name: 'X', rules } });
  await app.call('POST', '/v1/matching-runs', { role, body: { month: '2026-10' } });
  await app.call('POST', '/v1/statements', { role, body: { kind: 'carbon', month: '2026-10' } });
  return app;
}
