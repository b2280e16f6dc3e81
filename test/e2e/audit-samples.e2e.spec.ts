import { ENGINES } from '../../src/core/engines.js';
import { EngagementLogService } from '../../src/features/engagements/engagement/engagement-log.service.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { LedgerScope } from '../../src/platform/database/ledger-scope.js';
import { type Audit, AUDITED, seedAudit, startAudit } from '../support/audit.js';
import { certificatesCsv, RECORDS } from '../support/make.js';

const KINDS = ['load', 'certificates', 'emissions', 'interventions'] as const;

describe('samples', () => {
  let audit: Audit;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.app.close());

  const verify = () => audit.app.nest.get(VerificationService).verify(audit.app.ledgerId);
  const interventions = async (): Promise<{ what: string; effect: object }[]> => {
    const engagementId = await audit.open();
    const path = `/v1/engagements/${engagementId}/interventions`;
    return (await audit.app.call('GET', path, { role: 'finance' })).body.items;
  };

  it('list a revised record where it touches site and months, and nowhere else', async () => {
    const { app } = audit;
    const before = await interventions();
    const role = 'energy-manager';
    const [, ppa] = RECORDS.find(([path]) => path === 'contracts')!;
    const { code: _, ...terms } = ppa as { readonly code: string };
    const later = await app.call('POST', '/v1/contracts/PPA/versions', {
      role,
      body: { ...terms, effectiveFrom: '2027-01-01' },
    });
    expect(later.status).toBe(201);
    expect(await interventions()).toEqual(before);
    const [, { code: __, ...site }] = RECORDS.find(([path]) => path === 'sites')! as [
      string,
      { readonly code: string },
    ];
    const revised = await app.call('POST', '/v1/sites/SITE/versions', {
      role,
      body: { ...site, name: 'New name' },
    });
    expect(revised.status).toBe(201);
    const after = await interventions();
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toMatchObject({ what: 'version 2 of site SITE' });
  });

  it('list certificates that came after their month was matched, with their Wh', async () => {
    const before = await interventions();
    const sent = await audit.app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      type: 'text/csv',
      body: certificatesCsv('2026-10-02T00:00:00Z', 3, () => 500),
    });
    expect(sent.body).toMatchObject({ newCount: 6 });
    const found = (await interventions()).slice(before.length);
    expect(found).toMatchObject([
      { kind: 'correction', effect: { wh: 3_000, intervalCount: null } },
    ]);
    expect(found[0]!.what).toMatch(/^6 certificates after matching, import /);
    // Those of before the month was first matched are no intervention.
    expect(before.filter(({ what }) => what.includes('certificates after'))).toEqual([]);
  });

  it('are drawn again by whoever verifies the ledger', async () => {
    await seedAudit(audit);
    for (const population of KINDS) {
      const { status } = await audit.act('samples', { method: 'stratified', population, count: 3 });
      expect([population, status]).toEqual([population, 201]);
    }
    const units = { method: 'monetary-unit', population: 'load', tolerable: 9_000 };
    expect((await audit.act('samples', units)).status).toBe(201);
    const { fault, notes } = await verify();
    expect(fault).toBeNull();
    expect(notes.filter((line) => line.includes('sampl'))).toEqual([]);
  });

  it('fail where they hold other items, another population or another seed', async () => {
    const { app, engagementId } = audit;
    const log = app.nest.get(EngagementLogService);
    const engagement = await log.get(app.ledgerId, engagementId);
    const { drawn: _, results: __, ...sample } = engagement.samples.at(-1)!;
    const { nest, ledgerId } = app;
    /** What is found of a log that holds such a sample, which is taken out of it again. */
    const found = (other: object) =>
      nest.get(LedgerScope).rehearse(ledgerId, async (tx) => {
        await log.append(tx, atTerminal(ledgerId, 'auditor'), {
          type: 'audit.sampled',
          engagementId,
          terms: engagement.terms,
          body: { ...sample, sampleId: nest.get(LedgerService).nextId(), ...other },
        });
        return nest.get(VerificationService).verifyIn(tx);
      });
    // Of another version: said, not drawn.
    expect(await found({ engineVersion: 1, items: [] })).toMatchObject({
      fault: null,
      notes: expect.arrayContaining([
        '1 sample made by sampling engine 1: not computed again here',
      ]),
    });
    for (const [other, detail] of [
      [{ items: sample.items.slice(1) }, 'other items than its seed draws'],
      [{ how: { ...sample.how, start: 1 } }, 'other items than its seed draws'],
      [{ populationSha256: 'ab'.repeat(32) }, 'another population'],
      [{ totals: { ...sample.totals, zeroCount: 99 } }, 'another population'],
      [{ seed: 'cd'.repeat(32) }, 'not drawn by the root and the nonce'],
    ] as const) {
      const { fault } = await found({ engineVersion: ENGINES.sampling, ...other });
      expect(fault).toMatchObject({ check: 'sample', detail: expect.stringContaining(detail) });
    }
  });

  it('of emissions take the factor of each hour that the statement took', async () => {
    const { app } = audit;
    const role = 'energy-manager';
    const [, grid] = RECORDS.find(([, body]) => (body as { code: string }).code === 'GRID')!;
    const hourly = await app.call('POST', '/v1/factors', {
      role,
      body: {
        ...grid,
        code: 'GRID-HOURLY',
        resolution: 'hourly',
        validFrom: '2026-10-01T00:00:00Z',
        validTo: '2026-10-01T12:00:00Z',
        values: Array.from({ length: 12 }, (_, at) => ({
          gPerKwh: at === 3 ? null : String(100 + at),
          cfeShare: null,
        })),
      },
    });
    expect([hourly.status, hourly.body]).toMatchObject([201, { code: 'GRID-HOURLY' }]);
    await app.call('POST', '/v1/matching-runs', { role, body: { month: AUDITED } });
    const { body: stated } = await app.call('POST', '/v1/statements', {
      role,
      body: { kind: 'carbon', month: AUDITED },
    });
    const figure = stated.document.figures.find(
      ({ id }: { id: string }) => id === 'locationBasedT',
    );
    expect(figure.sources.filter(({ kind }: { kind: string }) => kind === 'factor')).toHaveLength(
      2,
    );
    const path = `/v1/engagements/${await audit.open()}`;
    const act = (to: string, body?: object) =>
      app.call('POST', `${path}/${to}`, { key: audit.auditor.key, body });
    await act('checkpoints');
    await act('nonces', { nonce: 'six autres dés : 1 3 3 5 2 6' });
    const wanted = { method: 'stratified', population: 'emissions', count: 3 };
    const { status, body: sample } = await act('samples', wanted);
    expect([status, sample.code]).toEqual([201, undefined]);
    // Each hour is rounded to a gram, the statement to a kilogram.
    const { total, count } = sample.totals;
    expect(Math.abs(total - Number(figure.value) * 1e6)).toBeLessThanOrEqual(500 + count / 2);
    expect((await verify()).fault).toBeNull();
  });
});
