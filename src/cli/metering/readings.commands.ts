import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { ExceptionsService } from '../../features/metering/validation/exceptions.service.js';
import {
  toDifferenceResponse,
  toLossesResponse,
} from '../../features/metering/questions/readings.schemas.js';
import { ReadingsService } from '../../features/metering/questions/readings.service.js';
import {
  toEstimationResponse,
  toExceptionResponse,
  toStretch,
  toValidationResponse,
  ValidateRequest,
} from '../../features/metering/validation/validation.schemas.js';
import { ValidationService } from '../../features/metering/validation/validation.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { CalendarDay } from '../../core/shapes/values.shape.js';
import { argument, parsed } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions, SEE } from '../shell/base.command.js';
import { exceptionTable } from './exceptions.text.js';
import { answer } from '../shell/output.js';
import { grouped, mwh, table } from '../shell/render.js';

interface MeterOptions extends LedgerOptions {
  readonly meter?: string;
}

abstract class MeterCommand extends LedgerCommand {
  @Option({ flags: '--meter <code>', description: 'One meter; all without' })
  parseMeter(code: string): string {
    return code;
  }
}

const stretchOf = (month: string, { meter }: MeterOptions): ReturnType<typeof toStretch> =>
  toStretch(parsed(ValidateRequest, { month, meterCodes: meter === undefined ? null : [meter] }));

@Command({
  name: 'validate',
  arguments: '<month>',
  description: 'Validate the readings of a civil month: what passes is ACTUAL, what fails SUSPECT',
})
export class ValidateCommand extends MeterCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly validation: ValidationService,
  ) {
    super();
  }

  async run([month]: string[], options: MeterOptions): Promise<void> {
    const actor = await this.actor(options, 'energy-manager');
    const result = await this.validation.validate(actor, stretchOf(month!, options));
    const document = toValidationResponse(result);
    const meters = document.meters.map(({ meterCode, days }) => {
      const sum = (of: 'expectedCount' | 'presentCount'): number =>
        days.reduce((all, day) => all + day[of], 0);
      return [meterCode, `${grouped(sum('presentCount'))} of ${grouped(sum('expectedCount'))}`];
    });
    const short = await this.ids.shortest(
      actor.ledgerId,
      'exception',
      document.findings.map(({ findingId }) => findingId),
    );
    const found =
      document.findings.length === 0
        ? 'Nothing new was found.'
        : exceptionTable(document.findings, short);
    const text = `${table(['Meter', 'Intervals present'], meters)}\n\n${found}\n${document.revisedDays} days revised`;
    answer({ document, text }, options.json);
  }
}

@Command({
  name: 'estimate',
  arguments: '<month>',
  description:
    'Estimate what is missing of consumption, by the surest way there is; say what is left',
})
export class EstimateCommand extends MeterCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly validation: ValidationService,
  ) {
    super();
  }

  async run([month]: string[], options: MeterOptions): Promise<void> {
    const actor = await this.actor(options, 'energy-manager');
    const document = toEstimationResponse(
      await this.validation.estimate(actor, stretchOf(month!, options)),
    );
    const rows = document.estimates.map(({ meterCode, from, to, method, confidence, wh }) => [
      meterCode,
      from,
      to,
      method,
      confidence,
      mwh(wh.reduce((sum, one) => sum + one, 0)),
    ]);
    const made =
      rows.length === 0
        ? 'Nothing was missing that can be estimated.'
        : table(['Meter', 'From', 'To', 'Method', 'Confidence', 'MWh'], rows, [5]);
    const left = document.left.map(({ meterCode, from, to, intervalCount, detail }) => [
      meterCode,
      from,
      to,
      grouped(intervalCount),
      detail,
    ]);
    const text =
      left.length === 0
        ? made
        : `${made}\n\nLeft as it is:\n${table(['Meter', 'From', 'To', 'Intervals', 'Why'], left, [3])}`;
    answer({ document, text }, options.json);
  }
}

