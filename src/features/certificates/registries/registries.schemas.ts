import { z } from 'zod';
import { ENERGY_SOURCES } from '../../../core/certificates/bundle.js';
import { UploadedFile } from '../../../platform/http/uploads.js';
import { RecordCode, RecordName } from '../../../platform/http/record-controller.js';
import { IssuerKeys } from './issuers.schemas.js';
import type { RegistryEntity } from './registry.entity.js';
import { OffsetInstant, text } from '../../../platform/http/schemas.js';

const Id = text(200);

export const RegistryAttributes = z.strictObject({
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
});
export type RegistryAttributes = z.output<typeof RegistryAttributes>;

export function toRegistryResponse(row: RegistryEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, issuerCode, isUnsignedAllowed } = row;
  const { keys, devices, accounts } = row;
  return {
    ...{ code, version, recordedAt: recordedAt.toISOString(), eventId, name, issuerCode },
    ...{ isUnsignedAllowed, keys, devices, accounts },
  };
}

const Ids = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A bundle as another registry hands it over: EnergyTag's fields; what describes the device is not read. */
export const TransferredBundle = z
  .object({
    issuance_id: Id,
    certificate_bundle_status: z.literal('Active'),
    account_id: z.union([Id, z.int()]).transform(String).describe('Owner here'),
    metadata_id: z.union([Id, z.int()]).transform(String),
    certificate_bundle_id_range_start: Ids,
    certificate_bundle_id_range_end: Ids,
    bundle_quantity: Ids,
    energy_carrier: z.literal('electricity'),
    energy_source: z.literal(ENERGY_SOURCES),
    face_value: z.literal(1),
    issuance_post_energy_carrier_conversion: z.boolean(),
    registry_configuration: z.literal([1, 2, 3]),
    emissions_factor_production_device: z.int().min(0).nullable().default(null),
    emissions_factor_source: text(300, 0).nullable().default(null),
    device_id: z.union([Id, z.int()]).transform(String),
    production_starting_interval: OffsetInstant,
    production_ending_interval: OffsetInstant,
    expiry_datestamp: OffsetInstant,
    is_storage: z.boolean(),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .refine(
    (bundle) =>
      bundle.bundle_quantity ===
        bundle.certificate_bundle_id_range_end - bundle.certificate_bundle_id_range_start + 1 &&
      bundle.bundle_quantity > 0,
    { error: 'must be end − start + 1 of the id range', path: ['bundle_quantity'] },
  );
export type TransferredBundle = z.output<typeof TransferredBundle>;

export const TransferQuery = z.strictObject({
  registryCode: RecordCode.describe('Registry that the file comes from'),
  ...UploadedFile.shape,
});
export type TransferQuery = z.output<typeof TransferQuery>;
