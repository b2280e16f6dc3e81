import { Module } from '@nestjs/common';
import { KEY_RING } from '../../platform/auth/key.guard.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AccessController, PrincipalsController } from './access.controller.js';
import { AccessRepository } from './access.repository.js';
import { AccessService } from './access.service.js';
import { PrincipalsService } from './principals.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [AccessController, PrincipalsController],
  providers: [
    AccessService,
    PrincipalsService,
    AccessRepository,
    { provide: KEY_RING, useExisting: AccessService },
  ],
  exports: [AccessService, KEY_RING],
})
export class AccessModule {}
