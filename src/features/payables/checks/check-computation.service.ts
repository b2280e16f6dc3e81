import { Injectable } from '@nestjs/common';
import { engineVersionOf, isMadeHere } from '../../../core/engines.js';
import { DomainError } from '../../../core/errors.js';
import { checkInvoice } from '../../../core/invoicing/checks/check.js';
import { edgesOf } from '../../../core/invoicing/checks/bound-hours.js';
import { isVoided } from '../../../core/invoicing/life.js';
import { owedOf } from '../../../core/settlement/hourly.js';
import { civilDayOf, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { PricesService } from '../../prices/prices.service.js';
import { SettlementService } from '../../settlement/runs/settlement.service.js';
import type { Latest } from '../../settlement/runs/settlement.document.js';
import {
  type InDirhams,
  InvoiceRatesService,
  waitingForRate,
} from '../received/invoice-rates.service.js';
import { InvoiceTermsService } from './invoice-terms.service.js';
import {
  type InvoiceCheckDocument,
  isStanding,
  type ReceivedInvoice,
} from '../received/supplier-invoice.document.js';
import { SupplierInvoicesService } from '../received/supplier-invoices.service.js';

/** A document, checked, with the run that it was checked against. */
export interface Checked {
  readonly received: ReceivedInvoice;
  readonly check: InvoiceCheckDocument;
  readonly run: Latest;
}

/** Puts together what a check knows: documents, terms, the settlement, dated figures. */
@Injectable()
export class CheckComputationService {
  constructor(
    private readonly invoices: SupplierInvoicesService,
    private readonly terms: InvoiceTermsService,
    private readonly settlement: SettlementService,
    private readonly prices: PricesService,
    private readonly rates: InvoiceRatesService,
  ) {}

  /** @throws DomainError as `InvoiceChecksService.check` */
  async checked(tx: LedgerTx, invoiceId: string): Promise<Checked> {
    const received = await this.invoices.getIn(tx, invoiceId);
    requireNotVoided(received);
    const { contractCode, period } = received.row;
    const terms = await this.terms.ofContract(tx, contractCode);
    const runs = await this.settlement.lastRuns(tx, contractCode);
    const run = runs.find((one) => one.run.period === period);
    if (run === undefined) {
      const fix = `Settle ${period} first.`;
      throw new DomainError('supplier_invoice.not_settled', { contractCode, period, fix });
    }
    const { input } = run.document;
    const isHere = isMadeHere('settlement', run.document);
    const days = [input.startMs, input.endMs - 1].map((ms) => civilDayOf(MOROCCO_LEGAL_TIME, ms));
    const known = await this.prices.references(tx, {
      gridCode: null,
      firstDay: days[0]!,
      day: days[0]!,
    });
    const others = runs.filter((one) => one !== run).map(({ document }) => document.input);
    const { items, lineMad, linePct, documentMad, documentPct } = terms;
    const documents = await this.invoices.listIn(tx, { contractCode, period });
    const dirhams = await this.rates.converter(tx);
    const converted = (one: ReceivedInvoice): InDirhams => {
      const found = dirhams(one.invoice);
      if (found === null) throw waitingForRate(one);
      return found;
    };
    const { invoice, rate } = converted(received);
    const earlier = earlierThan(received, documents).map((one) => converted(one).invoice);
    const check = checkInvoice({
      invoice,
      received: received.invoice,
      earlier,
      items,
      tolerances: { lineMad, linePct, documentMad, documentPct },
      run: run.document,
      periodDays: [days[0]!, days[1]!],
      known,
      edges: isHere ? edgesOf(input, others, MOROCCO_LEGAL_TIME) : null,
      legalTime: MOROCCO_LEGAL_TIME,
    });
    const owed = owedOf(run.document, MOROCCO_LEGAL_TIME);
    const { runId, version: runVersion } = run.run;
    const said = {
      ...(rate === null ? {} : { rate }),
      ...(isHere ? {} : { notComputed: notComputedOf(run.document) }),
    };
    return { received, run, check: { ...check, runId, runVersion, period, owed, ...said } };
  }
}

/** @throws DomainError `supplier_invoice.voided`: it is in no check and no payment (INVOICING 1) */
export function requireNotVoided({ row: { invoiceId, number }, steps }: ReceivedInvoice): void {
  if (!isVoided(steps)) return;
  const reason = steps.at(-1)!.note;
  throw new DomainError('supplier_invoice.voided', { invoiceId, number, reason });
}

/** What a check against the figures of another engine cannot say. */
function notComputedOf(run: Latest['document']): string {
  const madeBy = `settlement engine ${engineVersionOf(run)}`;
  return `The run was made by ${madeBy}: causes, and what is owed on estimates, are not computed here.`;
}

/** Documents that stand and count before one: issued earlier; on one day by kind, then by number. */
function earlierThan(
  { row }: ReceivedInvoice,
  documents: readonly ReceivedInvoice[],
): ReceivedInvoice[] {
  return documents.filter(isStanding).filter(({ row: one }) => {
    if (one.invoiceId === row.invoiceId) return false;
    if (one.issueDate !== row.issueDate) return one.issueDate < row.issueDate;
    return one.kind !== row.kind || one.number < row.number;
  });
}
