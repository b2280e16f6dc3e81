import { ENGINES } from '../../src/core/engines.js';
import type { OpenedPack } from '../../src/core/packs/checks/pack-contents.js';
import { recomputePack } from '../../src/core/packs/recompute.js';
import { openedPack, packOf } from '../support/packs.js';
import { canonicalJson, sealedJson } from '../../src/core/ledger/canonical.js';
import { sha256, toHex } from '../../src/core/ledger/merkle.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { parseRun, ROWS, runRow } from '../../src/features/settlement/runs/settlement.document.js';
import { SettlementInputService } from '../../src/features/settlement/runs/settlement-input.service.js';
import { SettlementRepository } from '../../src/features/settlement/runs/settlement.repository.js';
import { SettlementService } from '../../src/features/settlement/runs/settlement.service.js';
import { StatementsRepository } from '../../src/features/statements/statements.repository.js';
import {
  parseStatement,
  StatementsService,
} from '../../src/features/statements/statements.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { LedgerScope } from '../../src/platform/database/ledger-scope.js';
import type { TestApp } from '../support/app.js';
import { startMonth } from '../support/month.js';
import type { RowOf } from '../../src/platform/database/rows/row-of.js';
import type { StatementEntity } from '../../src/features/statements/statement.entity.js';

