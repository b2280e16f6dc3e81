import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { type InvoiceStep, isVoided, voidFault } from '../../../core/invoicing/life.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { SupplierInvoicesRepository } from './supplier-invoices.repository.js';
import type { SupplierInvoiceStepEntity } from './supplier-invoice-step.entity.js';
import { type ReceivedInvoice, stepRow, VOID_ROWS } from './supplier-invoice.document.js';
import { PAYABLES_LOCK, SupplierInvoicesService } from './supplier-invoices.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** Voids documents that should never have been received (INVOICING 1). */
@Injectable()
export class VoidingService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly invoices: SupplierInvoicesService,
    private readonly payables: SupplierInvoicesRepository,
  ) {}

  /** Documents that were voided, and whether a number was free. */
  replayed(): Replayed {
    return {
      rows: {
        [VOID_ROWS]: async (tx, { eventId }) =>
          (await this.payables.stepsOf(tx, eventId)).map(stepRow),
      },
      checks: [(tx) => this.numberInUseTwice(tx)],
    };
  }

  /**
   * Voids a document: no check, payment or entry counts it from then on, and its number is free again.
   * It needs neither terms nor a settlement, for it may be of another contract altogether.
   *
   * @throws DomainError `supplier_invoice.not_found`, `supplier_invoice.step_refused` where its dispute
   *   is at its end, or a document that corrects it stands
   */
  void(actor: Actor, invoiceId: string, step: InvoiceStep): Promise<ReceivedInvoice> {
    const { ledgerId } = actor;
    return this.scope.write({ ledgerId, lock: PAYABLES_LOCK }, async (tx) => {
      const received = await this.invoices.getIn(tx, invoiceId);
      const { steps } = received;
      const state = steps.at(-1)?.state ?? 'RECEIVED';
      const reason = voidFault(step, {
        state,
        correctedBy: await this.correctedBy(tx, received),
      });
      if (reason !== null) {
        const refused = { invoiceId, from: state, to: step.state, reason };
        throw new DomainError('supplier_invoice.step_refused', refused);
      }
      const row = await this.ledger.record(tx, actor, async (at) => {
        const next: SupplierInvoiceStepEntity = {
          ...at,
          invoiceId,
          step: steps.length + 1,
          ...step,
          runId: null,
          checkDocument: null,
          checkSha256: null,
        };
        await this.payables.addStep(tx, next);
        return {
          type: 'supplier_invoice.voided',
          supersedes: [received.row.eventId],
          body: { rows: VOID_ROWS, invoiceId, step: next.step, state: next.state },
          rows: [stepRow(next)],
          result: next,
        };
      });
      return { ...received, steps: [...steps, row] };
    });
  }

  /** Documents of the seller that name this one as what they correct, and were not voided. */
  private async correctedBy(
    tx: LedgerTx,
    { row: { contractCode, number } }: ReceivedInvoice,
  ): Promise<string[]> {
    const all = await this.invoices.listIn(tx, { contractCode });
    return all
      .filter(({ invoice, steps }) => invoice.corrects === number && !isVoided(steps))
      .map(({ row }) => row.number);
  }

  /** A number is in use once: documents that had it before are voided. */
  private async numberInUseTwice(tx: LedgerTx) {
    const twice = await this.payables.usedAgain(tx);
    if (twice === null) return null;
    const seq = await this.ledger.seqOf(tx, twice.eventId);
    const detail = `Document ${twice.number} was received again under a number that was not free.`;
    return { seq, check: 'supplier_invoice_number', detail };
  }
}
