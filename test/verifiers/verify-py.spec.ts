import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveOf, handMadePack, jwsOf, manifestOf, packed, sha256 } from '../support/pack.js';

const FOLDER = 'src/verifiers';
const VERIFIER = `${FOLDER}/verify.py`;
const text = readFileSync(VERIFIER, 'utf8');

/** What it may import: of Python's standard library, and nothing that reaches a network or starts a program. */
const LIBRARY =
  'argparse base64 binascii datetime hashlib json os re struct sys zlib fractions'.split(' ');

const importsOf = (source: string): string[] =>
  [...source.matchAll(/^\s*(?:from|import) +([\w.]+)(?=.*)/gm)].map(([, name]) => name!);

describe('verify.py', () => {
  it('imports nothing but the standard library, and nothing that reaches out', () => {
    expect(importsOf(text).filter((name) => !LIBRARY.includes(name))).toEqual([]);
    expect(importsOf('import json\n  from urllib.request import urlopen')).toEqual([
      'json',
      'urllib.request',
    ]);
    const reaching = /__import__|\beval\(|\bexec\(|os\.(system|popen|exec|spawn)|importlib/;
    expect(reaching.test(text)).toBe(false);
    expect(reaching.test('__import__("socket")')).toBe(true);
  });

  it('is one file that a person can read', () => {
    expect(text.split('\n').length).toBeLessThan(2000);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('has the hash that is published', () => {
    const hash = createHash('sha256').update(text).digest('hex');
    expect(readFileSync(`${FOLDER}/SHA256SUMS`, 'utf8').split('\n')).toContain(
      `${hash}  verify.py`,
    );
  });
});

interface Answer {
  readonly code: number | null;
  readonly said: string;
  readonly errors: string;
}

/** The program itself: `python3` may be a script that looks for one, and is slow at it. */
const PYTHON = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout?.trim();

function python(args: readonly string[]): Answer {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-I', '-B', ...args], {
    encoding: 'utf8',
  });
  return { code: status, said: stdout, errors: stderr };
}

/** The checks of PACK section 8 that a line of an answer fails, and what it says of each. */
const failuresOf = ({ said }: Answer): string[] =>
  [...said.matchAll(/^FAIL {2}(\S+): /gm)].map(([, check]) => check!);

const CHECKS = [
  'container',
  'manifest',
  'keys',
  'signature',
  'checkpoint',
  'consistency',
  'log',
  'population',
  'rows',
  'statements',
  'settlements',
  'files',
  'tables',
  'figures',
];

function runs(): void {
  const scratch = mkdtempSync(join(tmpdir(), 'verify-py-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const place = (name: string, bytes: Buffer | string): string => {
    const path = join(scratch, name);
    writeFileSync(path, bytes);
    return path;
  };
  // Python compiles a program at each run, which takes longer than to check a pack: here once.
  const compiled = join(scratch, 'verify.pyc');
  const compile = 'import py_compile, sys; py_compile.compile(*sys.argv[1:], doraise=True)';
  expect(python(['-c', compile, VERIFIER, compiled])).toMatchObject({ code: 0, errors: '' });
  const verify = (bytes: Buffer | string, ...options: string[]): Answer => {
    const answer = python([compiled, place('pack.zip', bytes), ...options]);
    expect(answer.errors + answer.said).not.toContain('Traceback');
    return answer;
  };
  const made = handMadePack();
  const whole = packed(made);
  const all = manifestOf(made);
  const opened = [...all.keys()];

  describe('of a whole pack', () => {
    it('says that each check holds, in order', () => {
      const since = place('kept.note', made.noteOf(7));
      const answer = verify(whole, '--key', made.key, '--since', since);
      expect(answer.said.match(/^.*?:/gm)).toEqual(CHECKS.map((check) => `ok    ${check}:`));
      expect(answer.code).toBe(0);
      // As a person runs it.
      const given = [place('pack.zip', whole), '--key', made.key, '--since', since];
      expect(python([VERIFIER, ...given])).toEqual(answer);
    });

    it('says so where it was given no key and no checkpoint', () => {
      const { code, said } = verify(whole);
      expect(said.match(/^note .*?:/gm)).toEqual(['note  keys:', 'note  consistency:']);
      expect(code).toBe(0);
    });

    it('takes the key by its thumbprint, and answers in one document', () => {
      const { code, said } = verify(whole, '--key', made.kid, '--json');
      const answer = JSON.parse(said) as {
        exit: number;
        checks: { check: string; result: string }[];
      };
      expect(answer.checks.map(({ check }) => check)).toEqual(CHECKS);
      expect(answer.checks.every(({ result }) => result !== 'FAIL')).toBe(true);
      expect([code, answer.exit]).toEqual([0, 0]);
    });
  });

  describe('of a pack in which a file', () => {
    const without = (path: string): Map<string, Buffer> => {
      const files = new Map(made.files);
      files.delete(path);
      return files;
    };
    const changed = (bytes: Buffer): Buffer => {
      const other = Buffer.from(bytes);
      const at = other.length >> 1;
      other[at] = other[at]! ^ 1;
      return other;
    };
    const { manifest } = made;
    const signature = jwsOf(Buffer.from('another manifest'), 'mizan-pack+jws');

    it.each(opened)('was changed is told: %s', (path) => {
      // Kept as it was packed: hashes in the manifest stay those of the file before.
      const files = new Map(all);
      files.set(path, changed(files.get(path)!));
      const answer = verify(archiveOf(files), '--key', made.key);
      expect(answer.said).toContain(path);
      expect(answer.code).toBe(1);
    });

    it.each(opened.filter((path) => path !== 'manifest.json'))('is missing is told: %s', (path) => {
      const files = new Map(all);
      files.delete(path);
      const answer = verify(archiveOf(files), '--key', made.key);
      expect(answer.said).toContain(`${path}: is missing`);
      expect(answer.code).toBe(1);
    });

    it.each([...made.files.keys()].filter((path) => !/^consistency|pdf|HOWTO/.test(path)))(
      'was changed is told although hashes were made anew, and by more than the signature: %s',
      (path) => {
        const files = new Map(made.files).set(path, changed(made.files.get(path)!));
        const answer = verify(packed({ files, manifest }));
        expect(answer.code).toBe(1);
        expect(answer.said).toContain(path);
        const byKeyHolder = failuresOf(answer).filter((check) => check !== 'signature');
        expect(byKeyHolder.length).toBeGreaterThan(0);
      },
    );

    it.each([...made.files.keys()].filter((path) => !/^consistency|pdf|HOWTO/.test(path)))(
      'was left out is told although hashes were made anew: %s',
      (path) => {
        const answer = verify(packed({ files: without(path), manifest }));
        expect(answer.code).toBe(1);
        expect(answer.said).toContain(path);
      },
    );

    it('was changed is told by the signature alone where nothing else speaks of it', () => {
      const files = new Map(made.files).set('HOWTO.txt', Buffer.from('trust me'));
      expect(failuresOf(verify(packed({ files, manifest }, signature)))).toEqual(['signature']);
    });
  });

  describe('of a pack whose lines', () => {
    const edited = (path: string, edit: (lines: string[]) => string[]): Answer => {
      const lines = made.files.get(path)!.toString().split('\n').slice(0, -1);
      const bytes = Buffer.from(
        edit(lines)
          .map((line) => `${line}\n`)
          .join(''),
      );
      return verify(
        packed({ files: new Map(made.files).set(path, bytes), manifest: made.manifest }),
      );
    };
    const swap = ([a, b, ...rest]: string[]): string[] => [b!, a!, ...rest];

    // prettier-ignore
    const CASES: [string, string, (lines: string[]) => string[], string[], RegExp][] = [
      ['swapped events',  'log/events.jsonl',    swap,                        ['log', 'population'], /events\.jsonl line 2 \(event 0\)/],
      ['swapped rows',    'log/rows.jsonl',      (l) => [l[0]!, ...swap(l.slice(1))], ['rows', 'tables'], /rows\.jsonl line 2 to 3: .* event 3/],
      ['an event less',   'log/events.jsonl',    (l) => l.filter((_, at) => at !== 2), ['log', 'population', 'rows'], /event 2 is neither there nor left out/],
      ['a row less',      'log/rows.jsonl',      (l) => l.slice(0, -1),       ['rows', 'statements'], /event 8 has 1 rows, 0 are there/],
      ['a row more',      'log/rows.jsonl',      (l) => [...l, '{"@":"mizan/row/a/1"}'], ['rows'], /line 12: no event/],
      ['an entry more',   'data/book.csv',       (l) => [...l, l[1]!],        ['tables'], /book\.csv line 9/],
      ['an entry less',   'data/book.csv',       (l) => l.slice(0, -1),       ['tables'], /book\.csv line 8: is missing/],
      ['another reading', 'data/intervals.csv',  (l) => l.map((x) => x.replace('100000', '100001')), ['tables'], /intervals\.csv line 2/],
      ['a bare cell',     'data/certificates.csv', (l) => l.map((x) => x.replace("'=C1", '=C1')), ['tables'], /certificates\.csv line 2/],
    ];
    it.each(CASES)('have %s names the file and the place', (_, path, edit, checks, says) => {
      const answer = edited(path, edit);
      expect(answer.said).toMatch(says);
      expect(failuresOf(answer)).toEqual(expect.arrayContaining(checks));
      expect(answer.code).toBe(1);
    });
  });

  describe('of a pack whose maker', () => {
    it('sealed an event of another month names it', () => {
      const answer = verify(packed(handMadePack({ hasMarch: true })));
      expect(answer.said).toMatch(
        /FAIL {2}population: .*\(event 5\): does not matter to the month/,
      );
      expect(failuresOf(answer)).not.toContain('log');
    });

    it('did not seal a statement of the month says so', () => {
      const answer = verify(packed(handMadePack({ named: ['carbon'] })));
      expect(failuresOf(answer)).toEqual(['statements']);
    });
  });

  describe('given a key or a checkpoint', () => {
    it('refuses a pack that another key signed', () => {
      const { publicKey } = generateKeyPairSync('ed25519');
      const { x } = publicKey.export({ format: 'jwk' });
      const other = sha256(`{"crv":"Ed25519","kty":"OKP","x":"${x!}"}`).toString('base64url');
      const answer = verify(whole, '--key', other);
      expect(failuresOf(answer)).toEqual(['keys', 'signature', 'checkpoint']);
      expect(answer.code).toBe(1);
    });

    it('takes one of the same size, and one with a proof in the pack, and asks for the proof of another', () => {
      const since = (size: number): Answer =>
        verify(whole, '--key', made.key, '--since', place('kept.note', made.noteOf(size)));
      expect([11, 7, 4].map((size) => since(size).code)).toEqual([0, 0, 0]);
      expect(since(6).said).toContain('consistency/6.json: is missing; ask for a pack with it');
      // The key was activated by event 1: it signs no state of one event.
      expect(since(1).said).toMatch(/FAIL {2}consistency: .*no key that signs states of 1 events/);
    });

    it('refuses a checkpoint that says another root, signed by the same key', () => {
      const forged = made.noteOf(7, Buffer.alloc(32, 7));
      const { code, said } = verify(whole, '--since', place('kept.note', forged));
      expect(said).toMatch(/FAIL {2}consistency: consistency\/7\.json: .* does not begin with/);
      expect(code).toBe(1);
    });

    it('refuses a checkpoint that nobody signed as it stands', () => {
      const edited = made.noteOf(7).replace('\n7\n', '\n8\n');
      const { code, said } = verify(whole, '--since', place('kept.note', edited));
      expect(said).toMatch(/FAIL {2}consistency: the checkpoint given: the signature/);
      expect(code).toBe(1);
    });

    it.each([
      ['--key', 'me'],
      ['--key', `${made.key}A`],
      ['--key', made.key.replace(/\+.{8}\+/, '+00000000+')],
      ['--since', join(scratch, 'nowhere')],
      ['--since', VERIFIER],
      ['--shout', 'loud'],
    ])('answers 2 to an option that is none: %s %s', (option, value) => {
      const { code, said, errors } = verify(whole, option, value);
      expect([code, said]).toEqual([2, '']);
      expect(errors).not.toBe('');
    });
  });

  describe('given what is no pack', () => {
    const withManifest = (bytes: Buffer | string): Buffer =>
      archiveOf(new Map(made.files).set('manifest.json', Buffer.from(bytes)));
    // prettier-ignore
    const CASES: [string, () => Buffer | string, number][] = [
      ['nothing',                    () => '', 2],
      ['text',                       () => 'PK? no.'.repeat(99), 2],
      ['half an archive',            () => whole.subarray(0, whole.length >> 1), 2],
      ['an archive and more',        () => Buffer.concat([whole, Buffer.from('.')]), 2],
      ['an archive of other files',  () => archiveOf(new Map([['a.txt', Buffer.from('a')]])), 2],
      ['another format',             () => withManifest('{"@":"mizan/pack/2"}'), 2],
      ['a manifest that is none',    () => withManifest('{"@":"mizan/pack/1"}'), 1],
      ['no JSON',                    () => withManifest('{'), 1],
      ['a page\'s own manifest',     () => withManifest('{ "name": "page" }'), 2],
      ['deep JSON',                  () => withManifest('['.repeat(200000)), 1],
      ['a huge number',              () => withManifest(`{"@":${'9'.repeat(20000)}}`), 2],
      ['a name twice',               () => withManifest('{"@":"mizan/pack/1","@":"mizan/pack/1"}'), 1],
      ['no number',                  () => withManifest('{"@":NaN}'), 2],
      ['no text',                    () => withManifest(Buffer.from('{"@":"\xff"}', 'latin1')), 1],
      ['half a character',           () => withManifest('{"@":"\\ud800"}'), 2],
      ['names of objects',           () => withManifest('{"@":"mizan/pack/1","__proto__":{},"constructor":[]}'), 1],
    ];
    it.each(CASES)('answers with a sentence to %s', (_, bytes, code) => {
      const answer = verify(bytes());
      expect(answer.code).toBe(code);
      expect(answer.errors + answer.said).not.toBe('');
    });

    it.each([...made.files.keys()].filter((path) => /json/.test(path)))(
      'answers with a sentence to any value in %s',
      (path) => {
        for (const value of ['null', '{}', '{"keys":[[]]}', '{"gaps":[1],"size":11}']) {
          const files = new Map(made.files).set(path, Buffer.from(`${value}\n`.slice(0, -1)));
          expect(verify(packed({ files, manifest: made.manifest })).code).toBe(1);
        }
      },
    );

    it('fills no memory with an archive that unpacks to more than it says', () => {
      const files = new Map(made.files).set('HOWTO.txt', Buffer.alloc(5e7));
      const bomb = packed({ files, manifest: made.manifest });
      const size = Buffer.alloc(4);
      size.writeUInt32LE(5e7);
      const less = Buffer.from(bomb);
      for (let at = less.indexOf(size); at >= 0; at = less.indexOf(size, at))
        less.writeUInt32LE(9, at);
      expect(verify(less).said).toContain('HOWTO.txt: its bytes are damaged');
    });
  });

  it('computes as the RFCs do, by its own tests', () => {
    const { code, errors } = python(['test/verifiers/verify_test.py']);
    expect(errors).toMatch(/\nOK\n$/);
    expect(code).toBe(0);
  });
}

// `npm test` asks for nothing but Node; `.ci/run` makes sure that Python is there.
if (PYTHON) describe('verify.py, run,', runs);
else process.stdout.write('There is no python3 here: verify.py was read and not run.\n');
