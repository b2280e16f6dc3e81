import { rmdirSync } from 'node:fs';
import { endServers } from './cli.js';
import { fillUnderWrites } from './full-disk.js';
import { dataFolder } from './kills.js';
import { canMount, itWhere, mountSmall, unmount } from './where.js';

const SIZE_MIB = 220;

/** A disk that runs full that many times under a server that takes writes. */
export function fullDisk(cycles: number): void {
  describe(`a disk that is full ${cycles === 1 ? 'once' : `${cycles} times`}`, () => {
    const place = dataFolder('full');
    afterAll(() => {
      endServers();
      unmount(place);
      rmdirSync(place);
    });

    itWhere(canMount(), 'only root mounts a small disk', {
      name: 'loses nothing that was acknowledged, says 503, and goes on by itself when there is room',
      timeoutMs: 180_000 * cycles,
      body: async () => {
        expect(mountSmall(place, SIZE_MIB)).toBe(true);
        const { acknowledged, refusals, ...seen } = await fillUnderWrites(place, { cycles });
        process.stdout.write(`${acknowledged} writes acknowledged; ${refusals.join(', ')}\n`);
        expect(seen).toMatchObject({
          lost: [],
          verified: { code: 0 },
          recovered: Array.from({ length: cycles }, () => 200),
        });
        expect(refusals).toEqual(['503 service.unavailable']);
      },
    });
  });
}
