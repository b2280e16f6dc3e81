import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import { type Canonical, canonicalJson } from '../../core/ledger/canonical.js';
import { postingRow } from '../../core/ledger/postings.js';
import type { Fault } from '../../core/ledger/verify.js';
import { rebook } from '../../core/matching/book.js';
import type { MatchedMonth } from '../../core/matching/month.js';
import { formatInstant } from '../../core/time/interval.js';
import type { Actor } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope, lockName } from '../../platform/database/ledger-scope.js';
import { INTAKE_LOCK } from '../imports/imports.service.js';
import { LedgerService } from '../ledger/ledger.service.js';
import type { MatchingRunEntity } from './matching-run.entity.js';
import { MatchingRepository } from './matching.repository.js';
import { type MonthView, MonthViewService } from './month-view.service.js';

/** A run as other features see it. */
export type MatchingRun = Readonly<MatchingRunEntity>;

/** Result of a run; `isNew` is false when nothing had changed since the last one. */
export interface RunResult {
  readonly run: MatchingRun;
  readonly isNew: boolean;
}

const ROWS = 'mizan/row/posting/1';
const POLICY = 'pro-rata';

/** Matches a month of a site and keeps the energy book. */
@Injectable()
export class MatchingService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly months: MonthViewService,
    private readonly book: MatchingRepository,
    private readonly clock: Clock,
  ) {
    ledger.registerRows(ROWS, async (tx, { ledgerId, eventId }) =>
      (await this.book.postingsOf(tx, ledgerId, eventId)).map(postingRow),
    );
    ledger.registerCheck((tx, ledgerId) => this.book.unfoldedBalance(tx, ledgerId));
    ledger.registerCheck((tx, ledgerId) => this.runsAgree(tx, ledgerId));
  }

  /**
   * Matches a civil month by `pro-rata` over all contracted plants and all meters of the site, and
   * posts what changed. Nothing changed since the last run: nothing is posted, and that run is given.
   *
   * @param siteCode  null for the only site of the ledger.
   * @throws DomainError `month.invalid`, `legal_time.not_covered`, `site.ambiguous`,
   *   `contract.none_in_force`, `contract.version_straddles_month`, `matching.nothing_to_match`
   */
  run(actor: Actor, month: string, siteCode: string | null): Promise<RunResult> {
    return this.scope.write(actor.ledgerId, async (tx) => {
      const { ledgerId } = actor;
      await lockName(tx, ledgerId, INTAKE_LOCK);
      const view = await this.months.view(tx, ledgerId, { month, siteCode, beforeSeq: null });
      const last = await this.book.latestRun(tx, { ledgerId, siteCode: view.site.code, month });
      if (last !== null && isCurrent(last, view)) return { run: last, isNew: false };
      requireSomething(view, month);

      const eventId = this.ledger.nextId();
      const { startMs, endMs } = view.inputs;
      const current = await this.book.book(tx, {
        ledgerId,
        plantCodes: view.plants.map(({ code }) => code),
        meterCodes: view.meters.map(({ code }) => code),
        startMs,
        endMs,
      });
      const postings = rebook(view.matched.hours, current);
      await this.book.post(tx, { ledgerId, eventId }, postings);
      const run: MatchingRunEntity = {
        ...{ ledgerId, runId: eventId, siteCode: view.site.code, month, policy: POLICY },
        contractCode: view.contract.code,
        contractVersion: view.contract.version,
        startsAt: new Date(startMs),
        endsAt: new Date(endMs),
        inputSha256: view.matched.inputSha256,
        resultRoot: view.matched.resultRoot,
        demandWh: total(view, ({ loadWh }) => loadWh),
        supplyWh: total(view, ({ generationWh }) => generationWh),
        matchedWh: total(view, ({ matchedWh }) => matchedWh),
        touchedHours: new Set(postings.map(({ hourMs }) => hourMs)).size,
        supersedes: last?.runId ?? null,
        recordedAt: this.clock.now(),
      };
      await this.book.addRun(tx, run);
      await this.ledger.append(tx, actor, {
        eventId,
        type: 'matching.run',
        validFrom: formatInstant(startMs),
        validTo: formatInstant(endMs),
        sourceRef: null,
        supersedes: last === null ? [] : [last.runId],
        body: { rows: ROWS, run: runJson(run) },
        rows: postings.map(postingRow),
      });
      return { run, isNew: true };
    });
  }

  /** All runs of a ledger. */
  runs(ledgerId: string): Promise<MatchingRunEntity[]> {
    return this.scope.read(ledgerId, (tx) => this.book.runs(tx, ledgerId));
  }

  /**
   * The run that a statement of this month rests on, and the month as the run saw it.
   *
   * @throws DomainError `matching.run_not_found`; `matching.inputs_changed` when files arrived since.
   */
  async currentRun(
    tx: EntityManager,
    ledgerId: string,
    wanted: { readonly month: string; readonly siteCode: string | null },
  ): Promise<{ readonly run: MatchingRun; readonly view: MonthView }> {
    const view = await this.months.view(tx, ledgerId, { ...wanted, beforeSeq: null });
    const { month } = wanted;
    const siteCode = view.site.code;
    const run = await this.book.latestRun(tx, { ledgerId, siteCode, month });
    const fix = `Run \`mizan match ${month}\` first.`;
    if (run === null) throw new DomainError('matching.run_not_found', { siteCode, month, fix });
    if (!isCurrent(run, view)) {
      throw new DomainError('matching.inputs_changed', { runId: run.runId, month, fix });
    }
    return { run, view };
  }

  /** The month as a run saw it: only what the log held before the run. */
  async viewOfRun(tx: EntityManager, ledgerId: string, runId: string): Promise<MonthView> {
    const run = (await this.book.run(tx, ledgerId, runId))!;
    const beforeSeq = await this.ledger.seqOf(tx, ledgerId, runId);
    const { month, siteCode } = run;
    return this.months.view(tx, ledgerId, { month, siteCode, beforeSeq });
  }

  /** A run's row must say what its event says. */
  private async runsAgree(tx: EntityManager, ledgerId: string): Promise<Fault | null> {
    for (const run of await this.book.runs(tx, ledgerId)) {
      const sealed = await this.ledger.bodyOf(tx, ledgerId, run.runId);
      if (canonicalJson(sealed['run'] ?? null) !== canonicalJson(runJson(run))) {
        const seq = await this.ledger.seqOf(tx, ledgerId, run.runId);
        return { seq, check: 'matching_run', detail: 'The run is not the one that was sealed.' };
      }
    }
    return null;
  }
}

function isCurrent(run: MatchingRun, { matched, contract }: MonthView): boolean {
  return (
    run.inputSha256 === matched.inputSha256 &&
    run.contractCode === contract.code &&
    run.contractVersion === contract.version
  );
}

function requireSomething({ site, matched }: MonthView, month: string): void {
  if (matched.hours.some(({ loadWh, generationWh }) => loadWh > 0 || generationWh > 0)) return;
  throw new DomainError('matching.nothing_to_match', {
    siteCode: site.code,
    month,
    fix: 'Import intervals and certificates of the month first.',
  });
}

function total(
  { matched }: MonthView,
  of: (hour: MatchedMonth['hours'][number]) => number,
): number {
  return matched.hours.reduce((sum, hour) => sum + of(hour), 0);
}

function runJson(run: MatchingRun): Canonical {
  const { siteCode, contractCode, contractVersion, month, policy, inputSha256 } = run;
  const { resultRoot, demandWh, supplyWh, matchedWh, touchedHours, supersedes } = run;
  return {
    ...{ siteCode, contractCode, contractVersion, month, policy, inputSha256, resultRoot },
    ...{ demandWh, supplyWh, matchedWh, touchedHours, supersedes },
  };
}
