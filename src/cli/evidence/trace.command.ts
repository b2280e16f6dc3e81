import { Inject, Injectable } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { JournalService } from '../../features/journal/journal.service.js';
import { JournalTraceService } from '../../features/journal/journal-trace.service.js';
import { toEntryTraceResponse } from '../../features/journal/journal-answers.schemas.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { type IdKind, ShortIdsService } from '../../features/ledger/short-ids.service.js';
import { InvoiceTraceService } from '../../features/payables/checks/invoice-trace.service.js';
import { SupplierInvoicesService } from '../../features/payables/received/supplier-invoices.service.js';
import { SettlementService } from '../../features/settlement/runs/settlement.service.js';
import { SettlementTraceService } from '../../features/settlement/questions/settlement-trace.service.js';
import { TraceService } from '../../features/statements/trace.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { LedgerCommand, type LedgerOptions, READ, requireUsed } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { checkTraceText, entryTraceText, lineTraceText, traceText } from './trace.text.js';

interface TraceOptions extends LedgerOptions {
  readonly hour?: string;
}

/** Traces what has places: lines of settlements and checks, entries of batches. */
@Injectable()
export class TracedPlaces {
  constructor(
    private readonly settlement: SettlementService,
    private readonly lines: SettlementTraceService,
    private readonly invoices: SupplierInvoicesService,
    private readonly checks: InvoiceTraceService,
    private readonly journal: JournalService,
    private readonly entries: JournalTraceService,
  ) {}

  @Inject(ShortIdsService)
  private readonly ids!: ShortIdsService;

  /**
   * By the number of a document, or an id or its beginning; null where nothing is named so.
   *
   * @throws DomainError `id.ambiguous`
   */
  async trace(
    ledgerId: string,
    what: string,
    of: { readonly at: number; readonly hour: string | null },
  ): Promise<{ readonly document: object; readonly text: string } | null> {
    const received = await this.invoices.summaries(ledgerId);
    const numbered = received.findLast(({ row }) => row.number === what)?.row.invoiceId;
    const found = async (kind: IdKind, known: readonly string[]): Promise<string | null> => {
      const id = await this.ids.resolve(ledgerId, kind, what);
      return known.includes(id) ? id : null;
    };
    const invoiceId =
      numbered ??
      (await found(
        'supplier invoice',
        received.map(({ row }) => row.invoiceId),
      ));
    if (invoiceId !== null) {
      requireNoHour(of.hour, 'trace INVOICE LINE');
      const traced = await this.checks.trace(ledgerId, invoiceId, of.at);
      return { document: traced, text: checkTraceText(traced) };
    }
    const runs = await this.settlement.list(ledgerId);
    const runId = await found(
      'settlement run',
      runs.map((run) => run.runId),
    );
    if (runId !== null) {
      const traced = await this.lines.trace(ledgerId, runId, of);
      return { document: traced, text: lineTraceText(traced) };
    }
    const batches = await this.journal.list(ledgerId);
    const batchId = await found(
      'journal batch',
      batches.map((batch) => batch.batchId),
    );
    if (batchId === null) return null;
    requireNoHour(of.hour, 'trace BATCH ENTRY');
    const traced = await this.entries.trace(ledgerId, batchId, of.at);
    return { document: toEntryTraceResponse(traced), text: entryTraceText(traced) };
  }
}

/** A line of a check, or an entry, has no hour to open. */
function requireNoHour(hour: string | null, asked: string): void {
  if (hour !== null) requireUsed(asked, { hour }, []);
}

@Command({
  name: 'trace',
  arguments: '<what> <part>',
  description:
    'Walk a figure of a statement down to certificates, readings, decisions and factors: trace STATEMENT FIGURE; ' +
    'or a line of a settlement, of a check, or an entry of a batch, by its place: trace RUN|INVOICE|BATCH 1',
})
export class TraceCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly traces: TraceService,
    private readonly places: TracedPlaces,
  ) {
    super();
  }

  @Option({ flags: '--hour <instant>', description: 'UTC hour to open (default: the largest)' })
  parseHour(instant: string): string {
    return instant;
  }

  async run([what = '', part = '']: string[], options: TraceOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...READ);
    const hour = options.hour ?? null;
    if (hour !== null && Number.isNaN(Date.parse(hour))) {
      throw new DomainError('request.invalid', {
        errors: [{ pointer: '/hour', rule: 'instant', detail: 'Write it as 2026-10-14T19:00:00Z' }],
      });
    }
    const place = /^\d{1,6}$/.test(part)
      ? await this.places.trace(ledgerId, what, { at: Number(part), hour })
      : null;
    if (place !== null) return answer(place, options.json);
    const statement = await this.ids.resolve(ledgerId, 'statement', what);
    const trace = await this.traces.trace(ledgerId, statement, { figure: part, hour });
    return answer({ document: trace, text: traceText(trace) }, options.json);
  }
}
