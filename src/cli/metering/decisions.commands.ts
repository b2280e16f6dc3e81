import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError, type ErrorDetails } from '../../core/errors.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import {
  type DecidedManyResponse,
  DecideManyRequest,
  toDecidedMany,
  toManyDecisions,
} from '../../features/metering/validation/decisions.schemas.js';
import { DecisionsService } from '../../features/metering/validation/decisions.service.js';
import { ExceptionsService } from '../../features/metering/validation/exceptions.service.js';
import {
  DecideRequest,
  toDecidedResponse,
} from '../../features/metering/validation/validation.schemas.js';
import type { Actor } from '../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { parsed } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions, requireUsed } from '../shell/base.command.js';
import { readDecisions } from './decisions-file.js';
import { exceptionTable } from './exceptions.text.js';
import { answer } from '../shell/output.js';
import { grouped, mwh, table } from '../shell/render.js';

interface DecideOptions extends LedgerOptions {
  readonly reason?: string;
  readonly value?: { readonly start: string; readonly wh: number }[];
  readonly month?: string;
  readonly from?: string;
  readonly to?: string;
  readonly meter?: string;
  readonly rule?: string;
  readonly severity?: string;
  readonly file?: string;
  readonly dryRun?: boolean;
}

const FILTERS = ['month', 'from', 'to', 'meter', 'rule', 'severity'] as const;
const SHOWN = 20;

@Command({
  name: 'decide',
  arguments: '[finding] [action]',
  description:
    'Decide about exceptions: one (decide 01a2… accept --reason …), all open ones of a filter ' +
    '(decide accept --month 2026-10 --rule V10 --meter HALL-1 --reason …), or those of a CSV file ' +
    '(decide --file decisions.csv); --dry-run says what would come of it',
})
export class DecideCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly exceptions: ExceptionsService,
    private readonly decisions: DecisionsService,
  ) {
    super();
  }

  @Option({ flags: '--reason <text>', description: 'Why' })
  parseReason(reason: string): string {
    return reason;
  }

  @Option({ flags: '--value <start=wh>', description: 'New value of an interval; once for each' })
  parseValue(text: string, earlier: DecideOptions['value'] = []): DecideOptions['value'] {
    const at = text.lastIndexOf('=');
    return [...earlier, { start: text.slice(0, at), wh: Number(text.slice(at + 1)) }];
  }

  @Option({ flags: '--month <month>', description: 'Open exceptions that touch a civil month' })
  parseMonth(month: string): string {
    return month;
  }

  @Option({ flags: '--from <instant>', description: 'Or a stretch: its start' })
  parseFrom(instant: string): string {
    return instant;
  }

  @Option({ flags: '--to <instant>', description: 'Its end, exclusive' })
  parseTo(instant: string): string {
    return instant;
  }

  @Option({ flags: '--meter <code>', description: 'Of one meter' })
  parseMeter(code: string): string {
    return code;
  }

  @Option({ flags: '--rule <id>', description: 'That one rule found, for example V10' })
  parseRule(id: string): string {
    return id;
  }

  @Option({ flags: '--severity <name>', description: 'suspect, gap, warn or escalate' })
  parseSeverity(name: string): string {
    return name;
  }

  @Option({ flags: '--file <csv>', description: 'finding,action,reason[,start,wh], a row each' })
  parseFile(file: string): string {
    return file;
  }

  @Option({ flags: '--dry-run', description: 'Say what would be decided, and its effect' })
  parseDryRun(): boolean {
    return true;
  }

  async run([first, second]: (string | undefined)[], options: DecideOptions): Promise<void> {
    const isFiltered = FILTERS.some((name) => options[name] !== undefined);
    if (options.file !== undefined) {
      requireUsed('decide --file', options, ['file', 'dryRun']);
      requireWords('decide --file', [first, second], 0);
      return this.fromFile(options.file, options);
    }
    if (isFiltered || second === undefined) {
      requireUsed('decide ACTION', options, [...FILTERS, 'reason', 'dryRun']);
      requireWords('decide ACTION', [first, second], 1);
      return this.filtered(first!, options);
    }
    requireUsed('decide FINDING ACTION', options, ['reason', 'value', 'dryRun']);
    return this.one(first!, second, options);
  }

  private async one(finding: string, action: string, options: DecideOptions): Promise<void> {
    const actor = await this.actor(options, 'energy-manager');
    const { reason = '', value: values = [], dryRun = false } = options;
    const decision = parsed(DecideRequest, { action, reason, values });
    const id = await this.ids.resolve(actor.ledgerId, 'exception', finding);
    const decided = await this.exceptions.decide(actor, id, decision, { dryRun });
    const document = toDecidedResponse(decided, dryRun);
    const short = await this.ids.shortest(actor.ledgerId, 'exception', [document.findingId]);
    answer({ document, text: exceptionTable([document], short) }, options.json);
  }

  private async filtered(action: string, options: DecideOptions): Promise<void> {
    const { month, from, to, meter, rule, severity, reason } = options;
    const stretch = {
      ...(month === undefined ? {} : { month }),
      ...(from === undefined ? {} : { from: withSeconds(from) }),
      ...(to === undefined ? {} : { to: withSeconds(to) }),
    };
    const request = parsed(DecideManyRequest, {
      filter: {
        ...stretch,
        meterCode: meter ?? null,
        rule: rule ?? null,
        severity: severity ?? null,
      },
      action,
      reason,
      isDryRun: options.dryRun === true,
    });
    const actor = await this.actor(options, 'energy-manager');
    await this.many(actor, request, options);
  }

  private async fromFile(file: string, options: DecideOptions): Promise<void> {
    const filed = await readDecisions(file, (encoding) => {
      if (encoding !== 'utf-8')
        process.stderr.write(`The text of ${file} is read as ${encoding}.\n`);
    });
    const actor = await this.actor(options, 'energy-manager');
    const decisions = [];
    for (const { finding, action, reason, values } of filed) {
      const findingId = await this.ids.resolve(actor.ledgerId, 'exception', finding);
      decisions.push({ findingId, action, reason, values });
    }
    const rows = filed.map(({ row }) => row);
    try {
      const request = parsed(DecideManyRequest, { decisions, isDryRun: options.dryRun === true });
      await this.many(actor, request, options);
    } catch (error) {
      throw inRows(error, rows);
    }
  }

  private async many(
    actor: Actor,
    request: DecideManyRequest,
    { json }: DecideOptions,
  ): Promise<void> {
    const { isDryRun } = request;
    const decided = await this.decisions.decide(actor, toManyDecisions(request), { isDryRun });
    const document = toDecidedMany(decided, isDryRun);
    const shown = document.items.slice(0, SHOWN).map(({ findingId }) => findingId);
    const short = await this.ids.shortest(actor.ledgerId, 'exception', shown);
    answer({ document, text: decidedText(document, short) }, json);
  }
}

