import type { Elections } from '../../src/core/settlement/elections/elections.shape.js';
import { ApprovalsService } from '../../src/features/settlement/runs/approvals.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { startApp, type TestApp } from '../support/app.js';
import { contract } from '../support/contract.js';
import { run } from '../support/database.js';
import { certificatesCsv, createGrid, intervalsCsv, RECORDS } from '../support/make.js';

const [, PPA] = RECORDS.find(([path]) => path === 'contracts')! as [string, { code: string }];
const OCTOBER = '2026-10-01T00:00:00Z';
const HOURS = 744;

/** The application with what a settlement's tests send. */
async function started() {
  const app = await startApp();
  await createGrid(app);
  app.setNow('2026-11-10T09:00:00Z');
  const post = (
    path: string,
    body: object,
    role: 'energy-manager' | 'finance' = 'energy-manager',
  ) => app.call('POST', `/v1/${path}`, { role, body });
  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  return {
    app,
    post,
    send,
    read: async (path: string) => (await app.call('GET', `/v1/${path}`, { role: 'auditor' })).body,
    settle: (run: string, month = '2026-10') => post('settlement-runs', { run, month }, 'finance'),
    elect: (elections: Elections, more: object = {}) => {
      const { code: _code, ...terms } = PPA;
      const { volume } = elections;
      const agreed = { elections, volumeProduct: volume.product };
      return post('contracts/PPA/versions', { ...terms, ...agreed, ...more });
    },
  };
}

interface SettledLine {
  readonly label: string;
  readonly quantity: string;
  readonly amountMad: string;
}

