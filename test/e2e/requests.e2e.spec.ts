import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';
import { sendRandomRequests } from '../support/random-requests.js';

const SEED = 20_261_126;
const GROWTH_BYTES = 600 * 1024 * 1024;

describe('random requests', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  it('are answered, whatever they hold, and never by a failure of ours', async () => {
    const before = process.memoryUsage().rss;
    const { faults, statuses } = await sendRandomRequests(app, { seed: SEED, count: 800 });
    expect({ seed: SEED, faults }).toEqual({ seed: SEED, faults: [] });
    // A walk that only ever hears 400 tests nothing behind the schemas.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 400, 404, 415, 422]));
    expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH_BYTES);
    expect((await app.call('GET', '/health/ready')).status).toBe(200);
  });

  it.each([
    ['a million open brackets', '['.repeat(1_000_000)],
    ['half a million pairs of brackets', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['objects without end', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`],
  ])('refuse %s', async (_, body) => {
    const call = { role: 'energy-manager', body } as const;
    const { status, type } = await app.call('POST', '/v1/contracts', call);
    expect([status, type]).toEqual([400, expect.stringContaining('application/problem+json')]);
  });
});
