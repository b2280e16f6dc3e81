import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  backUpUnderWrites,
  filesOf,
  killBackups,
  killRestores,
  unseenDamage,
} from '../support/backups.js';
import { endServers } from '../support/cli.js';
import { dataFolder } from '../support/kills.js';

const { MIZAN_SOAK_SEED: given, MIZAN_SOAK_KILLS: asked } = process.env;
const seed = Number(given ?? process.hrtime()[1]);
const count = Number(asked ?? 50);
const ROUNDS = 10;

describe('backups of folders that are served', () => {
  const scratch = dataFolder('backup-soak');
  const place = (name: string): string => join(scratch, name);
  beforeAll(() => {
    process.stdout.write(`seed ${seed}: MIZAN_SOAK_SEED=${seed} draws the same moments again\n`);
  });
  afterAll(() => {
    endServers();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('are restored to the same log, each time', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [folder, into] = [place(`backup-${round}`), place(`into-${round}`)];
      const seen = await backUpUnderWrites(place(`data-${round}`), { folder, into });
      expect(seen).toMatchObject({ codes: [0, 0], lost: [], isReady: true, isWritable: true });
      expect(seen.heads[0]).toBe(seen.heads[1]);
      process.stdout.write(`round ${round}: ${seen.meanwhile} writes meanwhile\n`);
      for (const done of [into, ...(round === 0 ? [] : [folder, place(`data-${round}`)])]) {
        rmSync(done, { recursive: true });
      }
    }
  });

  it('are refused with one byte of any of their files damaged', async () => {
    const folder = place('backup-0');
    const paths = filesOf(folder);
    expect(paths.length).toBeGreaterThan(1_000);
    expect(await unseenDamage(folder, paths, { into: place('damaged'), seed })).toEqual([]);
    expect(existsSync(place('damaged'))).toBe(false);
  });

  it('are whole or not there when they are killed, and so is what is restored', async () => {
    const options = { count, seed };
    expect(await killBackups(place('data-0'), { ...options, folder: place('killed') })).toEqual([]);
    expect(await killRestores(place('backup-0'), { ...options, into: place('again') })).toEqual([]);
  });
});
