import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { ConversionRequest, ReconciliationQuery } from '../../features/bridge/bridge.schemas.js';
import { BridgeService } from '../../features/bridge/conversion/bridge.service.js';
import { ReconciliationService } from '../../features/bridge/reconciliation/reconciliation.service.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { LedgerCommand, type LedgerOptions, READ, requireUsed } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { mwh, table } from '../shell/render.js';

interface MwhOptions extends LedgerOptions {
  readonly system?: string;
  readonly plant?: string;
  readonly from?: string;
  readonly to?: string;
  readonly for?: string;
  readonly wh?: number;
}

/** Options of each act. */
const OPTIONS_OF: Readonly<Record<string, readonly (keyof MwhOptions)[]>> = {
  convert: ['system', 'plant', 'from', 'to', 'for', 'wh'],
  reconcile: ['system', 'plant', 'from', 'to'],
  alarms: [],
};

@Command({
  name: 'mwh',
  arguments: '<act>',
  description:
    'Certificates of a whole MWh: mwh convert|reconcile --system CODE --plant CODE --from MONTH --to MONTH [--for OWNER], mwh alarms',
})
export class MwhCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly bridge: BridgeService,
    private readonly accounts: ReconciliationService,
  ) {
    super();
  }

  @Option({ flags: '--system <code>', description: 'Tracking system' })
  parseSystem(code: string): string {
    return code;
  }

  @Option({ flags: '--plant <code>', description: 'Plant' })
  parsePlant(code: string): string {
    return code;
  }

  @Option({ flags: '--from <month>', description: 'First month of production' })
  parseFrom(month: string): string {
    return month;
  }

  @Option({ flags: '--to <month>', description: 'Last month of production, inclusive' })
  parseTo(month: string): string {
    return month;
  }

  @Option({ flags: '--for <code>', description: 'Owner of the certificates to convert' })
  parseFor(code: string): string {
    return code;
  }

  @Option({ flags: '--wh <number>', description: 'At most so much, the earliest first' })
  parseWh(text: string): number {
    return Number(text);
  }

  async run([act = '']: string[], options: MwhOptions): Promise<void> {
    if (Object.hasOwn(OPTIONS_OF, act)) requireUsed(`mwh ${act}`, options, OPTIONS_OF[act]!);
    if (act === 'convert') return this.convert(options);
    if (act === 'reconcile') return this.reconcile(options);
    if (act === 'alarms') return this.alarms(options);
    const errors = [
      { pointer: '/act', rule: 'act.known', detail: 'Acts: convert, reconcile, alarms' },
    ];
    throw new DomainError('request.invalid', { errors });
  }

  private async convert(options: MwhOptions): Promise<void> {
    const { data, error } = ConversionRequest.safeParse({
      ...scopeOf(options),
      actingFor: options.for,
      quantityWh: options.wh ?? null,
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const actor = await this.actor(options, 'energy-manager');
    const document = await this.bridge.convert(actor, data);
    const { energyWh, certificates, carryAfterWh } = document;
    const text =
      `Cancelled ${mwh(energyWh)} MWh for ${data.trackingSystemCode}: ` +
      `${certificates.length} certificates of one MWh, ${carryAfterWh} Wh carried.`;
    answer({ document, text }, options.json);
  }

  private async reconcile(options: MwhOptions): Promise<void> {
    const { data, error } = ReconciliationQuery.safeParse(scopeOf(options));
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const { ledgerId } = await this.actor(options, ...READ);
    const document = await this.accounts.reconcile(ledgerId, data);
    const { meteredWh, hourlyWh, carryWh, mwhWh, exceedingHours, account } = document;
    const rows = [
      ['Metered', meteredWh === null ? 'not known' : mwh(meteredWh)],
      ['In hourly certificates', mwh(hourlyWh)],
      ['In MWh certificates', mwh(mwhWh)],
      ['Carried', mwh(carryWh)],
      ['Hours beyond the meter', String(exceedingHours)],
      ['Account of the system', account.reconciles ? 'adds up' : 'DOES NOT ADD UP'],
    ];
    answer({ document, text: table(['Energy', 'MWh'], rows, [1]) }, options.json);
  }

  private async alarms(options: MwhOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...READ);
    const items = await this.accounts.alarms(ledgerId);
    const rows = items.map((one) => [
      one.dueOn,
      one.isPast ? 'past' : '',
      one.trackingSystemCode,
      one.plantCode,
      mwh(one.wh),
      one.detail,
    ]);
    const text =
      rows.length === 0
        ? 'Nothing is due.'
        : table(['Due', '', 'System', 'Plant', 'MWh', ''], rows, [4]);
    answer({ document: { items }, text }, options.json);
  }
}

function scopeOf({ system, plant, from, to }: MwhOptions): object {
  return { trackingSystemCode: system, plantCode: plant, firstMonth: from, lastMonth: to };
}
