import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { ApprovalsService } from '../../features/settlement/runs/approvals.service.js';
import { ContractPositionService } from '../../features/settlement/questions/contract-position.service.js';
import {
  PositionQuery,
  SettleRequest,
  toRunResponse,
} from '../../features/settlement/settlement.schemas.js';
import { SettlementService } from '../../features/settlement/runs/settlement.service.js';
import { parseRun } from '../../features/settlement/runs/settlement.document.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { LedgerCommand, type LedgerOptions, READ } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { readJsonFile } from '../../platform/files/formats/json-text.js';
import { deltaText, estimatedText, settledText } from './settlement.text.js';

interface SettleOptions extends LedgerOptions {
  readonly run?: string;
  readonly site?: string;
  readonly contract?: string;
  readonly year?: string;
  readonly grid?: string;
  readonly series?: string;
  readonly acceptEngineChange?: boolean;
}

@Command({
  name: 'settle',
  arguments: '<month>',
  description:
    'Settle a matched month by the elections of its contract: settle 2026-10 --run final; --run reconciliation for the contract year that ends with the month',
})
export class SettleCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly settlement: SettlementService,
    private readonly approvals: ApprovalsService,
  ) {
    super();
  }

  @Option({
    flags: '--run <kind>',
    description: 'provisional, final, true-up or reconciliation (default: provisional)',
  })
  parseRun(text: string): string {
    return text;
  }

  @Option({ flags: '--site <code>', description: 'Code of the site (default: the only one)' })
  parseSite(code: string): string {
    return code;
  }

  @Option({
    flags: '--contract <code>',
    description: 'Where one contract follows another inside the month (default: the only one)',
  })
  parseContract(code: string): string {
    return code;
  }

  @Option({
    flags: '--year <number>',
    description: 'Of a reconciliation, where two contract years end with the month',
  })
  parseYear(number: string): string {
    return number;
  }

  @Option({ flags: '--grid <code>', description: 'Tariff grid whose peak hours hold' })
  parseGrid(code: string): string {
    return code;
  }

  @Option({
    flags: '--series <file>',
    description: 'JSON of hourly series that the ledger does not hold, by name',
  })
  parseSeries(file: string): string {
    return file;
  }

  @Option({
    flags: '--accept-engine-change',
    description: 'Correct a run that another engine made; its part of the delta is shown apart',
  })
  parseAcceptEngineChange(): boolean {
    return true;
  }

  async run([month]: string[], options: SettleOptions): Promise<void> {
    const { data, error } = SettleRequest.safeParse({
      month,
      run: (options.run ?? 'provisional').toUpperCase().replace('-', '_'),
      siteCode: options.site ?? null,
      tariffGridCode: options.grid ?? null,
      contractCode: options.contract ?? null,
      contractYear: options.year === undefined ? null : Number(options.year),
      acceptEngineChange: options.acceptEngineChange ?? false,
      ...(options.series === undefined ? {} : { series: readJsonFile(options.series) }),
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const actor = await this.actor(options, 'energy-manager', 'finance');
    const { run, isNew } = await this.settlement.settle(actor, data);
    const [state] = await this.approvals.statesOf(actor.ledgerId, [run]);
    const { settlement, delta, unsettledMonths } = parseRun(run);
    const document = toRunResponse(run, state!);
    const text = [
      `${run.contractCode} ${run.period}, ${run.run}, version ${run.version}, ${state}${isNew ? '' : ' (unchanged)'}. Run ${run.runId}`,
      ...settledText(settlement),
      ...deltaText(delta),
      ...(unsettledMonths.length === 0
        ? []
        : [`The accounts open without ${unsettledMonths.join(', ')}: not settled.`]),
      ...settlement.warnings,
      ...estimatedText(document.estimatedHours),
    ].join('\n');
    answer({ document: { ...document, isNew }, text }, options.json);
  }
}

@Command({
  name: 'approve-settlement',
  arguments: '<run>',
  description:
    'Approve the last settlement of a period, as the person whose key MIZAN_KEY_FILE holds: approve-settlement 01a2…, an id or the unique beginning of one',
})
export class ApproveSettlementCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly settlement: SettlementService,
    private readonly approvals: ApprovalsService,
  ) {
    super();
  }

  async run([name = '']: string[], options: LedgerOptions): Promise<void> {
    const actor = await this.actor(options, 'finance', 'energy-manager');
    const { ledgerId } = actor;
    const id = await this.ids.resolve(ledgerId, 'settlement run', name);
    const run = await this.settlement.get(ledgerId, id);
    await this.approvals.approve(actor, run.runId);
    const [state] = await this.approvals.statesOf(ledgerId, [run]);
    const text = `${run.contractCode} ${run.period}, ${run.run}, version ${run.version}: ${state}`;
    answer({ document: toRunResponse(run, state!), text }, options.json);
  }
}

interface PositionOptions extends LedgerOptions {
  readonly asOf?: string;
}

@Command({
  name: 'position',
  arguments: '<contract>',
  description:
    'Where a contract’s accounts stand after what is settled: position PPA --as-of 2026-10-31',
})
export class PositionCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly positions: ContractPositionService,
  ) {
    super();
  }

  @Option({ flags: '--as-of <day>', description: 'Civil day: periods that ended by then count' })
  parseAsOf(day: string): string {
    return day;
  }

  async run([contractCode]: string[], options: PositionOptions): Promise<void> {
    const { data, error } = PositionQuery.safeParse({ contractCode, asOf: options.asOf });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const { ledgerId } = await this.actor(options, ...READ);
    const position = await this.positions.position(ledgerId, data.contractCode, data.asOf);
    const { takeOrPay, excess, deemed, damages, contractYear } = position;
    const text = [
      `Contract year ${contractYear}, settled: ${position.settledPeriods.join(', ') || 'nothing'}`,
      ...(takeOrPay === null
        ? []
        : [
            `Take-or-pay: ${takeOrPay.takenMwh} of ${takeOrPay.obligedYearMwh} MWh taken`,
            ...takeOrPay.bank.map(
              ({ contractYear: year, mwh, paidMadPerMwh, expiresAfterYear }) =>
                `  bank of year ${year}: ${mwh} MWh at ${paidMadPerMwh} MAD/MWh, until year ${expiresAfterYear}`,
            ),
          ]),
      ...(excess === null
        ? []
        : [`Excess: ${excess.soldMwh} MWh sold, ${excess.leftMwh} left of the cap`]),
      ...(deemed === null ? [] : [`Deemed allowance: ${deemed.leftMwh} MWh left`]),
      `Damages: ${damages.yearMad} MAD in the year, ${damages.totalMad} in all`,
    ].join('\n');
    answer({ document: position, text }, options.json);
  }
}
