import { Module } from '@nestjs/common';
import { signerOf } from '../../platform/signing/signer-of.js';
import { Signer } from '../../platform/signing/signer.js';
import { CONFIG } from '../../platform/config.js';
import { Ids } from '../../platform/ids.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { CheckpointJob } from './checkpoint.job.js';
import { CheckpointsService } from './checkpoints.service.js';
import { LogProofsService } from './log-proofs.service.js';
import { PublicLogController } from './public-log.controller.js';
import { SigningController } from './signing.controller.js';
import { SigningKeysService } from './signing-keys.service.js';
import { CheckpointStampJob } from './stamps/checkpoint-stamp.job.js';
import { CheckpointStampsService } from './stamps/checkpoint-stamps.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [SigningController, PublicLogController],
  providers: [
    CheckpointJob,
    CheckpointsService,
    CheckpointStampJob,
    CheckpointStampsService,
    LogProofsService,
    SigningKeysService,
    { provide: Signer, useFactory: signerOf, inject: [CONFIG, Ids] },
  ],
  exports: [CheckpointsService, CheckpointStampsService, LogProofsService, SigningKeysService],
})
export class SigningModule {}
