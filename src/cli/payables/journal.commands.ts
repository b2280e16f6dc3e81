import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { toExportedResponse } from '../../features/journal/journal-answers.schemas.js';
import {
  BatchId,
  FormatQuery,
  JournalRequest,
  toBatchResponse,
  toBatchSummary,
} from '../../features/journal/journal.schemas.js';
import { type JournalBatch, JournalService } from '../../features/journal/journal.service.js';
import { batchFile } from '../../features/journal/journal.document.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import type { Actor } from '../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { LedgerCommand, type LedgerOptions, requireUsed } from '../shell/base.command.js';
import { requirePlaceFor, writeNewFile } from '../shell/new-file.js';
import { answer, writeFully } from '../shell/output.js';
import { table } from '../shell/render.js';

interface JournalOptions extends LedgerOptions {
  readonly map?: string;
  readonly format?: string;
  readonly out?: string;
  readonly dryRun?: boolean;
}

/** Options of each act. */
const OPTIONS_OF: Readonly<Record<string, readonly (keyof JournalOptions)[]>> = {
  export: ['map', 'dryRun'],
  list: [],
  file: ['format', 'out'],
  reverse: [],
};

@Command({
  name: 'journal',
  arguments: '<act> [argument]',
  description:
    'Month-end entries of documents and approved settlements: journal export MONTH, list, file BATCH --format csv|odoo|oracle [--out FILE], reverse BATCH',
})
export class JournalCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly journal: JournalService,
  ) {
    super();
  }

  @Option({ flags: '--map <code>', description: 'Map of accounts (default: the only one)' })
  parseMap(code: string): string {
    return code;
  }

  @Option({ flags: '--format <format>', description: 'csv, odoo or oracle (default: csv)' })
  parseFormat(format: string): string {
    return format;
  }

  @Option({ flags: '--dry-run', description: 'Show what would be exported; export nothing' })
  parseDryRun(): boolean {
    return true;
  }

  @Option({ flags: '--out <file>', description: 'Write there instead of to stdout' })
  parseOut(file: string): string {
    return file;
  }

  async run([act = '', argument = '']: string[], options: JournalOptions): Promise<void> {
    if (Object.hasOwn(OPTIONS_OF, act)) requireUsed(`journal ${act}`, options, OPTIONS_OF[act]!);
    if (options.out !== undefined) requirePlaceFor('/options/out', options.out);
    const isRead = act === 'list' || act === 'file';
    const actor = await this.actor(options, 'finance', ...(isRead ? (['auditor'] as const) : []));
    if (act === 'export') return this.export(actor, argument, options);
    if (act === 'list') return this.list(actor, options);
    if (act === 'file') return this.file(actor, argument, options);
    if (act === 'reverse') {
      const id = await this.ids.resolve(actor.ledgerId, 'journal batch', argument);
      const batch = await this.journal.reverse(actor, checked(BatchId, id));
      return answer({ document: toBatchResponse(batch), text: batchText(batch) }, options.json);
    }
    const detail = 'Acts: export, list, file, reverse';
    throw new DomainError('request.invalid', {
      errors: [{ pointer: '/act', rule: 'act.known', detail }],
    });
  }

  private async export(actor: Actor, month: string, options: JournalOptions): Promise<void> {
    const request = checked(JournalRequest, { month, accountMapCode: options.map ?? null });
    const { dryRun = false } = options;
    const exported = await this.journal.export(actor, request.month, request.accountMapCode, {
      dryRun,
    });
    const { batch, isNew, leftOut } = exported;
    const document = toExportedResponse(exported, dryRun);
    const left = leftOut.map(
      ({ contractCode, mad, says }) =>
        `  ${contractCode}: ${says}${mad === null ? '' : ` (${mad} MAD)`}`,
    );
    const text = [
      `${batchText(batch)}${isNew ? '' : ' (exported before; the same)'}`,
      ...(left.length === 0 ? [] : ['Left out:', ...left]),
      ...(dryRun ? [`Nothing was exported. ${document.cannotBeTakenBack}`] : []),
    ].join('\n');
    answer({ document, text }, options.json);
  }

  private async list({ ledgerId }: Actor, { json }: JournalOptions): Promise<void> {
    const items = (await this.journal.list(ledgerId)).map(toBatchSummary);
    const short = await this.ids.shortest(
      ledgerId,
      'journal batch',
      items.map(({ batchId }) => batchId),
    );
    const rows = items.map(({ sequence, month, batchId, debitMad, reverses }) => [
      String(sequence),
      month,
      short.get(batchId)!,
      debitMad,
      reverses === null ? '' : short.get(reverses)!,
    ]);
    const header = ['No', 'Month', 'Batch', 'MAD', 'Reverses'];
    answer({ document: { items }, text: table(header, rows, [0, 3]) }, json);
  }

  private async file(actor: Actor, batchId: string, options: JournalOptions): Promise<void> {
    const { format } = checked(FormatQuery, { format: options.format });
    const id = await this.ids.resolve(actor.ledgerId, 'journal batch', batchId);
    const batch = await this.journal.get(actor.ledgerId, checked(BatchId, id));
    const text = batchFile(batch, format);
    if (options.out === undefined) writeFully(text);
    else writeNewFile('/options/out', options.out, text);
  }
}

function batchText({ sequence, month, batchId, debitMad, creditMad }: JournalBatch): string {
  return `Batch ${sequence} of ${month}: debit ${debitMad} MAD, credit ${creditMad}. Id ${batchId}`;
}

function checked<Output>(
  schema: {
    safeParse(value: unknown): {
      data?: Output;
      error?: { issues: Parameters<typeof pointerProblems>[0] };
    };
  },
  value: unknown,
): Output {
  const { data, error } = schema.safeParse(value);
  if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
  return data!;
}
