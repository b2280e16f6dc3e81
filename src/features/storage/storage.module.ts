import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { AssetsModule } from '../assets/assets.module.js';
import { CertificatesModule } from '../certificates/certificates.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { StorageCertificatesService } from './runs/storage-certificates.service.js';
import { StorageController } from './storage.controller.js';
import { StorageRecordsService } from './records/storage-records.service.js';
import { StorageQueries } from './storage.queries.js';
import { StorageRepository } from './storage.repository.js';
import { StorageService } from './runs/storage.service.js';
import { STORAGE_TERMS } from './terms/storage-terms.kind.js';
import { StorageTermsService } from './terms/storage-terms.service.js';
import { StorageViewService } from './storage-view.service.js';

@Module({
  imports: [LedgerModule, AssetsModule, ImportsModule, CertificatesModule],
  controllers: [StorageController, recordController(STORAGE_TERMS)],
  providers: [
    StorageService,
    StorageRecordsService,
    StorageCertificatesService,
    StorageTermsService,
    StorageViewService,
    StorageRepository,
    StorageQueries,
  ],
  exports: [StorageService, StorageRecordsService, StorageTermsService, StorageViewService],
})
export class StorageModule {}
