import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ResumptionsService } from '../../src/features/access/resumptions.service.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { Clock, MachineClock } from '../../src/platform/clock.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { CONFIG } from '../../src/platform/config.js';
import type { HeadsFile } from '../../src/platform/marker/heads-file.js';
import { Markers } from '../../src/platform/marker/markers.js';
import { type AnyReply, startApp, type TestApp } from '../support/app.js';
import { until } from '../support/waiting.js';

const OTHER_HASH = 'ab'.repeat(32);

describe('the marker of a ledger’s end', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mizan-marker-'));
  let app: TestApp;
  let count = 0;
  beforeAll(async () => {
    app = await startApp({ dataDir });
  });
  afterAll(() => app.close());

  const file = join(dataDir, 'heads.json');
  const marked = () => (JSON.parse(readFileSync(file, 'utf8')) as HeadsFile).ledgers[app.ledgerId]!;
  const head = async () => (await app.call('GET', '/v1/ledger/head', { role: 'auditor' })).body;
  const write = () =>
    app.call('POST', '/v1/organisations', {
      role: 'energy-manager',
      body: { code: `ORG-${(count += 1)}`, name: 'O', country: 'MA' },
    });
  const put = (to: object) =>
    app.nest.get(Markers).change(app.ledgerId, (mark) => ({ ...mark!, ...to }));
  const follows = () =>
    until(async () => existsSync(file) && marked().size === (await head()).size);
  const standing = async () =>
    (await app.call('GET', '/v1/ledger/marker', { role: 'auditor' })).body.standing;
  const resume = (step: string, key: string, body?: object) =>
    app.call('POST', `/v1/ledger/resumptions${step}`, { key, ...(body ? { body } : {}) });

  it('follows each commit, and is what the log says', async () => {
    await write();
    await follows();
    const { size, chainHash } = await head();
    expect(marked()).toMatchObject({ name: 'test', size, chainHash });
    expect(await standing()).toBe('with');
  });

  it('that knows more than the log stops every append, and nothing else', async () => {
    await follows();
    const { size, chainHash } = marked();
    await put({ size: size + 3, chainHash: OTHER_HASH });
    const refused = await write();
    expect(refused.body).toMatchObject({
      status: 503,
      code: 'ledger.behind_checkpoint',
      size,
      markedSize: size + 3,
      detail: expect.stringContaining(`events ${size} to ${size + 2} are missing`),
      fix: expect.stringContaining('mizan resume'),
    });
    expect(await standing()).toBe('behind');
    expect(await head()).toMatchObject({ size, chainHash });
    const ready = await app.call('GET', '/health/ready');
    expect([ready.status, ready.body.warnings[0]]).toEqual([
      200,
      expect.stringContaining('takes nothing in'),
    ]);
    expect(ready.body.checks).toEqual({ database: 'up', writing: 'stopped' });
    const writing = await app.call('GET', '/health/writing');
    expect([writing.status, writing.body.reasons]).toEqual([503, ready.body.warnings]);
    expect(Number(writing.headers.get('retry-after'))).toBeGreaterThan(0);
    const verified = (await app.call('GET', '/v1/ledger/verification', { role: 'auditor' })).body;
    expect(verified.fault).toMatchObject({ check: 'marker', seq: size });
    // The marker is not brought back to what the log has.
    expect(marked()).toMatchObject({ size: size + 3, chainHash: OTHER_HASH });
    await put({ size, chainHash });
    expect((await write()).status).toBe(201);
    expect((await app.call('GET', '/health/writing')).status).toBe(200);
    await follows();
  });

  it('that knows another event in a place stops them too', async () => {
    const { size, chainHash } = marked();
    await put({ chainHash: OTHER_HASH });
    expect((await write()).body).toMatchObject({
      code: 'ledger.behind_checkpoint',
      detail: expect.stringContaining(`its event ${size - 1} is another`),
    });
    expect(await standing()).toBe('forked');
    await put({ chainHash });
    expect((await write()).status).toBe(201);
    await follows();
  });

  it('behind the log is no fault: a crash comes between a commit and the marker', async () => {
    const before = marked();
    await write();
    await follows();
    await put(before);
    expect(await standing()).toBe('with');
    expect((await write()).status).toBe(201);
    await follows();
  });

  it('is gone on without by two admins, who say why', async () => {
    const { size } = marked();
    const again = await resume('', app.keys.admin, { reason: 'none' });
    expect(again.body.code).toBe('ledger.not_behind');
    await put({ size: size + 2, chainHash: OTHER_HASH });
    expect((await resume('/confirmations', app.secondAdmin)).body.code).toBe(
      'ledger.resumption_not_asked',
    );
    // The terminal is nobody: with it one admin would be two.
    await expect(
      app.nest.get(ResumptionsService).ask(atTerminal(app.ledgerId, 'admin'), 'the volume burnt'),
    ).rejects.toMatchObject({ code: 'auth.person_required' });
    const asked = await resume('', app.keys.admin, { reason: 'the volume burnt' });
    expect(asked.body).toMatchObject({ standing: 'behind', asked: { reason: 'the volume burnt' } });
    expect((await write()).status).toBe(503);
    const own = await resume('/confirmations', app.keys.admin);
    expect([own.status, own.body.code]).toEqual([403, 'ledger.own_resumption']);
    const all = await Promise.all(
      Array.from({ length: 8 }, () => resume('/confirmations', app.secondAdmin)),
    );
    const [{ body }, ...more] = all.filter(({ status }) => status === 200) as [AnyReply];
    expect(more).toEqual([]);
    expect(new Set(all.map((one) => one.body.code))).toEqual(
      new Set([undefined, 'ledger.not_behind']),
    );
    expect(body).toMatchObject({
      standing: 'with',
      size: size + 1,
      asked: null,
      lost: [{ size: size + 2, chainHash: OTHER_HASH, resumedSize: size + 1 }],
    });
    expect((await write()).status).toBe(201);
    const events = await app.call('GET', `/v1/ledger/events?after=${size - 1}`, {
      role: 'auditor',
    });
    expect(JSON.parse(events.body.items[0].payload)).toMatchObject({
      type: 'ledger.resumed',
      body: { lostFrom: size, reason: 'the volume burnt', isAlone: false },
    });
    const verified = (await app.call('GET', '/v1/ledger/verification', { role: 'auditor' })).body;
    expect(verified.fault).toBeNull();
    expect(verified.notes).toContainEqual(
      expect.stringContaining(`Events ${size} to ${size + 1} were lost and declared on`),
    );
    await until(() => marked().lost?.length === 1);
    await follows();
    expect(marked().lost).toHaveLength(1);
  });

  it('loses nothing of what two processes mark at once', async () => {
    const beside = await startApp({ beside: app, dataDir });
    const { size } = marked();
    const further = (one: TestApp) =>
      one.nest.get(Markers).change(app.ledgerId, (mark) => ({ ...mark!, size: mark!.size + 1 }));
    const all = Array.from({ length: 10 }, () => [further(app), further(beside)]).flat();
    await Promise.all(all).finally(() => beside.nest.close());
    expect(marked().size).toBe(size + 20);
    await put({ size });
  });

  it('that cannot be written holds nothing up, and is said', async () => {
    rmSync(dataDir, { recursive: true });
    expect((await write()).status).toBe(201);
    await until(async () =>
      (await app.call('GET', '/health/ready')).body.warnings.some((one: string) =>
        one.includes('cannot be written (ENOENT)'),
      ),
    );
  });
});