describe('settlement runs of a month', () => {
  let at: Awaited<ReturnType<typeof started>>;
  let app: TestApp;
  const elections = contract({
    volume: { ...contract().volume, product: 'AS_CONSUMED' },
    vat: { energy: 'VAT', regulated: 'VAT', fees: null, damages: null },
    adders: {
      ...contract().adders,
      regulatedCharges: [{ charge: 'TURT', basis: 'DELIVERED', payer: 'BUYER' }],
    },
    obligations: {
      coverageGuarantee: {
        metric: 'ENERGY_WEIGHTED',
        levelPct: '90',
        rateMadPerMwh: '100',
        period: 'MONTH',
        zeroLoadHour: 'COVERED',
      },
    },
  });
  const sent = (wh: number) => intervalsCsv(OCTOBER, HOURS, () => wh);

  beforeAll(async () => {
    at = await started();
    ({ app } = at);
    await at.send('intervals', sent(1_000_000));
    await at.send(
      'certificates',
      certificatesCsv(OCTOBER, HOURS, () => 800_000),
    );
    await at.post('matching-runs', { month: '2026-10' });
  });
  afterAll(() => app.close());

  it('need elections, a matched month and every dated figure', async () => {
    expect(await at.settle('FINAL')).toMatchObject({
      status: 409,
      body: { code: 'settlement.no_elections' },
    });
    expect(await at.elect(elections)).toMatchObject({ status: 201 });
    const lacking = await at.settle('FINAL');
    expect(lacking).toMatchObject({ status: 409, body: { code: 'settlement.incomplete' } });
    expect(
      lacking.body.missing.map(({ what, key }: { what: string; key: string }) => `${what} ${key}`),
    ).toEqual(['matching-run of what changed since', 'tariff TURT']);
    await at.post('matching-runs', { month: '2026-10' });
    expect(await at.settle('FINAL')).toMatchObject({
      status: 409,
      body: { code: 'settlement.reference_missing', key: 'TURT' },
    });
    const turt = { code: 'TURT', madPerKwh: '0.0685', validFrom: '2026-03-01' };
    await at.post('tariffs', { ...turt, validTo: '2027-03-01', source: 'test', confidence: 'P' });
    expect(await at.read('settlement-runs')).toEqual({ items: [] });
  });

  it('are provisional, then final, and the same again is no new run', async () => {
    const first = await at.settle('PROVISIONAL');
    expect(first).toMatchObject({
      status: 201,
      body: { isNew: true, version: 1, corrects: null, period: '2026-10' },
    });
    // From the COD in January on, no month before was settled here: the run says so.
    expect(first.body.unsettledMonths).toHaveLength(9);
    // 2 MWh of load and 1.6 of certificates in each of 744 hours: 1,190.4 MWh at 550 MAD.
    const { document, netMad } = first.body;
    const lines = document.settlement.lines.map((line: { kind: string; amountMad: string }) => [
      line.kind,
      line.amountMad,
    ]);
    expect(lines).toEqual([
      ['ENERGY', '654720.00'],
      ['TURT', '81542.40'],
      // Covered to 80 %, guaranteed 90: a tenth of 1,488 MWh at 100 MAD.
      ['COVERAGE_DAMAGES', '-14880.00'],
    ]);
    expect(netMad).toBe('721382.40');
    expect((await at.settle('PROVISIONAL')).body).toMatchObject({
      isNew: false,
      runId: first.body.runId,
    });
    const final = await at.settle('FINAL');
    expect(final.body).toMatchObject({
      isNew: true,
      version: 2,
      corrects: first.body.runId,
      deltaNetMad: '0.00',
    });
    expect(final.body.document.delta.lines).toEqual([]);
  });

  it('are corrected by a true-up of the difference, never settled twice', async () => {
    await at.send('intervals', sent(900_000));
    await at.post('matching-runs', { month: '2026-10' });
    const again = await at.settle('FINAL');
    expect(again).toMatchObject({ status: 409, body: { code: 'settlement.run_refused' } });
    expect(again.body.reason).toMatch(/TRUE_UP/);
    const { body } = await at.settle('TRUE_UP');
    // The load shrinks to 1.8 MWh: covered to 88.9 %, and 14.88 MWh short of 90 %.
    expect(body).toMatchObject({ version: 3, netMad: '734774.40', deltaNetMad: '13392.00' });
    expect(body.document.delta.lines).toMatchObject([
      { kind: 'COVERAGE_DAMAGES', amountMad: '13392.00' },
    ]);
  });

  it('open down to the hour: the amounts of a line sum to it', async () => {
    const { items } = await at.read('settlement-runs');
    const { document } = await at.read(`settlement-runs/${items[2].runId}`);
    const hours = (await at.read(`settlement-runs/${items[2].runId}/hours`)).items;
    expect([hours.length, hours[0].start, hours[0].loadWh]).toEqual([HOURS, OCTOBER, 1_800_000]);
    const [energy] = document.settlement.lines;
    const name = `${energy.kind}: ${energy.label}`;
    const sum = hours.reduce(
      (all: number, { mad }: { mad: Record<string, string> }) => all + Number(mad[name]),
      0,
    );
    expect(sum).toBeCloseTo(Number(energy.amountMad), 4);
  });

  it('can be tried under draft elections without a trace', async () => {
    const draft = { ...elections, price: { ...elections.price, base: '560' } };
    const preview = await at.post('settlement-previews', {
      run: 'TRUE_UP',
      month: '2026-10',
      elections: draft,
    });
    expect(preview).toMatchObject({ status: 200, body: { period: '2026-10' } });
    expect(preview.body.delta.totals.netMad).toBe('11904.00');
    const { items } = await at.read('settlement-runs');
    expect(items.map(({ run }: { run: string }) => run)).toEqual([
      'PROVISIONAL',
      'FINAL',
      'TRUE_UP',
    ]);
    const { document } = await at.read(`settlement-runs/${items[2].runId}`);
    expect(document.input.references.tariffs).toMatchObject([{ id: 'TURT@1' }]);
  });

  it('are approved by somebody else than who settled them', async () => {
    const { items } = await at.read('settlement-runs');
    const approve = (runId: string, role: 'energy-manager' | 'finance') =>
      at.post(`settlement-runs/${runId}/approvals`, {}, role);
    const states = async () =>
      (await at.read('settlement-runs')).items.map(({ state }: { state: string }) => state);
    expect(await states()).toEqual(['SUPERSEDED', 'SUPERSEDED', 'DRAFT']);
    const [, final, last] = items;
    expect(await approve(final.runId, 'energy-manager')).toMatchObject({
      status: 409,
      body: { code: 'settlement.run_superseded' },
    });
    // Finance settled it.
    expect(await approve(last.runId, 'finance')).toMatchObject({
      status: 409,
      body: { code: 'settlement.own_run' },
    });
    // The same person with a key of another role; and a maker whose column somebody edits.
    const body = { name: 'Finance', role: 'energy-manager' };
    const { body: twin } = await app.call('POST', '/v1/api-keys', { role: 'admin', body });
    await app.call('POST', `/v1/api-keys/${twin.keyId}/confirmations`, { key: app.secondAdmin });
    await run(
      app.database.adminUrl,
      `SET session_replication_role = replica;
       UPDATE ledger_event SET actor = 'cli' WHERE type = 'settlement.run'`,
    );
    for (const key of [twin.key, app.keys.finance]) {
      const path = `/v1/settlement-runs/${last.runId}/approvals`;
      expect(await app.call('POST', path, { key })).toMatchObject({
        status: 409,
        body: { code: 'settlement.own_run' },
      });
    }
    await expect(
      app.nest.get(ApprovalsService).approve(atTerminal(app.ledgerId, 'finance'), last.runId),
    ).rejects.toMatchObject({ code: 'auth.person_required' });
    expect(await at.read('ledger/verification')).toMatchObject({ fault: { check: 'columns' } });
    await run(
      app.database.adminUrl,
      `SET session_replication_role = replica;
       UPDATE ledger_event SET actor = convert_from(payload, 'UTF8')::jsonb ->> 'actor'`,
    );
    for (const _ of ['once', 'and again']) {
      expect(await approve(last.runId, 'energy-manager')).toMatchObject({
        status: 200,
        body: { state: 'APPROVED' },
      });
    }
    expect(await states()).toEqual(['SUPERSEDED', 'SUPERSEDED', 'APPROVED']);
    expect(await approve('01a211f6-fa20-7026-921a-363f3bbd66c5', 'finance')).toMatchObject({
      status: 404,
      body: { code: 'settlement.run_not_found' },
    });
  });

  it('move the accounts of the contract', async () => {
    const position = (asOf: string) => at.read(`contract-positions?contractCode=PPA&asOf=${asOf}`);
    expect(await position('2026-10-30')).toMatchObject({ settledPeriods: [] });
    expect(await position('2026-10-31')).toMatchObject({
      contractYear: 1,
      settledPeriods: ['2026-10'],
      damages: { yearMad: '1488.00', totalMad: '1488.00', yearLeftMad: null },
    });
    // A version of later months says nothing of this one.
    const damageCaps = { annualMad: '2000', aggregateMad: null };
    const later = contract({ obligations: { damageCaps } });
    await at.elect(later, { effectiveFrom: '2026-12-01' });
    expect((await position('2026-10-31')).damages.yearLeftMad).toBeNull();
    expect((await position('2026-12-01')).damages.yearLeftMad).toBe('512.00');
    expect(await position('2026-07-31')).toMatchObject({ code: 'contract.none_in_force' });
  });

  it('stand in for the billing statement, and wait for the end of the month', async () => {
    const bill = await at.post('statements', { kind: 'billing', month: '2026-10' });
    expect(bill).toMatchObject({
      status: 409,
      body: { code: 'statement.contract_has_elections' },
    });
    app.setNow('2026-11-10T10:00:00Z');
    await at.send(
      'certificates',
      certificatesCsv('2026-11-01T00:00:00Z', 1, () => 800_000),
    );
    await at.post('matching-runs', { month: '2026-11' });
    const { body } = await at.settle('PROVISIONAL', '2026-11');
    // Meters say nothing of November: under a product that prices the load, that is no zero.
    expect(body.code).toBe('settlement.incomplete');
    expect(
      body.missing.map(({ what, key }: { what: string; key: string }) => `${what} ${key}`),
    ).toEqual(expect.arrayContaining(['readings M-15', 'readings M-60']));
  });

  it('are sealed, and come out of their own input again', async () => {
    expect(await at.read('ledger/verification')).toMatchObject({ fault: null });
  });
});

