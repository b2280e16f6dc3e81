import { AccessService } from '../../src/features/access/access.service.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { startApp, type TestApp } from '../support/app.js';
import { rows, run } from '../support/database.js';

interface KeyEvent {
  readonly type: string;
  readonly actorPrincipal: string;
  readonly body: Readonly<Record<string, unknown>>;
}

describe('keys and the principals whose they are', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const issue = async (body: object, key = app.keys.admin) =>
    (await app.call('POST', '/v1/api-keys', { key, body })).body;
  const confirm = (keyId: string, key: string) =>
    app.call('POST', `/v1/api-keys/${keyId}/confirmations`, { key });
  const read = (key: string) => app.call('GET', '/v1/sites', { key });
  const verify = () => app.nest.get(VerificationService).verify(app.ledgerId);
  const eventsOf = async (keyId: string): Promise<KeyEvent[]> =>
    (
      await rows<{ event: KeyEvent }>(
        app.database.adminUrl,
        `SELECT convert_from(payload, 'UTF8')::jsonb AS event FROM ledger_event
         WHERE convert_from(payload, 'UTF8')::jsonb #>> '{body,keyId}' = $1 ORDER BY seq`,
        [keyId],
      )
    ).map(({ event }) => event);

  it.each(['operator', 'energy-manager', 'finance', 'admin'])(
    'lets a key of %s work only when another admin has confirmed it',
    async (role) => {
      const issued = await issue({ name: `new ${role}`, role });
      expect(issued.state).toBe('PENDING');
      expect(await read(issued.key)).toMatchObject({
        status: 403,
        body: { code: 'auth.key_pending', keyId: issued.keyId },
      });
      expect(await confirm(issued.keyId, app.keys.admin)).toMatchObject({
        status: 409,
        body: { code: 'key.own_issue' },
      });
      const { status, body } = await confirm(issued.keyId, app.secondAdmin);
      expect([status, body.state]).toEqual([200, 'ACTIVE']);
      expect((await read(issued.key)).body.code).toBe(
        role === 'admin' ? 'auth.forbidden' : undefined,
      );
      expect(await confirm(issued.keyId, app.secondAdmin)).toMatchObject({
        status: 409,
        body: { code: 'key.not_pending', state: 'ACTIVE' },
      });
    },
  );

  it('says nothing of a pending key to who has not its secret', async () => {
    const issued = await issue({ name: 'unsure', role: 'finance' });
    const [prefix] = issued.key.split('.');
    expect(await read(`${prefix}.${'A'.repeat(43)}`)).toMatchObject({
      status: 401,
      body: { code: 'auth.key_unknown' },
    });
  });

  it('lets a key that only reads work at once', async () => {
    const issued = await issue({ name: 'reader', role: 'auditor' });
    expect([issued.state, (await read(issued.key)).status]).toEqual(['ACTIVE', 200]);
  });

  it('keeps a second key of the same admin from confirming what the first one issued', async () => {
    const twin = await issue({ name: '  ADMIN ', role: 'admin' });
    expect((await confirm(twin.keyId, app.secondAdmin)).status).toBe(200);
    const issued = await issue({ name: 'somebody', role: 'finance' });
    expect((await confirm(issued.keyId, twin.key)).body.code).toBe('key.own_issue');
  });

  it('gives the keys of one name to one principal, however it is written', async () => {
    const first = await issue({ name: 'Salma Idrissi', role: 'auditor' });
    const second = await issue({ name: ' salma  IDRISSI', role: 'auditor' });
    const other = await issue({ name: 'Salma Idrissi 2', role: 'auditor' });
    expect([second.principalId, second.name]).toEqual([first.principalId, 'Salma Idrissi']);
    expect(other.principalId).not.toBe(first.principalId);
    const machine = { name: 'salma idrissi', role: 'auditor', kind: 'machine' };
    expect(await issue(machine)).toMatchObject({ code: 'principal.other_kind', kind: 'person' });
  });

  it('seals principals, seals and a commitment, and no name', async () => {
    const issued = await issue({ name: 'Nobody Knows', role: 'finance' });
    await confirm(issued.keyId, app.secondAdmin);
    await app.call('POST', `/v1/api-keys/${issued.keyId}/revocations`, { role: 'admin' });
    const { items } = (await app.call('GET', '/v1/api-keys', { role: 'admin' })).body;
    const of = (name: string) =>
      items.find((key: { name: string }) => key.name === name).principalId;
    const events = await eventsOf(issued.keyId);
    expect(events.map(({ type, actorPrincipal }) => [type, actorPrincipal])).toEqual([
      ['key.issued', of('admin')],
      ['key.confirmed', of('second admin')],
      ['key.revoked', of('admin')],
    ]);
    expect(events[0]!.body).toMatchObject({
      role: 'finance',
      basis: 'second-person',
      principalId: issued.principalId,
      nameCommitment: expect.stringMatching(/^[0-9a-f]{64}$/),
      secretSeal: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const named = await rows(
      app.database.adminUrl,
      `SELECT FROM ledger_event WHERE convert_from(payload, 'UTF8') ILIKE '%nobody%'`,
    );
    expect(named).toEqual([]);
  });

  it('erases a name for good, and every proof stays valid', async () => {
    const issued = await issue({ name: 'Leaves Soon', role: 'auditor' });
    const path = `/v1/principals/${issued.principalId}/erasures`;
    expect(await app.call('POST', path, { role: 'admin' })).toMatchObject({
      status: 409,
      body: { code: 'principal.has_keys', keyIds: [issued.keyId] },
    });
    await app.call('POST', `/v1/api-keys/${issued.keyId}/revocations`, { role: 'admin' });
    expect((await app.call('POST', path, { role: 'admin' })).status).toBe(204);
    const { items } = (await app.call('GET', '/v1/api-keys', { role: 'admin' })).body;
    const listed = items.find((key: { keyId: string }) => key.keyId === issued.keyId);
    expect([listed.name, listed.principalId]).toEqual([null, issued.principalId]);
    const kept = await rows<{ text: string }>(
      app.database.adminUrl,
      `SELECT principal_name::text AS text FROM principal_name UNION ALL
       SELECT principal::text FROM principal UNION ALL SELECT api_key::text FROM api_key`,
    );
    expect(kept.filter(({ text }) => text.includes('Leaves Soon'))).toEqual([]);
    expect((await verify()).fault).toBeNull();
    const unknown = '00000000-0000-7000-8000-000000000001';
    const path2 = `/v1/principals/${unknown}/erasures`;
    expect((await app.call('POST', path2, { role: 'admin' })).status).toBe(404);
  });

  it('is left one admin, however they revoke each other', async () => {
    const ledgerId = (await app.nest.get(LedgerService).open('mutual')).ledgerId;
    const access = app.nest.get(AccessService);
    const admin = async (name: string) => {
      const request = { name, role: 'admin', expiresAt: null } as const;
      const { keyId, row } = await access.issue(atTerminal(ledgerId, 'admin'), request);
      return { ledgerId, id: keyId, principalId: row.principalId, role: 'admin' } as const;
    };
    const [a, b] = [await admin('a'), await admin('b')];
    const ended = await Promise.allSettled([access.revoke(a, b.id), access.revoke(b, a.id)]);
    const refused = ended.filter((one) => one.status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'auth.key_unknown' } }]);
    const left = (await access.list(ledgerId)).filter(({ state }) => state === 'ACTIVE');
    expect(left).toHaveLength(1);
    const last = left[0]!.row.keyId === a.id ? a : b;
    await expect(access.revoke(last, last.id)).rejects.toMatchObject({ code: 'key.last_admin' });
  });

  it('starts a ledger with two admins at the terminal, and no more', async () => {
    const { ledgerId } = await app.nest.get(LedgerService).open('young');
    const access = app.nest.get(AccessService);
    const terminal = atTerminal(ledgerId, 'admin');
    const admin = (name: string) =>
      access.issue(terminal, { name, role: 'admin', expiresAt: null });
    await expect(
      access.issue(terminal, { name: 'me', role: 'auditor', expiresAt: null }),
    ).rejects.toMatchObject({
      code: 'auth.person_required',
      details: {
        fix:
          'Issue an admin key of your own, then act with it: ' +
          '`npx mizan key issue --role admin --name YOU --out admin.key`, ' +
          '`MIZAN_KEY_FILE=admin.key npx mizan key issue --role auditor --name NAME`.',
      },
    });
    const first = await admin('first');
    // Under the same name it is the same principal: still one.
    await admin('FIRST');
    const second = await admin('second');
    expect([first.state, second.state]).toEqual(['ACTIVE', 'ACTIVE']);
    expect((await eventsOf(first.keyId))[0]!.body['bootstrap']).toBe(true);
    await expect(admin('third')).rejects.toMatchObject({ code: 'auth.person_required' });
    await expect(access.confirm(terminal, first.keyId)).rejects.toMatchObject({
      code: 'auth.person_required',
    });
    await expect(access.revoke(terminal, first.keyId)).rejects.toMatchObject({
      code: 'auth.person_required',
    });
  });

  it('starts a ledger with two admins, however many ask at once', async () => {
    const { ledgerId } = await app.nest.get(LedgerService).open('rushed');
    const access = app.nest.get(AccessService);
    const asked = await Promise.allSettled(
      ['a', 'b', 'c', 'd', 'e'].map((name) =>
        access.issue(atTerminal(ledgerId, 'admin'), { name, role: 'admin', expiresAt: null }),
      ),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });

  // prettier-ignore
  const EDITS: readonly (readonly [what: string, sql: string, check: string])[] = [
    ['a role',            `UPDATE api_key SET role = 'operator' WHERE role = 'finance'`, 'api_key'],
    ['a secret',          `UPDATE api_key SET secret_sha256 = sha256('x') WHERE role = 'auditor'`, 'api_key'],
    ['an end',            `UPDATE api_key SET expires_at = now() + interval '9 years' WHERE role = 'auditor'`, 'api_key'],
    ['a revocation back', `UPDATE api_key SET revoked_at = NULL WHERE revoked_at IS NOT NULL`, 'api_key'],
    ['a revocation in',   `UPDATE api_key SET revoked_at = now() WHERE role = 'auditor'`, 'api_key'],
    ['an owner',          `UPDATE api_key SET principal_id = (SELECT principal_id FROM api_key WHERE role = 'finance' LIMIT 1) WHERE role = 'auditor'`, 'api_key'],
    ['a confirmation',    `UPDATE api_key SET confirmed_by = gen_random_uuid() WHERE confirmed_by IS NOT NULL`, 'api_key'],
    ['a birth',           `UPDATE api_key SET created_at = created_at - interval '1 year' WHERE role = 'auditor'`, 'api_key'],
    ['the grounds',       `UPDATE api_key SET basis = 'earlier' WHERE role = 'auditor'`, 'api_key'],
    ['a key away',        `DELETE FROM api_key WHERE role = 'auditor'`, 'api_key'],
    ['a key in',          `INSERT INTO api_key SELECT ledger_id, 'forgedforged', role, sha256('mine'), created_at, expires_at, revoked_at, event_id, principal_id, basis, issued_by, confirmed_by, confirmed_at, confirm_event_id FROM api_key WHERE role = 'finance' LIMIT 1`, 'api_key'],
    ['a principal in',    `INSERT INTO principal SELECT ledger_id, gen_random_uuid(), kind, name_commitment, event_id FROM principal LIMIT 1`, 'principal'],
    ['a kind',            `UPDATE principal SET kind = 'machine'`, 'principal'],
    ['a commitment',      `UPDATE principal SET name_commitment = sha256('x')`, 'principal'],
    ['a name',            `UPDATE principal_name SET name = 'Mallory', folded_name = 'mallory' WHERE folded_name = 'finance'`, 'principal'],
  ];
  it.each(EDITS)('finds %s that was edited in', async (_, sql, check) => {
    const { adminUrl } = app.database;
    await run(
      adminUrl,
      `CREATE TABLE kept_keys AS SELECT * FROM api_key;
      CREATE TABLE kept_principals AS SELECT * FROM principal;
      CREATE TABLE kept_names AS SELECT * FROM principal_name`,
    );
    try {
      await run(adminUrl, `SET session_replication_role = replica; ${sql}`);
      expect((await verify()).fault).toMatchObject({ check });
    } finally {
      await run(
        adminUrl,
        `SET session_replication_role = replica;
         DELETE FROM api_key; DELETE FROM principal; DELETE FROM principal_name;
         INSERT INTO api_key SELECT * FROM kept_keys;
         INSERT INTO principal SELECT * FROM kept_principals;
         INSERT INTO principal_name SELECT * FROM kept_names;
         DROP TABLE kept_keys, kept_principals, kept_names`,
      );
    }
    expect((await verify()).fault).toBeNull();
  });
});
