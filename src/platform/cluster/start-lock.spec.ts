import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeStartLock } from './start-lock.js';
import { writtenMark } from './users.js';

describe('the lock of a process that is gone', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mizan-lock-'));
  const files = (): readonly string[] => readdirSync(dataDir).toSorted();
  // This test's own number, with another start.
  const gone = `${process.pid} boot:1 1:1`;
  beforeEach(() => symlinkSync(gone, join(dataDir, 'postgres.lock')));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  it('is taken away, and nothing of it is left', async () => {
    const release = await takeStartLock(dataDir);
    expect(files()).toEqual(['postgres.lock']);
    release();
    expect(files()).toEqual([]);
  });

  it('is taken away by one process at a time: the others wait for it', async () => {
    symlinkSync(writtenMark(dataDir), join(dataDir, 'postgres.lock.away'));
    await expect(takeStartLock(dataDir, { withinMs: 200 })).rejects.toThrow(
      `Process ${process.pid}`,
    );
    expect(files()).toEqual(['postgres.lock', 'postgres.lock.away']);
    rmSync(join(dataDir, 'postgres.lock.away'));
    (await takeStartLock(dataDir))();
    expect(files()).toEqual([]);
  });

  it('is taken away after all where who was at it was killed', async () => {
    symlinkSync(gone, join(dataDir, 'postgres.lock.away'));
    (await takeStartLock(dataDir))();
    expect(files()).toEqual([]);
  });
});
