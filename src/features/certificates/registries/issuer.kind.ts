import { z } from 'zod';
import { RecordName } from '../../../platform/http/record-controller.js';
import { text } from '../../../core/shapes/values.shape.js';
import { smallint } from '../../../platform/records/record-columns.js';
import { recordKind } from '../../../platform/records/record-kind.js';
import { IssuerKeys } from './issuer-keys.schemas.js';

const Text = text(300).optional();

/** Who certifies generation: what it is, what its certificates say, which keys sign its files. */
export const ISSUER = recordKind({
  kind: 'issuer',
  path: 'v1/issuers',
  tag: 'certificates',
  noun: 'issuer',
  id: 'Issuer',
  write: ['energy-manager'],
  attributes: z.strictObject({
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
  }),
  columns: { registryConfiguration: smallint, expiryYears: smallint },
  table: {
    checks: {
      issuer_configuration_is_known: 'registry_configuration IN (1, 2, 3)',
      issuer_certificates_expire: 'expiry_years BETWEEN 1 AND 30',
    },
  },
});
