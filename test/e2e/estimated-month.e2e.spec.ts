import type { TestApp } from '../support/app.js';
import { startMonth } from '../support/month.js';
import { editedPack, faultsOf, packOf } from '../support/packs.js';

describe('a month with estimated readings', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startMonth();
  });
  afterAll(() => app.close());

  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });

  it('is matched again in the touched hours only, and its evidence verifies away from the ledger', async () => {
    // 02:00Z of both meters is taken back, and then estimated over the gap.
    const items = [{ meter: 'M-60', start: '2026-10-01T02:00:00Z', wh: null, quality: 'MISSING' }];
    expect((await post('readings', { items })).body).toMatchObject({ changedCount: 1 });
    const stretch = {
      from: '2026-10-01T00:00:00Z',
      to: '2026-10-01T04:00:00Z',
      meterCodes: ['M-60'],
    };
    const estimated = await post('estimations', stretch);
    expect(estimated.body.estimates).toMatchObject([{ method: 'linear', wh: [3_000] }]);
    // The estimate says what was measured before: nothing is to be matched anew, but its quality is known.
    const run = await post('matching-runs', { month: '2026-10' });
    expect(run.body).toMatchObject({ isNew: true, touchedHours: 0 });
    const next = await post('statements', { kind: 'carbon', month: '2026-10' });
    expect(next.body).toMatchObject({ isNew: true, version: 2 });
    const pack = await packOf(app, '2026-10');
    expect(faultsOf(pack)).toEqual([]);
    const cut = editedPack(pack, { 'log/rows.jsonl': (text) => text.replace('3000', '3001') });
    expect(faultsOf(cut)).toContainEqual(expect.objectContaining({ check: 'rows' }));
  });

  const traced = async (figure: string, hour: string) => {
    const { items } = (await app.call('GET', '/v1/statements', { role: 'auditor' })).body;
    const { statementId } = items.findLast(
      ({ kind, month }: { kind: string; month: string | null }) =>
        kind === 'carbon' && month !== null,
    );
    const path = `/v1/statements/${statementId}/figures/${figure}/trace?hour=${hour}`;
    const { body } = await app.call('GET', path, { role: 'auditor' });
    return body;
  };
  const readingOf = (body: { opened: { meters: { meterCode: string; readings: object[] }[] } }) =>
    body.opened.meters.find(({ meterCode }) => meterCode === 'M-60')!.readings[0];

  it('shows an auditor how a reading was estimated, by whom, and what was there before', async () => {
    const body = await traced('loadWh', '2026-10-01T02:00:00Z');
    expect(readingOf(body)).toMatchObject({
      wh: 3_000,
      quality: 'EST_LINEAR',
      decision: null,
      estimate: { method: 'linear', principalId: expect.any(String), name: expect.any(String) },
      before: { wh: null, quality: 'MISSING' },
    });
  });

  it('shows the factor of a carbon figure: record, version, publisher, and its value in the hour', async () => {
    const { items } = (await app.call('GET', '/v1/statements', { role: 'auditor' })).body;
    const { statementId } = items.findLast(
      ({ kind, month }: { kind: string; month: string | null }) =>
        kind === 'carbon' && month !== null,
    );
    const { body } = await app.call('GET', `/v1/statements/${statementId}`, { role: 'auditor' });
    const { id, sources } = body.document.figures.find((one: { sources: { kind: string }[] }) =>
      one.sources.some(({ kind }) => kind === 'factor'),
    );
    const { factors } = await traced(id, '2026-10-01T02:00:00Z');
    const [first] = factors;
    expect(sources).toContainEqual({ kind: 'factor', id: `${first.code}@${first.version}` });
    expect(first).toMatchObject({
      publisher: expect.stringMatching(/./),
      title: expect.stringMatching(/./),
      gPerKwh: expect.stringMatching(/^\d/),
      eventId: expect.any(String),
    });
    expect((await traced('loadWh', '2026-10-01T02:00:00Z')).factors).toEqual([]);
  });

  it('shows who overrode a reading, why, and what a file had brought; tried first, it does nothing', async () => {
    const spike = { meter: 'M-60', start: '2026-10-01T01:00:00Z', wh: 900_000_000, quality: 'RAW' };
    await post('readings', { items: [spike] });
    await post('validations', {
      from: '2026-10-01T00:00:00Z',
      to: '2026-10-01T04:00:00Z',
      meterCodes: ['M-60'],
    });
    const open = await app.call('GET', '/v1/exceptions?month=2026-10&meterCode=M-60&state=open', {
      role: 'auditor',
    });
    const finding = open.body.items.find(
      ({ from, severity }: { from: string; severity: string }) =>
        from === '2026-10-01T01:00:00.000Z' ||
        (from.startsWith('2026-10-01T01') && severity !== 'gap'),
    );
    const decision = {
      action: 'override',
      reason: 'The display was photographed',
      values: [{ start: '2026-10-01T01:00:00Z', wh: 2_500 }],
    };
    const path = `exceptions/${finding.findingId}/decisions`;
    const head = async () => (await app.call('GET', '/v1/ledger/head', { role: 'auditor' })).body;
    const before = await head();
    const tried = await post(`${path}?dryRun=true`, decision);
    expect(tried.body).toMatchObject({ state: 'overridden', isDryRun: true });
    expect(tried.body.cannotBeTakenBack).toMatch(/never edited/);
    expect(await head()).toEqual(before);
    expect((await post(path, decision)).body).toMatchObject({ state: 'overridden' });
    await post('matching-runs', { month: '2026-10' });
    await post('statements', { kind: 'carbon', month: '2026-10' });
    expect(readingOf(await traced('loadWh', '2026-10-01T01:00:00Z'))).toMatchObject({
      wh: 2_500,
      quality: 'EDITED',
      estimate: null,
      decision: { action: 'override', reason: decision.reason, rule: finding.rule },
      before: { wh: 900_000_000, quality: 'SUSPECT' },
    });
  });
});
