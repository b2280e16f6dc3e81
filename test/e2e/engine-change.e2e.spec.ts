import { ENGINES } from '../../src/core/engines.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../src/core/ledger/canonical.js';
import { sha256 } from '../../src/core/ledger/merkle.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { parseRun, ROWS, runRow } from '../../src/features/settlement/runs/settlement.document.js';
import { SettlementRepository } from '../../src/features/settlement/runs/settlement.repository.js';
import { SettlementService } from '../../src/features/settlement/runs/settlement.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { LedgerScope } from '../../src/platform/database/ledger-scope.js';
import type { TestApp } from '../support/app.js';
import { mizan } from '../support/cli.js';
import { certificatesCsv } from '../support/make.js';
import { startMonth } from '../support/month.js';

const HERE = ENGINES.settlement;
const LATER = HERE + 1;

describe('a true-up of a run that another engine made', () => {
  let app: TestApp;
  /** The run of the other engine. */
  let runId: string;
  beforeAll(async () => {
    app = await startMonth();
  });
  afterAll(() => app.close());

  const verify = () => app.nest.get(VerificationService).verify(app.ledgerId);
  const settle = (run: string, more: object = {}) =>
    app.call('POST', '/v1/settlement-runs', {
      role: 'finance',
      body: { run, month: '2026-08', ...more },
    });

  /** Seals the last run once more, as another engine would have that charged 1.11 MAD more. */
  const sealOther = async (engineVersion: unknown): Promise<string> => {
    const runs = await app.nest.get(SettlementService).list(app.ledgerId);
    const last = runs.findLast(({ period }) => period === '2026-08')!;
    const ledger = app.nest.get(LedgerService);
    const [otherId, eventId] = [ledger.nextId(), ledger.nextId()];
    const [version, corrects] = [last.version + 1, last.runId];
    const document = parseRun(last);
    const { lines, totals } = document.settlement;
    const more = (mad: string): string => (Number(mad) + 1.11).toFixed(2);
    const [first, ...rest] = lines;
    const settlement = {
      ...document.settlement,
      lines: [{ ...first!, amountMad: more(first!.amountMad) }, ...rest],
      totals: { ...totals, netMad: more(totals.netMad), grossMad: more(totals.grossMad) },
      resultHash: '00',
    };
    const made = { ...document, runId: otherId, version, corrects, engineVersion, settlement };
    const text = canonicalJson(made as never);
    const run = {
      ...last,
      runId: otherId,
      eventId,
      run: 'FINAL' as const,
      version,
      corrects,
      document: Buffer.from(text),
      sha256: Buffer.from(sha256(text)),
    };
    await app.nest.get(LedgerScope).write(app.ledgerId, async (tx) => {
      await app.nest.get(SettlementRepository).add(tx, run);
      await ledger.append(tx, atTerminal(app.ledgerId, 'finance'), {
        eventId,
        type: 'settlement.run',
        validFrom: null,
        validTo: null,
        sourceRef: null,
        supersedes: [],
        body: { rows: ROWS, runId: otherId },
        rows: [runRow(run)],
      });
    });
    return otherId;
  };

  it.each([LATER, 1])('of version %s asks, and shows the change of rule apart', async (version) => {
    runId = await sealOther(version);
    const amount = version === LATER ? 2_000_000 : 3_000_000;
    await app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      type: 'text/csv',
      body: certificatesCsv(`2026-08-0${version === LATER ? 4 : 6}T10:00:00Z`, 1, () => amount),
    });
    const body = { month: '2026-08' };
    await app.call('POST', '/v1/matching-runs', { role: 'energy-manager', body });
    const { items } = (await app.call('GET', '/v1/supplier-invoices', { role: 'finance' })).body;
    const check = `/v1/supplier-invoices/${items[0].invoiceId}/check`;
    const { body: checked } = await app.call('GET', check, { role: 'finance' });
    // Against what was sealed, and with no cause that only settling again would show.
    const sealed = parseRun(await app.nest.get(SettlementService).get(app.ledgerId, runId));
    expect(checked).toMatchObject({
      runId,
      totals: { ours: { netMad: sealed.settlement.totals.netMad } },
      owed: { onActualMad: sealed.settlement.totals.netMad, onEstimatesMad: '0.00' },
      notComputed:
        `The run was made by settlement engine ${version}: causes, and what is owed on estimates, ` +
        'are not computed here.',
    });
    const asked = await settle('TRUE_UP');
    expect(asked).toMatchObject({
      status: 409,
      body: {
        code: 'settlement.engine_changed',
        period: '2026-08',
        runId,
        madeBy: `settlement engine ${version}`,
        here: `settlement engine ${HERE}`,
        engineChangeNetMad: '-1.11',
        fix: expect.stringContaining('acceptEngineChange'),
      },
    });
    const booked = await settle('TRUE_UP', { acceptEngineChange: true });
    expect(booked).toMatchObject({
      status: 201,
      body: { isNew: true, corrects: runId, engineChangeNetMad: '-1.11' },
    });
    const { delta } = booked.body.document;
    const { engineChange, dataChange, engine } = delta.parts;
    expect(engine).toEqual({ before: String(version), now: String(HERE) });
    expect(engineChange.lines).toMatchObject([{ quantity: '0', amountMad: '-1.11' }]);
    expect(dataChange.totals.netMad).toBe(asked.body.dataChangeNetMad);
    expect(Number(dataChange.totals.netMad)).not.toBe(0);
    const sum = Number(engineChange.totals.netMad) + Number(dataChange.totals.netMad);
    expect(sum.toFixed(2)).toBe(delta.totals.netMad);
    expect((await settle('TRUE_UP')).body).toMatchObject({
      isNew: false,
      runId: booked.body.runId,
    });
    expect((await verify()).fault).toBeNull();
  });

  it('is asked and told at the terminal too, a line for each part', async () => {
    await sealOther(LATER);
    await app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      type: 'text/csv',
      body: certificatesCsv('2026-08-05T10:00:00Z', 1, () => 4_000_000),
    });
    const body = { month: '2026-08' };
    await app.call('POST', '/v1/matching-runs', { role: 'energy-manager', body });
    const scratch = mkdtempSync(join(tmpdir(), 'mizan-engine-'));
    const settings = {
      DATABASE_URL: app.database.adminUrl,
      MIZAN_DATA_DIR: scratch,
      MIZAN_LEDGER: 'test',
      LOG_LEVEL: 'silent',
    };
    const args = ['settle', '2026-08', '--run', 'true-up'];
    try {
      const asked = mizan(args, { settings });
      expect([asked.code, asked.stdout]).toEqual([2, '']);
      expect(asked.stderr).toContain('Refused: settlement.engine_changed');
      expect(asked.stderr).toContain(`madeBy: "settlement engine ${LATER}"`);
      expect(asked.stderr).toContain('--accept-engine-change');
      const booked = mizan([...args, '--accept-engine-change'], { settings });
      expect([booked.code, booked.stderr]).toEqual([0, '']);
      const [, sum, engine, data] =
        new RegExp(
          `Against the run before: net (\\S+) MAD\n {2}of the change from settlement engine ${LATER} to ${HERE}: net (\\S+) MAD\n {2}of changed data: net (\\S+) MAD`,
        ).exec(booked.stdout) ?? [];
      expect(engine).toBe('-1.11');
      expect((Number(engine) + Number(data)).toFixed(2)).toBe(sum);

      // The terminal settled it: a person approves it, with a key of their own, and nobody else.
      const runs = await app.nest.get(SettlementService).list(app.ledgerId);
      const { runId: last } = runs.findLast(({ period }) => period === '2026-08')!;
      const nobody = mizan(['approve-settlement', last], { settings });
      expect(nobody.stderr).toContain('auth.person_required');
      const keyFile = join(scratch, 'key');
      writeFileSync(keyFile, app.keys['energy-manager'], { mode: 0o600 });
      const person = mizan(['approve-settlement', last], {
        settings: { ...settings, MIZAN_KEY_FILE: keyFile },
      });
      expect([person.stderr, person.code]).toEqual(['', 0]);
      expect(person.stdout).toContain('2026-08, TRUE_UP');
      expect(person.stdout).toContain(': APPROVED');
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
    expect((await verify()).fault).toBeNull();
  });
});
