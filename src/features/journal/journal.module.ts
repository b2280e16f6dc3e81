import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { PayablesModule } from '../payables/payables.module.js';
import { SettlementModule } from '../settlement/settlement.module.js';
import { ACCOUNT_MAP } from './account-map.kind.js';
import { AccountMapsService } from './account-maps.service.js';
import { EntriesToBookService } from './entries-to-book.service.js';
import { JournalController } from './journal.controller.js';
import { JournalRepository } from './journal.repository.js';
import { JournalTraceService } from './journal-trace.service.js';
import { JournalService } from './journal.service.js';

@Module({
  imports: [LedgerModule, ContractsModule, SettlementModule, PayablesModule],
  controllers: [recordController(ACCOUNT_MAP), JournalController],
  providers: [
    JournalService,
    JournalTraceService,
    EntriesToBookService,
    AccountMapsService,
    JournalRepository,
  ],
  exports: [JournalService, JournalTraceService, AccountMapsService],
})
export class JournalModule {}
