import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointJob } from '../../src/features/signing/checkpoint.job.js';
import { CONFIG, type Config } from '../../src/platform/config.js';
import type { TestApp } from '../support/app.js';
import { intervalsCsv } from '../support/make.js';
import { startMonth } from '../support/month.js';
import { until } from '../support/waiting.js';

const AS_AUDITOR = { role: 'auditor' } as const;

describe('a log that is signed without anybody asking', () => {
  let app: TestApp;
  let job: CheckpointJob;
  beforeAll(async () => {
    app = await startMonth();
    job = app.nest.get(CheckpointJob);
  });
  afterAll(() => app.close());

  const get = async (path: string) => (await app.call('GET', path, AS_AUDITOR)).body;
  const look = () => job.look(app.ledgerId);
  const size = async (): Promise<number> => (await get('/v1/ledger/head')).size;
  const grow = async (code: string) => {
    const body = { code, name: code, country: 'MA' };
    const made = await app.call('POST', '/v1/organisations', { role: 'energy-manager', body });
    expect(made.status).toBe(201);
  };
  const warnings = async (): Promise<readonly string[]> =>
    (await app.call('GET', '/health/ready')).body.warnings;

  it('is signed after a statement', async () => {
    const before = await size();
    const signed = await look();
    // The key that signs is an event too.
    expect(signed?.size).toBe(before + 1);
    expect(await look()).toBeNull();
  });

  it('is signed after an hour if it grew, and not before', async () => {
    app.setNow('2026-11-10T09:59:59Z');
    await grow('HOURLY');
    expect(await look()).toBeNull();
    app.setNow('2026-11-10T10:00:00Z');
    expect((await look())?.size).toBe(await size());
    app.setNow('2026-11-10T18:00:00Z');
    expect(await look()).toBeNull();
  });

  it('says in its health that it cannot be signed, and signs later', async () => {
    const folder = join(app.nest.get<Config>(CONFIG).dataDir, 'signing-keys');
    const [file] = readdirSync(folder).map((name) => join(folder, name));
    await grow('UNSIGNED');
    chmodSync(file!, 0o644);
    expect(await look()).toBeNull();
    expect(await warnings()).toEqual([
      expect.stringMatching(/^The log is due to be signed and is not: .* mode 0600/),
    ]);
    chmodSync(file!, 0o600);
    expect((await look())?.size).toBe(await size());
    expect(await warnings()).toEqual([]);
  });

  it('is signed in a moment by the process that writes, once its jobs have begun', async () => {
    job.start(app.ledgerId);
    const issued = await app.call('POST', '/v1/statements', {
      role: 'energy-manager',
      body: { kind: 'billing', month: '2026-10' },
    });
    expect(issued.status).toBe(201);
    await until(async () => (await get('/v1/ledger/checkpoint')).size === (await size()));
  });
});

describe('a statement that somebody holds', () => {
  let app: TestApp;
  let statement: { readonly statementId: string; readonly sha256: string };
  beforeAll(async () => {
    app = await startMonth();
    const { items } = (await app.call('GET', '/v1/statements', AS_AUDITOR)).body;
    [statement] = items;
  });
  afterAll(() => app.close());

  const ask = (statementId: string, query: Readonly<Record<string, string>>) =>
    app.call('GET', `/public/statements/${statementId}?${new URLSearchParams(query).toString()}`);
  const asked = async (of: Partial<typeof statement> = {}, ledgerId = app.ledgerId) => {
    const { statementId, sha256 } = { ...statement, ...of };
    return (await ask(statementId, { sha256, ledgerId })).body;
  };
  const UNKNOWN = {
    known: false,
    issuedAt: null,
    seq: null,
    size: null,
    signedAt: null,
    proof: null,
    supersededBy: null,
  };

  it('is known by id and bytes, signed once it is, and says nothing else', async () => {
    const before = await asked();
    expect(before).toEqual({
      ...UNKNOWN,
      known: true,
      issuedAt: '2026-11-10T09:00:00.000Z',
      seq: expect.any(Number),
    });
    await app.nest.get(CheckpointJob).look(app.ledgerId);
    const after = await asked();
    expect(after).toMatchObject({ known: true, signedAt: '2026-11-10T09:00:00.000Z' });
    expect(after.size).toBeGreaterThan(after.seq);
    const proof = await app.call('GET', after.proof, AS_AUDITOR);
    expect([proof.status, proof.body.hashes.length > 0]).toEqual([200, true]);
    const event = (await app.call('GET', `/v1/ledger/events?after=${after.seq - 1}`, AS_AUDITOR))
      .body.items[0];
    expect(event.type).toBe('statement.issued');
  });

  it('is unknown alike with another id, other bytes, or in another ledger', async () => {
    expect(await asked({ statementId: '00000000-0000-4000-8000-00000000dead' })).toEqual(UNKNOWN);
    expect(await asked({ sha256: 'ab'.repeat(32) })).toEqual(UNKNOWN);
    expect(await asked({}, '00000000-0000-5000-8000-00000000beef')).toEqual(UNKNOWN);
    // Of the ledger of this server, where none is named: that is another here.
    expect((await ask(statement.statementId, { sha256: statement.sha256 })).body).toEqual(UNKNOWN);
  });

  it('refuses what is no hash, and no id', async () => {
    expect((await ask(statement.statementId, { sha256: 'AB' })).status).toBe(400);
    expect((await ask(statement.statementId, {})).status).toBe(400);
    expect((await ask('none', { sha256: statement.sha256 })).status).toBe(400);
  });

  it('names the version after it', async () => {
    const sent = await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      type: 'text/csv',
      body: intervalsCsv('2026-10-01T00:00:00Z', 4, (_, hour) => 1_100 * (hour + 1)),
    });
    expect(sent.status).toBe(201);
    const role = 'energy-manager';
    await app.call('POST', '/v1/matching-runs', { role, body: { month: '2026-10' } });
    const next = await app.call('POST', '/v1/statements', {
      role,
      body: { kind: 'carbon', month: '2026-10' },
    });
    expect([next.status, next.body.version]).toEqual([201, 2]);
    expect(await asked()).toMatchObject({ supersededBy: next.body.statementId });
  });
});