@Command({
  name: 'exceptions',
  arguments: '<month>',
  description: 'List what validation found in a civil month',
})
export class ExceptionsCommand extends MeterCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly exceptions: ExceptionsService,
  ) {
    super();
  }

  @Option({ flags: '--all', description: 'Also those that were decided' })
  parseAll(): boolean {
    return true;
  }

  async run([month]: string[], options: MeterOptions & { all?: boolean }): Promise<void> {
    const { ledgerId } = await this.actor(options, ...SEE);
    const { startMs, endMs } = civilMonth(MOROCCO_LEGAL_TIME, month!);
    const wanted = {
      startMs,
      endMs,
      meterCode: options.meter ?? null,
      isOpenOnly: options.all !== true,
    };
    const items = (await this.exceptions.list(ledgerId, wanted)).map(toExceptionResponse);
    const short = await this.ids.shortest(
      ledgerId,
      'exception',
      items.map(({ findingId }) => findingId),
    );
    const text = items.length === 0 ? 'No exceptions.' : exceptionTable(items, short);
    answer({ document: { items }, text }, options.json);
  }
}

@Command({
  name: 'diff',
  arguments: '<meter> <day>',
  description: 'What changed between two revisions of a meter’s UTC day: who, when, file and line',
})
export class DiffCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly readings: ReadingsService,
  ) {
    super();
  }

  @Option({ flags: '--from <revision>', description: 'Earlier revision (default: the one before)' })
  parseFrom(revision: string): number {
    return Number(revision);
  }

  @Option({ flags: '--to <revision>', description: 'Later revision (default: the last)' })
  parseTo(revision: string): number {
    return Number(revision);
  }

  async run(
    [meterCode, utcDay]: string[],
    options: LedgerOptions & { from?: number; to?: number },
  ): Promise<void> {
    const { ledgerId } = await this.actor(options, ...SEE);
    const day = { meterCode: meterCode!, utcDay: argument('/day', CalendarDay, utcDay) };
    const to = options.to ?? null;
    const last = to ?? (await this.readings.difference(ledgerId, day, [0, null])).to.revision;
    const from = options.from ?? last - 1;
    const document = toDifferenceResponse(
      await this.readings.difference(ledgerId, day, [from, to]),
    );
    const rows = document.changes.map(
      ({ start, oldWh, newWh, oldQuality, newQuality, fileName, line }) => [
        start,
        grouped(oldWh ?? '–'),
        grouped(newWh ?? '–'),
        `${oldQuality} → ${newQuality}`,
        line === null ? '' : `${fileName} line ${line}`,
      ],
    );
    const head = `${meterCode} ${utcDay}: revision ${document.fromRevision} → ${document.toRevision}, ${document.eventType} by ${document.actor} at ${document.recordedAt}`;
    const text = `${head}\n\n${table(['Start', 'Old Wh', 'New Wh', 'Quality', 'From'], rows, [1, 2])}`;
    answer({ document, text }, options.json);
  }
}

@Command({
  name: 'losses',
  arguments: '<meter> <month>',
  description: 'A meter against those below it: energy that is unaccounted for',
})
export class LossesCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly readings: ReadingsService,
  ) {
    super();
  }

  async run([meter, month]: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...SEE);
    const period = civilMonth(MOROCCO_LEGAL_TIME, month!);
    const document = toLossesResponse(
      meter!,
      month!,
      await this.readings.losses(ledgerId, meter!, period),
    );
    const { parentWh, childrenWh, unaccountedWh, completeHours, children, hours } = document;
    const text =
      `${meter} ${month}: ${mwh(parentWh)} MWh above, ${mwh(childrenWh)} MWh below (${children.join(', ') || 'no meters'}), ` +
      `${mwh(unaccountedWh)} MWh unaccounted for, over ${completeHours} of ${hours.length} hours`;
    answer({ document, text }, options.json);
  }
}
