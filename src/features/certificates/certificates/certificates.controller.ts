import type { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../../platform/auth/roles.js';
import {
  CallerGone,
  requireUpload,
  STREAMED_TYPES,
  UploadedFile,
} from '../../../platform/http/uploads.js';
import { type FileImportResponse, toFileImport } from '../../imports/file-import.schemas.js';
import {
  CertificateImportResponse,
  CertificateListResponse,
  CertificateQuery,
  toCertificateListResponse,
} from './certificates.schemas.js';
import { CertificateIntakeService } from './certificate-intake.service.js';
import { CertificatesService } from './certificates.service.js';

@ApiTags('certificates')
@Controller('v1')
export class CertificatesController {
  constructor(
    private readonly certificates: CertificatesService,
    private readonly intake: CertificateIntakeService,
  ) {}

  @Post('imports/certificates')
  @Roles('operator', 'energy-manager')
  @ApiOperation({ summary: 'Take in certificates as CSV or JSON, whole or not at all.' })
  @ApiHeader({
    name: 'X-Mizan-Signature',
    required: false,
    description: 'Detached JWS (EdDSA) of the issuer over the bytes of the file',
  })
  @ApiConsumes(...STREAMED_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: CertificateImportResponse })
  async importFile(
    @CurrentActor() actor: Actor,
    @Headers('content-type') type: string | undefined,
    @Headers('x-mizan-signature') signature: string | undefined,
    @Query({ schema: UploadedFile }) { fileName, dryRun }: UploadedFile,
    @Body() body: Readable,
    @CallerGone() signal: AbortSignal,
  ): Promise<FileImportResponse> {
    const format = type?.includes('json') === true ? 'json' : 'csv';
    const bytes = requireUpload(body);
    return toFileImport(
      await this.intake.importFile(
        actor,
        { fileName, format, signature: signature ?? null, dryRun, signal },
        bytes,
      ),
    );
  }

  @Get('certificates')
  @Roles('operator', 'energy-manager', 'finance', 'auditor')
  @ApiOperation({ summary: 'List certificates of a period, by start, plant and external id.' })
  @ApiOkResponse({ standardSchema: CertificateListResponse })
  async list(
    @CurrentActor() { ledgerId }: Actor,
    @Query({ schema: CertificateQuery }) { plantCode, from, to }: CertificateQuery,
  ): Promise<CertificateListResponse> {
    return toCertificateListResponse(
      await this.certificates.list(ledgerId, {
        plantCode: plantCode ?? null,
        startMs: Date.parse(from),
        endMs: Date.parse(to),
      }),
    );
  }
}
