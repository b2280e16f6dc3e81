import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkPack } from '../../src/core/packs/checks/check-pack.js';
import type { PackFiles } from '../../src/core/packs/manifest.js';
import { verifierKey } from '../../src/core/proofs/signed-note.js';
import { readPack } from '../../src/platform/files/packed/pack-reader.js';
import { endServers, mizan, serveUntil, terminal } from '../support/cli.js';
import { preparedFolder } from '../support/kills.js';
import { editedPack } from '../support/packs.js';

const scratch = mkdtempSync(join(tmpdir(), 'mizan-demo-'));
// As root the database runs as another user, who must be able to enter.
chmodSync(scratch, 0o755);
const settings = { MIZAN_DATA_DIR: preparedFolder(join(scratch, 'data')) };
const demoLedger = (...args: string[]) => mizan([...args, '--ledger', 'demo'], { settings });

// A server that runs meanwhile keeps the database up, so that each command only joins it.
beforeAll(() => serveUntil(/Mizan serves/, { ...settings, PORT: '0', LOG_LEVEL: 'silent' }));
afterAll(() => {
  endServers();
  mizan(['list', 'site'], { settings });
  rmSync(scratch, { recursive: true, force: true });
});

describe('the demonstration files', () => {
  it('are what the committed script builds', () => {
    const out = mkdtempSync(join(scratch, 'built-'));
    execFileSync(resolve('node_modules/.bin/node'), ['fixtures/demo/build.ts', out], {
      env: terminal({}),
    });
    const built = readdirSync(out).sort();
    const committed = readdirSync('fixtures/demo')
      .filter((name) => name.endsWith('.csv'))
      .sort();
    expect(built).toEqual(committed);
    for (const name of built) {
      expect([
        name,
        readFileSync(join(out, name)).equals(readFileSync(join('fixtures/demo', name))),
      ]).toEqual([name, true]);
    }
  });
});

