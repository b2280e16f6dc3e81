import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { REPLAYS } from '../../src/features/ledger/replay/replay.port.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { CONFIG, type Config, readConfig } from '../../src/platform/config.js';
import { Lanes } from '../../src/platform/database/lanes.js';
import { FileStore } from '../../src/platform/files/file-store.js';
import type { TestApp } from '../support/app.js';
import { rows, run } from '../support/database.js';
import { startMonth } from '../support/month.js';
import { NO_RATES } from '../support/rates.js';

describe('verification', () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await startMonth();
    folder = join(app.nest.get<Config>(CONFIG).dataDir, 'files');
  });
  afterAll(() => app.close());

  const verify = async (query = '') =>
    (await app.call('GET', `/v1/ledger/verification${query}`, { role: 'auditor' })).body;
  const pathOf = async (kind: string): Promise<string> => {
    const [row] = await rows<{ file_sha256: string }>(
      app.database.adminUrl,
      `SELECT file_sha256 FROM import_file WHERE kind = '${kind}' ORDER BY recorded_at LIMIT 1`,
    );
    return join(folder, row!.file_sha256);
  };

  it('hashes every kept file again when asked, and only then', async () => {
    expect(await verify()).toMatchObject({ faults: [], fileCount: null });
    const { faults, fileCount } = await verify('?files=true');
    expect({ faults, isEach: fileCount <= readdirSync(folder).length }).toEqual({
      faults: [],
      isEach: true,
    });
    expect(fileCount).toBeGreaterThan(5);
  });

  it('hashes files after its transaction, however long that takes', async () => {
    const [store, lane] = [app.nest.get(FileStore), app.nest.get(Lanes).of('whole')];
    const open = store.open.bind(store);
    const heldCounts: number[] = [];
    store.open = (...file) => {
      heldCounts.push(lane.counts.total - lane.counts.idle);
      return open(...file);
    };
    const { faults, fileCount } = await verify('?files=true');
    store.open = open;
    expect(faults).toEqual([]);
    expect(heldCounts).toEqual(Array.from({ length: fileCount }, () => 0));
  });

  it('knows every table, or the application does not start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mizan-app-'));
    const config = readConfig({ ...NO_RATES, MIZAN_DATA_DIR: dataDir });
    const module = await Test.createTestingModule({
      imports: [AppModule.on(app.database.appUrl, config)],
    })
      .overrideProvider(REPLAYS)
      .useValue(() => [])
      .compile();
    await expect(module.init()).rejects.toThrow(/nobody says what is known of .*ledger_event/);
    await module.close();
    rmSync(dataDir, { recursive: true });
  });

  it('that fails does not say what it cannot know: what to look for, and how to ask again', async () => {
    const verification = app.nest.get(VerificationService);
    const real = verification.verify.bind(verification);
    verification.verify = () => Promise.reject(new Error('a fault of ours'));
    const { title, traceId, ...rest } = await verify();
    verification.verify = real;
    expect(rest).toEqual({ type: 'about:blank', status: 500 });
    expect(title).toMatch(/Look whether .* was done.*Idempotency-Key.*traceId/);
    expect(title).not.toContain('nothing was changed');
    expect(traceId).toEqual(expect.any(String));
  });

  it('names a file that is gone, and one that is another, with their events', async () => {
    const [gone, other] = [await pathOf('intervals'), await pathOf('certificates')];
    const [kept, before] = [readFileSync(gone), readFileSync(other)];
    rmSync(gone);
    writeFileSync(other, `${before.toString()}\n`);
    expect((await verify()).faults).toEqual([]);
    const { faults } = await verify('?files=true');
    writeFileSync(gone, kept);
    writeFileSync(other, before);
    const said = faults.map(({ detail }: { detail: string }) => detail);
    expect(said).toHaveLength(2);
    expect(said).toContainEqual(expect.stringMatching(/is gone/));
    expect(said).toContainEqual(expect.stringMatching(/is not the one/));
    const places = faults.map(({ seq }: { seq: number }) => seq);
    expect(places).toEqual(places.toSorted((a: number, b: number) => a - b));
    expect(places.map((seq: unknown) => typeof seq)).toEqual(['number', 'number']);
  });

  it('follows no path that somebody wrote for a hash', async () => {
    const edit = (name: string): Promise<void> =>
      run(
        app.database.adminUrl,
        `SET session_replication_role = replica;
         ALTER TABLE supplier_invoice DROP CONSTRAINT IF EXISTS supplier_invoice_hash_is_sha256;
         ALTER TABLE supplier_invoice DROP CONSTRAINT IF EXISTS supplier_invoice_file_is_sha256;
         UPDATE supplier_invoice SET file_sha256 = '${name}'`,
      );
    const [{ file_sha256: name }] = (await rows<{ file_sha256: string }>(
      app.database.adminUrl,
      'SELECT file_sha256 FROM supplier_invoice',
    )) as [{ file_sha256: string }];
    const checks = await rows<{ name: string }>(
      app.database.adminUrl,
      `SELECT conname AS name FROM pg_constraint
       WHERE conrelid = 'mizan.supplier_invoice'::regclass AND contype = 'c'`,
    );
    for (const check of checks) {
      await run(
        app.database.adminUrl,
        `ALTER TABLE supplier_invoice DROP CONSTRAINT ${check.name}`,
      );
    }
    await edit('../../etc/passwd');
    const { faults } = await verify('?files=true');
    await edit(name);
    expect(faults.map(({ check }: { check: string }) => check)).toEqual(['row_root', 'file']);
  });

  it('runs once for all who ask while it runs', async () => {
    const verification = app.nest.get(VerificationService);
    const asked = Array.from({ length: 20 }, () => verification.verify(app.ledgerId));
    expect(new Set(asked).size).toBe(1);
    expect((await asked[0]!).fault).toBeNull();
    expect(verification.verify(app.ledgerId)).not.toBe(asked[0]);
    await verification.verify(app.ledgerId);
  });
});
