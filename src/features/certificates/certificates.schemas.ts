import { z } from 'zod';
import { CERTIFICATE_STATUSES } from '../../core/certificates/certificate.js';
import { CERTIFICATE_FLAGS } from '../../core/certificates/plausibility.js';
import type { ListedCertificate } from './certificates.repository.js';
import { DAY_MS, formatInstant } from '../../core/time/interval.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Instant } from '../../platform/http/schemas.js';
import type { ImportResult } from '../imports/imports.service.js';

export const CertificateFile = z.strictObject({
  fileName: z.string().min(1).max(200).default('upload').describe('Name to keep, as text only'),
});
export type CertificateFile = z.output<typeof CertificateFile>;

export const CertificateQuery = z
  .strictObject({
    plantCode: RecordCode.optional(),
    from: Instant.describe('Start of the period, inclusive'),
    to: Instant.describe('End of the period, exclusive; at most 31 days after the start'),
  })
  .refine(
    ({ from, to }) =>
      Date.parse(to) > Date.parse(from) && Date.parse(to) - Date.parse(from) <= 31 * DAY_MS,
    {
      path: ['to'],
      error: 'must be after `from`, and at most 31 days after it',
    },
  );
export type CertificateQuery = z.output<typeof CertificateQuery>;

const Count = z.int().min(0);
export const CertificateImportResponse = z
  .object({
    alreadyImported: z.boolean().describe('The same bytes came before; nothing was done'),
    importId: z.uuid(),
    fileName: z.string(),
    fileSha256: z.string(),
    rowCount: Count,
    newCount: Count,
    identicalCount: Count,
    totalWh: Count.describe('Control total of the file, Wh'),
    eventId: z.uuid(),
  })
  .meta({ id: 'CertificateImport' });
export type CertificateImportResponse = z.output<typeof CertificateImportResponse>;

export function toCertificateImportResponse(result: ImportResult): CertificateImportResponse {
  const { importId, fileName, fileSha256, rowCount, newCount } = result.file;
  const { identicalCount, totalWh, eventId } = result.file;
  return {
    alreadyImported: result.alreadyImported,
    ...{ importId, fileName, fileSha256, rowCount, newCount, identicalCount, totalWh, eventId },
  };
}

export const CertificateListResponse = z
  .object({
    items: z.array(
      z.object({
        certificateId: z.uuid(),
        plantCode: RecordCode,
        start: Instant,
        end: Instant,
        wh: Count,
        externalId: z.string(),
        issuer: z.string(),
        status: z.literal(CERTIFICATE_STATUSES).describe('As its issuer stated it'),
        ownerCode: RecordCode.describe('Owner at issuance'),
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
      signedBy: one.signedBy,
      flags: [...one.flags],
    })),
  };
}
