import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { DailyUpkeepJob } from '../../src/features/metering/uploads/daily-upkeep.job.js';
import { startApp, type AnyReply, type TestApp } from '../support/app.js';
import { rows, run } from '../support/database.js';
import { createGrid, intervalsCsv } from '../support/make.js';
import { until } from '../support/kills.js';
import { startMonth } from '../support/month.js';

const role = 'energy-manager' as const;

describe('writes with an Idempotency-Key', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  const organisation = (code: string, name = code): object => ({ code, name, country: 'MA' });
  const create = (
    idempotencyKey: string,
    body: unknown,
    on: Pick<TestApp, 'call'> = app,
  ): Promise<AnyReply> => on.call('POST', '/v1/organisations', { role, body, idempotencyKey });
  const size = async (): Promise<number> => {
    const [head] = await rows<{ size: string }>(
      app.database.adminUrl,
      `SELECT size FROM ledger_head WHERE ledger_id = '${app.ledgerId}'`,
    );
    return Number(head!.size);
  };
  /** What a client sees of an answer, but what belongs to each sending of it. */
  const seen = ({ status, text, headers }: AnyReply): object => ({
    status,
    text,
    type: headers.get('content-type'),
    location: headers.get('location'),
    etag: headers.get('etag'),
    length: headers.get('content-length'),
  });
  const isReplayed = ({ headers }: AnyReply): boolean =>
    headers.get('idempotent-replayed') === 'true';

  const CSV = (day: string): string =>
    intervalsCsv(`2026-10-${day}T00:00:00Z`, 2, (_, hour) => 1_000 * (hour + 1));
  const REVISED = { name: 'Changed', country: 'MA', ice: '001234567000089' };
  const reading = { meter: 'M-60', start: '2026-10-20T00:00:00Z', wh: 5, quality: 'ACTUAL' };
  type Write = readonly [path: string, call: Parameters<TestApp['call']>[2]];
  // prettier-ignore
  const WRITES: Readonly<Record<string, Write>> = {
    'a record':              ['organisations', { role, body: organisation('ORG') }],
    'a version':             ['organisations/BUYER/versions', { role, body: REVISED }],
    'readings':              ['readings', { role, body: { items: [reading] } }],
    'a file':                ['imports/intervals', { role, body: CSV('01'), type: 'text/csv' }],
    'a verification':       ['ledger/verifications?full=true', { role }],
    'a file as a job':       ['imports/intervals?asJob=true', { role, body: CSV('02'), type: 'text/csv' }],
    'a preview':             ['imports/intervals?dryRun=true', { role, body: CSV('03'), type: 'text/csv' }],
    'a validation':          ['validations', { role, body: { from: '2026-10-01T00:00:00Z', to: '2026-10-02T00:00:00Z' } }],
    'nothing to do':         ['certificate-expiries', { role }],
  };

  it.each(Object.entries(WRITES))('gives the same bytes again: %s', async (name, [path, call]) => {
    const send = (): Promise<AnyReply> =>
      app.call('POST', `/v1/${path}`, { ...call, idempotencyKey: name.replaceAll(' ', '-') });
    const first = await send();
    const after = await size();
    const again = await send();
    expect(first.status).toBeLessThan(300);
    expect(seen(again)).toEqual(seen(first));
    expect([isReplayed(first), isReplayed(again)]).toEqual([false, true]);
    expect(await size()).toBe(after);
  });

  it('takes members in any order for the same request', async () => {
    const first = await create('order', organisation('ORDER'));
    const again = await create('order', { country: 'MA', name: 'ORDER', code: 'ORDER' });
    expect(seen(again)).toEqual(seen(first));
  });

  it('gives the first answer also when the state has moved on', async () => {
    const first = await create('moved', organisation('MOVED'));
    await app.call('POST', '/v1/organisations/MOVED/versions', {
      role,
      body: { name: 'Other', country: 'MA' },
    });
    expect(seen(await create('moved', organisation('MOVED')))).toEqual(seen(first));
  });

  it.each([
    ['another body', { body: organisation('KEYED', 'Other') }],
    ['another path', { path: '/v1/sites' }],
  ])('refuses the key for %s', async (name, other) => {
    const key = `reused-${name.replaceAll(' ', '-')}`;
    const body = organisation(key.toUpperCase());
    await create(key, body);
    const { path = '/v1/organisations', ...rest } = { body, ...other } as {
      path?: string;
      body: object;
    };
    const { status, body: problem } = await app.call('POST', path, {
      role,
      idempotencyKey: key,
      ...rest,
    });
    expect([status, problem.code]).toEqual([422, 'idempotency.key_reused']);
  });

  it('refuses the key for other bytes of a file, and for another query', async () => {
    const send = (body: string, fileName: string): Promise<AnyReply> =>
      app.call('POST', `/v1/imports/intervals?fileName=${fileName}`, {
        role,
        body,
        type: 'text/csv',
        idempotencyKey: 'other-bytes',
      });
    expect((await send(CSV('05'), 'a.csv')).status).toBe(201);
    for (const other of [await send(CSV('06'), 'a.csv'), await send(CSV('05'), 'b.csv')]) {
      expect([other.status, other.body.code]).toEqual([422, 'idempotency.key_reused']);
    }
  });

  it('gives nobody the answer of somebody else', async () => {
    const request = { name: 'another', role, expiresAt: null };
    const { body: issued } = await app.call('POST', '/v1/api-keys', {
      role: 'admin',
      body: request,
    });
    await app.call('POST', `/v1/api-keys/${issued.keyId}/confirmations`, { key: app.secondAdmin });
    await create('mine', organisation('MINE'));
    const his = await app.call('POST', '/v1/organisations', {
      key: issued.key,
      body: organisation('MINE'),
      idempotencyKey: 'mine',
    });
    expect([his.status, his.body.code]).toEqual([422, 'idempotency.key_reused']);
  });

  it('keeps nothing of what is refused: the key may be used again', async () => {
    const known = await create('refused', organisation('BUYER'));
    expect([known.status, known.body.code]).toEqual([409, 'record.exists']);
    expect((await create('refused', { code: 'A B' })).status).toBe(400);
    const first = await create('refused', organisation('FREE'));
    expect([first.status, isReplayed(first)]).toEqual([201, false]);
  });

  it('has one effect for forty at once in two processes, and one answer', async () => {
    const other = await startApp({ beside: app });
    try {
      const before = await size();
      const send = async (at: number): Promise<AnyReply> => {
        for (;;) {
          const one = await create('at-once', organisation('ATONCE'), at % 2 === 0 ? app : other);
          if (one.status !== 409) return one;
          expect(one.body.code).toBe('idempotency.running');
          expect(Number(one.headers.get('retry-after'))).toBeGreaterThan(0);
        }
      };
      const all = await Promise.all(Array.from({ length: 40 }, (_, at) => send(at)));
      for (const one of all) expect(seen(one)).toEqual(seen(all[0]!));
      expect(all.filter((one) => !isReplayed(one))).toHaveLength(1);
      expect(await size()).toBe(before + 1);
    } finally {
      await other.close();
    }
  });

  it('writes fifty at once, each with its own key', async () => {
    const before = await size();
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, at) => create(`many-${at}`, organisation(`MANY${at}`))),
    );
    expect(all.filter(({ status }) => status !== 201)).toEqual([]);
    expect(await size()).toBe(before + 50);
  });

  it.each([0, 2, 5, 10, 20])('answers who went away after %d ms, and did it once', async (ms) => {
    const before = await size();
    const [code, idempotencyKey] = [`GONE${ms}`, `gone-${ms}`];
    await fetch(`${app.url}/v1/organisations`, {
      method: 'POST',
      signal: AbortSignal.timeout(ms),
      body: JSON.stringify(organisation(code)),
      headers: {
        authorization: `Bearer ${app.keys[role]}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
      },
    }).catch(() => {});
    const again = await until(
      () => create(idempotencyKey, organisation(code)),
      ({ status }) => status !== 409,
    );
    expect([again.status, again.body.code]).toEqual([201, code]);
    expect(await size()).toBe(before + 1);
  });

  it('gives the same bytes from another process', async () => {
    const first = await create('restarted', organisation('RESTARTED'));
    const other = await startApp({ beside: app });
    try {
      const again = await create('restarted', organisation('RESTARTED'), other);
      expect([seen(again), isReplayed(again)]).toEqual([seen(first), true]);
    } finally {
      await other.close();
    }
  });

  it('does nothing when the answer cannot be kept', async () => {
    const before = await size();
    await run(
      app.database.adminUrl,
      `ALTER TABLE reply ADD CONSTRAINT reply_is_refused CHECK (idempotency_key <> 'unkept')`,
    );
    const refused = await create('unkept', organisation('UNKEPT'));
    expect([refused.status, refused.body.constraint]).toEqual([422, 'reply_is_refused']);
    expect(await size()).toBe(before);
    await run(app.database.adminUrl, 'ALTER TABLE reply DROP CONSTRAINT reply_is_refused');
    expect((await create('unkept', organisation('UNKEPT'))).status).toBe(201);
  });

  it('keeps no answer that holds a secret, and issues one key all the same', async () => {
    const send = (): Promise<AnyReply> =>
      app.call('POST', '/v1/api-keys', {
        role: 'admin',
        idempotencyKey: 'secret',
        body: { name: 'once', role: 'auditor', expiresAt: null },
      });
    const first = await send();
    const again = await send();
    expect([first.status, again.status, again.body.code, again.body.answered]).toEqual([
      201,
      409,
      'idempotency.answer_not_kept',
      201,
    ]);
    const secret = (first.body.key as string).split('.')[1]!;
    const kept = await rows<{ all: string }>(
      app.database.adminUrl,
      `SELECT string_agg(convert_from(body, 'UTF8'), '') AS all FROM reply`,
    );
    expect(kept[0]!.all).not.toContain(secret);
    const keys = await rows(
      app.database.adminUrl,
      `SELECT FROM principal_name WHERE name = 'once'`,
    );
    expect(keys).toHaveLength(1);
  });

  it('keeps an answer for thirteen months, and not for ever', async () => {
    const upkeep = app.nest.get(DailyUpkeepJob);
    const first = await create('aged', organisation('AGED'));
    app.setNow('2027-12-10T09:00:00Z');
    await upkeep.run(app.ledgerId);
    expect(seen(await create('aged', organisation('AGED')))).toEqual(seen(first));
    app.setNow('2028-01-10T09:00:00Z');
    await upkeep.run(app.ledgerId);
    const after = await create('aged', organisation('AGED'));
    expect([after.status, after.body.code]).toEqual([409, 'record.exists']);
  });
});

describe('every write of a month, sent twice with its key', () => {
  it('has one effect, and the same answer', async () => {
    const differ: string[] = [];
    const paths = new Set<string>();
    let keyed = 0;
    const twice = (app: TestApp): TestApp => ({
      ...app,
      call: async (method, path, call = {}) => {
        if (method !== 'POST') return app.call(method, path, call);
        const idempotencyKey = call.idempotencyKey ?? `month-${(keyed += 1)}`;
        const first = await app.call(method, path, { ...call, idempotencyKey });
        const before = await rows(app.database.adminUrl, 'SELECT size FROM ledger_head');
        const again = await app.call(method, path, { ...call, idempotencyKey });
        const after = await rows(app.database.adminUrl, 'SELECT size FROM ledger_head');
        const isSame =
          again.text === first.text &&
          again.status === first.status &&
          again.headers.get('idempotent-replayed') === 'true';
        if (first.status > 299) differ.push(`${path} is refused: ${first.text}`);
        else if (!isSame) differ.push(`${path}: ${first.text} is not ${again.text}`);
        if (JSON.stringify(before) !== JSON.stringify(after)) differ.push(`${path} is done twice`);
        paths.add(path.replace(/[0-9a-f-]{36}/, '…').split('?')[0]!);
        return first;
      },
    });
    const app = await startMonth(twice);
    try {
      expect(differ).toEqual([]);
      expect(paths.size).toBeGreaterThan(35);
      const { fault } = await app.nest.get(VerificationService).verify(app.ledgerId);
      expect(fault).toBeNull();
    } finally {
      await app.close();
    }
  });
});
