import { Module } from '@nestjs/common';
import { KEY_RING } from '../../platform/auth/key.guard.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AccessController, PrincipalsController } from './access.controller.js';
import { AccessRepository } from './access.repository.js';
import { AccessService } from './access.service.js';
import { MarkerController } from './marker.controller.js';
import { PrincipalsService } from './principals.service.js';
import { ResumptionsService } from './resumptions.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [AccessController, PrincipalsController, MarkerController],
  providers: [
    AccessService,
    ResumptionsService,
    PrincipalsService,
    AccessRepository,
    { provide: KEY_RING, useExisting: AccessService },
  ],
  exports: [AccessService, PrincipalsService, ResumptionsService, KEY_RING],
})
export class AccessModule {}
