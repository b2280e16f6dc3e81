import { copyFileSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endServers, mizan, serveUntil } from '../support/cli.js';
import { dataFolder, settingsOf, urlOf } from '../support/kills.js';

const scratch = dataFolder('marker');
afterAll(() => {
  endServers();
  rmSync(scratch, { recursive: true, force: true });
});

describe('a ledger whose database is not the one that was', () => {
  const dataDir = join(scratch, 'data');
  const markerDir = join(scratch, 'marker');
  const cluster = join(dataDir, 'postgres');
  const settings = { MIZAN_MARKER_DIR: markerDir };
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    mizan(args, { settings: { ...settingsOf(dataDir), ...settings, ...more } });
  const keyFile = (name: string): string => join(scratch, `${name}.key`);
  const organisation = (code: string): string => {
    const file = join(scratch, `${code}.json`);
    writeFileSync(file, JSON.stringify({ code, name: code, country: 'MA' }));
    return file;
  };

  it('is refused a start without the folder of its marker', () => {
    const { code, stderr } = run(['list', 'site']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('MIZAN_MARKER_DIR')]);
    expect(stderr).toContain('mount it');
    mkdirSync(markerDir);
  });

  it('is read and takes nothing in after an older copy came back, until two admins resume it', async () => {
    const opened = run(['open', 'main', '--json']);
    writeFileSync(keyFile('second'), JSON.parse(opened.stdout).adminKey, { mode: 0o600 });
    const issue = ['key', 'issue', '--role', 'admin', '--name', 'first', '--out', keyFile('first')];
    expect(run(issue).code).toBe(0);
    run(['create', 'organisation', organisation('ONE')]);
    cpSync(cluster, join(scratch, 'older'), { recursive: true, preserveTimestamps: true });
    expect(run(['create', 'organisation', organisation('TWO')]).code).toBe(0);
    rmSync(cluster, { recursive: true });
    renameSync(join(scratch, 'older'), cluster);

    const served = await serveUntil(/Mizan serves (http:\S+)/, {
      ...settingsOf(dataDir),
      ...settings,
      LOG_LEVEL: 'warn',
    });
    const { child, ended, output } = served;
    expect(output()).toContain('takes nothing in');
    const ready = (await (await fetch(`${urlOf(served)}/health/ready`)).json()) as {
      warnings: string[];
    };
    expect(ready.warnings[0]).toContain('are missing');
    child.kill('SIGTERM');
    await ended;

    expect(run(['list', 'organisation']).stdout).toContain('ONE');
    const refused = run(['create', 'organisation', organisation('THREE')]);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('ledger.behind_checkpoint'),
    ]);
    expect(run(['verify-ledger']).stdout).toContain('check marker');
    const [first, second] = ['first', 'second'].map((name) => ({ MIZAN_KEY_FILE: keyFile(name) }));
    expect(run(['resume', '--reason', 'an older copy'], first).stdout).toContain('Asked to go on');
    expect(run(['resume', '--confirm'], first).stderr).toContain('ledger.own_resumption');
    expect(run(['resume', '--confirm'], second).stdout).toContain('Declared lost');
    expect(run(['create', 'organisation', organisation('THREE')]).code).toBe(0);
    expect(run(['verify-ledger']).stdout).toContain('were lost and declared on');
  });

  it('is refused where another cluster, or an empty volume, stands in its place', () => {
    const other = join(scratch, 'other');
    mizan(['open', 'another'], { settings: settingsOf(other) });
    renameSync(cluster, join(scratch, 'mine'));
    renameSync(join(other, 'postgres'), cluster);
    renameSync(join(dataDir, 'postgres.secrets.json'), join(scratch, 'mine.secrets'));
    renameSync(join(other, 'postgres.secrets.json'), join(dataDir, 'postgres.secrets.json'));
    const { code, stderr } = run(['list', 'organisation']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('it is another cluster')]);
    expect(stderr).toContain('main (');
    // Moved to a folder of its own, and nowhere but beside the data yet: it counts all the same.
    const moved = join(scratch, 'moved');
    mkdirSync(moved);
    copyFileSync(join(markerDir, 'heads.json'), join(dataDir, 'heads.json'));
    const elsewhere = run(['list', 'organisation'], { MIZAN_MARKER_DIR: moved });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([1, stderr.replaceAll(markerDir, dataDir)]);
    rmSync(join(dataDir, 'heads.json'));
    const empty = join(scratch, 'empty');
    const unmounted = mizan(['list', 'organisation'], {
      settings: { ...settingsOf(empty), ...settings },
    });
    expect([unmounted.code, unmounted.stderr]).toEqual([1, expect.stringContaining('is missing')]);
  });

  it('is refused with a marker that cannot be read', () => {
    writeFileSync(join(markerDir, 'heads.json'), '{"format":"mizan/heads/1","ledgers":');
    const { code, stderr } = run(['list', 'organisation']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot be read')]);
  });
});
