import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { SettlementModule } from '../settlement/settlement.module.js';
import { SigningModule } from '../signing/signing.module.js';
import { StatementsModule } from '../statements/statements.module.js';
import { AttestationsService } from './attestations.service.js';
import { PackContentsService } from './pack-contents.service.js';
import { PackLogService } from './pack-log.service.js';
import { PacksService } from './packs.service.js';
import { PopulationQueries } from './population.queries.js';

@Module({
  imports: [LedgerModule, SettlementModule, SigningModule, StatementsModule],
  providers: [
    AttestationsService,
    PackContentsService,
    PackLogService,
    PacksService,
    PopulationQueries,
  ],
  exports: [AttestationsService, PacksService],
})
export class AttestationModule {}
