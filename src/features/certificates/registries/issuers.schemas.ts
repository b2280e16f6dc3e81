import { z } from 'zod';
import { RecordName } from '../../../platform/http/record-controller.js';
import type { IssuerEntity } from './issuer.entity.js';
import { Instant, isValidity, text } from '../../../platform/http/schemas.js';

const Text = text(300).optional();

/** Keys that sign files, each with its time. */
export const IssuerKeys = z
  .array(
    z
      .strictObject({
        kid: text(200).describe('As signatures name the key'),
        x: z
          .string()
          .regex(/^[A-Za-z0-9_-]{43}$/)
          .describe('Ed25519 public key, base64url (`x` of its JWK, RFC 8037)'),
        validFrom: Instant,
        validTo: Instant.nullable().default(null).describe('null = open'),
      })
      .superRefine(isValidity),
  )
  .max(50)
  .default([])
  .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, {
    error: 'a key is listed once',
  })
  .describe('Keys that its files are signed with');

export const IssuerAttributes = z.strictObject({
  name: RecordName,
  metadata: z
    .strictObject({
      country_of_issuance: Text,
      connected_grid_identification: Text,
      issuing_body: Text,
      legal_status: Text,
      issuance_purpose: Text,
      support_received: Text,
      quality_scheme_reference: Text,
      dissemination_level: Text,
      issue_market_zone: Text,
    })
    .default({})
    .describe('The issuing body’s fields of EnergyTag’s model'),
  registryConfiguration: z
    .literal([1, 2, 3])
    .default(1)
    .describe('1 replaces the existing scheme, 2 beside it, 3 from its cancelled certificates'),
  expiryYears: z.int().min(1).max(30).default(2).describe('Years after production'),
  isUnsignedAllowed: z
    .boolean()
    .default(false)
    .describe('Whether files without a signature are taken, and marked'),
  keys: IssuerKeys,
});
export type IssuerAttributes = z.output<typeof IssuerAttributes>;

export function toIssuerResponse(row: IssuerEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, metadata, registryConfiguration } = row;
  const { expiryYears, isUnsignedAllowed, keys } = row;
  return {
    ...{ code, version, recordedAt: recordedAt.toISOString(), eventId, name, metadata },
    ...{ registryConfiguration, expiryYears, isUnsignedAllowed, keys },
  };
}
