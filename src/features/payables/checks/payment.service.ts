import { Injectable } from '@nestjs/common';
import { dueOn } from '../../../core/contracts/due-date.js';
import { DomainError } from '../../../core/errors.js';
import { payableMad } from '../../../core/invoicing/life.js';
import { lateFineMad, lateInterestMad } from '../../../core/settlement/interest.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import { PricesService } from '../../prices/prices.service.js';
import { requireNotVoided } from './check-computation.service.js';
import { InvoiceRatesService } from '../received/invoice-rates.service.js';
import type { PaymentQuery, PaymentResponse } from './check-reports.schemas.js';
import { signedGrossMad } from '../received/supplier-invoice.document.js';
import { SupplierInvoicesService } from '../received/supplier-invoices.service.js';

/** What is to be paid of a supplier's document, when, and what being late costs. */
@Injectable()
export class PaymentService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly invoices: SupplierInvoicesService,
    private readonly contracts: ContractsService,
    private readonly prices: PricesService,
    private readonly rates: InvoiceRatesService,
  ) {}

  /**
   * By the contract that was in force when the document was issued. Interest is on what is payable, in
   * the document's currency; the
   * fine of law 69-21 is the buyer's own to declare, on the total, and only shown beside it.
   *
   * @throws DomainError `supplier_invoice.not_found`, `supplier_invoice.voided`,
   *   `settlement.no_elections`, `record.not_found`,
   *   `settlement.reference_missing` beyond what the calendar knows
   */
  of(
    ledgerId: string,
    invoiceId: string,
    { calendarCode, paidOn, policyRatePct }: PaymentQuery,
  ): Promise<PaymentResponse> {
    return this.scope.read(ledgerId, async (tx) => {
      const received = await this.invoices.getIn(tx, invoiceId);
      requireNotVoided(received);
      const { row, invoice, steps } = received;
      const { contractCode, issueDate } = row;
      const contract = await this.contracts.versionOn(tx, contractCode, issueDate);
      if (contract.elections === null) {
        const { version } = contract;
        const fix = 'Add a version of the contract with its elections.';
        throw new DomainError('settlement.no_elections', { contractCode, version, fix });
      }
      const { paymentDays, dispute, lateInterest } = contract.elections.cycle;
      const calendar =
        calendarCode === undefined ? null : await this.prices.holidayCalendar(tx, calendarCode);
      const due = dueOn(issueDate, paymentDays, calendar);
      const grossMad = signedGrossMad(invoice);
      const dirhams = (await this.rates.converter(tx))(invoice);
      const payable = payableMad(grossMad, steps, dispute);
      const paid = paidOn === undefined ? null : { dueOn: due, paidOn };
      return {
        currency: invoice.currency,
        dueOn: due,
        statedDueOn: invoice.dueDate,
        payableMad: payable,
        interestMad:
          paid === null
            ? null
            : lateInterestMad({ principalMad: payable, ...lateInterest, ...paid }),
        fineMad:
          paid === null || policyRatePct === undefined || dirhams === null
            ? null
            : lateFineMad({ grossMad: signedGrossMad(dirhams.invoice), policyRatePct, ...paid }),
      };
    });
  }
}