describe('the clock of the log', () => {
  let app: TestApp;
  let count = 0;
  beforeAll(async () => {
    app = await startApp({ now: '2026-11-10T09:00:00Z' });
  });
  afterAll(() => app.close());

  const write = async () => {
    const { body } = await app.call('POST', '/v1/organisations', {
      role: 'energy-manager',
      body: { code: `ORG-${(count += 1)}`, name: 'O', country: 'MA' },
    });
    return body.code?.startsWith('ORG') === true ? 'taken' : body.code;
  };
  const lastAt = async () => {
    const all = await app.call('GET', '/v1/ledger/events?limit=200', { role: 'auditor' });
    return all.body.items.at(-1).recordedAt;
  };

  it('stands still for a minute where it is behind, and no longer', async () => {
    expect(await write()).toBe('taken');
    app.setNow('2026-11-10T08:59:00Z');
    expect([await write(), await lastAt()]).toEqual(['taken', '2026-11-10T09:00:00.000Z']);
    app.setNow('2026-11-10T08:58:59.999Z');
    expect(await write()).toBe('clock.behind');
    app.setNow('2026-11-10T09:00:01Z');
    expect([await write(), await lastAt()]).toEqual(['taken', '2026-11-10T09:00:01.000Z']);
  });

  it('is one for a row and its event: what was written while it was set is taken back', async () => {
    const clock = app.nest.get(Clock);
    let steps = 0;
    Object.defineProperty(clock, 'steps', { get: () => (steps += 1), configurable: true });
    expect(await write()).toBe('clock.ahead');
    Object.defineProperty(clock, 'steps', { value: 0 });
    expect(await write()).toBe('taken');
  });

  it('is not believed once the machine’s was set, or is not the database server’s', async () => {
    const machine = app.nest.get(MachineClock);
    const [wallMs, steadyMs] = [machine.wallMs.bind(machine), machine.steadyMs.bind(machine)];
    const set = (byMs: number, since: number) =>
      Object.assign(machine, {
        wallMs: () => wallMs() + byMs,
        steadyMs: () => steadyMs() + since,
      });
    set(61_000, 0);
    expect(await write()).toBe('clock.ahead');
    set(-61_000, 0);
    expect(await write()).toBe('clock.behind');
    set(59_000, 0);
    expect(await write()).toBe('taken');
    set(0, 0);
  });

  it('is not believed far after all that is known, unless it is accepted once', async () => {
    app.setNow('2028-01-02T00:00:00Z');
    const later = app.nest.get(LedgerService).open('later');
    await expect(later).rejects.toMatchObject({
      code: 'clock.ahead',
      details: { fix: expect.stringContaining('--clock-ok') },
    });
    const config = app.nest.get<{ isClockAccepted: boolean }>(CONFIG);
    Object.assign(config, { isClockAccepted: true });
    expect((await app.nest.get(LedgerService).open('later')).isNew).toBe(true);
    Object.assign(config, { isClockAccepted: false });
  });

  it('is not believed where the database server’s is another', async () => {
    app.setNow('2026-11-10T09:10:00Z');
    const machine = app.nest.get(MachineClock);
    const [wallMs, steadyMs] = [machine.wallMs.bind(machine), machine.steadyMs.bind(machine)];
    const set = (byMs: number) =>
      Object.assign(machine, {
        wallMs: () => wallMs() + byMs,
        steadyMs: () => steadyMs() + byMs,
      });
    set(50_000);
    expect(await write()).toBe('taken');
    set(3_600_000);
    expect(await write()).toBe('clock.ahead');
  });
});
