import { SupplierInvoicesRepository } from '../../src/features/payables/received/supplier-invoices.repository.js';
import { LedgerScope } from '../../src/platform/database/ledger-scope.js';
import { run } from '../support/database.js';
import { startApp, type TestApp } from '../support/app.js';
import { contract } from '../support/contract.js';
import { invoiceOf, ublOf } from '../support/invoices.js';
import { certificatesCsv, createGrid, intervalsCsv, RECORDS } from '../support/make.js';
import type {
  InvoiceLine,
  SupplierInvoice,
} from '../../src/core/invoicing/documents/supplier-invoice.js';

const [, PPA] = RECORDS.find(([path]) => path === 'contracts')! as [string, { code: string }];
const OCTOBER = '2026-10-01T00:00:00Z';
const HOURS = 744;
/** The month as it is settled: two plants of 0.8 MWh an hour, less losses of 2 per cent. */
const ENERGY: Partial<InvoiceLine> = { name: 'Énergie', quantity: '1166592', priceMad: '0.55' };
const OF_OCTOBER: Partial<SupplierInvoice> = {
  contractReference: 'PPA',
  periodStart: '2026-10-01',
  periodEnd: '2026-10-31',
};

describe('suppliers’ invoices', () => {
  let app: TestApp;
  const post = (path: string, body: object, role: 'energy-manager' | 'finance' = 'finance') =>
    app.call('POST', `/v1/${path}`, { role, body });
  const read = (path: string) => app.call('GET', `/v1/${path}`, { role: 'auditor' });
  const receive = (invoice: SupplierInvoice, query = '') =>
    app.call('POST', `/v1/supplier-invoices?fileName=${invoice.number}.xml${query}`, {
      role: 'finance',
      type: 'application/xml',
      body: ublOf(invoice),
    });
  const bill = (number: string, line: Partial<InvoiceLine>, more: Partial<SupplierInvoice> = {}) =>
    invoiceOf([{ ...ENERGY, ...line }], { ...OF_OCTOBER, number, ...more });
  const check = async (id: string) => (await read(`supplier-invoices/${id}/check`)).body;
  /** The last run of a month is approved by somebody else than who settled it. */
  const approve = async (month: string) => {
    const { items } = (await read('settlement-runs')).body;
    const { runId } = items.findLast(({ period }: { period: string }) => period === month);
    const approved = await post(`settlement-runs/${runId}/approvals`, {}, 'energy-manager');
    expect(approved.body).toMatchObject({ state: 'APPROVED' });
  };
  const step = (id: string, body: object) => post(`supplier-invoices/${id}/steps`, body);

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    app.setNow('2026-11-10T09:00:00Z');
    const { code: _code, ...terms } = PPA;
    const elections = contract({
      vat: { energy: 'VAT', regulated: 'VAT', fees: null, damages: null },
      adders: { lossFactor: '0.02' },
    });
    const agreed = { ...terms, elections, volumeProduct: 'PAY_AS_PRODUCED' };
    const version = await post('contracts/PPA/versions', agreed, 'energy-manager');
    expect(version.status).toBe(201);
    const send = (kind: string, body: string) =>
      app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
    await send(
      'intervals',
      intervalsCsv(OCTOBER, HOURS, () => 1_000_000),
    );
    await send(
      'certificates',
      certificatesCsv(OCTOBER, HOURS, () => 800_000),
    );
    await post('matching-runs', { month: '2026-10' }, 'energy-manager');
  });
  afterAll(() => app.close());

  it('are not checked before there are terms and a settlement', async () => {
    const { body } = await receive(bill('FAC-1', {}));
    expect(body).toMatchObject({
      isNew: true,
      state: 'RECEIVED',
      period: '2026-10',
      kind: 'INVOICE',
    });
    expect(await check(body.invoiceId)).toMatchObject({ code: 'supplier_invoice.no_terms' });
    const terms = {
      contractCode: 'PPA',
      items: [{ item: 'EN', kind: 'ENERGY' }],
      lineMad: '5',
      linePct: '0',
      documentMad: '10',
      documentPct: '0',
    };
    expect((await post('invoice-terms', { code: 'BILLS', ...terms })).status).toBe(201);
    expect((await post('invoice-terms', { code: 'OTHER', ...terms })).body).toMatchObject({
      code: 'invoice_terms.contract_taken',
      takenBy: 'BILLS',
    });
    expect(await check(body.invoiceId)).toMatchObject({ code: 'supplier_invoice.not_settled' });
    const settled = await post('settlement-runs', { run: 'FINAL', month: '2026-10' });
    expect(settled.body.document.settlement.totals.netMad).toBe('641625.60');
  });

  it('are read in the encoding that they say', async () => {
    const xml = ublOf(bill('FAC-0', { name: 'Énergie n° 1' })).replace(/^<\?xml[^>]*\?>/, '');
    const send = (encoding: string) =>
      app.call('POST', '/v1/supplier-invoices?fileName=FAC-0.xml&dryRun=true', {
        role: 'finance',
        type: 'application/xml',
        body: Buffer.from(`<?xml version="1.0" encoding="${encoding}"?>${xml}`, 'latin1'),
      });
    const { body } = await send('ISO-8859-1');
    expect([body.encoding, body.document.lines[0].name]).toEqual(['windows-1252', 'Énergie n° 1']);
    expect((await send('UTF-8')).body.code).toBe('import.file_unreadable');
  });

  it('are accepted where they agree with the settlement', async () => {
    const { items } = (await read('supplier-invoices?contractCode=PPA&period=2026-10')).body;
    const [{ invoiceId }] = items;
    expect(await check(invoiceId)).toMatchObject({
      verdict: 'ACCEPT',
      arithmetic: [],
      disputedMad: '0.00',
      owed: { onActualMad: '641625.60', onEstimatesMad: '0.00' },
    });
    const { body } = await step(invoiceId, { state: 'ACCEPTED' });
    expect(body).toMatchObject({ state: 'ACCEPTED', steps: [{ step: 1, outcome: null }] });
    expect(
      (await step(invoiceId, { state: 'OPEN', disputedMad: '1', note: 'x' })).body,
    ).toMatchObject({
      code: 'supplier_invoice.step_refused',
      from: 'ACCEPTED',
      to: 'OPEN',
    });
  });

  it('are received once, under their own number, for a contract and period that are known', async () => {
    expect((await receive(bill('FAC-1', {}))).body).toMatchObject({ isNew: false });
    expect((await receive(bill('FAC-1', { quantity: '1' }))).body).toMatchObject({
      status: 409,
      code: 'supplier_invoice.number_taken',
      number: 'FAC-1',
    });
    expect((await receive(bill('X', {}, { contractReference: 'NONE' }))).body).toMatchObject({
      code: 'supplier_invoice.unplaced',
      field: 'contract',
      value: 'NONE',
    });
    expect((await receive(bill('X', {}, { periodStart: null }))).body).toMatchObject({
      code: 'supplier_invoice.unplaced',
      field: 'period',
    });
    const broken = ublOf(bill('X', {})).replace('"KWH"', '"kWh"');
    const refused = await app.call('POST', '/v1/supplier-invoices', {
      role: 'finance',
      type: 'application/xml',
      body: broken,
    });
    expect([refused.status, refused.body.errors[0].rule]).toEqual([422, 'BR-CL-23']);
    const bomb = ublOf(bill('X', {})).replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>');
    const doctype = await app.call('POST', '/v1/supplier-invoices', {
      role: 'finance',
      type: 'application/xml',
      body: bomb,
    });
    expect(doctype.body.code).toBe('import.file_unreadable');
    expect((await read('supplier-invoices')).body.items).toHaveLength(1);
  });

  it('are disputed with the hours behind, to an outcome that says what is paid', async () => {
    const wrong = { quantity: '1190400', priceMad: '0.55' };
    const { body: credit } = await receive(
      bill('AV-1', {}, { kind: 'CREDIT_NOTE', corrects: 'FAC-1', issueDate: '2026-11-20' }),
    );
    expect((await check(credit.invoiceId)).cancelled).toEqual([['FAC-1', 'AV-1']]);
    const { body } = await receive(bill('FAC-2', wrong, { issueDate: '2026-11-21' }));
    const found = await check(body.invoiceId);
    expect(found).toMatchObject({ verdict: 'DISPUTE', documents: ['FAC-1', 'AV-1', 'FAC-2'] });
    expect(found.lines[0]).toMatchObject({
      classes: ['LOSSES'],
      varianceMad: '13094.40',
      quantityEffectMad: '13094.40',
    });
    const disputed = found.disputedMad;
    expect(disputed).toBe('14403.84');
    expect((await step(body.invoiceId, { state: 'ACCEPTED' })).body.reason).toMatch(/needs a note/);

    const opened = await step(body.invoiceId, {
      state: 'OPEN',
      disputedMad: disputed,
      note: 'Losses are not taken off (clause 7).',
    });
    expect(opened.body).toMatchObject({ state: 'OPEN', payableUndisputedMad: '705788.16' });
    const { body: pack } = await read(`supplier-invoices/${body.invoiceId}/dispute-pack`);
    expect(pack.hours).toHaveLength(HOURS);
    const sum = pack.hours.reduce(
      (all: number, { mad }: { mad: Record<string, string> }) =>
        all + Number(Object.values(mad)[0]),
      0,
    );
    expect(sum).toBeCloseTo(641_625.6, 4);
    expect(pack.clauses.map(({ pointer }: { pointer: string }) => pointer)).toContain(
      '/adders/lossFactor',
    );
    const csv = await fetch(`${app.url}/v1/supplier-invoices/${body.invoiceId}/dispute-hours`, {
      headers: { authorization: `Bearer ${app.keys.auditor}` },
    });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect((await csv.text()).trimEnd().split('\n')).toHaveLength(HOURS + 1);

    expect((await step(body.invoiceId, { state: 'UNDER_REVIEW' })).body.state).toBe('UNDER_REVIEW');
    const ended = await step(body.invoiceId, {
      state: 'RESOLVED',
      outcome: 'PARTLY',
      upheldMad: '10000',
      note: 'Expert',
    });
    expect(ended.body).toMatchObject({ state: 'RESOLVED', payableUndisputedMad: '710192.00' });
  });

  it('fall due on a working day, and say what being late costs', async () => {
    const { items } = (await read('supplier-invoices')).body;
    const { invoiceId } = items.find(({ number }: { number: string }) => number === 'FAC-1');
    const payment = async (query: string) =>
      (await read(`supplier-invoices/${invoiceId}/payment?${query}`)).body;
    // Issued on 2026-11-10, 60 days: a Saturday, and Monday 11 January is a holiday.
    expect(await payment('')).toMatchObject({ dueOn: '2027-01-11', interestMad: null });
    const csv = 'day,name\n2027-01-11,Independence Manifesto\n2026-11-18,Independence\n';
    const sent = (body: string) =>
      app.call(
        'POST',
        '/v1/imports/dated-figures?kind=holiday-calendar&code=MA&source=test&confidence=P',
        {
          role: 'finance',
          type: 'text/csv',
          body,
        },
      );
    expect((await sent(csv)).body).toMatchObject({ rowCount: 2, newCount: 2, version: 1 });
    expect((await sent(csv)).body).toMatchObject({ newCount: 0, version: 1 });
    expect((await sent('day,name\n2027-13-01,x\n')).body.errors[0]).toMatchObject({
      row: 2,
      column: 'day',
      rule: 'day.iso',
    });
    expect(await payment('calendarCode=MA&paidOn=2027-02-11&policyRatePct=2.25')).toEqual({
      dueOn: '2027-01-12',
      statedDueOn: null,
      payableMad: '705788.16',
      currency: 'MAD',
      // 705 788.16 × 5 % × 30 / 360; and 2.25 % of the total for the month that began.
      interestMad: '2940.78',
      fineMad: '15880.23',
    });
  });

  it('are listed with what is settled and not billed', async () => {
    const { body } = await read('supplier-invoices/completeness?contractCode=PPA');
    expect(body.items).toEqual([
      {
        period: '2026-10',
        settledNetMad: '641625.60',
        billedNetMad: '654720.00',
        differenceNetMad: '-13094.40',
        state: 'BILLED',
        waitingForRate: [],
        documents: ['FAC-1', 'AV-1', 'FAC-2'],
      },
    ]);
  });

  it('can be keyed, and stay as they came', async () => {
    const header =
      'number,kind,issue_date,seller,currency,net_mad,vat_mad,gross_mad,line,item,name,quantity,unit,price_mad,amount_mad,vat_category,vat_rate_pct,contract';
    const row =
      'FAC-9,INVOICE,2026-12-01,TAQA,MAD,550.00,55.00,605.00,1,EN,Energy,1000,KWH,0.55,550.00,S,10,PPA';
    const sent = await app.call('POST', '/v1/supplier-invoices?period=2026-11', {
      role: 'finance',
      type: 'text/csv',
      body: `${header}\n${row}\n`,
    });
    expect([sent.status, sent.body.grossMad, sent.body.period]).toEqual([201, '605.00', '2026-11']);
    const verified = await read('ledger/verification');
    expect(verified.body.fault).toBeNull();
  });

  describe('and the books of the month', () => {
    const journal = (month: string) => post('exports/journal', { month });
    const entriesOf = ({ body }: { body: { document: { entries: object[] } } }) =>
      body.document.entries as {
        kind: string;
        key: string;
        date: string;
        lines: { account: string; debitMad: string; creditMad: string }[];
      }[];
    const sums = (lines: { account: string; debitMad: string; creditMad: string }[]) =>
      Object.fromEntries(
        lines.map(({ account, debitMad, creditMad }) => [
          account,
          Number(debitMad) - Number(creditMad),
        ]),
      );

    it('need accounts and a settled month', async () => {
      expect((await journal('2026-10')).body.code).toBe('journal.no_account_map');
      expect((await post('account-maps', { code: 'CGNC' })).body).toMatchObject({
        supplierAccount: '4411',
        accrualAccount: '4417',
        chargeAccount: '6125',
      });
      expect((await journal('2026-11')).body).toMatchObject({
        status: 409,
        code: 'journal.not_settled',
        period: '2026-11',
      });
    });

    it('accrue October, which no document of October bills, once and the same again', async () => {
      const refused = (await journal('2026-10')).body;
      expect(refused).toMatchObject({ status: 409, code: 'journal.nothing_to_book' });
      expect(refused.leftOut[0]).toMatch(
        /^The FINAL run of 2026-10, version 1, is not approved: nothing of the period accrues/,
      );
      await approve('2026-10');
      const first = await journal('2026-10');
      expect(first.body.leftOut).toContainEqual({
        reason: 'UNPRICED_ENERGY',
        contractCode: 'PPA',
        reference: '2026-10',
        mad: null,
        mwh: expect.any(String),
        says: expect.stringMatching(/from the grid/),
      });
      expect(first.body.document).toMatchObject({
        runs: [{ contractCode: 'PPA', period: '2026-10', runVersion: 1 }],
        leftOut: first.body.leftOut,
      });
      expect([first.status, first.body.isNew, first.body.debitMad]).toEqual([
        201,
        true,
        '641625.60',
      ]);
      const [accrual] = entriesOf(first);
      expect([accrual!.kind, accrual!.date]).toEqual(['ACCRUAL', '2026-10-31']);
      expect(sums(accrual!.lines)).toEqual({ '6125': 641_625.6, '4417': -641_625.6 });
      const again = await journal('2026-10');
      expect(again.body).toEqual({ ...first.body, isNew: false });
      expect((await journal('2026-09')).body.code).toBe('journal.month_passed');
    });

    it('book November’s documents and take the accrual back to what is left', async () => {
      const send = (kind: string, body: string) =>
        app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
      app.setNow('2026-12-05T09:00:00Z');
      const start = '2026-11-01T00:00:00Z';
      await send(
        'intervals',
        intervalsCsv(start, 720, () => 1_000_000),
      );
      await send(
        'certificates',
        certificatesCsv(start, 720, () => 800_000),
      );
      await post('matching-runs', { month: '2026-11' }, 'energy-manager');
      await post('settlement-runs', { run: 'PROVISIONAL', month: '2026-11' });
      await approve('2026-11');
      const { body } = await journal('2026-11');
      const entries = entriesOf({ body });
      const invoices = entries.filter(({ kind }) => kind === 'INVOICE');
      expect(invoices.map(({ key }) => key)).toEqual([
        'document SELLER FAC-1',
        'document SELLER AV-1',
        'document SELLER FAC-2',
      ]);
      expect(sums(invoices[0]!.lines)).toEqual({
        '6125': 641_625.6,
        '34552': 64_162.56,
        '4411': -705_788.16,
      });
      expect(sums(invoices[1]!.lines)['4411']).toBe(705_788.16);
      const [october, november] = entries.filter(({ kind }) => kind === 'ACCRUAL');
      // Billed too much and in dispute: the accrual says so until a credit note comes.
      expect(sums(october!.lines)).toEqual({
        '4417': 641_625.6,
        '3417': 13_094.4,
        '6125': -654_720,
      });
      expect(sums(november!.lines)['4417']).toBe(-620_928);
    });

    it('take a mistake back by contra-entries, and can be exported again', async () => {
      const { items } = (await read('exports')).body;
      const { batchId } = items.at(-1);
      const reversal = await post(`exports/${batchId}/reversal`, {});
      expect(reversal.body).toMatchObject({ sequence: 3, reverses: batchId, month: '2026-11' });
      expect((await post(`exports/${batchId}/reversal`, {})).body.code).toBe(
        'journal.batch_reversed',
      );
      const own = reversal.body.batchId;
      expect((await post(`exports/${own}/reversal`, {})).body.code).toBe('journal.batch_reversed');
      const again = await journal('2026-11');
      expect([again.body.isNew, again.body.debitMad]).toEqual([true, items.at(-1).debitMad]);
    });

    it('go out as files', async () => {
      const { items } = (await read('exports')).body;
      const file = (format: string) =>
        fetch(`${app.url}/v1/exports/${items[0].batchId}/file?format=${format}`, {
          headers: { authorization: `Bearer ${app.keys.auditor}` },
        });
      const odoo = await file('odoo');
      expect(await odoo.text()).toContain(
        `mizan_${items[0].batchId}_1,entry,ACH,2026-10-31,2026-10,6125,SELLER,"Not invoiced, PPA 2026-10",641625.60,0.00`,
      );
      expect(await (await file('oracle')).json()).toMatchObject({
        code: 'journal.no_oracle_ledger',
      });
      const verified = await read('ledger/verification');
      expect(verified.body.fault).toBeNull();
    });
  });
  it('allow a correction after the window only while one of the period is in dispute', async () => {
    const { code: _code, ...terms } = PPA;
    const elections = contract({
      price: { base: '551' },
      vat: { energy: 'VAT', regulated: 'VAT', fees: null, damages: null },
      adders: { lossFactor: '0.02' },
    });
    const agreed = { ...terms, elections, volumeProduct: 'PAY_AS_PRODUCED' };
    await post('contracts/PPA/versions', agreed, 'energy-manager');
    await post('matching-runs', { month: '2026-10' }, 'energy-manager');
    app.setNow('2027-11-10T09:00:00Z');
    const late = () => post('settlement-runs', { run: 'TRUE_UP', month: '2026-10' });
    expect((await late()).body.reason).toMatch(/window of 12 months ended .* needs a dispute/);
    const { body } = await receive(bill('FAC-3', {}, { issueDate: '2027-11-01' }));
    await step(body.invoiceId, { state: 'OPEN', disputedMad: '1', note: 'Billed again' });
    expect((await late()).body).toMatchObject({ isNew: true, deltaNetMad: '1166.59' });
  });

  it('say when they come that a sum of VAT is wrong, and bill nothing once disputed whole and upheld', async () => {
    const billed = async () =>
      (await read('supplier-invoices/completeness?contractCode=PPA')).body.items.find(
        ({ period }: { period: string }) => period === '2026-10',
      );
    const before = await billed();
    const invoice = bill('FAC-4', {}, { issueDate: '2027-11-02' });
    const { totals } = invoice;
    const wrong = { ...invoice, totals: { ...totals, vatMad: '64000.00' } };
    const { status, body } = await receive(wrong);
    expect([status, body.isNew]).toEqual([201, true]);
    expect(body.arithmetic).toContainEqual({
      rule: 'BR-CO-14',
      where: 'document',
      statedMad: '64000.00',
      computedMad: totals.vatMad,
    });
    expect((await billed()).documents).toEqual([...before.documents, 'FAC-4']);
    await step(body.invoiceId, {
      state: 'OPEN',
      disputedMad: body.grossMad,
      note: 'Nothing of it was delivered.',
    });
    const ended = await step(body.invoiceId, { state: 'RESOLVED', outcome: 'UPHELD', note: '' });
    expect(ended.body).toMatchObject({ state: 'RESOLVED', payableUndisputedMad: '0.00' });
    expect(await billed()).toEqual(before);
    const { body: next } = await receive(bill('FAC-5', {}, { issueDate: '2027-11-03' }));
    expect((await check(next.invoiceId)).documents).not.toContain('FAC-4');
  });

  it('are voided with a reason, count nowhere, and leave their number free', async () => {
    const of = { issueDate: '2026-11-25' };
    const upheld = (await receive(bill('FAC-6', {}, of))).body;
    const disputed = { state: 'OPEN', disputedMad: upheld.grossMad, note: 'Not ours' };
    await step(upheld.invoiceId, disputed);
    await step(upheld.invoiceId, { state: 'RESOLVED', outcome: 'UPHELD' });
    const { invoiceId } = (await receive(bill('FAC-7', {}, of))).body;
    const { items } = (await read('supplier-invoices')).body;
    const idOf = (number: string) =>
      items.find((one: { number: string }) => one.number === number).invoiceId;
    const exported = async () => (await post('exports/journal', { month: '2026-11' })).body;
    const entries = async () =>
      (await exported()).document.entries as { key: string; kind: string; label: string }[];
    // The books take no document that was disputed in full and upheld, and say so.
    const first = await exported();
    const booked = first.document.entries.map(({ key }: { key: string }) => key);
    expect(booked).toContain('document SELLER FAC-7');
    expect(booked).not.toContain('document SELLER FAC-6');
    const said = first.leftOut.map(({ reason, reference }: Record<string, string>) => [
      reason,
      reference,
    ]);
    expect(said).toContainEqual(['UPHELD', 'FAC-6']);
    expect(said).toContainEqual(['RUN_NOT_APPROVED', '2026-10']);

    const state = { state: 'VOIDED' };
    const refused = async (number: string, body: object) =>
      (await step(idOf(number), body)).body.reason;
    expect(await refused('FAC-7', state)).toMatch(/needs its reason/);
    expect(await refused('FAC-2', { ...state, note: 'x' })).toBe('RESOLVED goes on to nothing.');
    expect(await refused('FAC-1', { ...state, note: 'x' })).toMatch(/AV-1 corrects it/);
    const note = 'Of another company';
    const voided = await step(invoiceId, { ...state, note });
    expect(voided.body).toMatchObject({
      state: 'VOIDED',
      payableUndisputedMad: '0.00',
      steps: [{ step: 1, state: 'VOIDED', note, runId: null, checkSha256: null }],
    });
    for (const path of ['check', 'payment', 'dispute-pack']) {
      const { body } = await read(`supplier-invoices/${invoiceId}/${path}`);
      expect(body).toMatchObject({ status: 409, code: 'supplier_invoice.voided', reason: note });
    }
    const complete = await read('supplier-invoices/completeness?contractCode=PPA');
    expect(JSON.stringify(complete.body)).not.toContain('FAC-7');
    const contra = (await entries()).find(({ kind }) => kind === 'CONTRA')!;
    expect(contra).toMatchObject({ key: 'document SELLER FAC-7', label: 'Voided: Invoice FAC-7' });

    const again = await receive(bill('FAC-7', {}, { issueDate: '2026-11-26' }));
    expect(again.body).toMatchObject({ isNew: true, state: 'RECEIVED', issueDate: '2026-11-26' });
    expect(again.body.invoiceId).not.toBe(invoiceId);
    expect((await receive(bill('FAC-7', { quantity: '1' }))).body.code).toBe(
      'supplier_invoice.number_taken',
    );
    expect((await entries()).map(({ key }) => key)).toContain(
      'document SELLER FAC-7 (received again, 1)',
    );
    expect((await read('ledger/verification')).body.fault).toBeNull();
  });

  it('are traced from the books and from checks to runs, price rows, clauses and readings', async () => {
    const { items } = (await read('exports')).body;
    const [{ batchId }] = items;
    const entry = (await read(`exports/${batchId}/entries/1/trace`)).body;
    expect(entry).toMatchObject({
      at: 1,
      document: null,
      accountMap: { code: 'CGNC', version: 1 },
      settlement: { period: '2026-10', runVersion: 1, lines: [{ at: 1 }] },
    });
    expect((await read(`exports/${batchId}/entries/99/trace`)).body).toMatchObject({
      status: 404,
      code: 'journal.entry_not_found',
      known: [expect.any(String)],
    });
    const later = items.at(-1).batchId;
    const document = (await read(`exports/${later}/entries/1/trace`)).body;
    expect(document).toMatchObject({
      document: { number: 'FAC-7', states: ['RECEIVED'], fileName: 'FAC-7.xml' },
    });

    const [line] = entry.settlement.lines;
    const path = `settlement-runs/${entry.settlement.runId}/lines/${line.at}/trace`;
    const traced = (await read(`${path}?hour=2026-10-05T12:00:00Z`)).body;
    expect(traced).toMatchObject({
      contractCode: 'PPA',
      runVersion: 1,
      tiesOut: true,
      sumMad: '641625.60',
      line: { kind: 'ENERGY', amountMad: '641625.60' },
      opened: { hour: '2026-10-05T12:00:00Z', meters: expect.any(Array) },
    });
    expect(traced.hours).toHaveLength(HOURS);
    expect(traced.rows).toContainEqual(expect.objectContaining({ kind: 'vat', id: 'VAT@1' }));
    expect(traced.clauses.map(({ pointer }: { pointer: string }) => pointer)).toContain(
      '/adders/lossFactor',
    );
    expect(traced.opened.meters[0].readings[0]).toMatchObject({
      file: { line: expect.any(Number) },
      decision: null,
      estimate: null,
      before: null,
    });
    const [first, last] = [traced.hours[0].start, traced.hours.at(-1).start];
    const end = new Date(Date.parse(last) + 3_600_000).toISOString().replace('.000Z', 'Z');
    expect((await read(`${path}?hour=${end}`)).body).toMatchObject({
      status: 404,
      code: 'settlement.hour_not_in_line',
      hour: end,
      known: [`${first}/${end}`],
    });
    expect((await read(`settlement-runs/${traced.runId}/lines/99/trace`)).body).toMatchObject({
      status: 404,
      code: 'settlement.line_not_found',
    });

    const { items: invoices } = (await read('supplier-invoices')).body;
    const { invoiceId } = invoices.find(({ number }: { number: string }) => number === 'FAC-2');
    const check = (await read(`supplier-invoices/${invoiceId}/check/lines/1/trace`)).body;
    expect(check).toMatchObject({
      number: 'FAC-2',
      contractCode: 'PPA',
      line: { kind: 'ENERGY' },
      ours: [{ line: { kind: 'ENERGY' } }],
    });
    expect((await read(`supplier-invoices/${invoiceId}/check/lines/99/trace`)).body).toMatchObject({
      status: 404,
      code: 'supplier_invoice.line_not_found',
    });
  });

  it('stand beside a coverage that parts from the statement’s by losses', async () => {
    const { items } = (await read('settlement-runs')).body;
    const { runId } = items.find(({ period }: { period: string }) => period === '2026-10');
    const { body } = await read(`settlement-runs/${runId}/coverage`);
    expect(body).toMatchObject({
      statement: { coveragePct: expect.any(String) },
      reasons: [{ reason: 'LOSSES' }],
    });
    const sum = body.reasons.reduce(
      (all: number, { mwh }: { mwh: string }) => all + Number(mwh),
      Number(body.statement.matchedMwh),
    );
    expect(sum).toBeCloseTo(Number(body.settlement.matchedMwh), 6);
  });

  it('in another currency are received, wait for a rate, and are checked and booked at its row', async () => {
    const line = { quantity: '1000', priceMad: '0.05' };
    const of = { currency: 'EUR', issueDate: '2026-11-28' };
    const { body } = await receive(bill('EUR-1', line, of));
    expect(body).toMatchObject({ isNew: true, currency: 'EUR', grossMad: '55.00' });
    expect(body.document).toMatchObject({ currency: 'EUR', totals: { netMad: '50.00' } });
    expect(await check(body.invoiceId)).toMatchObject({
      status: 409,
      code: 'supplier_invoice.waiting_for_rate',
      currency: 'EUR',
      day: '2026-11-28',
      fix: expect.stringContaining('fx-series EUR'),
    });
    const completeness = async () =>
      (await read('supplier-invoices/completeness?contractCode=PPA')).body.items.find(
        ({ period }: { period: string }) => period === '2026-10',
      );
    const before = await completeness();
    expect(before.waitingForRate).toEqual(['EUR-1']);
    const exported = async () => (await post('exports/journal', { month: '2026-11' })).body;
    expect((await exported()).leftOut).toContainEqual(
      expect.objectContaining({ reason: 'NO_RATE', reference: 'EUR-1' }),
    );

    // The 28th is a Saturday: the rate of Friday holds (SETTLEMENT, ruling 10).
    const rates = (madPerUnit: string) =>
      app.call(
        'POST',
        '/v1/imports/dated-figures?kind=fx-series&code=EUR&source=BAM&confidence=P',
        {
          role: 'finance',
          type: 'text/csv',
          body: `day,mad_per_unit\n2026-11-27,${madPerUnit}\n`,
        },
      );
    expect((await rates('10.8')).body).toMatchObject({ newCount: 1 });
    const found = await check(body.invoiceId);
    expect(found).toMatchObject({
      rate: { id: 'EUR@1:2026-11-27', day: '2026-11-27', madPerUnit: '10.8' },
      arithmetic: [],
    });
    expect(JSON.stringify(found.faults)).toContain('The document is in EUR');
    const after = await completeness();
    expect(after.waitingForRate).toEqual([]);
    expect(Number(after.billedNetMad)).toBeCloseTo(Number(before.billedNetMad) + 540, 2);
    const { document } = await exported();
    const entry = document.entries.find(({ key }: { key: string }) => key.endsWith(' EUR-1'));
    expect(entry.rate).toMatchObject({ id: 'EUR@1:2026-11-27', madPerUnit: '10.8' });
    expect(entry.lines).toContainEqual({ account: '4411', debitMad: '0.00', creditMad: '594.00' });
    // The row that it was booked at stays, whatever comes later.
    await rates('11');
    expect(await exported()).toMatchObject({ isNew: false });
  });

  it('are found by verification where a number was taken that was not free', async () => {
    await run(
      app.database.adminUrl,
      "SET session_replication_role = replica; DELETE FROM supplier_invoice_step WHERE state = 'VOIDED'",
    );
    const { faults } = (await read('ledger/verification')).body;
    expect(faults.map((fault: { check: string }) => fault.check)).toEqual(['row_count']);
    const again = await app.nest
      .get(LedgerScope)
      .read(app.ledgerId, (tx) => app.nest.get(SupplierInvoicesRepository).usedAgain(tx));
    expect(again).toMatchObject({ number: 'FAC-7' });
  });
});
