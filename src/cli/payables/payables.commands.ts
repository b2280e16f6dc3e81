import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { InvoiceChecksService } from '../../features/payables/checks/invoice-checks.service.js';
import {
  InvoiceStepRequest,
  ReceiveQuery,
  toInvoiceResponse,
  toInvoiceSummary,
  toReceivedResponse,
  toStepResponse,
} from '../../features/payables/payables.schemas.js';
import { SupplierInvoicesService } from '../../features/payables/received/supplier-invoices.service.js';
import {
  hoursCsv,
  type ReceivedInvoice,
} from '../../features/payables/received/supplier-invoice.document.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { pointerProblems } from '../../platform/http/problems.js';
import type { Actor } from '../../platform/auth/roles.js';
import { requireFiles } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions, READ, requireUsed } from '../shell/base.command.js';
import { requireFolderFor, writeNewFile } from '../shell/new-file.js';
import { answer } from '../shell/output.js';
import { arithmeticText, checkText } from './payables.text.js';
import { table } from '../shell/render.js';

interface InvoiceOptions extends LedgerOptions {
  readonly dryRun?: boolean;
  readonly contract?: string;
  readonly period?: string;
  readonly mad?: string;
  readonly outcome?: string;
  readonly note?: string;
}

const STEPS: Readonly<Record<string, string>> = {
  accept: 'ACCEPTED',
  dispute: 'OPEN',
  review: 'UNDER_REVIEW',
  expert: 'EXPERT',
  resolve: 'RESOLVED',
  lapse: 'LAPSED',
  void: 'VOIDED',
};

/** Options of each act. */
const OPTIONS_OF: Readonly<Record<string, readonly (keyof InvoiceOptions)[]>> = {
  receive: ['contract', 'period', 'dryRun'],
  list: [],
  check: [],
  accept: ['note', 'dryRun'],
  dispute: ['mad', 'note', 'dryRun'],
  review: ['note', 'dryRun'],
  expert: ['note', 'dryRun'],
  resolve: ['outcome', 'mad', 'note', 'dryRun'],
  lapse: ['note', 'dryRun'],
  void: ['note', 'dryRun'],
  pack: [],
};

