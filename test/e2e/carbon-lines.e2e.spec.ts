import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid, intervalsCsv, SOLE_CLAIM } from '../support/make.js';
import { faultsOf, packOf } from '../support/packs.js';

const START = '2026-10-01T00:00:00Z';

describe('the lines of a carbon statement', () => {
  let app: TestApp;
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const read = async (path: string) =>
    (await app.call('GET', `/v1/${path}`, { role: 'auditor' })).body;
  const carbon = async () => {
    await post('matching-runs', { month: '2026-10' });
    return post('statements', { kind: 'carbon', month: '2026-10' });
  };
  const revise = async (path: string, change: object) => {
    const { code: _, version: __, recordedAt: ___, eventId: ____, ...said } = await read(path);
    const { status, body } = await post(`${path}/versions`, { ...said, ...change });
    expect([status, body.code]).toEqual([201, path.split('/')[1]]);
  };
  const figure = (document: { figures: { id: string; value: unknown }[] }, id: string) =>
    document.figures.find((one) => one.id === id)!.value;

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    const take = (kind: string, body: string) =>
      app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
    await take(
      'intervals',
      intervalsCsv(START, 4, () => 1_000_000),
    );
    await take(
      'certificates',
      certificatesCsv(START, 4, (_, hour) => (hour < 2 ? 1_500_000 : 0)),
    );
  });
  afterAll(() => app.close());

  it('are those of an open month: preliminary, with everything that METHOD 7.1 lists', async () => {
    const { size } = await read('ledger/head');
    const { status, body } = await carbon();
    expect(status).toBe(201);
    const { document } = body;
    expect(document).toMatchObject({
      title: 'Carbon statement',
      status: 'preliminary',
      engineVersion: 3,
      civil: { from: '2026-10-01', to: '2026-10-31' },
      entity: {
        code: 'BUYER',
        ice: '001234567000089',
        consolidationApproach: null,
        signature: null,
      },
      instrumentsApplied: true,
      estimation: { wh: 0, meterHours: 0 },
      restatement: null,
      dataQuality: { wh: { measured: 8_000_000, estimated: 0 } },
    });
    expect(document.certificates).toMatchObject([
      {
        plantCode: 'PV',
        issuedWh: 3_000_000,
        matchedWh: 2_000_000,
        unmatchedWh: 1_000_000,
        beneficiary: 'BUYER',
      },
      { plantCode: 'WIND', issuedWh: 3_000_000, trackingSystems: ['ISSUER'] },
    ]);
    expect(document.tiers).toMatchObject([
      { tier: 1, plantCode: 'PV', wh: 2_000_000 },
      { tier: 1, plantCode: 'WIND', wh: 2_000_000 },
      { tier: 5, wh: 4_000_000, gPerKwh: '600', emissionsT: '2.400' },
    ]);
    expect(document.criteria[0].answers.map((one: { answer: string }) => one.answer)).toEqual([
      'met',
      'met',
      'pending',
      'met',
      'met',
      'not_applicable',
      'met',
      'met',
    ]);
    expect(document.apart.map((one: { notStated: string }) => one.notStated)).toEqual(
      Array(4).fill('no factor'),
    );
    // Certificates of 6 MWh, of which 4 MWh are matched: the surplus that nobody cancelled counts nowhere.
    expect(figure(document, 'marketBased2015T')).toBe('2.400');
    expect(document.disclosures).toContain(
      'Surplus not cancelled: 2 MWh; it is in no figure of emissions.',
    );
    expect(document.releaseChecks).toHaveLength(9);
    // The run came between.
    expect(document.anchor.size).toBe(size + 1);
    expect(document.anchor.root).toMatch(/^[0-9a-f]{64}$/);
    expect((await carbon()).body.isNew).toBe(false);
  });

  it('state what a factor of their own makes stateable, of either basis', async () => {
    const fact = {
      zone: 'MA',
      publisher: 'test',
      title: 'x',
      vintage: '2026',
      resolution: 'annual',
      validFrom: '2025-12-31T23:00:00Z',
      validTo: '2027-01-01T00:00:00Z',
    };
    const factor = (code: string, kind: string, basis: string, gPerKwh: string) =>
      post('factors', { ...fact, code, kind, basis, values: [{ gPerKwh }] });
    await factor('UP', 'upstream', 'lifecycle', '50');
    await factor('MER', 'marginal', 'direct', '700');
    const { document } = (await carbon()).body;
    expect(document.apart).toMatchObject([
      { line: 'biogenic', emissionsT: null },
      { line: 'gridLosses', emissionsT: null },
      { line: 'upstream', emissionsT: '0.400', factors: [{ code: 'UP', version: 1 }] },
      { line: 'avoided', emissionsT: '4.200' },
    ]);
  });

  it('take instruments out of market-based figures where a criterion is not answered, and say why', async () => {
    await revise('contracts/PPA', { soleClaim: null });
    const { body } = await carbon();
    expect(body.version).toBe(3);
    const { document } = body;
    expect(document.instrumentsApplied).toBe(false);
    expect(document.criteria[0].answers[6]).toMatchObject({ criterion: 7, answer: 'not_met' });
    expect(
      [
        'matchedWh',
        'locationBasedT',
        'marketBased2015T',
        'marketHourlyT',
        'marketHourlyFossilT',
      ].map((id) => figure(document, id)),
    ).toEqual([4_000_000, '4.800', '4.800', '4.800', '6.080']);
    expect(document.restatement).toMatchObject({
      engine: null,
      gone: expect.arrayContaining(['contract PPA@1']),
      come: expect.arrayContaining(['contract PPA@2']),
    });
    expect(document.changes.map(({ id }: { id: string }) => id)).toContain('marketBased2015T');
  });

  it('name who reports, where the organisation says how', async () => {
    const carbonReporting = {
      consolidationApproach: 'operational_control',
      baseYear: '2025',
      signatory: 'A. Alami, director',
    };
    await revise('organisations/BUYER', { carbonReporting });
    await revise('contracts/PPA', { soleClaim: SOLE_CLAIM });
    const { document } = (await carbon()).body;
    expect(document.entity).toMatchObject({
      version: 2,
      consolidationApproach: 'operational_control',
      signatory: 'A. Alami, director',
    });
    expect(document.instrumentsApplied).toBe(true);
  });

  it('stand in the document, in both languages, preliminary on its first page', async () => {
    const { items } = await read('statements');
    const { statementId } = items.at(-1);
    const csv = async (table: string, lang: string): Promise<string> => {
      const path = `/v1/statements/${statementId}/document?format=csv&table=${table}&lang=${lang}`;
      const headers = { authorization: `Bearer ${app.keys.auditor}` };
      const reply = await fetch(`${app.url}${path}`, { headers });
      expect([table, reply.status]).toEqual([table, 200]);
      return reply.text();
    };
    for (const table of ['certificates', 'tiers', 'avoided', 'checks', 'restatement']) {
      for (const lang of ['en', 'fr']) await csv(table, lang);
    }
    expect(await csv('criteria', 'fr')).toContain('Réservés pour BUYER');
    expect((await csv('criteria', 'en')).trimEnd().split('\n').at(-1)).toMatch(
      /,,(Applied to market-based figures|Not applied: a criterion is not met),,$/,
    );
    expect(await csv('apart', 'en')).toContain('not stated, no factor');
  });

  it('are computed again away from the ledger, versions of before too', async () => {
    expect(faultsOf(await packOf(app, '2026-10'))).toEqual([]);
    expect((await app.nest.get(VerificationService).verify(app.ledgerId)).fault).toBeNull();
  });
});
