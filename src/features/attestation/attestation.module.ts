import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { SettlementModule } from '../settlement/settlement.module.js';
import { SigningModule } from '../signing/signing.module.js';
import { StatementsModule } from '../statements/statements.module.js';
import { AttestationController } from './attestation.controller.js';
import { AttestationJobHandler } from './attestation.job.js';
import { AttestationJobsRepository } from './attestation-jobs.repository.js';
import { AttestationJobsService } from './attestation-jobs.service.js';
import { PackFilesService } from './pack-files.service.js';
import { AttestationsService } from './attestations.service.js';
import { PackContentsService } from './pack-contents.service.js';
import { PackLogService } from './pack-log.service.js';
import { PacksService } from './packs.service.js';
import { PopulationQueries } from './population.queries.js';

@Module({
  imports: [LedgerModule, SettlementModule, SigningModule, StatementsModule],
  controllers: [AttestationController],
  providers: [
    AttestationJobHandler,
    AttestationJobsRepository,
    AttestationJobsService,
    PackFilesService,

    AttestationsService,
    PackContentsService,
    PackLogService,
    PacksService,
    PopulationQueries,
  ],
  exports: [AttestationJobsService, AttestationsService, PacksService],
})
export class AttestationModule {}
