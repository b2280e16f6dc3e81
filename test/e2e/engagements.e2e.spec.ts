import { AccessService } from '../../src/features/access/access.service.js';
import { toHex } from '../../src/core/ledger/merkle.js';
import { populationHash, populationTable } from '../../src/core/sampling/population.js';
import { drawUnits } from '../../src/core/sampling/monetary-unit.js';
import { seedOf } from '../../src/core/sampling/seed.js';
import type { AnyReply, TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { startMonth } from '../support/month.js';

const month = '2026-10';
const NOW = '2026-11-20T10:00:00Z';
const ACCESS = { from: '2026-11-15T00:00:00Z', to: '2026-12-15T00:00:00Z' };
const NONCE = 'quatre dés : 4 2 6 6';

/** A key of an auditor that ends with the access. */
async function auditorKey(app: TestApp, name: string, expiresAt: string | null = ACCESS.to) {
  const body = { name, role: 'auditor', expiresAt };
  const { body: issued } = await app.call('POST', '/v1/api-keys', { role: 'admin', body });
  return issued as { key: string; keyId: string; principalId: string };
}

describe('engagements', () => {
  let app: TestApp;
  let auditor: { key: string; keyId: string; principalId: string };
  let engagementId: string;

  const request = (more: object = {}) => ({
    months: { from: month, to: month },
    standard: 'ISSA5000',
    level: 'limited',
    access: ACCESS,
    auditorKeyIds: [auditor.keyId],
    ...more,
  });
  const open = (more: object = {}) =>
    app.call('POST', '/v1/engagements', { role: 'energy-manager', body: request(more) });
  const act = (path: string, body?: object, key = auditor.key): Promise<AnyReply> =>
    app.call('POST', `/v1/engagements/${engagementId}/${path}`, { key, body });
  const read = (path = ''): Promise<AnyReply> =>
    app.call('GET', `/v1/engagements/${engagementId}${path}`, { key: auditor.key });

  const table = async (population: string): Promise<string> => {
    const url = `${app.url}/v1/engagements/${engagementId}/populations/${population}`;
    const reply = await fetch(url, { headers: { authorization: `Bearer ${auditor.key}` } });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([
      200,
      'text/csv; charset=utf-8',
    ]);
    return reply.text();
  };

  beforeAll(async () => {
    app = await startMonth();
    app.setNow(NOW);
    auditor = await auditorKey(app, 'Audit SARL');
    const { body } = await open();
    engagementId = body.engagementId;
  });
  afterAll(() => app.close());

  it('are opened for auditors who have no other part, until their keys end', async () => {
    expect((await read()).body).toMatchObject({
      state: 'OPEN',
      siteCode: 'SITE',
      months: { from: month, to: month },
      auditors: [{ keyId: auditor.keyId, name: 'Audit SARL' }],
      rounds: [],
      signedOff: null,
    });
    const endless = await auditorKey(app, 'Endless', null);
    const late = await auditorKey(app, 'Late', '2026-12-15T00:00:01Z');
    const { keyId: financeKey } = (await app.nest.get(AccessService).list(app.ledgerId)).find(
      ({ row }) => row.role === 'finance',
    )!.row;
    for (const [keyId, detail] of [
      [endless.keyId, /never ends/],
      [late.keyId, /after the access/],
      [financeKey, /role is finance/],
      ['AAAAAAAAAAAA', /no such key/],
    ] as const) {
      const refused = await open({ auditorKeyIds: [keyId] });
      expect(refused).toMatchObject({ status: 422, body: { code: 'engagement.key_unfit', keyId } });
      expect(refused.body.detail).toMatch(detail);
    }
    const both = await auditorKey(app, 'Both');
    await app.call('POST', '/v1/api-keys', {
      role: 'admin',
      body: { name: 'both', role: 'finance' },
    });
    expect((await open({ auditorKeyIds: [both.keyId] })).body).toMatchObject({
      code: 'engagement.not_independent',
      principalId: both.principalId,
    });
    const backwards = await open({ months: { from: month, to: '2026-09' } });
    expect(backwards.body.errors[0].pointer).toBe('/months/to');
    const boundless = await open({ access: { ...ACCESS, to: '2036-12-15T00:00:00Z' } });
    expect(boundless.body.errors[0].pointer).toBe('/access/to');
  });

  it('take the nonce after the root was signed, and draw after the nonce', async () => {
    const early = await act('nonces', { nonce: NONCE });
    expect(early).toMatchObject({ status: 409, body: { code: 'engagement.step_out_of_order' } });
    expect((await act('samples', SAMPLE)).body.code).toBe('engagement.step_out_of_order');
    expect((await read('/populations/load')).body.code).toBe('engagement.step_out_of_order');

    const { body: fixed } = await act('checkpoints');
    expect(fixed).toMatchObject({ state: 'FIXED', rounds: [{ round: 1, nonce: null }] });
    const { size, root, statements } = fixed.rounds[0];
    const { body: signed } = await app.call('GET', '/v1/ledger/checkpoint', { key: auditor.key });
    expect([signed.size, signed.root]).toEqual([size, root]);
    expect(statements).toMatchObject([{ month, version: 1 }]);
    expect((await act('samples', SAMPLE)).body.code).toBe('engagement.step_out_of_order');
    // A second state would let an auditor choose between roots in silence.
    expect((await act('checkpoints')).body.code).toBe('engagement.step_out_of_order');

    expect((await act('nonces', { nonce: 'short' })).body.code).toBe('sampling.nonce_unusable');
    const { body: seeded } = await act('nonces', { nonce: NONCE });
    expect(seeded).toMatchObject({ state: 'SEEDED', rounds: [{ nonce: { text: NONCE } }] });
    expect(seeded.rounds[0].nonce.given.seq).toBeGreaterThanOrEqual(size);
    expect((await act('nonces', { nonce: `${NONCE} again` })).status).toBe(409);
  });

  const SAMPLE = { method: 'monetary-unit', population: 'load', tolerable: 9_000 };

  it('draw what anybody draws again from the root, the nonce and the table', async () => {
    const { status, body: sample } = await act('samples', SAMPLE);
    expect(status).toBe(201);
    const text = await table('load');
    const items = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([stratum, key, size]) => ({ stratum: stratum!, key: key!, size: Number(size) }));
    expect(populationTable(items)).toBe(text);
    expect(populationHash(items)).toBe(sample.populationSha256);
    const [{ root }] = (await read()).body.rounds;
    const seed = seedOf(new Uint8Array(Buffer.from(root, 'hex')), NONCE);
    expect(toHex(seed)).toBe(sample.seed);
    const again = drawUnits(items, { tolerable: 9_000, confidencePct: 95, seed });
    expect(sample.items.map(({ key }: { key: string }) => key)).toEqual(
      again.items.map(({ key }) => key),
    );
    expect(sample).toMatchObject({
      interval: again.interval,
      start: again.start,
      plannedCount: again.plannedCount,
      totals: { total: items.reduce((sum, { size }) => sum + size, 0) },
    });
  });

  it('add up to the statement: what is drawn from is what is stated', async () => {
    const { body: list } = await app.call('GET', '/v1/statements', { key: auditor.key });
    const { statementId } = list.items.find((one: { kind: string }) => one.kind === 'carbon');
    const { body } = await app.call('GET', `/v1/statements/${statementId}`, { key: auditor.key });
    const valueOf = (id: string) =>
      body.document.figures.find((one: { id: string }) => one.id === id).value;
    const totalOf = async (population: string): Promise<number> => {
      const text = await table(population);
      const lines = text.trim().split('\n').slice(1);
      return lines.reduce((sum, line) => sum + Number(line.split(',')[2]), 0);
    };
    expect(await totalOf('load')).toBe(valueOf('loadWh'));
    expect(await totalOf('certificates')).toBe(valueOf('matchedWh'));
    expect(
      Math.abs((await totalOf('emissions')) / 1e6 - Number(valueOf('locationBasedT'))),
    ).toBeLessThan(0.001);
  });

  it('show whether all is there: log, hours of each meter, rows of each file', async () => {
    const { body } = await read('/completeness');
    const [{ size }] = (await read()).body.rounds;
    expect(body.log).toEqual({ size, count: size, isGapless: true, isSignedRoot: true });
    // Nothing was stamped or sent: the report has to say that history could be forked.
    expect(body.independence).toMatchObject({ level: 'L2', canBeForked: true });
    const states = body.independence.rungs.map(({ state }: { state: string }) => state);
    expect(states.join(' ')).toBe('on on on off off');
    expect(body.certificates).toMatchObject([
      { month, signedWh: 0, signedPct: '0.00', certificateCount: expect.any(Number) },
    ]);
    expect(body.certificates[0].wh).toBeGreaterThan(0);
    const lines = (await table('load')).trim().split('\n').slice(1);
    for (const meter of body.meters) {
      expect(meter).toMatchObject({ month, expectedCount: 744 });
      expect(meter.receivedCount + meter.missingCount).toBe(744);
      const drawn = lines.filter((line) => line.startsWith(`measured/${meter.meterCode},`));
      expect(meter.shares.measured?.hourCount ?? 0).toBe(drawn.length);
    }
    expect(body.files.map(({ kind }: { kind: string }) => kind)).toEqual(
      expect.arrayContaining(['intervals', 'certificates']),
    );
    for (const file of body.files) {
      const { newCount, changedCount, identicalCount, rejectedCount } = file;
      expect(newCount + changedCount + identicalCount + rejectedCount).toBe(file.receivedCount);
    }
  });

  it('list what persons changed, who and what came of it', async () => {
    const { body: before } = await read('/interventions');
    const item = { meter: 'M-60', start: '2026-10-01T00:00:00Z', wh: 1_700, quality: 'ACTUAL' };
    const sent = await app.call('POST', '/v1/readings', {
      role: 'energy-manager',
      body: { items: [item] },
    });
    expect(sent.status).toBeLessThan(300);
    // What came after the state is not of it.
    expect((await read('/interventions')).body).toEqual(before);
    const { body: later } = await open();
    const { body } = await app.call('GET', `/v1/engagements/${later.engagementId}/interventions`, {
      role: 'finance',
    });
    expect(body.items.length).toBe(before.items.length + 1);
    expect(body.items.at(-1)).toMatchObject({
      kind: 'correction',
      by: { name: 'energy-manager', role: 'energy-manager' },
      effect: { wh: 700, intervalCount: 1 },
    });
  });

  it('keep what was found of items, and project it', async () => {
    const [sample] = (await read()).body.samples;
    const path = `samples/${sample.sampleId}/results`;
    const unknown = await act(path, { results: [{ key: 'nothing', audited: 0 }] });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'engagement.item_not_found' } });
    const results = sample.items.map(
      ({ key, size }: { key: string; size: number }, at: number) => ({
        key,
        audited: at === 0 ? size - 1 : size,
        note: at === 0 ? 'One less on the display' : null,
      }),
    );
    const { body: tested } = await act(path, { results });
    expect(tested.outcome).toMatchObject({
      testedCount: results.length,
      errorCount: 1,
      isTolerable: true,
    });
    expect(tested.items[0].result).toMatchObject({ audited: sample.items[0].size - 1 });
    const { body: mended } = await act(path, {
      results: [{ ...results[0], audited: sample.items[0].size }],
    });
    expect(mended.outcome).toMatchObject({ errorCount: 0, total: 0 });
  });

  it('thread requests and findings, which the house answers and the auditor closes', async () => {
    const { body: asked } = await act('threads', {
      kind: 'request',
      text: 'The calibration of M-60',
      dueOn: '2026-11-30',
    });
    const [{ threadId }] = asked.threads;
    const path = `/v1/engagements/${engagementId}/threads/${threadId}`;
    const { body: answered } = await app.call('POST', `${path}/answers`, {
      role: 'finance',
      body: { text: 'Sent today' },
    });
    expect(answered.threads[0].answers).toMatchObject([
      { text: 'Sent today', by: { role: 'finance' } },
    ]);
    const byHouse = await app.call('POST', `${path}/closures`, {
      role: 'energy-manager',
      body: { outcome: 'Fine' },
    });
    expect(byHouse.status).toBe(403);
    expect((await act('sign-offs', {})).body).toMatchObject({ code: 'engagement.work_open' });
    const nowhere = '/v1/engagements/01a00000-0000-7000-8000-000000000001';
    const lost = await app.call('POST', `${nowhere}/threads/${threadId}/answers`, {
      role: 'finance',
      body: { text: 'Sent today' },
    });
    expect(lost).toMatchObject({ status: 404, body: { code: 'engagement.not_found' } });
    await act(`threads/${threadId}/closures`, { outcome: 'Seen' });
    expect((await act(`threads/${threadId}/answers`, { text: 'And?' })).body.code).toBe(
      'engagement.thread_closed',
    );
    const item = (await read()).body.samples[0].items[0];
    const about = { sampleId: (await read()).body.samples[0].sampleId, key: item.key };
    const { body: found } = await act('threads', { kind: 'finding', text: 'A late file', about });
    expect(found.threads[1]).toMatchObject({ kind: 'finding', about, closed: null });
    await act(`threads/${found.threads[1].threadId}/closures`, { outcome: 'No effect' });
  });

  it('let nobody act who is not its auditor, or outside its time', async () => {
    const other = await auditorKey(app, 'Another');
    const foreign = await act('threads', { kind: 'request', text: 'x' }, other.key);
    expect(foreign).toMatchObject({ status: 403, body: { code: 'engagement.not_its_auditor' } });
    const renewed = await auditorKey(app, 'audit sarl', '2026-12-01T00:00:00Z');
    const mine = await act('threads', { kind: 'request', text: 'By a later key' }, renewed.key);
    expect(mine.status).toBe(200);
    const { threadId } = mine.body.threads.at(-1);
    await act(`threads/${threadId}/closures`, { outcome: 'Done' });
    app.setNow('2026-11-14T23:59:59Z');
    const before = await act('threads', { kind: 'request', text: 'x' });
    expect(before).toMatchObject({ status: 409, body: { code: 'engagement.not_now' } });
    app.setNow(NOW);
  });

  it('end with the sign-off, after which nothing changes', async () => {
    const { body: signed } = await act('sign-offs', { reportSha256: 'ab'.repeat(32) });
    expect(signed).toMatchObject({
      state: 'SIGNED_OFF',
      signedOff: {
        by: { name: 'Audit SARL' },
        reportSha256: 'ab'.repeat(32),
        statements: [{ month }],
      },
    });
    for (const [path, body] of [
      ['checkpoints', undefined],
      ['nonces', { nonce: `${NONCE} third` }],
      ['samples', SAMPLE],
      ['threads', { kind: 'finding', text: 'Late' }],
      ['sign-offs', {}],
    ] as const) {
      expect((await act(path, body)).body.code).toBe('engagement.signed_off');
    }
    expect((await read()).body).toEqual(signed);
    const { body } = await app.call('GET', '/v1/ledger/verification', { key: auditor.key });
    expect(body.fault).toBeNull();
  });

  it('hold no names: an erased one is gone from them too', async () => {
    const payloads = await rows<{ text: string }>(
      app.database.adminUrl,
      `SELECT convert_from(payload, 'UTF8') AS text FROM ledger_event WHERE type LIKE 'audit.%'`,
    );
    expect(payloads.length).toBeGreaterThan(8);
    expect(payloads.filter(({ text }) => /audit sarl/i.test(text))).toEqual([]);
  });
});
