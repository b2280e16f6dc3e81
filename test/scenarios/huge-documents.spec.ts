import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { terminal } from '../support/cli.js';

const MEGABYTES = 100;
const MEMORY_KB = 1_000_000;
const SLOW_MS = 60_000;

/** Documents by what is wrong with them: how they begin, and what of them is repeated. */
const DOCUMENTS = {
  brackets: ['', '['],
  objects: ['', '{"a":'],
  'one text': ['"', 'x'],
  'a long list': ['[0', ',0'],
  'lists in a list': ['[[]', ',[]'],
  'no JSON': ['', 'x'],
} as const;
type Kind = keyof typeof DOCUMENTS;

describe('documents of a hundred megabytes', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mizan-huge-'));
    for (const [kind, [start, again]] of Object.entries(DOCUMENTS)) {
      const file = openSync(fileOf(kind as Kind), 'w');
      writeSync(file, start);
      const chunk = again.repeat(Math.floor(1_000_000 / again.length));
      for (let count = 0; count < MEGABYTES; count += 1) writeSync(file, chunk);
      closeSync(file);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const fileOf = (kind: Kind): string => join(folder, `${kind.replaceAll(' ', '-')}.json`);

  /** Runs a command and says how it ended and how much memory it took, kB. */
  const run = (args: readonly string[], input: Kind | null) => {
    const startMs = performance.now();
    const stdin = input === null ? 'ignore' : openSync(fileOf(input), 'r');
    const { status, stderr } = spawnSync(
      resolve('node_modules/.bin/node'),
      ['--import', resolve('test/support/peak-memory.mjs'), resolve('dist/bin/cli.js'), ...args],
      { env: terminal({}), encoding: 'utf8', stdio: [stdin, 'ignore', 'pipe'] },
    );
    if (typeof stdin === 'number') closeSync(stdin);
    expect(performance.now() - startMs).toBeLessThan(SLOW_MS);
    const peak = Number(/peak (\d+) kB/.exec(stderr)?.[1]);
    return { status, text: stderr, peak };
  };

  it.each(Object.keys(DOCUMENTS) as Kind[])('are refused by verify: %s', (kind) => {
    const { status, text, peak } = run(['verify', fileOf(kind)], null);
    expect([status, text]).toEqual([2, expect.stringMatching(/pack\.unreadable/)]);
    expect(peak).toBeLessThan(MEMORY_KB);
  });

  it.each(Object.keys(DOCUMENTS) as Kind[])('are refused by calc: %s', (kind) => {
    const { status, text, peak } = run(['calc', 'match'], kind);
    expect([status, text]).toEqual([2, expect.stringContaining('import.limit_exceeded')]);
    expect(peak).toBeLessThan(MEMORY_KB);
  });
});
