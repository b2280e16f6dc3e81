import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import {
  StorageQuery,
  StorageRunRequest,
  toStorageRun,
} from '../../features/storage/storage.schemas.js';
import { StorageService } from '../../features/storage/runs/storage.service.js';
import { StorageViewService } from '../../features/storage/storage-view.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { LedgerCommand, type LedgerOptions, READ, requireUsed } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { mwh, table } from '../shell/render.js';

interface StorageOptions extends LedgerOptions {
  readonly through?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Options of each act. */
const OPTIONS_OF: Readonly<Record<string, readonly (keyof StorageOptions)[]>> = {
  trace: ['through'],
  report: ['from', 'to'],
};

@Command({
  name: 'storage',
  arguments: '<act> <device>',
  description:
    'Trace what a device gave back to what went in: storage trace BESS --through INSTANT; sum it: storage report BESS --from INSTANT --to INSTANT',
})
export class StorageCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly storage: StorageService,
    private readonly views: StorageViewService,
  ) {
    super();
  }

  @Option({ flags: '--through <instant>', description: 'Discharges that start before it' })
  parseThrough(text: string): string {
    return text;
  }

  @Option({ flags: '--from <instant>', description: 'Start of the report' })
  parseFrom(text: string): string {
    return text;
  }

  @Option({ flags: '--to <instant>', description: 'End of the report, exclusive' })
  parseTo(text: string): string {
    return text;
  }

  async run([act = '', deviceCode]: string[], options: StorageOptions): Promise<void> {
    if (Object.hasOwn(OPTIONS_OF, act)) requireUsed(`storage ${act}`, options, OPTIONS_OF[act]!);
    if (act === 'trace') return this.trace(deviceCode!, options);
    if (act === 'report') return this.report(deviceCode!, options);
    const errors = [{ pointer: '/act', rule: 'act.known', detail: 'Acts: trace, report' }];
    throw new DomainError('request.invalid', { errors });
  }

  private async trace(deviceCode: string, options: StorageOptions): Promise<void> {
    const request = { deviceCode, through: options.through };
    const { data, error } = StorageRunRequest.safeParse(request);
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const actor = await this.actor(options, 'energy-manager');
    const { run, allocations, isNew } = await this.storage.trace(actor, data);
    const document = { ...toStorageRun(run), isNew, allocations };
    const text = [
      `${isNew ? 'Traced' : 'Traced before'}: ${mwh(run.dischargeWh)} MWh given back by ${deviceCode}.`,
      `Certified again ${mwh(run.certifiedWh)}, no charge behind ${mwh(run.unbackedWh)}, lost ${mwh(run.lossWh)} MWh.`,
    ].join('\n');
    answer({ document, text }, options.json);
  }

  private async report(deviceCode: string, options: StorageOptions): Promise<void> {
    const { data, error } = StorageQuery.safeParse({
      deviceCode,
      from: options.from,
      to: options.to,
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const { ledgerId } = await this.actor(options, ...READ);
    const sums = await this.views.report(ledgerId, data);
    const rows = Object.entries(sums).map(([name, wh]) => [name, mwh(wh)]);
    answer(
      { document: { ...data, ...sums }, text: table(['Energy', 'MWh'], rows, [1]) },
      options.json,
    );
  }
}
