import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AssetsService } from './assets.service.js';
import { METER } from './meter.kind.js';
import { PLANT } from './plant.kind.js';
import { SITE } from './site.kind.js';
import { TENANT } from './tenant.kind.js';

@Module({
  imports: [LedgerModule],
  controllers: [SITE, METER, PLANT, TENANT].map((kind) => recordController(kind)),
  providers: [AssetsService],
  exports: [AssetsService],
})
export class AssetsModule {}
