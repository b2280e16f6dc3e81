import { z } from 'zod';
import { REGULATED_CHARGES } from '../../core/settlement/elections/elections.shape.js';
import { decimalText } from '../../core/shapes/values.shape.js';
import { isValidity } from '../../platform/http/schemas.js';
import { numeric } from '../../platform/records/record-columns.js';
import { recordKind } from '../../platform/records/record-kind.js';
import { provenance, requireCode, validity } from './prices.schemas.js';

const CHARGES: readonly string[] = [...REGULATED_CHARGES, 'EXCESS_PEAK', 'EXCESS_OFF_PEAK'];

/** A regulated tariff, excluding VAT; its versions are its rates over time. The code is the charge. */
export const TARIFF = recordKind({
  kind: 'tariff',
  path: 'v1/tariffs',
  tag: 'prices',
  noun: 'tariff',
  id: 'Tariff',
  write: ['energy-manager', 'finance'],
  seal: 'last',
  attributes: z
    .strictObject({
      madPerKwh: decimalText(6, 9).describe('MAD per kWh, excluding VAT, as decimal text'),
      ...validity,
      ...provenance,
    })
    .superRefine(isValidity),
  columns: { madPerKwh: numeric },
  table: {
    checks: {
      tariff_is_not_negative: 'mad_per_kwh >= 0',
      tariff_ends_after_it_starts: 'valid_to IS NULL OR valid_to > valid_from',
      tariff_confidence_is_marked: `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`,
    },
  },
  begin: (code) => requireCode(CHARGES.includes(code), `one of ${CHARGES.join(', ')}`),
});
