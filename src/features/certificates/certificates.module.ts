import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { BundlesController, TransferConsentController } from './bundles.controller.js';
import { BundlesQueries } from './bundles.queries.js';
import { BundlesRepository } from './bundles.repository.js';
import { BundleQueueService } from './bundle-queue.service.js';
import { BundlesService } from './bundles.service.js';
import { ExpiryJob } from './expiry.job.js';
import { ExpiryService } from './expiry.service.js';
import { IssuerController } from './issuers.controller.js';
import { IssuersService } from './issuers.service.js';
import { CertificateFileService } from './certificate-file.service.js';
import { CertificateIntakeService } from './certificate-intake.service.js';
import { CertificateSourcesService } from './certificate-sources.service.js';
import { CertificateWritingService } from './certificate-writing.service.js';
import { CertificatesController } from './certificates.controller.js';
import { CertificatesRepository } from './certificates.repository.js';
import { CertificatesService } from './certificates.service.js';
import { RegistriesService } from './registries.service.js';
import { RegistryController, TransfersController } from './registries.controller.js';
import { TransferConsentsService } from './transfer-consents.service.js';
import { TransfersService } from './transfers.service.js';

@Module({
  imports: [LedgerModule, AssetsModule, ImportsModule],
  controllers: [
    TransfersController,
    RegistryController,
    CertificatesController,
    BundlesController,
    TransferConsentController,
    IssuerController,
  ],
  providers: [
    CertificatesService,
    CertificatesRepository,
    CertificateFileService,
    CertificateIntakeService,
    CertificateSourcesService,
    CertificateWritingService,
    RegistriesService,
    TransfersService,
    BundlesService,
    BundleQueueService,
    TransferConsentsService,
    IssuersService,
    ExpiryService,
    ExpiryJob,
    BundlesRepository,
    BundlesQueries,
  ],
  exports: [
    CertificatesService,
    CertificateIntakeService,
    CertificateSourcesService,
    RegistriesService,
    TransfersService,
    BundlesService,
    BundleQueueService,
    TransferConsentsService,
    IssuersService,
    ExpiryService,
    ExpiryJob,
  ],
})
export class CertificatesModule {}
