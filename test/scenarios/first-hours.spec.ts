import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleRecords } from '../../src/platform/http/examples.js';
import { RecordDoors } from '../../src/platform/records/record-doors.js';
import { purposeOf } from '../../src/platform/http/purposes.js';
import { startApp, type TestApp } from '../support/app.js';
import { mizan } from '../support/cli.js';

describe('the first hours of somebody new', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'mizan-first-hours-'));
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ now: new Date().toISOString() });
  });
  afterAll(async () => {
    await app.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const run = (args: readonly string[], input = '') => {
    const settings = {
      DATABASE_URL: app.database.adminUrl,
      MIZAN_DATA_DIR: scratch,
      MIZAN_LEDGER: 'test',
    };
    const ran = mizan(args, { settings, input });
    // The command goes by the machine's clock, and so does what comes after it.
    app.setNow(new Date().toISOString());
    return ran;
  };
  const json = (args: readonly string[], input = '') => {
    const { code, stdout, stderr } = run([...args, '--json'], input);
    const text = code === 0 ? stdout : stderr.slice(stderr.indexOf('{'));
    return { code, answer: JSON.parse(text) as ReturnType<typeof JSON.parse> };
  };
  const file = (name: string, content: unknown): string => {
    const path = join(scratch, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const codesOf = async (path: string): Promise<readonly string[]> => {
    const { body } = await app.call('GET', `/v1/${path}`, { role: 'auditor' });
    return body.items.map(({ code }: { code: string }) => code);
  };
  const organisation = (code: string) => ({ code, name: code, country: 'MA' });
  const site = (code: string, organisationCode: string) => ({
    code,
    name: code,
    organisationCode,
    boundary: 'MA',
    legalTime: 'MA',
    deliveryPoint: 'busbar',
    contractedPowerW: 1_000_000,
  });

  it('shows the shape and an example of every kind, with what each field is for', () => {
    const doors = app.nest.get(RecordDoors).all();
    expect(doors.length).toBeGreaterThan(20);
    const generic = purposeOf(doors[0]!.document.shape['code']);
    for (const { kind, document } of doors) {
      const without = Object.entries(document.shape)
        .filter(([name]) => name !== 'code')
        .filter(([, one]) => [null, generic].includes(purposeOf(one)))
        .map(([name]) => name);
      expect([kind, without]).toEqual([kind, []]);
      expect([kind, exampleRecords().some((one) => one.kind === kind)]).toEqual([kind, true]);
    }
    // Neither needs a ledger, nor a database.
    const schema = mizan(['create', 'meter', '--schema']);
    expect(JSON.parse(schema.stdout)).toMatchObject({
      required: expect.arrayContaining(['code', 'siteCode', 'name']),
      properties: { siteCode: { description: 'Site that it measures' } },
    });
    const example = mizan(['create', 'site', '--example']);
    expect(JSON.parse(example.stdout)).toEqual(
      exampleRecords().find(({ kind }) => kind === 'site')!.document,
    );
  });

  it('saves a folder of records of any kinds in the order that they need', async () => {
    const folder = join(scratch, 'records');
    mkdirSync(folder);
    file('records/a-meters.json', []);
    file('records/meters.json', [
      {
        code: 'BELOW',
        name: 'Below',
        siteCode: 'HOME',
        intervalMinutes: 60,
        ratedPowerW: 9,
        parentCode: 'ABOVE',
        isBooked: false,
      },
      { code: 'ABOVE', name: 'Above', siteCode: 'HOME', intervalMinutes: 60, ratedPowerW: 9 },
    ]);
    file('records/organisation-owner.json', organisation('OWNER'));
    file('records/site.json', { kind: 'site', document: site('HOME', 'OWNER') });
    const rates = exampleRecords().find(({ kind }) => kind === 'vat-rate')!;
    file('records/vat-rate-1.json', rates.document);
    const tried = json(['create', folder, '--dry-run']);
    expect(tried).toMatchObject({ code: 0, answer: { isDryRun: true } });
    expect(await codesOf('sites')).toEqual([]);
    const { code, stdout } = run(['create', folder]);
    expect([code, stdout.includes('5 records saved.')]).toEqual([0, true]);
    expect(await codesOf('meters')).toEqual(['ABOVE', 'BELOW']);
    expect(await codesOf('vat-rates')).toEqual([rates.document['code']]);
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
  });

  it('saves all or nothing, and says of each what is wrong, where, and why it is needed', async () => {
    const { code: _code, deliveryPoint: _point, ...rest } = site('X', 'OWNER');
    const records = file('mixed.json', [
      { kind: 'organisation', document: organisation('NEW') },
      { kind: 'site', document: { ...rest, code: 'LACKING' } },
      { kind: 'site', document: site('LOST', 'NOBODY') },
      { kind: 'organisation', document: organisation('OWNER') },
      {
        kind: 'meter',
        document: { code: 'M', name: 'M', siteCode: 'LOST', intervalMinutes: 60, ratedPowerW: 1 },
      },
      { kind: 'plan', document: {} },
    ]);
    const answers = [];
    for (const more of [[], ['--dry-run']]) {
      const { code, answer } = json(['create', records, ...more]);
      expect([code, answer.code]).toEqual([2, 'records.refused']);
      answers.push(answer);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0].answers.map(({ state }: { state: string }) => state)).toEqual([
      'good',
      'refused',
      'refused',
      'refused',
      'waiting',
      'refused',
    ]);
    const lines = answers[0].errors.map(
      ({ pointer, detail }: { pointer: string; detail: string }) => `${pointer}: ${detail}`,
    );
    expect(lines).toEqual([
      expect.stringContaining(
        'mixed.json row 2 (LACKING), /deliveryPoint: It is missing: Where energy is handed over',
      ),
      expect.stringContaining('row 3 (LOST), /organisationCode: '),
      expect.stringContaining('row 4 (OWNER): '),
      expect.stringContaining('row 5 (M): It names LOST, which is refused.'),
      expect.stringMatching(/row 6, \/kind: Kinds: .*organisation/),
    ]);
    expect(await codesOf('organisations')).toEqual(['OWNER']);
    const text = run(['create', records]).stderr;
    expect(text).toContain('Refused: records.refused');
    expect(text).toMatch(/organisation +NEW +good/);
  });

  it.each([
    [['create', 'metre', 'x.json'], 'Kinds: '],
    [['create', 'meter'], '--example'],
    [['create', 'meter', '--schema', '--dry-run'], '--dry-run'],
    [['create', 'nowhere.json'], 'Kinds: '],
  ])('refuses %j', (args, told) => {
    const { code, stderr } = run(args);
    expect([code, stderr.includes(told)]).toEqual([2, true]);
  });

  it('asks for a record at the terminal, and saves it', async () => {
    const lines = ['LAB', 'Laboratory', 'NOBODY', 'MA', 'busbar', '1000', 'MA', 'OWNER', 'yes'];
    const { code, answer } = json(['create', 'site', '--interactive'], `${lines.join('\n')}\n`);
    expect([code, answer.code, answer.organisationCode]).toEqual([0, 'LAB', 'OWNER']);
    const left = json(['create', 'site', '--interactive'], 'LAB-2\n');
    expect(left).toMatchObject({ code: 0, answer: { saved: null } });
    expect(await codesOf('sites')).toEqual(['HOME', 'LAB']);
  });

  it('does the same over HTTP, once for each key', async () => {
    const role = 'energy-manager' as const;
    const post = (records: readonly object[], more: object = {}, idempotencyKey = 'one') =>
      app.call('POST', '/v1/records', { role, idempotencyKey, body: { records, ...more } });
    const records = [
      { kind: 'site', document: site('FAR', 'FAR-OWNER') },
      { kind: 'organisation', document: organisation('FAR-OWNER') },
    ];
    const tried = await post(records, { isDryRun: true }, 'tried');
    expect(tried).toMatchObject({
      status: 201,
      body: {
        isDryRun: true,
        cannotBeTakenBack: expect.stringContaining('never used again'),
        records: [
          { index: 0, eventId: null },
          { index: 1, code: 'FAR-OWNER' },
        ],
      },
    });
    expect(await codesOf('sites')).not.toContain('FAR');
    const refused = await post([...records, { kind: 'vat-rate', document: { code: 'V' } }]);
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'records.refused', refusedCount: 1 },
    });
    expect(refused.body.errors).toMatchObject([
      { pointer: '/records/2/kind', rule: 'auth.forbidden' },
    ]);
    expect(await codesOf('organisations')).not.toContain('FAR-OWNER');
    // What was refused kept nothing: its key may be used again.
    const saved = await post(records);
    expect(saved).toMatchObject({
      status: 201,
      body: { records: [{ code: 'FAR', version: 1 }, {}] },
    });
    const again = await post(records);
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([saved.text, 'true']);
    expect(await codesOf('sites')).toContain('FAR');
  });

  it('is told what a field is for by the kind’s own route too', async () => {
    const body = { code: 'Q', name: 'Q', intervalMinutes: 60, ratedPowerW: 1, power: 2 };
    const reply = await app.call('POST', '/v1/meters', { role: 'energy-manager', body });
    expect(reply.body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          pointer: '/siteCode',
          detail: 'It is missing: Site that it measures.',
        }),
        expect.objectContaining({ fix: expect.stringContaining('Its fields: name, siteCode') }),
      ]),
    );
  });

  it('opens the address of the server in a browser: a page, in the language of its reader', async () => {
    const open = (path: string, headers: Readonly<Record<string, string>>) =>
      fetch(`${app.url}${path}`, { headers });
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const french = await open('/', { accept, 'accept-language': 'fr-MA,fr;q=0.9,en;q=0.5' });
    expect([french.status, french.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(french.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect([french.headers.get('vary'), french.headers.get('x-content-type-options')]).toEqual([
      'accept, accept-language',
      'nosniff',
    ]);
    const page = await french.text();
    expect(page).toContain('<html lang="fr"');
    // Everything that it leads to is there.
    for (const [, path] of page.matchAll(/href="([^"]+)"/g)) {
      expect([path, (await open(path!, { accept })).status]).toEqual([path, 200]);
    }
    const style = await open('/start.css', {});
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(await (await open('/?lang=en', { accept })).text()).toContain('<html lang="en"');
    const json = await open('/', { accept: 'application/json' });
    expect(await json.json()).toMatchObject({ name: 'Mizan', api: '/openapi.json' });
    expect((await open('/?lang=xx', { accept })).status).toBe(400);
  });

  describe('with readings that failed a check', () => {
    const hour = (at: number): string => `2026-06-01T${String(at).padStart(2, '0')}:00:00Z`;
    const over = [2, 5, 9, 14, 20];
    const open = async () => {
      const { body } = await app.call('GET', '/v1/exceptions?month=2026-06&meterCode=TEST', {
        role: 'auditor',
      });
      return body.items.filter(({ rule }: { rule: string }) => rule === 'V6') as {
        findingId: string;
        from: string;
      }[];
    };
    beforeAll(async () => {
      const role = 'energy-manager' as const;
      const post = (path: string, body: object) => app.call('POST', `/v1/${path}`, { role, body });
      await post('meters', {
        code: 'TEST',
        name: 'Test',
        siteCode: 'HOME',
        intervalMinutes: 60,
        ratedPowerW: 5_000,
        isBooked: false,
      });
      const items = Array.from({ length: 24 }, (_, at) => ({
        meter: 'TEST',
        start: hour(at),
        quality: 'RAW',
        wh: over.includes(at) ? 6_000 : 3_000 + at,
      }));
      await post('readings', { items });
      await post('validations', {
        from: hour(0),
        to: '2026-06-02T00:00:00Z',
        meterCodes: ['TEST'],
      });
    });

    it('types and reads the beginnings of ids', async () => {
      const findings = await open();
      expect(findings.length).toBeGreaterThan(1);
      const { stdout } = run(['exceptions', '2026-06', '--meter', 'TEST']);
      const { findingId } = findings[0]!;
      const shown = stdout
        .split(/\s+/)
        .filter((word) => word.length >= 8 && findingId.startsWith(word));
      expect(shown).toHaveLength(1);
      expect(shown[0]!.length).toBeLessThan(findingId.length);
      const shared = json(['decide', findingId.slice(0, 4), 'accept', '--reason', 'Tested']);
      expect(shared).toMatchObject({
        code: 2,
        answer: { code: 'id.ambiguous', kind: 'exception' },
      });
      expect(shared.answer.candidates).toContain(findingId);
      expect(json(['decide', findingId.slice(0, 3), 'accept', '--reason', 'x y']).code).toBe(2);
      const decided = json(['decide', shown[0]!, 'accept', '--reason', 'Tested']);
      expect(decided).toMatchObject({ code: 0, answer: { findingId, state: 'accepted' } });
    });

    it('decides about all that a filter finds, once it was looked at', async () => {
      const before = await open();
      const args = ['decide', 're-read', '--month', '2026-06', '--meter', 'TEST', '--rule', 'V6'];
      const asked = [...args, '--reason', 'Ask the grid operator'];
      const tried = run([...asked, '--dry-run']);
      expect(tried.stdout).toContain(`Would decide about ${before.length} exceptions of 1 meter`);
      expect(tried.stdout).toContain('Nothing was decided.');
      const { code, stdout } = run(asked);
      expect([code, stdout.includes(`Decided about ${before.length} exceptions`)]).toEqual([
        0,
        true,
      ]);
      expect(run(args).code).toBe(2);
      const none = json([...asked.slice(0, 7), 'V12', ...asked.slice(8)]);
      expect(none).toMatchObject({ code: 1, answer: { code: 'exception.none_open' } });
    });

    it('decides by a file: all of its rows, or none, and says which is wrong', async () => {
      const [first, second, third] = await open();
      const csv = (name: string, ...lines: readonly string[]): string => {
        const path = join(scratch, name);
        writeFileSync(path, `finding,action,reason,start,wh\n${lines.join('\n')}\n`);
        return path;
      };
      const good = [
        `${first!.findingId},override,Read from the panel,${first!.from},4900`,
        `${second!.findingId},accept,"Load test, agreed",,`,
      ];
      const wrong = csv(
        'wrong.csv',
        ...good,
        `${third!.findingId},override,No values,${hour(23)},1`,
      );
      const refused = json(['decide', '--file', wrong]);
      expect(refused).toMatchObject({ code: 2, answer: { code: 'decisions.refused' } });
      expect(refused.answer.errors).toMatchObject([
        { pointer: 'row 4', rule: 'exception.values_wrong' },
      ]);
      const unread = json([
        'decide',
        '--file',
        csv('unread.csv', ',accept,x y,,', `${first!.findingId},override,x y,${first!.from},1.5`),
      ]);
      expect(unread.answer.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
        'row 2, finding',
        'row 3, wh',
      ]);
      const file = csv('good.csv', ...good);
      const tried = json(['decide', '--file', file, '--dry-run']);
      expect(tried).toMatchObject({ code: 0, answer: { decidedCount: 2, changeWh: -1_100 } });
      const made = json(['decide', '--file', file]);
      expect(made).toMatchObject({ code: 0, answer: { decidedCount: 2, countedWh: 10_900 } });
    });
  });

  it('can follow the guide: its JSON is saved as it stands', async () => {
    const guide = readFileSync('docs/records.md', 'utf8');
    const blocks = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text!);
    expect(blocks.length).toBeGreaterThan(3);
    const records = blocks.flatMap((text) => {
      const one = JSON.parse(text) as object | object[];
      return Array.isArray(one) ? one : [one];
    });
    expect(new Set(records.map((one) => (one as { kind: string }).kind)).size).toBeGreaterThan(7);
    const { code, answer } = json(['create', file('guide.json', records)]);
    expect([code, answer.errors, answer.records?.length]).toEqual([0, undefined, records.length]);
  });
});
