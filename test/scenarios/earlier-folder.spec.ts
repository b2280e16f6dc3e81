import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { serverIdentity } from '../../src/platform/database/binaries.js';
import { mizan } from '../support/cli.js';
import { untar } from '../support/untar.js';

describe('a data folder that an earlier build made', () => {
  it('is opened by the embedded server, carried forward, and holds', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mizan-earlier-'));
    try {
      const packed = readFileSync('fixtures/ledgers/52f3c5e-folder.tar.zst');
      untar(zstdDecompressSync(packed), folder);
      giveToServer(folder);
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

/** As root, the server runs as another user: the cluster is his, and he may enter. */
function giveToServer(folder: string): void {
  const { uid, gid } = serverIdentity();
  if (uid === undefined) return;
  chmodSync(folder, 0o755);
  const cluster = join(folder, 'postgres');
  chownSync(cluster, uid, gid!);
  for (const path of readdirSync(cluster, { recursive: true, encoding: 'utf8' })) {
    chownSync(join(cluster, path), uid, gid!);
  }
}
