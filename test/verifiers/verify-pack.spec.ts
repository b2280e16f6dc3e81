import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Canonical } from '../../src/core/ledger/canonical.js';
import { type PackOfMonth, packOfMonth } from '../support/pack-month.js';
import {
  givenKey,
  type Json,
  jsonBytes,
  leavesOf,
  leftOutOf,
  linesBytes,
  listFiles,
  packCheckpoint,
  type PackFiles,
  packJws,
  packKey,
  zipped,
} from '../support/pack-writing.js';
import {
  type Known,
  runVerifier,
  verifiedMany,
  withOneByteChanged,
} from '../support/verify-packs.js';

let folder: string;
let pack: PackOfMonth;
let trust: Known;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verifiers-'));
  pack = packOfMonth();
  trust = { keys: [givenKey(pack.ledgerId, pack.key)] };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Verifies the pack with something changed in a copy of its files. */
async function after(change: (files: PackFiles) => void, known: Known = trust) {
  const files: PackFiles = new Map(pack.files);
  change(files);
  return (await verifiedMany([zipped(files)], known))[0]!;
}

/** Which files are named by the failures of the pack, changed for one path at a time. */
async function changedMany(
  paths: readonly string[],
  change: (files: PackFiles, path: string, at: number) => void,
): Promise<string[][]> {
  const archives = paths.map((path, at) => {
    const files: PackFiles = new Map(pack.files);
    change(files, path, at);
    return zipped(files);
  });
  const answers = await verifiedMany(archives, trust);
  return answers.map(({ failed }) => failed.flatMap(({ file }) => file?.split(', ') ?? []));
}

/** Changes the lines of a file, lists files anew, and leaves the signature as it was. */
const relined = (path: string, change: (lines: string[]) => string[]) => (files: PackFiles) => {
  const lines = files.get(path)!.toString('utf8').split('\n').slice(0, -1);
  files.set(path, linesBytes(change(lines)));
  listFiles(files);
};

/** Changes the value of a file of JSON and signs the manifest as its key would. */
const resigned = (path: string, change: (value: Json) => Canonical) => (files: PackFiles) => {
  files.set(path, jsonBytes(change(JSON.parse(files.get(path)!.toString('utf8')) as Json)));
  listFiles(files, pack.key);
};

const names = (checks: readonly { check: string }[]): string[] => [
  ...new Set(checks.map(({ check }) => check)),
];

const SINCE = 'since.txt';
const CHECKS =
  'container manifest keys signature checkpoint consistency log population rows statements settlements files tables figures'.split(
    ' ',
  );

