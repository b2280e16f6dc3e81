import { endServers } from '../support/cli.js';
import { killFirstStarts, killUnderWrites, type Victim } from '../support/kills.js';

// The long form, with moments that nobody chose, is test/soak/kills.soak.ts.
const COUNT = 3;
const SEED = 20_261_126;

describe('processes that are killed under writes', () => {
  afterAll(() => endServers());

  it.each<Victim>(['server', 'database', 'both'])(
    'leaves every acknowledged write where the victim is: %s',
    async (victim) => {
      const { acknowledged, ...seen } = await killUnderWrites({ victim, count: COUNT, seed: SEED });
      expect(seen).toMatchObject({ lost: [], verified: { code: 0 }, isLeft: false });
      expect(acknowledged).toBeGreaterThan(0);
    },
    120_000,
  );

  it('begins first starts that were killed anew, by itself', async () => {
    expect(await killFirstStarts({ count: COUNT, seed: SEED })).toEqual([]);
  }, 120_000);
});
