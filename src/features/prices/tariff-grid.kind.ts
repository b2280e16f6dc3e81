import { z } from 'zod';
import { RecordName } from '../../platform/http/record-controller.js';
import { isValidity } from '../../platform/http/schemas.js';
import { seasonsOf, windowShape } from '../../core/shapes/seasons.shape.js';
import { recordKind, type RowOf, sealLast } from '../../platform/records/record-kind.js';
import { provenance, validity } from './prices.schemas.js';

/** The peak hours of a tariff grid, in UTC; its versions are its windows over time. */
export const TARIFF_GRID = recordKind({
  kind: 'tariff-grid',
  path: 'v1/tariff-grids',
  tag: 'prices',
  noun: 'tariff grid',
  id: 'TariffGrid',
  write: ['energy-manager', 'finance'],
  attributes: z
    .strictObject({
      name: RecordName,
      seasons: seasonsOf(z.strictObject({ ...windowShape, isPeak: z.boolean() })).describe(
        'Seasons of the year with the hours of each, in UTC',
      ),
      ...validity,
      ...provenance,
    })
    .superRefine(isValidity),
  table: {
    checks: {
      tariff_grid_ends_after_it_starts: 'valid_to IS NULL OR valid_to > valid_from',
      tariff_grid_confidence_is_marked: `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`,
    },
  },
  toResponse: (row) =>
    sealLast(row, ['name', 'validFrom', 'validTo', 'seasons', 'source', 'confidence']),
});
export type TariffGrid = RowOf<typeof TARIFF_GRID>;
