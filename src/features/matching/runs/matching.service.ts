import { Injectable } from '@nestjs/common';
import { notHere } from '../../../core/engines.js';
import { DomainError } from '../../../core/errors.js';
import { rebook } from '../../../core/matching/book.js';
import type { MatchingTerms } from '../../../core/contracts/matching-terms.js';
import { MATCHER_VERSION, matcherName, matcherOf } from '../../../core/matching/month.js';
import { acceptedOf, type SuspectHour } from '../../../core/matching/suspect.js';
import {
  type ChangedHour,
  changedHours,
  pairsToWrite,
  totalsOf,
} from '../../../core/matching/run.js';
import type { LateDataState } from '../../../core/contracts/late-data.js';
import { formatInstant } from '../../../core/time/interval.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { whileItWrites } from '../../../platform/turn-queue.js';
import { INTAKE_LOCK } from '../../imports/imports.service.js';
import { LateDataService } from '../../metering/intake/late-data.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import {
  hashesOf,
  hasSameTerms,
  isCurrent,
  requireSomething,
  ROWS,
  runJson,
  type RunRows,
} from './matching-run.document.js';
import type { MatchingRunEntity } from './matching-run.entity.js';
import { EnergyBookRepository } from '../book/energy-book.repository.js';
import { type MonthView, MonthViewService } from './month-view.service.js';

/** A run as other features see it. */
export type MatchingRun = Readonly<MatchingRunEntity>;

/** Result of a run; `isNew` is false when nothing had changed since the last one. */
export interface RunResult {
  readonly run: MatchingRun;
  readonly isNew: boolean;
  /** Meter-hours of the month that are SUSPECT, accepted or not. */
  readonly suspect: readonly SuspectHour[];
  /** The same of meters that plants are read by: certificates are matched, these are only told. */
  readonly suspectProduction: readonly SuspectHour[];
}

/** Hours of a month that are known otherwise than when it was last matched. */
export interface WaitingAdjustments {
  readonly run: MatchingRun;
  readonly state: LateDataState;
  readonly hours: readonly ChangedHour[];
}

