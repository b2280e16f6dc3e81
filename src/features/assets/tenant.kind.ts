import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { RecordCode, RecordName } from '../../platform/http/record-controller.js';
import { recordKind } from '../../platform/records/record-kind.js';

/** Who uses which booked meters of a site. What is of no tenant is common to all. */
export const TENANT = recordKind({
  kind: 'tenant',
  path: 'v1/tenants',
  tag: 'assets',
  noun: 'tenant',
  id: 'Tenant',
  write: ['energy-manager'],
  attributes: z.strictObject({
    name: RecordName,
    siteCode: RecordCode.describe('Site that it uses a part of'),
    meterCodes: z
      .array(RecordCode)
      .min(1)
      .max(500)
      .refine((codes) => new Set(codes).size === codes.length, { error: 'a meter is listed once' })
      .describe('Booked meters that only this tenant uses; what is of no tenant is common'),
  }),
  table: {
    foreignKeys: {
      tenant_is_at_a_site: 'siteCode',
    },
  },
  references: { siteCode: 'site', meterCodes: 'meter' },
  refuse: (code, { meterCodes }, others) => {
    for (const other of others) {
      const taken = meterCodes.find((meterCode) => other.meterCodes.includes(meterCode));
      if (taken === undefined) continue;
      throw new DomainError('tenant.meter_taken', {
        tenantCode: code,
        meterCode: taken,
        takenBy: other.code,
        fix: 'A meter is of one tenant: revise the other first, or meter them apart.',
      });
    }
  },
});
