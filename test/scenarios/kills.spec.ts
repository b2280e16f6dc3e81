import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { endServers } from '../support/cli.js';
import {
  dataFolder,
  killFirstStarts,
  killUnderWrites,
  preparedFolder,
  type Victim,
} from '../support/kills.js';

// The long form, with moments that nobody chose, is test/soak/kills.soak.ts.
const EACH = 1;
const FIRST_STARTS = 2;
const SEED = 20_261_126;

describe('processes that are killed under writes', () => {
  const scratch = dataFolder('kills');
  afterAll(() => {
    endServers();
    rmSync(scratch, { recursive: true, force: true });
  });

  it.each<Victim>(['server', 'database', 'both'])(
    'leaves every acknowledged write where the victim is: %s',
    async (victim) => {
      const dataDir = preparedFolder(join(scratch, victim));
      const options = { victim, count: EACH, seed: SEED, dataDir };
      const { acknowledged, ...seen } = await killUnderWrites(options);
      expect(seen).toMatchObject({ lost: [], verified: { code: 0 }, isLeft: false });
      expect(acknowledged).toBeGreaterThan(0);
    },
    120_000,
  );

  it('begins first starts that were killed anew, by itself', async () => {
    expect(await killFirstStarts({ count: FIRST_STARTS, seed: SEED })).toEqual([]);
  }, 120_000);
});
