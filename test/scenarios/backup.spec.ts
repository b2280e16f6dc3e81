import { cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  backUpUnderWrites,
  filesOf,
  killBackups,
  killRestores,
  refusal,
  unseenDamage,
} from '../support/backups.js';
import { endServers, mizan } from '../support/cli.js';
import {
  dataFolder,
  postmasterOf,
  preparedFolder,
  serveOn,
  settingsOf,
  urlOf,
} from '../support/kills.js';

// The long form, with every file damaged and moments that nobody chose, is test/soak/backup.soak.ts.
const SEED = 20_261_128;
const scratch = dataFolder('backup');
const dataDir = join(scratch, 'data');
const folder = join(scratch, 'backups', 'first');
const settings = settingsOf(dataDir);
let key = '';
const refused = (code: string): unknown => expect.stringContaining(`Refused: ${code}`);

afterAll(() => {
  endServers();
  rmSync(scratch, { recursive: true, force: true });
});

describe('a backup of a folder that is served', () => {
  it('holds every write from before it began, and is restored to the same log', async () => {
    expect(mizan(['backup', folder], { settings }).stderr).toEqual(refused('backup.nothing_there'));
    preparedFolder(dataDir);
    // A volume that is not mounted is not made up for.
    const away = mizan(['backup', folder], { settings });
    expect([away.code, away.stderr]).toEqual([2, expect.stringContaining('is not there')]);
    expect(existsSync(join(scratch, 'backups'))).toBe(false);
    mkdirSync(join(scratch, 'backups'));
    const seen = await backUpUnderWrites(dataDir, { folder, into: join(scratch, 'restored') });
    expect(seen).toMatchObject({ codes: [0, 0], lost: [], isReady: true, isWritable: true });
    key = seen.key;
    expect(seen.heads[0]).toBe(seen.heads[1]);
    // Where no marker was, the ends that the backup knows are one now.
    expect(existsSync(join(scratch, 'restored', 'heads.json'))).toBe(true);
    expect(seen.meanwhile).toBeGreaterThan(0);
    expect(seen.text).toContain('It holds.');
  }, 240_000);

  it('is for its owner alone, and brings kept files and every ledger with it', () => {
    const [upload, kept, ...others] = filesOf(join(folder, 'data', 'files'));
    expect([upload, kept, others]).toEqual([
      expect.stringMatching(/^\.incoming\/[^/]+\/[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
      [],
    ]);
    const restored = filesOf(join(scratch, 'restored', 'files'));
    expect(restored).toEqual([upload, kept]);
    for (const path of filesOf(folder)) {
      expect([path, statSync(join(folder, path)).mode & 0o777]).toEqual([path, 0o600]);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const second = join(scratch, 'backups', 'second');
    const taken = mizan(['backup', second, '--json'], { settings });
    // The server did not run: the command started it, and stopped it again.
    expect([taken.code, postmasterOf(dataDir)]).toEqual([0, null]);
    expect(Object.values(JSON.parse(taken.stdout).ledgers)).toMatchObject([
      { name: 'main' },
      { name: 'other' },
    ]);
  });

  it('is never made over anything, nor inside of the database', () => {
    const before = filesOf(folder);
    const over = mizan(['backup', folder], { settings });
    expect([over.code, over.stderr]).toEqual([1, refused('backup.place_taken')]);
    expect(filesOf(folder)).toEqual(before);
    for (const place of [join(dataDir, 'postgres', 'b'), join(dataDir, 'b')]) {
      const inside = mizan(['backup', place], { settings });
      expect([inside.code, inside.stderr]).toEqual([1, refused('backup.place_taken')]);
      expect(existsSync(place)).toBe(false);
    }
  });

  it('is refused for a server that is not ours', () => {
    const other = { ...settings, DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' };
    for (const act of ['backup', 'restore']) {
      const { code, stderr } = mizan([act, join(scratch, 'none')], { settings: other });
      expect([code, stderr]).toEqual([1, refused('backup.not_ours')]);
    }
  });

  it('is whole under its name or not there when it is killed', async () => {
    const options = { folder: join(scratch, 'backups', 'killed'), count: 1, seed: SEED };
    expect(await killBackups(dataDir, options)).toEqual([]);
  }, 120_000);
});

describe('a restore', () => {
  it(`refuses a backup with a damaged byte by the name of the file (seed ${SEED})`, async () => {
    const all = filesOf(folder);
    const isKind = (kind: RegExp) => all.find((path) => kind.test(path))!;
    const kinds = [
      /^manifest\.json$/,
      /^manifest\.sha256$/,
      /secrets\.json$/,
      /\/files\/\w/,
      /backup_label$/,
      /pg_wal\//,
      /base\/\d+\/\d+$/,
    ].map(isKind);
    expect(kinds).not.toContain(undefined);
    const options = { into: join(scratch, 'damaged'), seed: SEED };
    expect(await unseenDamage(folder, kinds, options)).toEqual([]);
  });

  it('refuses a backup that is not whole', async () => {
    const cut = join(scratch, 'cut');
    const into = join(scratch, 'from-cut');
    for (const path of ['manifest.json', 'manifest.sha256', 'data/postgres/PG_VERSION']) {
      cpSync(folder, cut, { recursive: true });
      rmSync(join(cut, path));
      const told = await refusal(cut, into);
      expect(told).toMatch(path.startsWith('manifest') ? /^backup\.unreadable/ : /is missing/);
      rmSync(cut, { recursive: true });
    }
    const { code, stderr } = mizan(['restore', scratch, '--into', into], { settings });
    expect([code, stderr]).toEqual([2, refused('backup.unreadable')]);
    expect(existsSync(into)).toBe(false);
  });

  it('never writes over a folder that lives, nor over other passwords and files', async () => {
    const before = filesOf(join(dataDir, 'postgres'));
    const { code, stderr } = mizan(['restore', folder], { settings });
    expect([code, stderr]).toEqual([1, refused('restore.place_taken')]);
    expect(filesOf(join(dataDir, 'postgres'))).toEqual(before);
    const second = join(scratch, 'backups', 'second');
    const kept = filesOf(second)
      .find((path) => /^data\/files\/\w/.test(path))!
      .slice('data/'.length);
    for (const path of ['postgres.secrets.json', kept]) {
      const into = join(scratch, 'taken');
      mkdirSync(join(into, 'files'), { recursive: true });
      writeFileSync(join(into, path), 'another');
      expect(await refusal(folder, into)).toContain(join(into, path));
      expect(filesOf(into)).toEqual([path]);
      rmSync(into, { recursive: true });
    }
  });

  it('puts a lost database back beside what is left of its folder', () => {
    const second = join(scratch, 'backups', 'second');
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    const lost = mizan(['verify-ledger'], { settings });
    expect([lost.code, lost.stderr]).toEqual([1, expect.stringContaining('restore a backup')]);
    const { code, stdout } = mizan(['restore', second, '--json'], { settings });
    const { holds, ledgers } = JSON.parse(stdout);
    expect([code, holds]).toEqual([0, true]);
    expect(ledgers).toMatchObject([
      { name: 'main', missing: null, verification: { fault: null, fileCount: 1 } },
      { name: 'other', missing: null, verification: { fault: null, fileCount: 0 } },
    ]);
  });

  it('of an older backup ends behind the marker: it is read, and takes nothing in', async () => {
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    const { code, stdout } = mizan(['restore', folder], { settings });
    expect([code, stdout]).toEqual([1, expect.stringContaining('check marker')]);
    expect(stdout).toContain('mizan resume');
    const server = await serveOn(dataDir);
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const path = `${urlOf(server)}/v1/api-keys`;
    expect((await fetch(path, { headers })).status).toBe(200);
    const body = JSON.stringify({ name: 'behind', role: 'auditor', expiresAt: null });
    const refusedWrite = await fetch(path, { method: 'POST', headers, body });
    expect([refusedWrite.status, await refusedWrite.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'ledger.behind_checkpoint' }),
    ]);
    server.child.kill('SIGTERM');
    await server.ended;
    rmSync(join(dataDir, 'files'), { recursive: true });
    const found = mizan(['verify-ledger', '--files'], { settings });
    expect([found.code, found.stdout]).toEqual([1, expect.stringContaining('check file')]);
  });

  it('that was killed leaves no half of a database, and is run again', async () => {
    const options = { into: join(scratch, 'killed'), count: 1, seed: SEED };
    expect(await killRestores(folder, options)).toEqual([]);
  }, 120_000);
});
