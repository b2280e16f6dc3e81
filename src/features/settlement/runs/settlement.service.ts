import { Injectable } from '@nestjs/common';
import { validate } from 'uuid';
import { engineStamp, isMadeHere, notComputedHere } from '../../../core/engines.js';
import { DomainError } from '../../../core/errors.js';
import { type Canonical, canonicalJson } from '../../../core/ledger/canonical.js';
import { sha256 } from '../../../core/ledger/merkle.js';
import type { Fault } from '../../../core/ledger/verify.js';
import { openingsOf } from '../../../core/settlement/accounts/carry-over.js';
import { conflictsOf } from '../../../core/settlement/elections/conflicts.js';
import { comesOutAgain, type RunResult, settleRun } from '../../../core/settlement/document.js';
import type { Elections } from '../../../core/settlement/elections/elections.shape.js';
import { formatInstant } from '../../../core/time/interval.js';
import { civilDayOf, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { Clock } from '../../../platform/clock.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { INTAKE_LOCK } from '../../imports/imports.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { type Computed, RunOrderService } from './run-order.service.js';
import { SettlementNeedsService } from './settlement-needs.service.js';
import type { SettlementBasis, SettlementWanted } from './settlement-input.service.js';
import {
  asEarlier,
  type Latest,
  latestOf,
  parseRun,
  ROWS,
  runRow,
  type SettlementRun,
} from './settlement.document.js';
import type { SettlementRunEntity } from './settlement-run.entity.js';
import { SETTLEMENT_REGISTERS } from '../settlement.registers.js';
import { SettlementRepository } from './settlement.repository.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** Settles months and contract years of contracts with elections. A run never changes. */
@Injectable()
export class SettlementService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly needs: SettlementNeedsService,
    private readonly order: RunOrderService,
    private readonly runs: SettlementRepository,
    private readonly clock: Clock,
  ) {}

  /** Runs: their rows, what they rest on, and whether they come out again. */
  replayed(): Replayed {
    return {
      tables: SETTLEMENT_REGISTERS,
      rows: {
        [ROWS]: async (tx, { eventId }) => (await this.runs.ofEvent(tx, eventId)).map(runRow),
      },
      checks: [(tx, note) => this.wrongRun(tx, note)],
    };
  }

  /**
   * Settles a period. Where the last run of its kind came to the same, that one is given.
   *
   * @param acceptEngineChange  Whether a run that another engine made may be corrected by this one.
   * Where peak hours are asked for and no grid was named, the only grid there is holds.
   *
   * @throws DomainError `settlement.run_refused`, `settlement.no_elections`, `settlement.*` of the
   *   engine, `settlement.engine_changed`, `matching.run_not_found`, `matching.inputs_changed`;
   *   `settlement.incomplete` where several things are missing
   */
  settle(
    actor: Actor,
    { acceptEngineChange = false, ...wanted }: SettlementWanted & { acceptEngineChange?: boolean },
  ): Promise<{ readonly run: SettlementRun; readonly isNew: boolean }> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, async (tx) => {
      const computed = await this.compute(tx, wanted, null);
      const { basis, result, last } = computed;
      if (last !== null && isSame(last, wanted.run, basis, result)) {
        return { run: last, isNew: false };
      }
      await this.order.require(tx, computed);
      if (!acceptEngineChange) requireOneEngine(computed);
      return { run: await this.write(tx, actor, computed), isNew: true };
    });
  }

  /**
   * What a period would come to, under the contract or under draft elections, and how that differs
   * from its last run. Nothing is written.
   *
   * @throws DomainError as `settle`, without the order of runs
   */
  preview(
    ledgerId: string,
    wanted: SettlementWanted,
    draft: Elections | null,
  ): Promise<{
    readonly basis: SettlementBasis;
    readonly result: RunResult;
    readonly last: SettlementRun | null;
  }> {
    const errors = draft === null ? [] : conflictsOf(draft);
    if (errors.length > 0) throw new DomainError('settlement.elections_conflict', { errors });
    return this.scope.readHeavy(ledgerId, (tx) => this.compute(tx, wanted, draft));
  }

  /** All runs of a ledger, by contract, period and version. */
  list(ledgerId: string): Promise<SettlementRun[]> {
    return this.scope.readHeavy(ledgerId, (tx) => this.runs.list(tx));
  }

  /** Runs that a log of a size had, in the order in which it got them. */
  runsBefore(tx: LedgerTx, size: number): Promise<readonly SettlementRun[]> {
    return this.runs.before(tx, size);
  }

  /** The last run of each period of a contract with its document, in order of time. */
  async lastRuns(tx: LedgerTx, contractCode: string): Promise<readonly Latest[]> {
    return latestOf(await this.runs.list(tx, contractCode));
  }

  /** The last run of each period of a contract, and the last that was approved, in order of time. */
  async approvedRuns(
    tx: LedgerTx,
    contractCode: string,
  ): Promise<readonly { readonly last: Latest; readonly approved: Latest | null }[]> {
    const runs = await this.runs.list(tx, contractCode);
    const ids = runs.map(({ runId }) => runId);
    const isApproved = await this.runs.approved(tx, ids);
    const approved = latestOf(runs.filter(({ runId }) => isApproved.has(runId)));
    const byPeriod = new Map(approved.map((one) => [one.run.period, one]));
    return latestOf(runs).map((last) => ({
      last,
      approved: byPeriod.get(last.run.period) ?? null,
    }));
  }

  /** @throws DomainError `settlement.run_not_found` */
  get(ledgerId: string, runId: string): Promise<SettlementRun> {
    return this.scope.read(ledgerId, async (tx) => {
      const run = validate(runId) ? await this.runs.find(tx, runId) : null;
      if (run === null) throw new DomainError('settlement.run_not_found', { runId });
      return run;
    });
  }

  /** The first run that rests on something else than it says, or does not come out again. */
  private async wrongRun(tx: LedgerTx, note: (line: string) => void): Promise<Fault | null> {
    const documents: { readonly engineVersion?: unknown }[] = [];
    const runs = await this.runs.list(tx);
    const byId = new Map(runs.map((run) => [run.runId, run]));
    const otherSource = await this.needs.inputs.sources(tx);
    for (const run of runs) {
      const document = parseRun(run);
      documents.push({ engineVersion: document.engineVersion });
      const other = otherSource(run, document);
      if (other !== null) {
        const seq = await this.ledger.seqOf(tx, run.eventId);
        return { seq, check: 'settlement_run', detail: `Settlement run ${run.runId} ${other}.` };
      }
      if (!isMadeHere('settlement', document)) continue;
      const corrected = run.corrects === null ? undefined : byId.get(run.corrects);
      const before = corrected === undefined ? null : parseRun(corrected);
      if (comesOutAgain(document, before, MOROCCO_LEGAL_TIME)) continue;
      const seq = await this.ledger.seqOf(tx, run.eventId);
      const detail = `Settlement run ${run.runId} does not come out of its own input again.`;
      return { seq, check: 'settlement_run', detail };
    }
    for (const line of notComputedHere('settlement', 'run', documents)) note(line);
    return null;
  }

  private async compute(
    tx: LedgerTx,
    wanted: SettlementWanted,
    draft: Elections | null,
  ): Promise<Computed> {
    const asOf = civilDayOf(MOROCCO_LEGAL_TIME, this.clock.now().getTime());
    try {
      return await this.computeBy(tx, wanted, { draft, asOf });
    } catch (first) {
      const tariffGridCode = asksForGrid(first, wanted)
        ? await this.needs.inputs.onlyGrid(tx)
        : null;
      if (tariffGridCode !== null) {
        return this.compute(tx, { ...wanted, tariffGridCode }, draft);
      }
      throw await this.needs.refusal(tx, wanted, { first, draft, asOf });
    }
  }

  private async computeBy(
    tx: LedgerTx,
    wanted: SettlementWanted,
    { draft, asOf }: { readonly draft: Elections | null; readonly asOf: string },
  ): Promise<Computed> {
    const basis = await this.needs.inputs.basis(tx, wanted, { draft, asOf });
    const all = latestOf(await this.runs.list(tx, basis.contract.code));
    const last = all.find(({ run }) => run.period === basis.period) ?? null;
    const isYear = wanted.run === 'RECONCILIATION';
    const { startMs, endMs } = basis.input;
    // Before a reconciliation are all months of its year, the one too that the next year begins in.
    const isBefore = ({ run, document: { input } }: Latest): boolean =>
      isYear && run.run !== 'RECONCILIATION'
        ? input.startMs < endMs
        : input.endMs <= (isYear ? endMs : startMs);
    const earlier = all.filter((one) => one.run.period !== basis.period && isBefore(one));
    const openings = openingsOf(earlier.map(asEarlier), basis.contractYear);
    const before = last?.document ?? null;
    const result = settleRun({ ...basis.input, openings }, before, MOROCCO_LEGAL_TIME);
    const settled = new Set(earlier.map(({ run }) => run.period));
    const unsettledMonths = isYear ? [] : basis.monthsBefore.filter((month) => !settled.has(month));
    return { basis, result, last: last?.run ?? null, earlier, unsettledMonths };
  }

  private async write(
    tx: LedgerTx,
    actor: Actor,
    { basis, result, last, unsettledMonths }: Omit<Computed, 'earlier'>,
  ): Promise<SettlementRun> {
    const { ledgerId } = actor;
    const runId = this.ledger.nextId();
    const { contract, period, input } = basis;
    const version = (last?.version ?? 0) + 1;
    const corrects = last?.runId ?? null;
    const [start, end] = [formatInstant(input.startMs), formatInstant(input.endMs)];
    const { code, sellerCode, buyerCode } = contract;
    return this.ledger.record(tx, actor, async ({ eventId, recordedAt }) => {
      const text = canonicalJson({
        kind: 'settlement',
        ledgerId,
        runId,
        version,
        corrects,
        siteCode: basis.siteCode,
        ...engineStamp('settlement'),
        settledAt: formatInstant(recordedAt.getTime()),
        contract: { code, version: contract.version, sellerCode, buyerCode },
        period: { name: period, start, end },
        contractYear: basis.contractYear,
        matching: basis.months as unknown as Canonical,
        hoursWithoutCertificates: basis.hoursWithoutCertificates,
        unsettledMonths,
        ...(result as unknown as Record<string, Canonical>),
      });
      const run: SettlementRunEntity = {
        ledgerId,
        runId,
        contractCode: code,
        contractVersion: contract.version,
        run: input.run,
        period,
        version,
        corrects,
        eventId,
        recordedAt,
        document: Buffer.from(text),
        sha256: Buffer.from(sha256(text)),
      };
      await this.runs.add(tx, run);
      const { resultHash } = result.settlement;
      return {
        type: 'settlement.run',
        validFrom: start,
        validTo: end,
        supersedes: last === null ? [] : [last.eventId],
        body: { rows: ROWS, runId, run: run.run, period, version, resultHash },
        rows: [runRow(run)],
        result: run,
      };
    });
  }
}

