import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { PricesModule } from '../prices/prices.module.js';
import { SettlementModule } from '../settlement/settlement.module.js';
import { BilledService } from './billed.service.js';
import { CheckBasisService } from './check-basis.service.js';
import { CompletenessService } from './completeness.service.js';
import { InvoiceChecksService } from './invoice-checks.service.js';
import { InvoicePlaceService } from './invoice-place.service.js';
import { InvoiceTermsService } from './invoice-terms.service.js';
import { InvoiceTermsController, PayablesController } from './payables.controller.js';
import { PayablesRepository } from './payables.repository.js';
import { InvoiceRatesService } from './invoice-rates.service.js';
import { InvoiceTraceService } from './invoice-trace.service.js';
import { PaymentService } from './payment.service.js';
import { SupplierInvoiceFileService } from './supplier-invoice-file.service.js';
import { SupplierInvoicesService } from './supplier-invoices.service.js';
import { VoidingService } from './voiding.service.js';

@Module({
  imports: [LedgerModule, ContractsModule, PartiesModule, PricesModule, SettlementModule],
  controllers: [InvoiceTermsController, PayablesController],
  providers: [
    ...[SupplierInvoicesService, SupplierInvoiceFileService, InvoicePlaceService],
    ...[InvoiceChecksService, CheckBasisService, InvoiceTermsService, CompletenessService],
    ...[
      BilledService,
      PaymentService,
      VoidingService,
      InvoiceRatesService,
      InvoiceTraceService,
      PayablesRepository,
    ],
  ],
  exports: [
    BilledService,
    InvoiceTraceService,
    SupplierInvoicesService,
    InvoiceChecksService,
    InvoiceTermsService,
    CompletenessService,
  ],
})
export class PayablesModule {}
