import { Injectable } from '@nestjs/common';
import { engineStamp, requireMadeHere } from '../../../core/engines.js';
import { DomainError } from '../../../core/errors.js';
import { type SettledHour, hoursBehind } from '../../../core/settlement/hourly.js';
import { type InvoiceState, type InvoiceStep, stepFault } from '../../../core/invoicing/life.js';
import { type Canonical, canonicalJson } from '../../../core/ledger/canonical.js';
import { sha256 } from '../../../core/ledger/merkle.js';
import { clausesOf } from '../../../core/settlement/clauses.js';
import { explainContract } from '../../../core/settlement/elections/explain.js';
import type { Sentence } from '../../../core/settlement/elections/sentences.js';
import { MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { CheckComputationService } from './check-computation.service.js';
import { SupplierInvoicesRepository } from '../received/supplier-invoices.repository.js';
import type { SupplierInvoiceStepEntity } from '../received/supplier-invoice-step.entity.js';
import {
  type InvoiceCheckDocument,
  type ReceivedInvoice,
  signedGrossMad,
  STEP_ROWS,
  stepRow,
} from '../received/supplier-invoice.document.js';
import { PAYABLES_LOCK } from '../received/supplier-invoices.service.js';
import { VoidingService } from '../received/voiding.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** What goes with a dispute: the check, the contract's words, the hours behind. */
export interface DisputePack {
  readonly received: ReceivedInvoice;
  readonly check: InvoiceCheckDocument;
  readonly clauses: readonly Sentence[];
  readonly hours: readonly SettledHour[];
  readonly matchingRunIds: readonly string[];
}

/** Checks suppliers' documents against our settlements, and decides on them. */
@Injectable()
export class InvoiceChecksService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly basis: CheckComputationService,
    private readonly voiding: VoidingService,
    private readonly payables: SupplierInvoicesRepository,
  ) {}

  /** Decisions on documents. */
  replayed(): Replayed {
    return {
      rows: {
        [STEP_ROWS]: async (tx, { eventId }) =>
          (await this.payables.stepsOf(tx, eventId)).map(stepRow),
      },
    };
  }

  /**
   * Checks a document against the last settlement of its period.
   *
   * @throws DomainError `supplier_invoice.not_found`, `supplier_invoice.voided`,
   *   `supplier_invoice.no_terms`, `supplier_invoice.not_settled`
   */
  async check(ledgerId: string, invoiceId: string): Promise<InvoiceCheckDocument> {
    return (await this.scope.readHeavy(ledgerId, (tx) => this.basis.checked(tx, invoiceId))).check;
  }

  /** As `check`, with the contract's version that its run settled by. @throws DomainError as `check` */
  async checkOfRun(
    ledgerId: string,
    invoiceId: string,
  ): Promise<{ readonly check: InvoiceCheckDocument; readonly contractVersion: number }> {
    const { check, run } = await this.scope.readHeavy(ledgerId, (tx) =>
      this.basis.checked(tx, invoiceId),
    );
    return { check, contractVersion: run.run.contractVersion };
  }

  /**
   * Accepts a document, opens a dispute and takes it to its end, or voids the document. The check as it
   * is then is kept; a document is voided without one.
   *
   * @throws DomainError as `check`; `supplier_invoice.step_refused`
   */
  async step(
    actor: Actor,
    invoiceId: string,
    step: InvoiceStep,
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<ReceivedInvoice> {
    if (dryRun) return this.scope.tryTogether(() => this.step(actor, invoiceId, step));
    if (step.state === 'VOIDED') return this.voiding.void(actor, invoiceId, step);
    const { ledgerId } = actor;
    return this.scope.write({ ledgerId, lock: PAYABLES_LOCK }, async (tx) => {
      const { received, check, run } = await this.basis.checked(tx, invoiceId);
      const { invoice, steps } = received;
      const state: InvoiceState = steps.at(-1)?.state ?? 'RECEIVED';
      const disputedMad = steps.find((one) => one.state === 'OPEN')?.disputedMad ?? null;
      const reason = stepFault(step, {
        state,
        verdict: check.verdict,
        grossMad: signedGrossMad(invoice),
        disputedMad,
      });
      if (reason !== null) {
        throw new DomainError('supplier_invoice.step_refused', {
          invoiceId,
          from: state,
          to: step.state,
          reason,
        });
      }
      const stamped = { ...check, ...engineStamp('invoice check') };
      const text = canonicalJson(stamped as unknown as Canonical);
      const row = await this.ledger.record(tx, actor, async (at) => {
        const next: SupplierInvoiceStepEntity = {
          ...at,
          invoiceId,
          step: steps.length + 1,
          ...step,
          runId: run.run.runId,
          checkDocument: Buffer.from(text),
          checkSha256: Buffer.from(sha256(text)),
        };
        await this.payables.addStep(tx, next);
        return {
          type: 'supplier_invoice.decided',
          body: { rows: STEP_ROWS, invoiceId, step: next.step, state: next.state },
          rows: [stepRow(next)],
          result: next,
        };
      });
      return { ...received, steps: [...steps, row] };
    });
  }

  /** What a dispute is sent with. @throws DomainError as `check` */
  pack(ledgerId: string, invoiceId: string): Promise<DisputePack> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const { received, check, run } = await this.basis.checked(tx, invoiceId);
      const { input, matching } = run.document;
      requireMadeHere('settlement', run.document);
      const off = check.lines.filter(({ classes }) => classes.length > 0);
      const kinds = new Set(off.map(({ kind }) => kind).filter((kind) => kind !== null));
      return {
        received,
        check,
        clauses: clausesOf(explainContract(input.elections), kinds),
        hours: hoursBehind(input, MOROCCO_LEGAL_TIME, kinds),
        matchingRunIds: matching.map(({ matchingRunId }) => matchingRunId),
      };
    });
  }
}