@Command({
  name: 'supplier-invoice',
  arguments: '<act> [arguments...]',
  description:
    'Suppliers’ invoices: receive FILE, list, check NUMBER, accept|dispute|review|expert|resolve|lapse|void NUMBER, pack NUMBER FOLDER',
})
export class SupplierInvoiceCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly invoices: SupplierInvoicesService,
    private readonly checks: InvoiceChecksService,
  ) {
    super();
  }

  @Option({ flags: '--contract <code>', description: 'Contract, where the document names none' })
  parseContract(code: string): string {
    return code;
  }

  @Option({ flags: '--period <period>', description: 'Month, or Y and the contract year' })
  parsePeriod(period: string): string {
    return period;
  }

  @Option({
    flags: '--dry-run',
    description: 'Try it, with every refusal; receive and decide nothing',
  })
  parseDryRun(): boolean {
    return true;
  }

  @Option({ flags: '--mad <amount>', description: 'Disputed, or upheld in part; with VAT' })
  parseMad(amount: string): string {
    return amount;
  }

  @Option({ flags: '--outcome <outcome>', description: 'upheld, partly or rejected' })
  parseOutcome(outcome: string): string {
    return outcome;
  }

  @Option({ flags: '--note <text>', description: 'The reason' })
  parseNote(text: string): string {
    return text;
  }

  async run([act = '', name = '', folder = '']: string[], options: InvoiceOptions): Promise<void> {
    if (!Object.hasOwn(OPTIONS_OF, act)) {
      const detail = `Acts: ${Object.keys(OPTIONS_OF).join(', ')}`;
      throw new DomainError('request.invalid', {
        errors: [{ pointer: '/act', rule: 'act.known', detail }],
      });
    }
    requireUsed(`supplier-invoice ${act}`, options, OPTIONS_OF[act]!);
    const isRead = ['list', 'check', 'pack'].includes(act);
    const actor = await this.actor(options, 'finance', 'energy-manager', ...(isRead ? READ : []));
    if (act === 'receive') return this.receive(actor, name, options);
    if (act === 'list') return this.list(actor, options);
    if (act === 'check') return this.check(actor, name, options);
    if (act === 'pack') return this.pack(actor, name, { ...options, folder });
    return this.step(actor, name, { ...options, state: STEPS[act]! });
  }

  private async receive(actor: Actor, file: string, options: InvoiceOptions): Promise<void> {
    requireFiles(file);
    const { contract, period } = options;
    const { data, error } = ReceiveQuery.safeParse({ fileName: basename(file), contract, period });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const { received, isNew, encoding } = await this.invoices.receive(
      actor,
      {
        fileName: data.fileName,
        dryRun: options.dryRun ?? false,
        contractCode: data.contract ?? null,
        period: data.period ?? null,
      },
      createReadStream(file),
    );
    const { row, invoice } = received;
    const isDryRun = options.dryRun === true;
    const document = toReceivedResponse(received, { isNew, encoding, isDryRun });
    const wrong = arithmeticText(document.arithmetic);
    const text =
      `${row.number}, ${row.kind} of ${row.sellerCode} for ${row.contractCode} ${row.period}: ` +
      `${invoice.totals.grossMad} ${invoice.currency}${isNew ? '' : ' (came before; nothing was done)'}` +
      (encoding === 'utf-8' ? '' : `\nIts text is read as ${encoding}.`) +
      (isDryRun ? `\nNothing was received. ${document.cannotBeTakenBack}` : '') +
      (wrong.length === 0 ? '' : `\nIts own sums do not hold:\n${wrong.join('\n')}`);
    answer({ document, text }, options.json);
  }

  private async list({ ledgerId }: Actor, options: InvoiceOptions): Promise<void> {
    const items = (await this.invoices.summaries(ledgerId)).map(toInvoiceSummary);
    const rows = items.map((one) => [
      one.contractCode,
      one.period,
      one.number,
      one.issueDate,
      one.kind,
      one.grossMad,
      one.currency,
      one.state,
    ]);
    const header = ['Contract', 'Period', 'Number', 'Issued', 'Kind', 'Total', 'Currency', 'State'];
    answer({ document: { items }, text: table(header, rows, [5]) }, options.json);
  }

  private async check(actor: Actor, name: string, { json }: InvoiceOptions): Promise<void> {
    const { row } = await this.named(actor, name);
    const check = await this.checks.check(actor.ledgerId, row.invoiceId);
    answer({ document: check, text: checkText(check) }, json);
  }

  private async step(
    actor: Actor,
    name: string,
    options: InvoiceOptions & { readonly state: string },
  ): Promise<void> {
    const { state, mad = null } = options;
    const { data, error } = InvoiceStepRequest.safeParse({
      state,
      outcome: options.outcome?.toUpperCase() ?? null,
      note: options.note ?? '',
      ...(state === 'OPEN' ? { disputedMad: mad } : { upheldMad: mad }),
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const { row } = await this.named(actor, name);
    const { dryRun = false } = options;
    const received = await this.checks.step(actor, row.invoiceId, data, { dryRun });
    const document = toStepResponse(received, dryRun);
    const tried = dryRun ? `\nNothing was decided. ${document.cannotBeTakenBack}` : '';
    const text = `${row.number}: ${state}; undisputed ${document.payableUndisputedMad} ${document.currency}${tried}`;
    answer({ document, text }, options.json);
  }

  private async pack(
    actor: Actor,
    name: string,
    { folder, json }: InvoiceOptions & { readonly folder: string },
  ): Promise<void> {
    const { row } = await this.named(actor, name);
    const pack = await this.checks.pack(actor.ledgerId, row.invoiceId);
    const document = { ...pack, received: toInvoiceResponse(pack.received) };
    const files = {
      'pack.json': JSON.stringify(document, null, 2),
      'hours.csv': hoursCsv(pack.hours),
      'check.txt': `${checkText(pack.check)}\n`,
    };
    requireFolderFor('/folder', folder, Object.keys(files));
    for (const [file, text] of Object.entries(files))
      writeNewFile('/folder', join(folder, file), text);
    const text = `Wrote ${join(folder, 'pack.json')}, hours.csv and check.txt.`;
    answer({ document, text }, json);
  }

  /** By its number or its id. @throws DomainError `supplier_invoice.not_found` */
  private async named({ ledgerId }: Actor, name: string): Promise<ReceivedInvoice> {
    const all = await this.invoices.list(ledgerId);
    const numbered = all.filter(({ row }) => row.number === name);
    // Of a number that was voided and used again, the last is meant; ids name the others.
    const sellers = new Set(numbered.map(({ row }) => row.sellerCode));
    const last = numbered.toSorted((a, b) => b.row.reuse - a.row.reuse)[0];
    if (last !== undefined && sellers.size === 1) return last;
    const id =
      numbered.length > 0 ? name : await this.ids.resolve(ledgerId, 'supplier invoice', name);
    const found = all.filter(({ row }) => row.invoiceId === id);
    if (found.length === 1) return found[0]!;
    throw new DomainError('supplier_invoice.not_found', { invoiceId: name });
  }
}