describe('a pack that holds', () => {
  it('passes every check, in the order of the format, with a key and an earlier checkpoint', async () => {
    const since = join(folder, 'since.txt');
    const archive = join(folder, 'pack.zip');
    writeFileSync(since, pack.since);
    writeFileSync(archive, zipped(pack.files));
    const args = [archive, '--key', givenKey(pack.ledgerId, pack.key), '--since', since, '--json'];
    const { exitCode, stdout, stderr } = await runVerifier(args);
    const answer = JSON.parse(stdout) as {
      pack: string;
      exit: number;
      checks: { check: string; result: string; says: string[] }[];
    };
    expect(answer.checks.map(({ check, result }) => `${check} ${result}`)).toEqual(
      CHECKS.map((check) => `${check} ok`),
    );
    expect(answer).toMatchObject({ pack: archive, exit: 0 });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('is told by the kid alone, also where that begins with a hyphen', async () => {
    expect((await after(() => {}, { keys: [pack.key.kid] })).failed).toEqual([]);
    const archive = join(folder, 'pack.zip');
    writeFileSync(archive, zipped(pack.files));
    const { exitCode, stdout } = await runVerifier([archive, '--key', `-${'A'.repeat(42)}`]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('FAIL  keys');
  });

  it('says where no key and no checkpoint were given', async () => {
    const { checks, failed } = await after(() => {}, {});
    const noted = checks.filter(({ status }) => status === 'note');
    expect({ failed, noted: names(noted) }).toEqual({ failed: [], noted: ['keys', 'consistency'] });
  });

  it('need have no report and no help', async () => {
    const { failed } = await after((files) => {
      files.delete('report.pdf');
      files.delete('HOWTO.txt');
      listFiles(files, pack.key);
    });
    expect(failed).toEqual([]);
  });

  it('is shown as one line a check', async () => {
    writeFileSync(join(folder, 'pack.zip'), zipped(pack.files));
    const { stdout } = await runVerifier([join(folder, 'pack.zip'), '--key', pack.key.kid]);
    expect(stdout).toMatch(/^ok {4}container {5}\d+ files/);
    expect(stdout.split('\n').slice(-3)).toEqual(['', 'ok: none of 14 checks failed', '']);
  });
});

describe('a pack that somebody changed', () => {
  it('fails and names the file, whichever file has one byte changed', async () => {
    const paths = [...pack.files.keys()];
    const answers = await changedMany(paths, (files, path, at) =>
      files.set(path, withOneByteChanged(files.get(path)!, at)),
    );
    for (const [at, path] of paths.entries()) expect(answers[at]).toContain(path);
  });

  it('fails and names the file, whichever file is gone, listed anew or not', async () => {
    for (const isListed of [false, true]) {
      const paths = [...pack.files.keys()].filter((path) => path !== 'manifest.json');
      const answers = await changedMany(paths, (files, path) => {
        files.delete(path);
        if (isListed) listFiles(files);
      });
      for (const [at, path] of paths.entries()) {
        // What need not be there is missed by the signature alone, once it is no longer listed.
        const isOptional = isListed && /^(consistency|report|HOWTO)/.test(path);
        expect(answers[at]).toContain(isOptional ? 'manifest.jws' : path);
      }
    }
    const { noPack } = await after((files) => files.delete('manifest.json'));
    expect(noPack).toBe('pack.no_manifest');
  });

  it('fails where a file is added', async () => {
    const hash = 'ab'.repeat(32);
    for (const path of [`files/${hash}`, 'statements/carbon-v9.json', 'note.txt', '../x']) {
      const { failed } = await after((files) => {
        files.set(path, Buffer.from('{}'));
        listFiles(files, pack.key);
      });
      expect(failed.some(({ file }) => file === path)).toBe(true);
    }
  });

  it('fails where lines of the log are swapped, dropped or doubled', async () => {
    const log = 'log/events.jsonl';
    const cases: [string, string, (lines: string[]) => string[]][] = [
      ['swapped', log, ([a, b, ...rest]) => [b!, a!, ...rest]],
      ['dropped', log, (lines) => lines.toSpliced(2, 1)],
      ['doubled', log, (lines) => lines.toSpliced(2, 0, lines[2]!)],
      ['the last dropped', log, (lines) => lines.slice(0, -1)],
    ];
    for (const [what, path, change] of cases) {
      const { failed } = await after(relined(path, change));
      expect({ what, failed: names(failed) }).toEqual({
        what,
        failed: expect.arrayContaining(['signature', 'log']),
      });
      expect(failed.some(({ file }) => file?.includes(path))).toBe(true);
    }
  });

  it('names the event of which a row was changed, swapped or dropped', async () => {
    const path = 'log/rows.jsonl';
    const cases: ((lines: string[]) => string[])[] = [
      (lines) => lines.with(7, lines[7]!.replace('"wh":500', '"wh":501')),
      (lines) => lines.with(6, lines[7]!).with(7, lines[6]!),
      (lines) => lines.toSpliced(7, 1),
    ];
    for (const change of cases) {
      const { failed } = await after(relined(path, change));
      const first = failed.find(({ check }) => check === 'rows');
      expect({ file: first?.file, event: first?.event }).toEqual({
        file: path,
        event: 7,
      });
    }
  });
});

describe('a pack that its own key signed again', () => {
  it('fails where an event is left out, though gaps and manifest are made anew', async () => {
    const { failed } = await after((files) => {
      relined('log/events.jsonl', (lines) => lines.toSpliced(2, 1))(files);
      const kept = [0, 1, 5, 6, 7, 8, 9, 10, 11, 12];
      files.set('log/left-out.json', jsonBytes(leftOutOf(leavesOf(pack.texts), kept)));
      relined('log/rows.jsonl', (lines) => lines.slice(1))(files);
      listFiles(files, pack.key);
    });
    // Every line still stands under the root: it is the sealed population that shows it.
    expect({ failed: names(failed) }).toEqual({
      failed: expect.arrayContaining(['population']),
    });
    expect(names(failed)).not.toContain('log');
  });

  it('fails where a table, a control or the label is other than the log has it', async () => {
    const table = await after((files) => {
      const text = files.get('data/book.csv')!.toString('utf8');
      files.set('data/book.csv', Buffer.from(text.replace(',741\n', ',742\n')));
      listFiles(files, pack.key);
    });
    expect(table.failed).toMatchObject([{ check: 'tables', file: 'data/book.csv', event: 8 }]);
    const control = await after(
      resigned('data/controls.json', (value) => ({ ...value, rows: { count: 1 } })),
    );
    expect(control.failed).toMatchObject([{ check: 'tables', file: 'data/controls.json' }]);
    const label = await after((files) => {
      const manifest = JSON.parse(files.get('manifest.json')!.toString('utf8')) as Json;
      files.set('manifest.json', jsonBytes({ ...manifest, label: 'FINAL' }));
      listFiles(files, pack.key);
    });
    expect(label.failed).toMatchObject([{ check: 'population', file: 'manifest.json', event: 12 }]);
  });

  it('fails where a figure of a statement is other than its rows come to', async () => {
    const path = 'statements/carbon-v1.json';
    const { failed } = await after((files) => {
      const text = files.get(path)!.toString('utf8').replace('"7.53"', '"9.53"');
      files.set(path, Buffer.from(text));
      files.set(
        'statements/carbon-v1.jws',
        packJws(Buffer.from(text), 'mizan-statement+jws', pack.key),
      );
      listFiles(files, pack.key);
    });
    expect({ failed }).toMatchObject({
      failed: [{ check: 'statements', file: path, event: 9 }, { check: 'tables' }],
    });
  });
});

describe('whose it is, and what was before', () => {
  it('fails for a key of somebody else, also where he signed everything', async () => {
    const other = packKey();
    const cases = [other.kid, givenKey(pack.ledgerId, other), givenKey('another', pack.key)];
    for (const key of cases) {
      const { failed } = await after(() => {}, { keys: [key] });
      expect({ failed: names(failed) }).toEqual({
        failed: ['keys', 'signature', 'checkpoint'],
      });
    }
  });

  it('fails for an earlier state that is not the beginning of this one', async () => {
    const leaves = leavesOf(pack.texts);
    const forged = leaves.with(3, leaves[2]!);
    const cases: [note: string, names: string][] = [
      [packCheckpoint(pack.ledgerId, forged.slice(0, 5), pack.key), 'consistency/5.json'],
      [packCheckpoint(pack.ledgerId, leaves.slice(0, 6), pack.key), 'consistency/6.json'],
      [packCheckpoint(pack.ledgerId, forged, pack.key), SINCE],
      [packCheckpoint(pack.ledgerId, [...leaves, leaves[0]!], pack.key), SINCE],
      [packCheckpoint(pack.ledgerId, leaves.slice(0, 5), packKey()), SINCE],
      [packCheckpoint('another', leaves.slice(0, 5), pack.key), SINCE],
      ['no checkpoint', SINCE],
    ];
    for (const [note, file] of cases) {
      const { failed } = await after(() => {}, { ...trust, since: { name: SINCE, text: note } });
      expect({ failed }).toMatchObject({
        failed: [{ check: 'consistency', file }],
      });
    }
    const text = packCheckpoint(pack.ledgerId, leaves, pack.key);
    expect((await after(() => {}, { ...trust, since: { name: SINCE, text } })).failed).toEqual([]);
  });
});

describe('what is no pack', () => {
  it('is told in one sentence, with exit code 2', async () => {
    const files = new Map([['a.txt', Buffer.from('a')]]);
    const contents = [
      Buffer.alloc(0),
      Buffer.from('text'),
      Buffer.alloc(5_000),
      zipped(files),
      zipped(new Map([['manifest.json', Buffer.from('{"@":"mizan/pack/2"}')]])),
    ];
    for (const bytes of contents) {
      const archive = join(folder, 'none.zip');
      writeFileSync(archive, bytes);
      const { exitCode, stdout, stderr } = await runVerifier([archive, '--json']);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: expect.stringMatching(/^(This is no pack: |manifest.json is )[^\n]*\.\n$/),
      });
      expect(JSON.parse(stdout)).toEqual({ pack: archive, exit: 2, error: stderr.trimEnd() });
    }
  });

  it('is told of options that are none', async () => {
    const path = join(folder, 'pack.zip');
    writeFileSync(path, zipped(pack.files));
    const wrong = [
      [],
      [path, path],
      [join(folder, 'nothing.zip')],
      [folder],
      [path, '--key', 'x'],
      [path, '--key'],
      [path, '--since', join(folder, 'none')],
      [path, '--keys', 'x'],
    ];
    for (const args of wrong) {
      const { exitCode, stdout, stderr } = await runVerifier(args);
      expect({ args, exitCode, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({
        args,
        exitCode: 2,
        stdout: '',
        lines: 1,
      });
    }
  });

  it('never answers with a stack trace, however an archive is cut or damaged', async () => {
    const whole = zipped(pack.files);
    // Of the directory some bytes say nothing of any file: which program made it, for which system.
    const directoryAt = whole.readUInt32LE(whole.length - 6);
    const damaged = Array.from({ length: 300 }, (_, seed) =>
      seed % 4 === 0
        ? whole.subarray(0, Math.floor((whole.length * seed) / 300))
        : withOneByteChanged(whole, seed),
    );
    const answers = await verifiedMany(damaged, trust);
    for (const [at, { failed, noPack }] of answers.entries()) {
      const isOfFiles = !damaged[at]!.subarray(0, directoryAt).equals(
        whole.subarray(0, directoryAt),
      );
      expect(noPack !== null || failed.length > 0 || !isOfFiles).toBe(true);
      const said = [noPack ?? '', ...failed.map(({ message }) => message)].join('\n');
      expect(said).not.toMatch(/not foreseen|^\s+at |undefined|cannot be read \(/m);
    }
  });
});
