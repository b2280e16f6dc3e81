import { z } from 'zod';
import { ENERGY_SOURCES } from '../../../core/certificates/bundle.js';
import { UploadedFile } from '../../../platform/http/uploads.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { OffsetInstant, text } from '../../../core/shapes/values.shape.js';

const Id = text(200);

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