describe('the demonstration', () => {
  let adminKey = '';

  it('goes from files to statements and packs, and shows its key once', () => {
    const { code, stdout } = mizan(['demo'], { settings });
    expect(code).toBe(0);
    expect(stdout).toContain('744 hours posted');
    expect(stdout).toContain('721 hours posted');
    expect(stdout).toContain('certificates-2026-10-sent-again.csv: came before; nothing was done');
    expect(stdout).toContain('0 new, 0 identical, 20 changed');
    expect(stdout).toMatch(/from 22 808\.616298 MWh of certificates; 5 hours posted/);
    expect(stdout).toContain('The ledger holds');
    expect(stdout.match(/mzk_\S+/g)).toHaveLength(1);
    [adminKey] = stdout.match(/mzk_\S+/)!;
    expect(stdout).not.toContain('FAIL');
  });

  it('changes nothing the second time, and gives the same statements', () => {
    const head = JSON.parse(demoLedger('verify-ledger', '--json').stdout);
    const { code, stdout } = mizan(['demo', '--json'], { settings });
    const result = JSON.parse(stdout);
    expect([code, result.adminKey, result.holds]).toEqual([0, null, true]);
    expect(JSON.parse(demoLedger('verify-ledger', '--json').stdout)).toEqual(head);
  });

  it('gives a newcomer keys in two commands, and lets no terminal change keys otherwise', () => {
    const file = join(scratch, 'admin.key');
    const issue = (...args: string[]) =>
      demoLedger('key', 'issue', '--name', 'you', '--role', ...args);
    const refused = issue('auditor');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      '`npx mizan key issue --role admin --name YOU --out admin.key`, ' +
        '`MIZAN_KEY_FILE=admin.key npx mizan key issue --role auditor --name NAME`',
    );
    const first = issue('admin', '--out', file);
    expect([first.code, first.stdout.includes('mzk_')]).toEqual([0, false]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(issue('admin', '--out', file).stderr).toContain('not written over');
    const count = () => JSON.parse(demoLedger('key', 'list', '--json').stdout).items.length;
    const before = count();
    const nowhere = issue('admin', '--out', join(scratch, 'not', 'there'));
    expect([nowhere.code, nowhere.stderr]).toEqual([
      2,
      expect.stringContaining('There is no such file or folder'),
    ]);
    expect(issue('finance', '--out', join(scratch, 'none.key')).code).toBe(1);
    expect(existsSync(join(scratch, 'none.key'))).toBe(false);
    expect(count()).toBe(before);

    const by = (keyFile: string, ...args: string[]) =>
      mizan([...args, '--ledger', 'demo'], { settings: { ...settings, MIZAN_KEY_FILE: keyFile } });
    const second = by(file, 'key', 'issue', '--role', 'auditor', '--name', 'you', '--json');
    const { key, state } = JSON.parse(second.stdout);
    expect(state).toBe('ACTIVE');
    const reading = join(scratch, 'auditor.key');
    writeFileSync(reading, `${key}\n`, { mode: 0o600 });
    expect(by(reading, 'list', 'site').code).toBe(0);
    expect(by(reading, 'match', '2026-10').stderr).toContain('auth.forbidden');
    expect(by(file, 'list', 'site').stderr).toContain('auth.forbidden');
    expect(by(reading, 'verify-ledger').code).toBe(0);

    // One that writes waits for the other admin: here the first one, whose key the demo showed.
    const { state: waits, keyId } = JSON.parse(
      by(file, 'key', 'issue', '--role', 'finance', '--name', 'books', '--json').stdout,
    );
    expect(waits).toBe('PENDING');
    expect(by(file, 'key', 'confirm', keyId).stderr).toContain('key.own_issue');
    expect(demoLedger('key', 'confirm', keyId).stderr).toContain('auth.person_required');
    const other = join(scratch, 'first.key');
    writeFileSync(other, adminKey, { mode: 0o600 });
    expect(by(other, 'key', 'confirm', keyId).stdout).toContain('is confirmed');
    chmodSync(other, 0o644);
    expect(by(other, 'key', 'list').stderr).toContain('others may read');
    expect(issue('admin').stderr).toContain('auth.person_required');
    const listed = by(file, 'key', 'list').stdout;
    expect(listed).toMatch(/admin +you .*ACTIVE, without a second person/);
  });

  it('leaves September with 721 hours and October with three readings missing', () => {
    const read = (name: string) =>
      JSON.parse(readFileSync(join(settings.MIZAN_DATA_DIR, 'demo', name), 'utf8'));
    expect(read('carbon-2026-09-v1.json').period.hours).toBe(721);
    expect(read('carbon-2026-10-v2.json').dataQuality).toMatchObject({
      missingIntervals: 3,
      incompleteMeterHours: 2,
      estimatedPct: '0.05',
    });
  });

  it('walks the README’s five minutes', () => {
    const { items } = JSON.parse(demoLedger('statements', '--json').stdout);
    const latest = items.filter((one: { kind: string }) => one.kind === 'carbon').at(-1);
    expect(latest).toMatchObject({ month: '2026-10', version: 2 });
    const trace = demoLedger(
      'trace',
      latest.statementId,
      'matchedWh',
      '--hour',
      '2026-10-14T12:00:00Z',
    );
    expect(trace.stdout).toContain('is the sum of');
    expect(trace.stdout).toMatch(
      /HALL-B\s+2026-10-14 r2.*intervals-2026-10-correction\.csv:10,11,12,13/,
    );

    const mine = join(scratch, 'mine.csv');
    writeFileSync(mine, 'meter,start,wh,quality\nHALL-A,2026-10-20T11:00:00Z,1500000,EDITED\n');
    expect(demoLedger('import', 'intervals', mine).stdout).toContain(
      '0 new, 0 identical, 1 changed',
    );
    const stale = demoLedger('statement', '2026-10');
    expect(stale).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('matching.inputs_changed'),
    });
    expect(demoLedger('match', '2026-10').stdout).toContain('1 hours touched');
    const next = JSON.parse(demoLedger('statement', '2026-10', '--json').stdout);
    expect(next).toMatchObject({ version: 3, supersedes: latest.statementId });
    expect(next.document.changes.map((one: { id: string }) => one.id)).toContain('loadWh');
    expect(JSON.parse(demoLedger('statements', '--json').stdout).items).toHaveLength(6);
    expect(demoLedger('verify-ledger').stdout).toContain('The ledger holds');
  });

  it('refuses a bad file with its rows, exit 1, nothing changed', () => {
    const bad = join(scratch, 'bad.csv');
    writeFileSync(bad, 'meter,start,wh,quality\nHALL-A,2026-10-20T11:00:00Z,-5,ACTUAL\n');
    const { code, stderr } = demoLedger('import', 'intervals', bad);
    expect(code).toBe(1);
    expect(stderr).toContain('row 2, wh: "-5" breaks load.not_negative');
    const json = demoLedger('import', 'intervals', bad, '--json');
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'import.rows_rejected', errorsTotal: 1 });
  });

  it('explains an hour, compares policies and shows coverage, and posts nothing', () => {
    const before = demoLedger('verify-ledger', '--json').stdout;
    const hour = demoLedger('explain', '2026-10-14T19:00Z').stdout;
    expect(hour).toContain('pro-rata: 31.134620 MWh used, 9.401074 MWh matched');
    expect(hour).toMatch(/WIND-1 +6\.886704/);
    expect(hour).toContain('Would have covered the rest');
    const { items } = JSON.parse(demoLedger('compare', '2026-10', '--json').stdout);
    expect(items).toHaveLength(3);
    expect(new Set(items.map(({ matchedWh }: { matchedWh: number }) => matchedWh)).size).toBe(1);
    expect(demoLedger('coverage', '2026-09', '2026-10').stdout).toMatch(/2026-09 +24 276\.034300/);
    expect(demoLedger('verify-ledger', '--json').stdout).toBe(before);
    expect(demoLedger('explain', 'today')).toMatchObject({ code: 2 });
    expect(demoLedger('coverage', '2026-10', '--by', 'week')).toMatchObject({ code: 2 });
  });

  it('acts on a certificate once under one key, and keeps what is matched', () => {
    const [from, to] = ['2026-10-05T12:00Z', '2026-10-05T13:00Z'];
    const listed = JSON.parse(
      demoLedger('certificates', from, to, '--plant', 'PV-1', '--json').stdout,
    );
    const [{ certificateId, wh }] = listed.items;
    const cancel = ['act', 'cancel', '--for', 'TAQA-MA', '--bundle', certificateId, '--key', 'K'];
    const refused = demoLedger(...cancel, '--beneficiary', 'SOMEONE');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('certificate.matched'),
    ]);
    const { items: contracts } = JSON.parse(demoLedger('list', 'contract', '--json').stdout);
    const [{ buyerCode }] = contracts;
    const done = demoLedger(...cancel, '--percentage', '0.25', '--beneficiary', buyerCode);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('Cancelled')]);
    const again = demoLedger(...cancel, '--percentage', '0.25', '--beneficiary', buyerCode);
    expect(again.stdout).toContain('Done before under this key.');
    const { items } = JSON.parse(demoLedger('bundles', certificateId, '--json').stdout);
    expect(items.map(({ status }: { status: string }) => status)).toEqual([
      'Bundle Split',
      'Cancelled',
      'Active',
    ]);
    expect(items[1].wh).toBe(Math.floor(wh / 4));
    expect(demoLedger('expire').stdout).toContain('Expired: 0 bundles');
    expect(demoLedger('verify-ledger').stdout).toContain('The ledger holds');
  });

  it('takes a file of certificates with the signature of its issuer, and no other', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { x } = publicKey.export({ format: 'jwk' });
    const write = (name: string, text: string): string => {
      writeFileSync(join(scratch, name), text);
      return join(scratch, name);
    };
    const keys = [{ kid: 'K', x, validFrom: '2026-01-01T00:00:00Z' }];
    const issuer = write('issuer.json', JSON.stringify({ code: 'SIGNER', name: 'S', keys }));
    expect(demoLedger('create', 'issuer', issuer).code).toBe(0);
    const text =
      'plant,start,end,wh,external_id,issuer,status\n' +
      'WIND-2,2026-11-05T00:00:00Z,2026-11-05T01:00:00Z,5,S-1,SIGNER,Active\n';
    const file = write('signed.csv', text);
    const header = Buffer.from('{"alg":"EdDSA","kid":"K"}').toString('base64url');
    const input = `${header}.${Buffer.from(text).toString('base64url')}`;
    const signature = sign(null, Buffer.from(input), privateKey).toString('base64url');
    const jws = write('signed.jws', `${header}..${signature}\n`);
    const take = (...more: string[]) => demoLedger('import', 'certificates', file, ...more);
    expect(take()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('certificate.signature_missing'),
    });
    expect(take('--signature', join(scratch, 'nowhere.jws')).stderr).toContain('nowhere.jws');
    expect(take('--signature', jws).code).toBe(0);
    const [from, to] = ['2026-11-05T00:00Z', '2026-11-05T01:00Z'];
    expect(demoLedger('certificates', from, to).stdout).toMatch(/SIGNER +Active +K/);
  });

  it('explains a ledger, a kind or a record that is not there', () => {
    expect(mizan(['verify-ledger', '--ledger', 'nope'], { settings })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('mizan open NAME'),
    });
    expect(demoLedger('list', 'unicorn').stderr).toContain('organisation, site, meter');
    expect(demoLedger('show', 'plant', 'NOPE').stderr).toContain('record.not_found');
    expect(demoLedger('list', 'plant').stdout).toContain('WIND-2');
    expect(demoLedger('trace', 'x', 'y').stderr).toContain('statement.not_found');
    const receive = ['supplier-invoice', 'receive', 'nowhere.xml'];
    expect(demoLedger(...receive).stderr).toContain('There is no such file');
  });
});

