import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { terminal } from '../support/cli.js';

const NODE = resolve('node_modules/.bin/node');
const scratch = mkdtempSync(join(tmpdir(), 'mizan-built-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const run = (args: readonly string[], cwd = process.cwd()) =>
  spawnSync(NODE, args, { cwd, encoding: 'utf8', env: terminal({}) });

describe('a build', () => {
  it('is not made again from the same files', () => {
    const before = statSync('dist/bin/cli.js').mtimeMs;
    const { status, stderr } = run(['.build/build.ts']);
    expect([status, stderr, statSync('dist/bin/cli.js').mtimeMs]).toEqual([0, '', before]);
  });

  it('can be run by its name, so that npx has nothing to build or fetch', () => {
    expect(readlinkSync('node_modules/.bin/mizan')).toBe('../../dist/bin/cli.js');
    expect(statSync('dist/bin/cli.js').mode & 0o111).toBe(0o111);
    expect(readFileSync('dist/bin/cli.js', 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it.each(['cli.js', 'main.js'])('%s says in one line that Node is too old', (door) => {
    const older = 'Object.defineProperty(process.versions, "node", { value: "20.19.0" })';
    const aged = ['--import', `data:text/javascript,${encodeURIComponent(older)}`];
    const { status, stdout, stderr } = run([...aged, `dist/bin/${door}`, 'list', 'site']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Mizan needs Node\.js 22\.12 or newer, and this is 20\.19\.0: .*\n$/);
  });
});

describe('an installation without what only development needs', () => {
  const prepared = (name: string, parts: readonly string[]) => {
    const folder = join(scratch, name);
    mkdirSync(folder);
    for (const part of ['package.json', '.build', ...parts]) {
      cpSync(part, join(folder, part), { recursive: true });
    }
    return { folder, ...run(['.build/prepare.mjs'], folder) };
  };

  it('runs what was built before', () => {
    const { folder, status, stderr } = prepared('with', ['dist/bin']);
    expect([status, stderr]).toEqual([0, '']);
    const { stdout } = run(['node_modules/.bin/mizan', 'help', 'key.not_pending'], folder);
    expect(stdout).toContain('key.not_pending');
  });

  it('says so where nothing was', () => {
    const { folder, status, stderr } = prepared('without', []);
    expect([status, stderr]).toEqual([1, expect.stringContaining('is not built here')]);
    expect(existsSync(join(folder, 'node_modules'))).toBe(false);
  });
});