/** @throws DomainError `settlement.engine_changed` when another engine made the run before */
function requireOneEngine({ basis, result, last }: Computed): void {
  const parts = result.delta?.parts;
  if (parts === undefined) return;
  throw new DomainError('settlement.engine_changed', {
    period: basis.period,
    runId: last!.runId,
    madeBy: `settlement engine ${parts.engine.before}`,
    here: `settlement engine ${parts.engine.now}`,
    engineChangeNetMad: parts.engineChange.totals.netMad,
    dataChangeNetMad: parts.dataChange.totals.netMad,
    fix: 'Send acceptEngineChange: true (at the terminal --accept-engine-change) to book both, each as a part of its own.',
  });
}

/** Whether a settlement was refused for a grid that nobody named. */
function asksForGrid(error: unknown, { tariffGridCode }: SettlementWanted): boolean {
  if (tariffGridCode !== null || !(error instanceof DomainError)) return false;
  const { kind } = error.details as { readonly kind?: unknown };
  return error.code === 'settlement.reference_missing' && kind === 'tariff-grid';
}

function isSame(
  last: SettlementRun,
  run: SettlementWanted['run'],
  { contract }: SettlementBasis,
  { settlement }: RunResult,
): boolean {
  const isKind = last.run === run || (run === 'TRUE_UP' && last.run === 'FINAL');
  return (
    isKind &&
    last.contractVersion === contract.version &&
    parseRun(last).settlement.resultHash === settlement.resultHash
  );
}
