import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { undecided } from '../../../core/matching/suspect.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import type { ReportingPeriod } from '../../../core/time/reporting-period.js';
import { utcDayStartMs } from '../../../core/time/interval.js';
import { Clock } from '../../../platform/clock.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AssetsService, type Site } from '../../assets/assets.service.js';
import { type MatchingRun, MatchingService } from '../../matching/runs/matching.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { IntervalBlocksService } from '../../metering/blocks/interval-blocks.service.js';

/** A month of a site by its current run. */
export interface MatchedSiteMonth {
  readonly site: Site;
  readonly month: string;
  readonly run: MatchingRun;
  readonly view: MonthView;
}

/** A month of a site that nothing can be said of, and why. */
export interface MissingMonth {
  readonly siteCode: string;
  readonly month: string;
  readonly reason: MissingReason;
  readonly detail: string;
}

type MissingReason =
  'not_over' | 'no_contract' | 'not_matched' | 'inputs_changed' | 'suspect_undecided';

const REASONS: Readonly<Record<string, MissingReason>> = {
  'contract.none_in_force': 'no_contract',
  'matching.run_not_found': 'not_matched',
  'matching.inputs_changed': 'inputs_changed',
};

const DETAILS: Readonly<Record<MissingReason, string>> = {
  not_over: 'The month is not over.',
  no_contract: 'No contract covers the site in this month, and it has readings.',
  not_matched: 'The month was not matched.',
  inputs_changed: 'Files arrived since it was last matched.',
  suspect_undecided: 'Meter-hours failed a check, and nobody decided about them.',
};

/** The months that a period rests on: each by its current matching run. */
@Injectable()
export class PeriodMonthsService {
  constructor(
    private readonly assets: AssetsService,
    private readonly matching: MatchingService,
    private readonly metering: IntervalBlocksService,
    private readonly clock: Clock,
  ) {}

  /**
   * The months of sites, each matched, by site and time. Months that ended before a site had its first
   * reading are none of its months: they are named apart.
   *
   * @throws DomainError `statement.months_missing` with every month that nothing can be said of yet
   */
  async collect(
    tx: LedgerTx,
    sites: readonly Site[],
    period: ReportingPeriod,
  ): Promise<{
    readonly months: readonly MatchedSiteMonth[];
    readonly before: readonly { readonly siteCode: string; readonly month: string }[];
  }> {
    const months: MatchedSiteMonth[] = [];
    const missing: MissingMonth[] = [];
    const before: { siteCode: string; month: string }[] = [];
    for (const site of sites) {
      const first = await this.firstReadingMs(tx, site.code);
      let hasBegun = false;
      for (const month of period.months) {
        const found = await this.monthOf(tx, site, month);
        const { endMs } = civilMonth(MOROCCO_LEGAL_TIME, month);
        if ('run' in found) months.push(found);
        else if (!hasBegun && isBefore(found, { endMs, first })) {
          before.push({ siteCode: site.code, month });
          continue;
        } else missing.push(found);
        hasBegun = true;
      }
    }
    if (missing.length > 0 || months.length === 0) {
      const all = missing.length > 0 ? missing : before.map(notMatched);
      throw new DomainError('statement.months_missing', {
        period: period.name,
        missing: all,
        fix:
          'Match each month that is named: `mizan match MONTH --site CODE`, or POST /v1/matching-runs; ' +
          'one that is not over, once it is.',
      });
    }
    return { months, before };
  }

  private async monthOf(
    tx: LedgerTx,
    site: Site,
    month: string,
  ): Promise<MatchedSiteMonth | MissingMonth> {
    const no = (reason: MissingReason): MissingMonth => ({
      siteCode: site.code,
      month,
      reason,
      detail: DETAILS[reason],
    });
    if (civilMonth(MOROCCO_LEGAL_TIME, month).endMs > this.clock.now().getTime()) {
      return no('not_over');
    }
    try {
      const { run, view } = await this.matching.currentRun(tx, { month, siteCode: site.code });
      if (undecided(view.matched.suspect).length > 0) return no('suspect_undecided');
      return { site, month, run, view };
    } catch (error) {
      const reason = error instanceof DomainError ? REASONS[error.code] : undefined;
      if (reason === undefined) throw error;
      return no(reason);
    }
  }

  /** The start of the first UTC day that any booked meter of a site's consumption has; null without any. */
  private async firstReadingMs(tx: LedgerTx, siteCode: string): Promise<number | null> {
    const meters = await this.assets.bookedMetersOf(tx, { siteCode, beforeSeq: null });
    const day = await this.metering.firstDayOf(
      tx,
      meters.map(({ code }) => code),
    );
    return day === null ? null : utcDayStartMs(day);
  }
}

/** Whether a month ended before its site had any reading. */
function isBefore(
  { reason }: MissingMonth,
  { endMs, first }: { readonly endMs: number; readonly first: number | null },
): boolean {
  const isEmpty = reason === 'no_contract' || reason === 'not_matched';
  return isEmpty && (first === null || endMs <= first);
}

function notMatched({ siteCode, month }: Pick<MissingMonth, 'siteCode' | 'month'>): MissingMonth {
  return { siteCode, month, reason: 'not_matched', detail: DETAILS.not_matched };
}
