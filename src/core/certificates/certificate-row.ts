import type { RowFault } from '../errors.js';
import { readSpan, readVisibleText, readWholeWh } from '../tabular/fields.js';
import {
  CAPACITY_MARGIN_PCT,
  type Certificate,
  CERTIFICATE_STATUSES,
  plausibleWhMax,
} from './certificate.js';

/** Names of the fields of a certificate in a CSV file. */
export const CERTIFICATE_FIELDS = [
  'plant',
  'start',
  'end',
  'wh',
  'external_id',
  'issuer',
  'status',
] as const;
/** Name of one field. */
export type CertificateField = (typeof CERTIFICATE_FIELDS)[number];

/** The fields of a row as text, trimmed. */
export type CertificateFields = Readonly<Record<CertificateField, string>>;

/** What a row is checked against. */
export interface PlantData {
  readonly code: string;
  readonly capacityW: number;
}

/** A certificate as a file states it. */
export type StatedCertificate = Omit<Certificate, 'certificateId' | 'sourceLine'>;

/**
 * Checks one certificate of a file (METHOD 3.2): an interval inside one UTC hour, whole Wh above
 * zero and within the plant's capacity, a known status, the issuer's own id.
 *
 * @param fields  Text of the row.
 * @param plant   The plant that the row names.
 * @returns       The certificate, or the first rule that the row breaks.
 */
export function readCertificate(
  fields: CertificateFields,
  plant: PlantData,
): StatedCertificate | RowFault<CertificateField> {
  const span = readSpan(fields);
  if ('rule' in span) return span;
  const wh = readWholeWh(fields.wh);
  if (typeof wh !== 'number') return { column: 'wh', ...wh };
  const mostWh = plausibleWhMax(plant.capacityW, span.endMs - span.startMs);
  if (wh > mostWh) {
    return {
      column: 'wh',
      rule: 'generation.within_capacity',
      detail: `More than ${plant.code} can generate: capacity × hours × ${CAPACITY_MARGIN_PCT} % = ${mostWh} Wh.`,
      fix: 'Check the unit, or revise the plant’s capacity.',
    };
  }
  const status = CERTIFICATE_STATUSES.find(
    (name) => name.toLowerCase() === fields.status.toLowerCase(),
  );
  if (status === undefined) {
    return {
      column: 'status',
      rule: 'status.known',
      detail: 'Unknown status.',
      fix: `Use one of ${CERTIFICATE_STATUSES.join(', ')}.`,
    };
  }
  for (const column of ['external_id', 'issuer'] as const) {
    const fault = readVisibleText(fields[column]);
    if (fault !== null) return { column, ...fault };
  }
  const { external_id: externalId, issuer } = fields;
  return { plantCode: plant.code, ...span, wh, externalId, issuer, status };
}