describe('what another version of an engine made', () => {
  let app: TestApp;
  let pack: OpenedPack;
  beforeAll(async () => {
    app = await startMonth();
    const { items } = (await app.call('GET', '/v1/statements', { role: 'auditor' })).body;
    pack = openedPack(await packOf(app, items[0].month));
  });
  afterAll(() => app.close());

  const verify = () => app.nest.get(VerificationService).verify(app.ledgerId);

  /** Seals the first run once more, as another engine that came to another total would have. */
  const sealRun = async (made: object, sequence: number): Promise<string> => {
    const [first] = await app.nest.get(SettlementService).list(app.ledgerId);
    const ledger = app.nest.get(LedgerService);
    const [runId, eventId] = [ledger.nextId(), ledger.nextId()];
    const document = { ...parseRun(first!), runId, ...made };
    const other = { ...document.settlement, totals: { netMad: '1.00' } };
    const text = canonicalJson({ ...document, settlement: other } as never);
    const run = {
      ...first!,
      runId,
      eventId,
      period: `2030-0${sequence}`,
      version: 1,
      corrects: null,
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
        body: { rows: ROWS, runId },
        rows: [runRow(run)],
      });
    });
    return runId;
  };

  it('is checked as it was sealed, said, and not computed again', async () => {
    expect((await verify()).notes.filter((line) => line.includes('engine'))).toEqual([]);
    const runId = await sealRun({ engineVersion: 1 }, 1);
    await sealRun({ engineVersion: 1 }, 2);
    await sealRun({ engineVersion: 0 }, 3);
    const { fault, notes } = await verify();
    expect(fault).toBeNull();
    expect(notes).toEqual(
      expect.arrayContaining([
        '2 runs made by settlement engine 1: not computed again here',
        '1 run made by settlement engine 0: not computed again here',
      ]),
    );
    const hours = `/v1/settlement-runs/${runId}/hours`;
    expect(await app.call('GET', hours, { role: 'auditor' })).toMatchObject({
      status: 409,
      body: {
        code: 'engine.not_here',
        madeBy: 'settlement engine 1',
        here: `settlement engine ${ENGINES.settlement}`,
      },
    });
    const role = 'auditor';
    const { body } = await app.call('GET', '/v1/ledger/verification', { role });
    expect(body.notes ?? []).toEqual(notes);
  });

  it('fails where the ledger does not hold what it says it was made from', async () => {
    const [first] = await app.nest.get(SettlementService).list(app.ledgerId);
    const { matching, input } = parseRun(first!);
    const { elections } = input;
    const others: readonly (readonly [string, object])[] = [
      ['matching run', { matching: matching.map((one) => ({ ...one, month: '2026-07' })) }],
      ['matching run', { matching: [{ ...matching[0]!, matchingRunId: app.ledgerId }] }],
      [
        'other elections',
        { input: { ...input, elections: { ...elections, codDate: '2025-01-01' } } },
      ],
    ];
    const sources = await app.nest
      .get(LedgerScope)
      .read(app.ledgerId, (tx) => app.nest.get(SettlementInputService).sources(tx));
    const document = parseRun(first!);
    expect(sources(first!, document)).toBeNull();
    expect(sources(first!, { ...document, engineVersion: 1 })).toBeNull();
    for (const [what, made] of others) {
      expect(sources(first!, { ...document, ...made })).toContain(what);
    }
  });

  it('of this engine fails when it does not come out again', async () => {
    await sealRun({ engineVersion: ENGINES.settlement }, 4);
    expect((await verify()).fault).toMatchObject({
      check: 'settlement_run',
      detail: expect.stringContaining('come out'),
    });
    // Of another engine, and of no matching run that is here: before it in the order of periods.
    await sealRun({ engineVersion: 1, matching: [{ month: '2026-08', matchingRunId: 'none' }] }, 0);
    expect((await verify()).fault).toMatchObject({
      check: 'settlement_run',
      detail: expect.stringContaining('matching run none'),
    });
  });

  it('as a statement fails where its run was made from something else', async () => {
    const [first] = await app.nest.get(StatementsService).list(app.ledgerId);
    const ledger = app.nest.get(LedgerService);
    const [statementId, eventId] = [ledger.nextId(), ledger.nextId()];
    const made = parseStatement(first!);
    const matching = { ...made.matching, inputSha256: '00' };
    const text = canonicalJson({ ...made, statementId, engineVersion: 2, matching } as never);
    const hash = sha256(text);
    const statement = {
      ...(first! as RowOf<StatementEntity>),
      statementId,
      eventId,
      month: '2030-01',
      version: 1,
      supersedes: null,
      document: Buffer.from(text),
      sha256: Buffer.from(hash),
    };
    const rows = 'mizan/row/statement/1';
    const { kind, siteCode, month, version, supersedes, runId, tenantCode } = statement;
    await app.nest.get(LedgerScope).write(app.ledgerId, async (tx) => {
      await app.nest.get(StatementsRepository).add(tx, statement);
      await ledger.append(tx, atTerminal(app.ledgerId, 'finance'), {
        eventId,
        type: 'statement.issued',
        validFrom: null,
        validTo: null,
        sourceRef: null,
        supersedes: [],
        body: { rows, kind, version, statementId, sha256: toHex(hash) },
        rows: [
          sealedJson(rows, {
            statementId,
            kind,
            siteCode,
            month,
            version,
            supersedes,
            runId,
            ...(tenantCode === null ? {} : { tenantCode }),
            sha256: toHex(hash),
          }),
        ],
      });
    });
    const { faults } = await verify();
    expect(faults).toContainEqual(expect.objectContaining({ check: 'statement_run' }));
  });

  /** The pack with runs and statements changed: sealed otherwise. */
  const resealed = (
    change: (event: { type: string; body: Record<string, unknown> }) => void,
    statements = pack.statements,
  ): OpenedPack => {
    const headers = pack.log.headers.map((header) => {
      const copy = structuredClone(header);
      change(copy as never);
      return copy;
    });
    return { ...pack, statements, log: { ...pack.log, headers } };
  };
  const withMatcher = (codeVersion: string | null) =>
    resealed(({ type, body }) => {
      if (type !== 'matching.run') return;
      const run = body['run'] as Record<string, unknown>;
      if (codeVersion === null) delete run['codeVersion'];
      else run['codeVersion'] = codeVersion;
    });

  it.each([
    ['mizan-match/3', 'matcher 3'],
    ['mizan-match/0', 'matcher 0'],
    [null, 'matcher 1'],
  ])('of matcher %s is no failure of the file, and says that it is not computed', (version, by) => {
    const again = [...recomputePack(withMatcher(version))];
    const statements = again.filter(({ check }) => check === 'statement');
    expect(statements).toHaveLength(pack.statements.size);
    for (const { detail, outcome } of statements) {
      expect([outcome, detail]).toEqual([
        'NOT COMPUTED',
        expect.stringContaining(`made by ${by}: cannot be computed here`),
      ]);
    }
  });

  it('as a statement is no failure, and one whose run sealed another result is', () => {
    const of = (made: object) => {
      const texts = [...pack.statements].map(
        ([path, text]) => [path, canonicalJson({ ...JSON.parse(text), ...made })] as const,
      );
      return [...recomputePack(resealed(() => {}, new Map(texts)))];
    };
    for (const engineVersion of [0, 99, 'next']) {
      const outcomes = of({ engineVersion }).map(({ outcome }) => outcome);
      expect(outcomes).not.toContain('FAIL');
      expect(outcomes).toContain('NOT COMPUTED');
    }
    const [first] = pack.statements.values();
    const matching = { ...JSON.parse(first!).matching, resultRoot: '00' };
    expect(of({ engineVersion: 2, matching })).toContainEqual({
      check: 'statement',
      outcome: 'FAIL',
      detail: expect.stringContaining('sealed another result'),
    });
  });
});
