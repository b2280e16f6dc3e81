import { endServers } from '../support/cli.js';
import { killFirstStarts, killUnderWrites, type Victim } from '../support/kills.js';

const { MIZAN_SOAK_SEED: given, MIZAN_SOAK_KILLS: asked } = process.env;
const seed = Number(given ?? process.hrtime()[1]);
const count = Number(asked ?? 50);

describe('processes that are killed at random moments', () => {
  beforeAll(() => {
    process.stdout.write(`seed ${seed}: MIZAN_SOAK_SEED=${seed} draws the same moments again\n`);
  });
  afterAll(() => endServers());

  it.each<Victim>(['server', 'database', 'both'])(
    'loses no write that was acknowledged when the %s is killed',
    async (victim) => {
      const { acknowledged, lost, verified, isLeft } = await killUnderWrites({
        victim,
        count,
        seed,
      });
      process.stdout.write(`${victim}: ${count} kills, ${acknowledged} writes acknowledged\n`);
      expect({ seed, lost, verified, isLeft }).toMatchObject({
        seed,
        lost: [],
        verified: { code: 0 },
        isLeft: false,
      });
      expect(acknowledged).toBeGreaterThan(count);
    },
  );

  it('begins every killed first start anew by itself', async () => {
    expect({ seed, faults: await killFirstStarts({ count, seed }) }).toEqual({ seed, faults: [] });
  });
});
