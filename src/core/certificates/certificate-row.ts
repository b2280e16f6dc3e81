import type { RowProblem } from '../errors.js';
import { HOUR_MS, parseInstant } from '../time/interval.js';
import { parseWattHours } from '../units/energy.js';
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

/** What is wrong with a row, without where the row stands; `column` is the field's name. */
export interface CertificateFault extends Omit<RowProblem, 'row' | 'column' | 'value'> {
  readonly column: CertificateField;
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
): StatedCertificate | CertificateFault {
  const span = readSpan(fields);
  if ('rule' in span) return span;
  const wh = /^\d{1,16}$/.test(fields.wh) ? parseWattHours(fields.wh, 'wh', 60) : null;
  if (wh === null || wh === 0) {
    return {
      ...{ column: 'wh', rule: 'energy.whole_positive' },
      detail: 'Not a whole number of Wh above zero.',
      fix: 'Certificates are whole Wh; a zero hour has none.',
    };
  }
  const mostWh = plausibleWhMax(plant.capacityW, span.endMs - span.startMs);
  if (wh > mostWh) {
    return {
      ...{ column: 'wh', rule: 'generation.within_capacity' },
      detail: `More than ${plant.code} can generate: capacity × hours × ${CAPACITY_MARGIN_PCT} % = ${mostWh} Wh.`,
      fix: 'Check the unit, or revise the plant’s capacity.',
    };
  }
  const status = CERTIFICATE_STATUSES.find(
    (name) => name.toLowerCase() === fields.status.toLowerCase(),
  );
  if (status === undefined) {
    return {
      ...{ column: 'status', rule: 'status.known' },
      detail: 'Unknown status.',
      fix: `Use one of ${CERTIFICATE_STATUSES.join(', ')}.`,
    };
  }
  const nameless = (['external_id', 'issuer'] as const).find(
    (name) => !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(fields[name]),
  );
  if (nameless !== undefined) {
    return {
      ...{ column: nameless, rule: 'id.visible_ascii' },
      detail: 'Missing, or not 1 to 100 visible ASCII characters.',
      fix: 'Send the issuer’s own id.',
    };
  }
  const { external_id: externalId, issuer } = fields;
  return { plantCode: plant.code, ...span, wh, externalId, issuer, status };
}

function readSpan({
  start,
  end,
}: CertificateFields): { readonly startMs: number; readonly endMs: number } | CertificateFault {
  const startMs = parseInstant(start);
  const endMs = parseInstant(end);
  if (startMs === null || endMs === null) {
    const column = startMs === null ? 'start' : 'end';
    return {
      ...{ column, rule: `${column}.instant_with_offset` },
      detail: 'Not an instant with an explicit offset.',
      fix: 'Write it as 2026-10-01T00:00:00Z.',
    };
  }
  if (endMs <= startMs) {
    return {
      ...{ column: 'end', rule: 'end.after_start' },
      detail: 'The end is not after the start.',
      fix: 'Check both.',
    };
  }
  if (endMs <= Math.floor(startMs / HOUR_MS) * HOUR_MS + HOUR_MS) return { startMs, endMs };
  return {
    ...{ column: 'end', rule: 'interval.inside_one_hour' },
    detail:
      'The interval leaves its UTC hour: longer production cannot back an hourly certificate.',
    fix: 'Ask the issuer for hourly certificates.',
  };
}
