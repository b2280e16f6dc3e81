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
import { CheckpointDeliveriesController } from './deliveries/checkpoint-deliveries.controller.js';
import { CheckpointDeliveriesService } from './deliveries/checkpoint-deliveries.service.js';
import { CheckpointDeliveryJob } from './deliveries/checkpoint-delivery.job.js';
import { CheckpointStampJob } from './stamps/checkpoint-stamp.job.js';
import { CheckpointStampsService } from './stamps/checkpoint-stamps.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [SigningController, PublicLogController, CheckpointDeliveriesController],
  providers: [
    CheckpointJob,
    CheckpointsService,
    CheckpointStampJob,
    CheckpointDeliveryJob,
    CheckpointDeliveriesService,
    CheckpointStampsService,
    LogProofsService,
    SigningKeysService,
    { provide: Signer, useFactory: signerOf, inject: [CONFIG, Ids] },
  ],
  exports: [
    CheckpointDeliveriesService,
    CheckpointsService,
    CheckpointStampsService,
    LogProofsService,
    SigningKeysService,
  ],
})
export class SigningModule {}
