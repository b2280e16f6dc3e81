import { Module } from '@nestjs/common';
import { recordController } from '../../platform/http/record-controller.js';
import { AssetsModule } from '../assets/assets.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { BundlesController } from './bundles/bundles.controller.js';
import { BundlesQueries } from './bundles/bundles.queries.js';
import { BundlesRepository } from './bundles/bundles.repository.js';
import { BundleQueueService } from './bundles/bundle-queue.service.js';
import { BundlesService } from './bundles/bundles.service.js';
import { ExpiryJob } from './expiry/expiry.job.js';
import { ExpiryService } from './expiry/expiry.service.js';
import { ISSUER } from './registries/issuer.kind.js';
import { IssuersService } from './registries/issuers.service.js';
import { CertificateFileService } from './certificates/certificate-file.service.js';
import { CertificateIntakeService } from './certificates/certificate-intake.service.js';
import { CertificateSourcesService } from './certificates/certificate-sources.service.js';
import { CertificateWritingService } from './certificates/certificate-writing.service.js';
import { CertificatesController } from './certificates/certificates.controller.js';
import { CertificatesRepository } from './certificates/certificates.repository.js';
import { CertificatesService } from './certificates/certificates.service.js';
import { RegistriesService } from './registries/registries.service.js';
import { REGISTRY } from './registries/registry.kind.js';
import { TRANSFER_CONSENT } from './transfers/transfer-consent.kind.js';
import { TransfersController } from './transfers/transfers.controller.js';
import { TransferConsentsService } from './transfers/transfer-consents.service.js';
import { TransfersService } from './transfers/transfers.service.js';

@Module({
  imports: [LedgerModule, AssetsModule, ImportsModule],
  controllers: [
    TransfersController,
    recordController(REGISTRY),
    CertificatesController,
    BundlesController,
    recordController(TRANSFER_CONSENT),
    recordController(ISSUER),
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
