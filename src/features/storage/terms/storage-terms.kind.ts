import { addMonths } from 'date-fns/addMonths';
import { z } from 'zod';
import { isShareText } from '../../../core/math/exact-share.js';
import { STORAGE_METHODS } from '../../../core/storage/allocate.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { Instant, text } from '../../../core/shapes/values.shape.js';
import { instant, numeric } from '../../../platform/records/record-columns.js';
import { recordKind } from '../../../platform/records/record-kind.js';

const MONTHS_MAX = 6;

/** How a storage device's discharges are traced to its charges, and who certifies them: dated. */
export const STORAGE_TERMS = recordKind({
  kind: 'storage-terms',
  path: 'v1/storage-terms',
  tag: 'storage',
  noun: 'storage terms',
  id: 'StorageTerms',
  write: ['energy-manager'],
  attributes: z
    .strictObject({
      deviceCode: RecordCode.describe('Plant that stores'),
      issuerCode: RecordCode.describe('Who certifies what it gives back'),
      method: z.literal(STORAGE_METHODS).describe('Which charge a discharge draws on'),
      efficiency: text(80)
        .refine(isShareText, { error: 'a share above 0 and up to 1 is needed, as decimal text' })
        .describe('Round-trip efficiency, exact'),
      efficiencyMethodology: text(500).describe('How the efficiency was measured'),
      efficiencyFrom: Instant.describe('From when the efficiency holds'),
      efficiencyTo: Instant.describe('Exclusive; at most six months after `efficiencyFrom`'),
    })
    .refine(
      ({ efficiencyFrom, efficiencyTo }) =>
        efficiencyFrom < efficiencyTo &&
        Date.parse(efficiencyTo) <= addMonths(new Date(efficiencyFrom), MONTHS_MAX).getTime(),
      { path: ['efficiencyTo'], error: 'must be after `efficiencyFrom`, by six months at most' },
    ),
  columns: { efficiency: numeric, efficiencyFrom: instant, efficiencyTo: instant },
  table: {
    foreignKeys: {
      storage_terms_are_of_a_device: 'deviceCode',
      storage_terms_name_an_issuer: 'issuerCode',
    },
    checks: {
      storage_method_is_known: `method IN ('fifo', 'lifo', 'weighted-average')`,
      storage_efficiency_is_a_share: 'efficiency > 0 AND efficiency <= 1',
      storage_efficiency_holds_half_a_year: `efficiency_to > efficiency_from AND efficiency_to - efficiency_from <= interval '184 days'`,
    },
  },
  references: { deviceCode: 'plant', issuerCode: 'issuer' },
});