describe('an attestation pack', () => {
  const file = join(settings.MIZAN_DATA_DIR, 'demo', 'pack-2026-10.zip');
  const nowhere = { settings: { MIZAN_DATA_DIR: join(scratch, 'nowhere') } };
  let files: PackFiles;
  let keyText: string;
  beforeAll(async () => {
    files = await readPack(file);
    keyText = /mizan\/ledger\/\S+\+\S+/.exec(files.get('HOWTO.txt')!.toString('utf8'))![0];
  });

  it('verifies with nothing but itself, and is computed again', () => {
    const verified = mizan(['verify', file, '--key', keyText], nowhere);
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining('that you trust'),
    ]);
    expect(verified.stdout).toMatch(/carbon-v2.json: 15 figures added up again, all equal/);
    const { code, stdout } = mizan(['recompute', file], nowhere);
    expect(code).toBe(0);
    expect(stdout).toMatch(/carbon 2026-10 version 2: 26 figures computed again, all equal/);
  });

  it('goes on from the checkpoint of the month before, and from no other log', async () => {
    const before = (await readPack(file.replace('2026-10', '2026-09'))).get('checkpoint')!;
    const size = before.toString('utf8').split('\n')[1]!;
    const [kept, since] = [join(scratch, 'kept'), join(scratch, 'since.zip')];
    writeFileSync(kept, before);
    expect(demoLedger('attest', '2026-10', '--since', kept, '--out', since).code).toBe(0);
    const { code, stdout } = mizan(['verify', since, '--since', kept], nowhere);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`begins with the ${size} events`)]);
    const goneOn = await readPack(since);
    const trust = (since: string) =>
      checkPack(goneOn, { key: null, since }).checks.find(({ check }) => check === 'consistency')!;
    const text = before.toString('utf8');
    expect(trust(text.replace(`\n${size}\n`, '\n2\n')).detail).toMatch(/No signature/);
    expect(trust('hello')).toMatchObject({ outcome: 'FAIL' });
    const without = editedPack(goneOn, { [`consistency/${size}.json`]: null });
    const { checks } = checkPack(without, { key: null, since: text });
    expect(checks).toContainEqual(
      expect.objectContaining({ detail: expect.stringMatching(/ask for a pack since/) }),
    );
  });

  const lastRow = (domain: string, change: (row: string) => string) => (text: string) => {
    const lines = text.split('\n');
    const at = lines.findLastIndex((line) => line.startsWith(`{"@":"mizan/row/${domain}/`));
    return lines.with(at, change(lines[at]!)).join('\n');
  };

  // prettier-ignore
  it.each<[string, string, string, (text: string) => string]>([
    ['an edited event',     'log',         'log/events.jsonl',   (text) => text.replace('"actor":"cli"', '"actor":"clj"')],
    ['a removed event',     'log',         'log/events.jsonl',   (text) => text.split('\n').toSpliced(3, 1).join('\n')],
    ['two events swapped',  'log',         'log/events.jsonl',   (text) => { const [a, b, ...rest] = text.split('\n'); return [b, a, ...rest].join('\n'); }],
    ['its last event gone', 'population',  'log/events.jsonl',   (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`],
    ['an event of nothing', 'log',         'log/events.jsonl',   (text) => text.replace(/^.*$/m, 'null')],
    ['an edited reading',   'rows',        'log/rows.jsonl',     lastRow('interval-block', (row) => row.replace('"revision":2', '"revision":3'))],
    ['a row twice',         'log',         'log/rows.jsonl',     lastRow('posting', (row) => `${row}\n${row}`)],
    ['a gap that is moved', 'log',         'log/left-out.json',  (text) => text.replace('"begin":', '"begin":1')],
    ['an edited statement', 'statements',  'statements/carbon-v2.json', (text) => text.replace('"value":', '"value":1')],
    ['another signature',   'statements',  'statements/carbon-v2.jws',  (text) => `${text.slice(0, -2)}AA`],
    ['an edited table',     'tables',      'data/intervals.csv', (text) => text.replace(',60,', ',61,')],
    ['an edited file',      'files',       'files/74d29e2ae3601191400c9f7fa4027d2cd32410e19fa339a141dc1dad284d6c24', (text) => `${text} `],
    ['another key',         'keys',        'keys/jwks.json',     (text) => text.replace('"x":"', '"x":"A')],
    ['another checkpoint',  'checkpoint',  'checkpoint',         (text) => text.replace(/\n\d+\n/, '\n99\n')],
    ['an edited manifest',  'signature',   'HOWTO.txt',          (text) => `${text}!`],
    ['a file too many',     'container',   'notes.txt',          () => 'all is well'],
  ])('fails for %s', (_, check, path, edit) => {
    const { checks } = checkPack(editedPack(files, { [path]: edit }), { key: null, since: null });
    const failed = checks.filter(({ outcome }) => outcome === 'FAIL');
    // The manifest that was made again for it is signed by nobody.
    expect(failed.map((one) => one.check)).toContain('signature');
    expect(failed.map((one) => one.check)).toContain(check);
  });

  it('names the file of which a byte was changed or that is gone, whichever it is', () => {
    for (const path of files.keys()) {
      const bytes = Buffer.from(files.get(path)!);
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      for (const changed of [new Map(files).set(path, bytes), new Map(files)]) {
        if (changed.get(path) !== bytes) changed.delete(path);
        const { checks } = checkPack(changed, { key: null, since: null });
        const failed = checks.filter(({ outcome }) => outcome === 'FAIL');
        expect(failed.map(({ detail }) => detail).join(' ')).toContain(path);
      }
    }
  });

  it('is not signed by another key than the one that is trusted', () => {
    const other = verifierKey({ name: keyText.split('+')[0]!, publicKey: new Uint8Array(32) });
    const { code, stdout } = mizan(['verify', file, '--key', other], nowhere);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/FAIL keys: .*not signed by/)]);
    expect(mizan(['verify', file, '--key', 'mine'], nowhere).code).toBe(2);
  });

  it.each([
    ['a text', 'hello', 'It is no ZIP archive'],
    ['half of it', null, 'pack.unreadable'],
  ])('is refused by the command where it is %s', (_, text, message) => {
    const changed = join(scratch, 'changed.zip');
    writeFileSync(changed, text ?? readFileSync(file).subarray(0, 100_000));
    const { code, stdout, stderr } = mizan(['verify', changed], nowhere);
    expect([code, stdout + stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('is the same bytes when it is made again', () => {
    const [once, again] = [join(scratch, 'once.zip'), join(scratch, 'again.zip')];
    expect(demoLedger('attest', '2026-10', '--out', once).code).toBe(0);
    expect(demoLedger('attest', '2026-10', '--out', again).code).toBe(0);
    expect(readFileSync(again).equals(readFileSync(once))).toBe(true);
    expect(demoLedger('attest', '2026-10', '--out', again).code).toBe(2);
    expect(demoLedger('attest', '2027-10').stderr).toContain('statement.not_found');
  });
});
