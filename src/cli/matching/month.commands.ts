import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { RunRequest, toRunResponse } from '../../features/matching/matching.schemas.js';
import { MatchingService } from '../../features/matching/runs/matching.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { parsed } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { mwh } from '../shell/render.js';
import { suspectLines } from './suspect.text.js';

interface MonthOptions extends LedgerOptions {
  readonly site?: string;
}

interface MatchOptions extends MonthOptions {
  readonly correctionRun?: boolean;
  readonly acceptSuspect?: boolean;
  readonly reason?: string;
}

@Command({
  name: 'match',
  arguments: '<month>',
  description: 'Match a civil month (YYYY-MM) by the terms of its contract and post what changed',
})
export class MatchCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly matching: MatchingService,
  ) {
    super();
  }

  @Option({ flags: '--site <code>', description: 'Code of the site (default: the only one)' })
  parseSite(code: string): string {
    return code;
  }

  @Option({ flags: '--correction-run', description: 'Book what waits for a month that has locked' })
  parseCorrectionRun(): boolean {
    return true;
  }

  @Option({
    flags: '--accept-suspect',
    description: 'Take meter-hours that failed a check as measured; with --reason',
  })
  parseAcceptSuspect(): boolean {
    return true;
  }

  @Option({ flags: '--reason <text>', description: 'Why SUSPECT hours are accepted; sealed' })
  parseReason(reason: string): string {
    return reason;
  }

  async run([month]: string[], options: MatchOptions): Promise<void> {
    const { siteCode, isCorrectionRun, reason } = parsed(RunRequest, {
      month,
      siteCode: options.site ?? null,
      reason: options.reason ?? null,
      isCorrectionRun: options.correctionRun === true,
      acceptSuspect: options.acceptSuspect === true,
    });
    const actor = await this.actor(options, 'energy-manager');
    const result = await this.matching.run(actor, month!, siteCode, {
      isCorrectionRun,
      acceptSuspect: reason,
    });
    const { run, isNew } = result;
    const matched = isNew
      ? `Matched ${month}: ${mwh(run.matchedWh)} of ${mwh(run.demandWh)} MWh, from ` +
        `${mwh(run.supplyWh)} MWh of certificates; ${run.touchedHours} hours touched. Run ${run.runId}`
      : `Nothing has changed since run ${run.runId}; nothing was posted.`;
    const document = toRunResponse(result);
    const text = [matched, ...suspectLines(month!, document)].join('\n');
    answer({ document, text }, options.json);
  }
}