describe('the reconciliation of a contract year', () => {
  let at: Awaited<ReturnType<typeof started>>;
  beforeAll(async () => {
    at = await started();
  });
  afterAll(() => at.app.close());
  const elections = contract({
    contractYear: { basis: 'ANNIVERSARY', anchor: '2025-11-01' },
    signatureDate: '2025-06-01',
    codDate: '2025-11-01',
    stages: [{ from: '2025-11-01', mw: '40' }],
    volume: { ...contract().volume, acqMwh: '100' },
    obligations: {
      takeOrPay: {
        period: 'YEAR',
        levelPct: '90',
        deductions: [],
        makeUp: 'PRICE_DIFFERENCE',
        expiryYears: 2,
      },
    },
  });

  it('takes twelve final months, and banks what was paid and not taken', async () => {
    await at.elect(elections, { effectiveFrom: '2025-11-01' });
    await at.elect(elections, { clause: 'as signed' });
    const months = Array.from({ length: 12 }, (_, i) =>
      new Date(Date.UTC(2025, 10 + i, 1)).toISOString().slice(0, 7),
    );
    for (const month of months) {
      await at.send(
        'certificates',
        certificatesCsv(`${month}-10T00:00:00Z`, 1, () => 2_500_000),
      );
      await at.post('matching-runs', { month });
    }
    for (const month of months.slice(0, 11)) {
      const { status, body } = await at.settle('FINAL', month);
      expect([status, body.unsettledMonths]).toEqual([201, []]);
    }
    const early = await at.settle('RECONCILIATION', '2026-09');
    expect(early.body.reason).toMatch(/does not end with 2026-09/);
    const open = await at.settle('RECONCILIATION');
    expect(open.body.reason).toMatch(/2026-10 is not settled finally/);
    await at.settle('FINAL');
    const { status, body } = await at.settle('RECONCILIATION');
    // 60 of 90 MWh were taken: 30 at 550 MAD are paid and banked.
    expect([status, body.period, body.netMad]).toEqual([201, 'Y1', '16500.00']);
    expect(body.document.settlement.lines).toMatchObject([
      { kind: 'TAKE_OR_PAY', quantity: '30', amountMad: '16500.00' },
    ]);
    const position = await at.read('contract-positions?contractCode=PPA&asOf=2026-11-01');
    expect(position).toMatchObject({
      contractYear: 2,
      takeOrPay: {
        takenMwh: '0',
        toTakeMwh: '90',
        bank: [{ contractYear: 1, mwh: '30', paidMadPerMwh: '550', expiresAfterYear: 3 }],
      },
    });
    expect(await at.read('ledger/verification')).toMatchObject({ fault: null });
  });

  it('falls due where the term ends, of a month that other versions cut, for its days', async () => {
    // 600 from the 11th; then an amendment ends the term on the 20th.
    const dearer = { ...elections, price: { ...elections.price, base: '600' } };
    const more = { effectiveFrom: '2026-11-11' };
    expect(await at.elect(dearer, more)).toMatchObject({ status: 201 });
    const ended = await at.elect({ ...dearer, termEnd: '2026-11-20' }, more);
    expect(ended).toMatchObject({ status: 201 });
    await at.send(
      'certificates',
      certificatesCsv('2026-11-01T00:00:00Z', 720, () => 5_000),
    );
    at.app.setNow('2026-12-10T09:00:00Z');
    await at.post('matching-runs', { month: '2026-11' });
    const month = await at.settle('FINAL', '2026-11');
    expect(month).toMatchObject({ status: 201, body: { contractVersion: 5 } });
    const { document } = month.body;
    expect(
      document.settlement.lines.map(({ label, quantity, amountMad }: SettledLine) => [
        label,
        quantity,
        amountMad,
      ]),
    ).toEqual([
      ['Energy, contract year 2, 2026-11-01 to 2026-11-10', '2.4', '1320.00'],
      ['Energy, contract year 2, 2026-11-11 to 2026-11-20', '2.4', '1440.00'],
    ]);
    expect(document.period).toMatchObject({ end: '2026-11-21T00:00:00Z' });
    expect(document.input.earlier).toMatchObject([{ version: 3, until: '2026-11-11' }]);
    const hours = (await at.read(`settlement-runs/${month.body.runId}/hours`)).items;
    expect(hours).toHaveLength(480);
    const { body } = await at.settle('RECONCILIATION', '2026-11');
    // 20 of 365 days oblige for 90 × 20 / 365 = 4.93 MWh: 0.13 lack.
    expect(body).toMatchObject({ period: 'Y2', netMad: '78.90' });
    const after = await at.settle('FINAL', '2026-12');
    expect(after.body).toMatchObject({
      code: 'settlement.incomplete',
      missing: expect.arrayContaining([
        expect.objectContaining({ what: 'matching-run', at: '2026-12' }),
      ]),
    });
    expect(await at.read('ledger/verification')).toMatchObject({ fault: null });
  });
});
