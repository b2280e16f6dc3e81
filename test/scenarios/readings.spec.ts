import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type TestApp } from '../support/app.js';
import { mizan } from '../support/cli.js';
import { createGrid } from '../support/make.js';

describe('meter data at the terminal', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'mizan-readings-'));
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(async () => {
    await app.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const run = (...args: string[]) => {
    const settings = {
      DATABASE_URL: app.database.adminUrl,
      MIZAN_DATA_DIR: scratch,
      MIZAN_LEDGER: 'test',
    };
    const { code, stdout, stderr } = mizan([...args, '--json'], { settings });
    const answer: ReturnType<typeof JSON.parse> = stdout === '' ? null : JSON.parse(stdout);
    return { code, answer, stderr };
  };
  const file = (name: string, ...lines: string[]): string => {
    const path = join(scratch, name);
    writeFileSync(path, `meter,start,wh,quality\n${lines.join('\n')}\n`);
    return path;
  };

  it('goes from a preview over mended rows and decisions to readings that say where they come from', () => {
    const hours = Array.from({ length: 24 }, (_, at) => ({
      at,
      start: `2026-10-06T${String(at).padStart(2, '0')}:00:00Z`,
    }));
    const first = file(
      'day.csv',
      ...hours.map(
        ({ at, start }) =>
          `M-60,${start},${at === 9 ? 20_000_001 : 5_000_000 + at},${at === 5 ? 'FINE' : 'RAW'}`,
      ),
    );
    const preview = run('import', 'intervals', first, '--dry-run');
    expect(preview.answer).toMatchObject({
      state: 'previewed',
      preview: { newCount: 23, rejectedCount: 1, format: 'csv-long' },
    });
    const refused = run('import', 'intervals', first);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('import.rows_rejected'),
    ]);

    const rejects = join(scratch, 'bad.csv');
    const { previewHash } = preview.answer;
    const taken = run(
      'import',
      'intervals',
      first,
      '--set-aside',
      '--rejects',
      rejects,
      '--preview-hash',
      previewHash,
    );
    expect(taken.answer).toMatchObject({ newCount: 23, rejectedCount: 1 });
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('FINE', 'RAW'));
    expect(run('import', 'intervals', rejects).answer).toMatchObject({
      newCount: 1,
      rejectedCount: 0,
    });

    const validated = run('validate', '2026-10', '--meter', 'M-60');
    const capacity = validated.answer.findings.find(({ rule }: { rule: string }) => rule === 'V6');
    expect(capacity).toMatchObject({
      severity: 'suspect',
      measured: '20000001 Wh',
      threshold: '20000000 Wh',
      state: 'open',
    });
    const value = ['--value', `${hours[9]!.start}=5000009`];
    const decided = run(
      'decide',
      capacity.findingId,
      'override',
      '--reason',
      'Read again from the panel',
      ...value,
    );
    expect(decided.answer).toMatchObject({ state: 'overridden', decidedBy: 'cli' });
    const open = run('exceptions', '2026-10').answer.items.map(
      ({ findingId }: { findingId: string }) => findingId,
    );
    expect(open).not.toContain(capacity.findingId);
    expect(run('exceptions', '2026-10', '--all').answer.items.length).toBeGreaterThan(open.length);

    const now = run('readings', 'M-60', hours[9]!.start, hours[10]!.start).answer;
    expect([now.wh, now.quality]).toEqual([[5_000_009], ['EDITED']]);
    const then = run(
      'readings',
      'M-60',
      hours[9]!.start,
      hours[10]!.start,
      '--as-of',
      String(now.asOf - 1),
    ).answer;
    expect([then.wh, then.quality]).toEqual([[20_000_001], ['SUSPECT']]);
    const diff = run('diff', 'M-60', '2026-10-06').answer;
    expect(diff).toMatchObject({
      eventType: 'exception.decided',
      actor: 'cli',
      changes: [{ newWh: 5_000_009 }],
    });
    expect(
      run('diff', 'M-60', '2026-10-06', '--from', '0', '--to', '1').answer.changes[1],
    ).toMatchObject({ fileName: 'day.csv', line: 3 });

    const gap = file('gap.csv', `M-60,${hours[12]!.start},,MISSING`);
    expect(run('import', 'intervals', gap).answer).toMatchObject({ changedCount: 1 });
    const { estimates } = run('estimate', '2026-10', '--meter', 'M-60').answer;
    expect(estimates).toMatchObject([
      { method: 'linear', from: hours[12]!.start, wh: [5_000_012] },
    ]);
    expect(run('losses', 'M-60', '2026-10').answer).toMatchObject({
      children: [],
      completeHours: 24,
    });

    const { items } = run('jobs').answer;
    expect(items.map(({ state }: { state: string }) => state)).toEqual([
      'committed',
      'committed',
      'committed',
      'refused',
      'previewed',
    ]);
    expect(run('cancel', items[4].jobId).answer).toMatchObject({ state: 'discarded' });
    expect(run('verify-ledger').code).toBe(0);
  });

  it('finds the profile of a file, asks for its zone, writes it, keeps it, and reads the file by it', () => {
    const exported = 'fixtures/exports/i-de/in.csv';
    const asked = run('profile', 'guess', exported, '--save', 'I-DE');
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('/options/zone')]);
    const out = join(scratch, 'profile.json');
    const how = ['--zone', 'Europe/Madrid', '--date-order', 'DMY'];
    const { code, answer } = run(
      'profile',
      'guess',
      exported,
      ...how,
      '--out',
      out,
      '--save',
      'I-DE',
    );
    expect([code, answer]).toMatchObject([0, { savedAs: 'I-DE', writtenTo: out, rowCount: 48 }]);
    expect(answer.rows[0]).toMatchObject({ line: 2, start: '2026-10-04T22:00:00Z' });
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(answer.profile);
    expect(run('show', 'import-profile', 'I-DE').answer.settings).toMatchObject(
      answer.profile.settings,
    );
    const imported = run('import', 'intervals', exported, '--profile', 'I-DE', '--meter', 'M-60');
    expect(imported.answer).toMatchObject({ rowCount: 48, rejectedCount: 0, outdatedCount: 0 });
  });
});
