import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ORGANISATION } from './organisation.kind.js';
import { PartiesService } from './parties.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [recordController(ORGANISATION)],
  providers: [PartiesService],
  exports: [PartiesService],
})
export class PartiesModule {}