/** Matches a month of a site and keeps the energy book. */
@Injectable()
export class MatchingService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly months: MonthViewService,
    private readonly book: EnergyBookRepository,
    private readonly lateData: LateDataService,
  ) {}

  /**
   * Matches a civil month by the terms of its contract and posts what changed. Nothing changed since the last run: nothing is posted, and that run is given.
   *
   * SUSPECT hours are in no figure until they are decided or accepted. What an earlier run of the
   * month accepted stays accepted as long as its value does.
   *
   * @param siteCode  null for the only site of the ledger; `acceptSuspect` is why SUSPECT hours
   *   are taken as measured, null leaves them out.
   * @throws DomainError `month.invalid`, `legal_time.not_covered`, `site.ambiguous`,
   *   `contract.none_in_force`, `matching.nothing_to_match`;
   *   `period.locked` when what arrived since the last run waits as a prior-period adjustment, and
   *   this is not the run that books it.
   */
  run(
    actor: Actor,
    month: string,
    siteCode: string | null,
    {
      isCorrectionRun = false,
      acceptSuspect = null,
    }: { readonly isCorrectionRun?: boolean; readonly acceptSuspect?: string | null } = {},
  ): Promise<RunResult> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, (tx) =>
      this.runIn(tx, actor, { month, siteCode, isCorrectionRun, acceptSuspect }),
    );
  }

  /**
   * The run of a month as it would be under other terms: the real run, rolled back.
   *
   * @throws DomainError as `run`.
   */
  async tryRun(
    actor: Actor,
    wanted: { readonly month: string; readonly siteCode: string | null },
    terms: MatchingTerms,
  ): Promise<MatchingRun> {
    const { run } = await this.scope.rehearse(
      { ledgerId: actor.ledgerId, lock: INTAKE_LOCK },
      (tx) => this.runIn(tx, actor, { ...wanted, isCorrectionRun: true, terms }),
    );
    return run;
  }

  /** The terms of the contract of a month. */
  termsOf(ledgerId: string, month: string, siteCode: string | null): Promise<MatchingTerms> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const wanted = { month, siteCode, beforeSeq: null };
      return (await this.months.view(tx, wanted)).inputs.terms;
    });
  }

  private async runIn(
    tx: LedgerTx,
    actor: Actor,
    wanted: {
      readonly month: string;
      readonly siteCode: string | null;
      readonly isCorrectionRun: boolean;
      readonly acceptSuspect?: string | null;
      readonly terms?: MatchingTerms;
    },
  ): Promise<RunResult> {
    const { ledgerId } = actor;
    const { month, siteCode, isCorrectionRun, acceptSuspect = null, terms } = wanted;
    const view = await this.months.view(tx, {
      month,
      siteCode,
      beforeSeq: null,
      acceptSuspect,
      ...(terms === undefined ? {} : { terms }),
    });
    const last = await this.book.latestRun(tx, { ledgerId, siteCode: view.site.code, month });
    const suspectProduction = await this.months.suspectProduction(tx, view);
    const told = { suspect: view.matched.suspect, suspectProduction };
    if (last !== null && isCurrent(last, view)) return { run: last, isNew: false, ...told };
    if (last !== null && !isCorrectionRun) {
      await this.lateData.requireOpen(tx, { siteCode: view.site.code, month });
    }
    requireSomething(view, month);

    const { startMs, endMs } = view.inputs;
    const current = await this.book.book(tx, {
      ledgerId,
      plantCodes: view.plants.map(({ code }) => code),
      meterCodes: view.meters.map(({ code }) => code),
      startMs,
      endMs,
    });
    const run = await this.ledger.record(tx, actor, async (at) => {
      const { postings, touched } = rebook(view.matched.hours, current);
      const pairs = pairsToWrite(view.matched, touched, !hasSameTerms(last, view));
      const [, { sealed, inputSha256, resultRoot }] = await Promise.all([
        this.write(tx, at, { postings, pairs }),
        whileItWrites(hashesOf({ postings, pairs }, view.matched)),
      ]);
      const run: MatchingRunEntity = {
        ledgerId: at.ledgerId,
        runId: at.eventId,
        siteCode: view.site.code,
        month,
        policy: view.inputs.terms.policy,
        contractCode: view.contract.code,
        contractVersion: view.contract.version,
        startsAt: new Date(startMs),
        endsAt: new Date(endMs),
        inputSha256,
        resultRoot,
        ...totalsOf(view.matched),
        codeVersion: MATCHER_VERSION,
        touchedHours: touched.length,
        supersedes: last?.runId ?? null,
        acceptedSuspect: acceptedOf(view.matched.suspect),
        recordedAt: at.recordedAt,
      };
      await this.book.addRun(tx, run);
      return {
        type: 'matching.run',
        validFrom: formatInstant(startMs),
        validTo: formatInstant(endMs),
        supersedes: last === null ? [] : [last.runId],
        body: { rows: ROWS, run: runJson(run) },
        rows: sealed,
        result: run,
      };
    });
    return { run, isNew: true, ...told };
  }

  private async write(
    tx: LedgerTx,
    event: { readonly ledgerId: string; readonly eventId: string },
    { postings, pairs }: RunRows,
  ): Promise<void> {
    await this.book.post(tx, event, postings);
    await this.book.pairs.keep(tx, event, pairs);
  }

  /**
   * What arrived for a month since it was last matched, hour by hour: in a month that has locked,
   * these are the prior-period adjustments that wait for a correction run.
   *
   * @throws DomainError what `run` throws for months that cannot be matched; `matching.run_not_found`
   */
  waiting(ledgerId: string, month: string, siteCode: string | null): Promise<WaitingAdjustments> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const now = await this.months.view(tx, { month, siteCode, beforeSeq: null });
      const site = now.site.code;
      const run = await this.book.latestRun(tx, { ledgerId, siteCode: site, month });
      const fix = `Match the month first: \`mizan match ${month}\`, or POST /v1/matching-runs.`;
      if (run === null)
        throw new DomainError('matching.run_not_found', { siteCode: site, month, fix });
      const then = await this.viewOfRun(tx, run.runId);
      const state = await this.lateData.stateOf(tx, { siteCode: site, month });
      return { run, state, hours: changedHours(then.matched, now.matched) };
    });
  }

  /** All runs of a ledger. */
  runs(ledgerId: string): Promise<MatchingRunEntity[]> {
    return this.scope.read(ledgerId, (tx) => this.runsIn(tx));
  }

  /** As `runs`, inside a transaction. */
  runsIn(tx: LedgerTx): Promise<MatchingRunEntity[]> {
    return this.book.runs(tx);
  }

  /**
   * The run that a statement of this month rests on, and the month as the run saw it.
   *
   * @throws DomainError `matching.run_not_found`; `matching.inputs_changed` when files arrived since.
   */
  async currentRun(
    tx: LedgerTx,
    wanted: { readonly month: string; readonly siteCode: string | null },
  ): Promise<{ readonly run: MatchingRun; readonly view: MonthView }> {
    const { ledgerId } = tx;
    const view = await this.months.view(tx, { ...wanted, beforeSeq: null });
    const { month } = wanted;
    const siteCode = view.site.code;
    const run = await this.book.latestRun(tx, { ledgerId, siteCode, month });
    const fix = `Match the month first: \`mizan match ${month}\`, or POST /v1/matching-runs.`;
    if (run === null) throw new DomainError('matching.run_not_found', { siteCode, month, fix });
    if (!isCurrent(run, view)) {
      throw new DomainError('matching.inputs_changed', { runId: run.runId, month, fix });
    }
    return { run, view };
  }

  /** The month as it would be matched now. @throws DomainError as `run`, where it cannot be */
  viewNow(
    tx: LedgerTx,
    wanted: { readonly month: string; readonly siteCode: string | null },
  ): Promise<MonthView> {
    return this.months.view(tx, { ...wanted, beforeSeq: null });
  }

  /**
   * The month as a run saw it: only what the log held before the run.
   *
   * @throws DomainError `engine.not_here` for a run of another matcher that this one does not match
   *   to the same result
   */
  async viewOfRun(tx: LedgerTx, runId: string): Promise<MonthView> {
    const run = (await this.book.run(tx, runId))!;
    const beforeSeq = await this.ledger.seqOf(tx, runId);
    const { month, siteCode } = run;
    const accepted = run.acceptedSuspect ?? [];
    const view = await this.months.view(tx, { month, siteCode, beforeSeq, accepted });
    const madeBy = matcherOf(run);
    if (madeBy !== MATCHER_VERSION && view.matched.resultRoot !== run.resultRoot) {
      throw notHere(matcherName(madeBy), matcherName(MATCHER_VERSION));
    }
    return view;
  }
}
