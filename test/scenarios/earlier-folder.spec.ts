import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { mizan } from '../support/cli.js';
import { untar } from '../support/untar.js';

describe('a data folder that an earlier build made', () => {
  it('is opened by the embedded server, carried forward, and holds', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mizan-earlier-'));
    try {
      const packed = readFileSync('fixtures/ledgers/52f3c5e-folder.tar.zst');
      untar(zstdDecompressSync(packed), folder);
      // Unpacked by root it is root's: the start gives the cluster to the user that its server runs as.
      chmodSync(folder, 0o755);
      const settings = { MIZAN_DATA_DIR: folder, MIZAN_LEDGER: 'demo' };
      for (const _ of ['the first time', 'and again']) {
        const { code, stdout, stderr } = mizan(['verify-ledger'], { settings });
        expect({ code, stdout, stderr }).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('The ledger holds: 32 events'),
        });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
