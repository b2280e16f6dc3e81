import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';
import { sendRandomRequests } from '../support/random-requests.js';

const { MIZAN_SOAK_SEED: given, MIZAN_SOAK_REQUESTS: asked } = process.env;
const GROWTH_BYTES = 1_500 * 1024 * 1024;

describe('fifty thousand random requests', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  it('are answered without a failure of ours', async () => {
    const seed = Number(given ?? process.hrtime()[1]);
    const count = Number(asked ?? 50_000);
    process.stdout.write(`seed ${seed}: MIZAN_SOAK_SEED=${seed} sends the same again\n`);
    const before = process.memoryUsage().rss;
    const { faults, slowestMs, statuses } = await sendRandomRequests(app, {
      seed,
      count,
      isLoud: true,
    });
    const grownMb = Math.round((process.memoryUsage().rss - before) / 1024 / 1024);
    const told = [...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, times]) => `${status}: ${times}`);
    process.stdout.write(
      `${told.join(', ')}; slowest ${Math.round(slowestMs)} ms; +${grownMb} MB\n`,
    );
    expect({ seed, faults }).toEqual({ seed, faults: [] });
    expect(grownMb * 1024 * 1024).toBeLessThan(GROWTH_BYTES);
    expect((await app.call('GET', '/health/ready')).status).toBe(200);
  });
});
