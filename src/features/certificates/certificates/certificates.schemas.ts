import { z } from 'zod';
import { CERTIFICATE_STATUSES } from '../../../core/certificates/certificate.js';
import { CERTIFICATE_FLAGS } from '../../../core/certificates/plausibility.js';
import type { ListedCertificate } from './certificates.repository.js';
import { formatInstant } from '../../../core/time/interval.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { Instant } from '../../../core/shapes/values.shape.js';
import { spanOfDays } from '../../../platform/http/schemas.js';
import { FileImportResponse } from '../../imports/file-import.schemas.js';

export const CertificateQuery = z
  .strictObject({
    plantCode: RecordCode.optional(),
    from: Instant.describe('Start of the period, inclusive'),
    to: Instant.describe('End of the period, exclusive; at most 31 days after the start'),
  })
  .superRefine(spanOfDays(31));
export type CertificateQuery = z.output<typeof CertificateQuery>;

export const CertificateImportResponse = FileImportResponse.meta({ id: 'CertificateImport' });

export const CertificateListResponse = z
  .object({
    items: z.array(
      z.object({
        certificateId: z.uuid(),
        plantCode: RecordCode,
        start: Instant,
        end: Instant,
        wh: z.int().min(0),
        externalId: z.string(),
        issuer: z.string(),
        status: z.literal(CERTIFICATE_STATUSES).describe('As its issuer stated it'),
        ownerCode: RecordCode.describe('Owner at issuance'),
        isStorage: z.boolean().describe('Whether a storage device gave back what it certifies'),
        signedBy: z.string().nullable().describe('Key that signed its file; null = not signed'),
        flags: z.array(z.literal(CERTIFICATE_FLAGS)).describe('What looked wrong when it came'),
      }),
    ),
  })
  .meta({ id: 'CertificateList' });
export type CertificateListResponse = z.output<typeof CertificateListResponse>;

export function toCertificateListResponse(
  certificates: readonly ListedCertificate[],
): CertificateListResponse {
  return {
    items: certificates.map((one) => ({
      certificateId: one.certificateId,
      plantCode: one.plantCode,
      start: formatInstant(one.startMs),
      end: formatInstant(one.endMs),
      wh: one.wh,
      externalId: one.externalId,
      issuer: one.issuer,
      status: one.status,
      ownerCode: one.ownerCode,
      isStorage: one.isStorage,
      signedBy: one.signedBy,
      flags: [...one.flags],
    })),
  };
}
