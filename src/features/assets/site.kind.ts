import { z } from 'zod';
import { RecordCode, RecordName } from '../../platform/http/record-controller.js';
import { PositiveInteger, text } from '../../core/shapes/values.shape.js';
import { recordKind } from '../../platform/records/record-kind.js';
import { Boundary } from './assets.schemas.js';

/** A place that consumes: its market boundary, its delivery point, its legal time. */
export const SITE = recordKind({
  kind: 'site',
  path: 'v1/sites',
  tag: 'assets',
  noun: 'site',
  id: 'Site',
  write: ['energy-manager'],
  attributes: z.strictObject({
    name: RecordName,
    organisationCode: RecordCode.describe('Organisation that runs it and buys its energy'),
    boundary: Boundary,
    deliveryPoint: text(200).describe('Where energy is handed over; figures are stated there'),
    contractedPowerW: PositiveInteger.describe('Power that it may draw from the grid, W'),
    legalTime: z.literal('MA').describe('Table of legal time that bounds the months: Morocco'),
  }),
  table: {
    foreignKeys: {
      site_belongs_to_an_organisation: 'organisationCode',
    },
    checks: {
      site_power_is_positive: 'contracted_power_w > 0 AND contracted_power_w <= 9007199254740991',
      site_legal_time_is_known: `legal_time = 'MA'`,
    },
  },
  references: { organisationCode: 'organisation' },
});
