import { Module } from '@nestjs/common';
import { FileSigner } from '../../platform/signing/file-signer.js';
import { Signer } from '../../platform/signing/signer.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { CheckpointJob } from './checkpoint.job.js';
import { CheckpointsService } from './checkpoints.service.js';
import { LogProofsService } from './log-proofs.service.js';
import { PublicLogController } from './public-log.controller.js';
import { SigningController } from './signing.controller.js';
import { SigningKeysService } from './signing-keys.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [SigningController, PublicLogController],
  providers: [
    CheckpointJob,
    CheckpointsService,
    LogProofsService,
    SigningKeysService,
    { provide: Signer, useClass: FileSigner },
  ],
  exports: [CheckpointsService, LogProofsService, SigningKeysService],
})
export class SigningModule {}
