import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { PricesModule } from '../prices/prices.module.js';
import { SettlementModule } from '../settlement/settlement.module.js';
import { ChargedDocumentsService } from './checks/charged-documents.service.js';
import { CheckComputationService } from './checks/check-computation.service.js';
import { CompletenessService } from './checks/completeness.service.js';
import { InvoiceChecksService } from './checks/invoice-checks.service.js';
import { InvoiceAssignmentService } from './received/invoice-assignment.service.js';
import { INVOICE_TERMS } from './checks/invoice-terms.kind.js';
import { InvoiceTermsService } from './checks/invoice-terms.service.js';
import { PayablesController } from './payables.controller.js';
import { SupplierInvoicesRepository } from './received/supplier-invoices.repository.js';
import { InvoiceRatesService } from './received/invoice-rates.service.js';
import { InvoiceTraceService } from './checks/invoice-trace.service.js';
import { OpenDisputesService } from './received/open-disputes.service.js';
import { PaymentService } from './checks/payment.service.js';
import { SupplierInvoiceFileService } from './received/supplier-invoice-file.service.js';
import { SupplierInvoicesService } from './received/supplier-invoices.service.js';
import { VoidingService } from './received/voiding.service.js';

@Module({
  imports: [LedgerModule, ContractsModule, PartiesModule, PricesModule, SettlementModule],
  controllers: [recordController(INVOICE_TERMS), PayablesController],
  providers: [
    SupplierInvoicesService,
    SupplierInvoiceFileService,
    InvoiceAssignmentService,
    InvoiceChecksService,
    CheckComputationService,
    InvoiceTermsService,
    CompletenessService,
    ChargedDocumentsService,
    PaymentService,
    VoidingService,
    OpenDisputesService,
    InvoiceRatesService,
    InvoiceTraceService,
    SupplierInvoicesRepository,
  ],
  exports: [
    OpenDisputesService,
    ChargedDocumentsService,
    InvoiceTraceService,
    SupplierInvoicesService,
    InvoiceChecksService,
    InvoiceTermsService,
    CompletenessService,
  ],
})
export class PayablesModule {}
