import { z } from 'zod';
import { RecordCode, RecordName } from '../../../platform/http/record-controller.js';
import { text } from '../../../core/shapes/values.shape.js';
import { recordKind, type RowOf } from '../../../platform/records/record-kind.js';
import { IssuerKeys } from './issuer-keys.schemas.js';

const Id = text(200);

/** Another registry, from which certificates are transferred here: its keys, and whose is whose. */
export const REGISTRY = recordKind({
  kind: 'registry',
  path: 'v1/registries',
  tag: 'certificates',
  noun: 'registry',
  id: 'Registry',
  write: ['energy-manager'],
  attributes: z.strictObject({
    name: RecordName,
    issuerCode: RecordCode.describe('Issuer whose certificates it holds'),
    isUnsignedAllowed: z
      .boolean()
      .default(false)
      .describe('Whether files without a signature are taken, and marked'),
    keys: IssuerKeys,
    devices: z
      .array(z.strictObject({ deviceId: Id, plantCode: RecordCode }))
      .min(1)
      .max(1_000)
      .refine((rows) => new Set(rows.map(({ deviceId }) => deviceId)).size === rows.length, {
        error: 'a device is listed once',
      })
      .describe('Which plant a device of the registry is'),
    accounts: z
      .array(z.strictObject({ accountId: Id, organisationCode: RecordCode }))
      .min(1)
      .max(1_000)
      .refine((rows) => new Set(rows.map(({ accountId }) => accountId)).size === rows.length, {
        error: 'an account is listed once',
      })
      .describe('Which organisation an account of the registry is of'),
  }),
  table: {
    foreignKeys: {
      registry_holds_certificates_of_an_issuer: 'issuerCode',
    },
  },
  references: { issuerCode: 'issuer' },
  referencesWithin: ({ devices, accounts }) => [
    ...devices.map(({ plantCode: code }) => ({ field: 'devices', code, kind: 'plant' })),
    ...accounts.map(({ organisationCode: code }) => ({
      field: 'accounts',
      code,
      kind: 'organisation',
    })),
  ],
});
export type Registry = RowOf<typeof REGISTRY>;
