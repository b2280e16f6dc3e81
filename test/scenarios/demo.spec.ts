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
import { verifyEvidence } from '../../src/core/evidence/verify-evidence.js';
import { chainHash, leafHash, NO_PREVIOUS, toHex } from '../../src/core/ledger/merkle.js';
import { endServers, mizan, serveUntil, terminal } from '../support/cli.js';
import { preparedFolder } from '../support/kills.js';

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

  it('goes from files to statements and evidence, and shows its key once', () => {
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
    expect(demoLedger(...receive).stderr).toContain('There is no such file.');
  });
});

describe('an evidence file', () => {
  const file = join(settings.MIZAN_DATA_DIR, 'demo', 'evidence-2026-10.json');
  const verify = (change: (text: string) => string) => {
    const changed = join(scratch, 'changed.json');
    writeFileSync(changed, change(readFileSync(file, 'utf8')));
    return mizan(['verify', changed], { settings: { MIZAN_DATA_DIR: join(scratch, 'nowhere') } });
  };

  it('verifies with nothing but itself', () => {
    const { code, stdout } = verify((text) => text);
    expect(code).toBe(0);
    expect(stdout).toMatch(/carbon 2026-10 version 2: 22 figures computed again, all equal/);
  });

  // prettier-ignore
  it.each<[string, string, (evidence: Editable) => void]>([
    ['an edited event',     'chain',     ({ events }) => { events[20]!.payload = events[20]!.payload.replace('"actor"', '"Actor"'); }],
    ['a removed event',     'chain',     ({ events }) => { events.splice(20, 1); }],
    ['a cut log',           'chain',     ({ events }) => { events.pop(); }],
    ['an edited reading',   'rows',      ({ events }) => { const { rows } = events.findLast(({ rows: all }) => all?.[0]?.includes('interval-block'))!; rows![0] = rows![0]!.replace('"revision":2', '"revision":3'); }],
    ['a missing row',       'rows',      ({ events }) => { events.findLast(({ rows }) => rows?.[0]?.includes('posting'))!.rows!.pop(); }],
    ['an edited statement', 'statement', ({ statements }) => { statements[0] = statements[0]!.replace('"value":', '"value":1'); }],
    ['rows left out',       'completeness', ({ events }) => { for (const event of events) if (event.rows?.[0]?.includes('mizan/row/certificate')) event.rows = null; }],
    ['a row of readings left out', 'completeness', ({ events }) => { events.findLast(({ rows: all }) => all?.[0]?.includes('interval-block'))!.rows = null; }],
    ['a statement left out', 'completeness', ({ statements }) => { statements.pop(); }],
    ['all statements left out', 'completeness', ({ statements }) => { statements.length = 0; }],
    ['a statement twice',   'completeness', ({ statements }) => { statements.push(statements[0]!); }],
    ['another month',       'completeness', (evidence) => { evidence.month = '2026-09'; }],
    ['another site',        'completeness', (evidence) => { evidence.siteCode = 'ELSEWHERE'; }],
    ['no month',            'format',    (evidence) => { evidence.month = 'October'; }],
    ['an unknown field',    'format',    (evidence) => { Object.assign(evidence, { note: 'all is well' }); }],
    ['an unknown field of an event', 'format', ({ events }) => { Object.assign(events[3]!, { note: 'x' }); }],
    ['a missing field',     'format',    (evidence) => { delete (evidence as Partial<Editable>).siteCode; }],
    ['an event of nothing', 'format',    ({ events }) => { events[3] = null as never; }],
    ['statements that are no list', 'format', (evidence) => { evidence.statements = {} as never; }],
  ])('fails for %s', (_, check, edit) => {
    const evidence = JSON.parse(readFileSync(file, 'utf8'));
    edit(evidence);
    expect(verifyEvidence(evidence).at(-1)).toMatchObject({ ok: false, check });
  });

  it('names what is left out, what is twice there and what is of another time or place', () => {
    const detail = (edit: (evidence: Editable) => void): string => {
      const evidence = JSON.parse(readFileSync(file, 'utf8'));
      edit(evidence);
      return verifyEvidence(evidence).at(-1)!.detail;
    };
    expect(detail(({ statements }) => statements.splice(0, 2))).toMatch(
      /leaves out: \w+ \S+ 2026-10 version \d, \w+ \S+ 2026-10 version \d\./,
    );
    expect(detail(({ statements }) => statements.push(statements[0]!))).toMatch(
      /^\w+ \S+ 2026-10 version \d is there twice/,
    );
    expect(detail((evidence) => (evidence.siteCode = 'X'))).toMatch(/not of the file’s site X/);
    expect(detail((evidence) => Object.assign(evidence, { note: 1 }))).toMatch(/known: note/);
  });

  it('is compared with a head that was noted elsewhere', () => {
    const evidence = JSON.parse(readFileSync(file, 'utf8'));
    const heads: string[] = [];
    let head = NO_PREVIOUS;
    for (const { payload } of evidence.events) {
      head = chainHash(head, leafHash(payload));
      heads.push(toHex(head));
    }
    const compared = (size: number | null, noted: string) =>
      verifyEvidence(evidence, { size, chainHash: noted }).find(({ check }) => check === 'head')!;
    expect(compared(null, heads[19]!)).toMatchObject({ ok: true });
    expect(compared(20, heads[19]!.toUpperCase()).detail).toMatch(/after 20 events/);
    expect(compared(21, heads[19]!)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/after 21 events is here the one after 20/),
    });
    expect(compared(20, 'a'.repeat(64)).detail).toMatch(/another history/);
    expect(compared(null, 'a'.repeat(64))).toMatchObject({ ok: false });
    expect(compared(heads.length + 1, 'a'.repeat(64)).detail).toMatch(/The file ends after/);
    const nowhere = { settings: { MIZAN_DATA_DIR: join(scratch, 'nowhere') } };
    const said = mizan(['verify', file, '--head', `20:${heads[19]}`], nowhere);
    expect([said.code, said.stdout]).toEqual([0, expect.stringMatching(/ok {3}head: .*20 events/)]);
    expect(mizan(['verify', file, '--head', heads[19]!.slice(1)], nowhere).code).toBe(2);
  });

  it.each([
    [
      'an edited file',
      1,
      'FAIL chain',
      (text: string) => text.replace('import.committed', 'import.Committed'),
    ],
    [
      'another format',
      2,
      'evidence.invalid',
      (text: string) => text.replace('mizan/evidence/1', 'mizan/evidence/9'),
    ],
    [
      'a member that is there twice',
      1,
      'FAIL format: /month is there twice',
      (text: string) => text.replace('{', '{"month":"2026-09",'),
    ],
    ['no JSON', 2, 'import.file_unreadable', () => 'hello'],
    ['another matcher', 2, 'NOT COMPUTED statement: ', (text: string) => byMatcher(text, 3)],
  ])('is refused by the command for %s', (_, exit, message, change) => {
    const { code, stdout, stderr } = verify(change);
    expect([code, stdout + stderr]).toEqual([exit, expect.stringContaining(message)]);
  });
});

/** An evidence file as another matcher would have sealed it. */
function byMatcher(text: string, version: number): string {
  const evidence = JSON.parse(text);
  let head = NO_PREVIOUS;
  for (const event of evidence.events) {
    const found = /"codeVersion":"mizan-match\/\d+"/;
    event.payload = event.payload.replace(found, `"codeVersion":"mizan-match/${version}"`);
    head = chainHash(head, leafHash(event.payload));
  }
  return JSON.stringify({ ...evidence, chainHash: toHex(head) });
}

interface Editable {
  month: string;
  siteCode: string;
  statements: string[];
  readonly events: { payload: string; rows: string[] | null }[];
}