function decidedText(document: DecidedManyResponse, short: ReadonlyMap<string, string>): string {
  const { items, isDryRun, decidedCount, intervalCount, countedWh, changeWh } = document;
  const rows = items
    .slice(0, SHOWN)
    .map((one) => [
      one.meterCode,
      `${one.rule} ${one.title}`,
      one.from,
      one.to,
      one.state,
      mwh(one.effect.countedWh),
      short.get(one.findingId)!,
    ]);
  const more = items.length - rows.length;
  const meters = new Set(items.map(({ meterCode }) => meterCode)).size;
  const change = changeWh === 0 ? 'as measured' : `${mwh(changeWh)} MWh other than measured`;
  return [
    table(['Meter', 'Rule', 'From', 'To', 'State', 'MWh', 'Id'], rows, [5]),
    ...(more > 0 ? [`and ${more} more`] : []),
    '',
    `${isDryRun ? 'Would decide' : 'Decided'} about ${grouped(decidedCount)} exceptions of ${meters} ` +
      `${meters === 1 ? 'meter' : 'meters'}: ${grouped(intervalCount)} intervals change, ` +
      `${mwh(countedWh)} MWh count from then on, ${change}.`,
    ...(isDryRun
      ? [`Nothing was decided. ${document.cannotBeTakenBack} The same without --dry-run decides.`]
      : []),
  ].join('\n');
}

/** Says where things are by line of the file. */
function inRows(error: unknown, rows: readonly number[]): unknown {
  const isOfRows =
    error instanceof DomainError && ['decisions.refused', 'request.invalid'].includes(error.code);
  if (!isOfRows) return error;
  const details = error.details as ErrorDetails['decisions.refused'];
  const errors = details.errors.map((one) => ({
    ...one,
    pointer: one.pointer
      .replace(/^\/decisions\/(\d+)\/?/, (_, at: string) => `row ${rows[Number(at)]} `)
      .trim(),
  }));
  return new DomainError(error.code as 'decisions.refused', { ...details, errors });
}

/** `2026-10-14T19:00Z` is enough at the terminal. */
const withSeconds = (instant: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/.test(instant) ? instant.replace('Z', ':00Z') : instant;

function requireWords(asked: string, words: readonly (string | undefined)[], count: number): void {
  const given = words.filter((word) => word !== undefined);
  if (given.length === count) return;
  const detail =
    given.length > count
      ? `"${asked}" takes ${count === 0 ? 'no words' : 'one word, the action'}; ${given.join(' ')} are more.`
      : 'What is decided? `decide FINDING ACTION`, `decide ACTION --month …` or `decide --file …`.';
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '/action', rule: 'arguments.count', detail }],
  });
}
