import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { OrganisationController } from './parties.controller.js';
import { PartiesService } from './parties.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [OrganisationController],
  providers: [PartiesService],
  exports: [PartiesService],
})
export class PartiesModule {}
