import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { CertificateFileService } from './certificate-file.service.js';
import { CertificatesController } from './certificates.controller.js';
import { CertificatesRepository } from './certificates.repository.js';
import { CertificatesService } from './certificates.service.js';

@Module({
  imports: [AssetsModule, ImportsModule],
  controllers: [CertificatesController],
  providers: [CertificatesService, CertificatesRepository, CertificateFileService],
  exports: [CertificatesService],
})
export class CertificatesModule {}
