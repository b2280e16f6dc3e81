import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { RunRequest, toRunResponse } from '../../features/matching/matching.schemas.js';
import { MatchingService } from '../../features/matching/runs/matching.service.js';
import { parseStatement, StatementsService } from '../../features/statements/statements.service.js';
import {
  IssueRequest,
  tenantOf,
  toStatementResponse,
  toStatementSummary,
} from '../../features/statements/statements.schemas.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { parsed } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions, READ } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { mwh, statementText, table } from '../shell/render.js';
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

@Command({
  name: 'statement',
  arguments: '<month> [kind]',
  description:
    'Issue and show a statement of a matched month: statement 2026-10 [carbon|billing|tenant --tenant CODE]',
})
export class StatementCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly statements: StatementsService,
  ) {
    super();
  }

  @Option({ flags: '--site <code>', description: 'Code of the site (default: the only one)' })
  parseSite(code: string): string {
    return code;
  }

  @Option({ flags: '--tenant <code>', description: 'Of a tenant’s statement: whose' })
  parseTenant(code: string): string {
    return code;
  }

  @Option({ flags: '--gpu-hours <number>', description: 'GPU-hours of the tenant in the month' })
  parseGpuHours(text: string): string {
    return text;
  }

  async run(
    [month, kind = 'carbon']: string[],
    options: MonthOptions & { readonly tenant?: string; readonly gpuHours?: string },
  ): Promise<void> {
    const data = parsed(IssueRequest, {
      kind,
      month,
      siteCode: options.site ?? null,
      tenantCode: options.tenant ?? null,
      gpuHours: options.gpuHours ?? null,
    });
    const actor = await this.actor(options, 'energy-manager');
    const wanted = { ...data, ...tenantOf(data) };
    const { statement } = await this.statements.issue(actor, data.kind, wanted);
    const text = statementText(parseStatement(statement));
    answer({ document: toStatementResponse(statement), text }, options.json);
  }
}

@Command({ name: 'statements', description: 'List all statements and their versions' })
export class StatementsCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly statements: StatementsService,
  ) {
    super();
  }

  async run(_: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...READ);
    const items = (await this.statements.list(ledgerId)).map(toStatementSummary);
    const short = await this.ids.shortest(
      ledgerId,
      'statement',
      items.map(({ statementId }) => statementId),
    );
    const rows = items.map((one) => [
      one.month,
      one.kind,
      String(one.version),
      short.get(one.statementId)!,
    ]);
    const text = table(['Month', 'Kind', 'Version', 'Statement'], rows, [2]);
    answer({ document: { items }, text }, options.json);
  }
}
