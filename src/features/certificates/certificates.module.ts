import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { BundlesController, TransferConsentController } from './bundles.controller.js';
import { BundlesRepository } from './bundles.repository.js';
import { BundlesService } from './bundles.service.js';
import { ExpiryJob } from './expiry.job.js';
import { ExpiryService } from './expiry.service.js';
import { IssuerController } from './issuers.controller.js';
import { IssuersService } from './issuers.service.js';
import { CertificateFileService } from './certificate-file.service.js';
import { CertificatesController } from './certificates.controller.js';
import { CertificatesRepository } from './certificates.repository.js';
import { CertificatesService } from './certificates.service.js';

@Module({
  imports: [LedgerModule, AssetsModule, ImportsModule],
  controllers: [
    CertificatesController,
    BundlesController,
    TransferConsentController,
    IssuerController,
  ],
  providers: [
    CertificatesService,
    CertificatesRepository,
    CertificateFileService,
    BundlesService,
    IssuersService,
    ExpiryService,
    ExpiryJob,
    BundlesRepository,
  ],
  exports: [CertificatesService, BundlesService, IssuersService, ExpiryService, ExpiryJob],
})
export class CertificatesModule {}
