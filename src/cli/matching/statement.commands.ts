import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import {
  AllStatementsService,
  isOfPeriod,
} from '../../features/statements/all-statements.service.js';
import { parsePeriodStatement } from '../../features/statements/periods/period-statements.service.js';
import { parseStatement } from '../../features/statements/statements.service.js';
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
import { statementText, table } from '../shell/render.js';
import { periodText } from './period.text.js';

interface StatementOptions extends LedgerOptions {
  readonly site?: string;
  readonly entity?: string;
  readonly tenant?: string;
  readonly gpuHours?: string;
}

@Command({
  name: 'statement',
  arguments: '<period> [kind]',
  description:
    'Issue and show a statement of a matched month: statement 2026-10 [carbon|billing|tenant --tenant CODE]; ' +
    'a carbon statement of a quarter, a year or a reporting year: statement 2026-Q4, 2026, FY2026 [--entity CODE]',
})
export class StatementCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly statements: AllStatementsService,
  ) {
    super();
  }

  @Option({ flags: '--site <code>', description: 'Code of the site (default: the only one)' })
  parseSite(code: string): string {
    return code;
  }

  @Option({
    flags: '--entity <code>',
    description: 'Of all sites of this organisation together, instead of one site',
  })
  parseEntity(code: string): string {
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

  async run([period = '', kind = 'carbon']: string[], options: StatementOptions): Promise<void> {
    const isMonth = /^\d{4}-\d\d$/.test(period) && options.entity === undefined;
    const data = parsed(IssueRequest, {
      kind,
      ...(isMonth ? { month: period } : { period }),
      siteCode: options.site ?? null,
      entityCode: options.entity ?? null,
      tenantCode: options.tenant ?? null,
      gpuHours: options.gpuHours ?? null,
    });
    const actor = await this.actor(options, 'energy-manager');
    const wanted = { ...data, ...tenantOf(data) };
    const { statement } = await this.statements.issue(actor, wanted);
    const text = isOfPeriod(statement)
      ? periodText(parsePeriodStatement(statement))
      : statementText(parseStatement(statement));
    answer({ document: toStatementResponse(statement), text }, options.json);
  }
}

@Command({ name: 'statements', description: 'List all statements and their versions' })
export class StatementsCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly statements: AllStatementsService,
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
      one.period,
      one.siteCode ?? one.entityCode ?? '',
      one.kind,
      String(one.version),
      short.get(one.statementId)!,
    ]);
    const text = table(['Period', 'Of', 'Kind', 'Version', 'Statement'], rows, [3]);
    answer({ document: { items }, text }, options.json);
  }
}
