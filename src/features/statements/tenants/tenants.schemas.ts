import { z } from 'zod';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { decimalText, Month } from '../../../core/shapes/values.shape.js';

export const TenantSharesRequest = z
  .strictObject({
    month: Month,
    siteCode: RecordCode.nullable().default(null).describe('null = the only site of the ledger'),
    gpuHours: z
      .array(z.strictObject({ tenantCode: RecordCode, gpuHours: decimalText(12, 6) }))
      .max(500)
      .default([])
      .refine((rows) => new Set(rows.map(({ tenantCode }) => tenantCode)).size === rows.length, {
        error: 'a tenant is listed once',
      })
      .describe('GPU-hours of the month, where tenants supply them'),
  })
  .meta({ id: 'TenantSharesRequest' });
export type TenantSharesRequest = z.output<typeof TenantSharesRequest>;

const Wh = z.int().min(0);
const Pct = z.string().nullable();
export const TenantSharesResponse = z
  .object({
    month: Month,
    siteCode: RecordCode,
    runId: z.uuid().describe('The matching run that the shares are of'),
    remainderRule: z.string(),
    loadWh: Wh,
    matchedWh: Wh,
    locationBasedKg: z.int(),
    marketHourlyKg: z.int(),
    tenants: z.array(
      z.object({
        tenantCode: RecordCode,
        ownWh: Wh.describe('Of its own meters'),
        commonWh: Wh.describe('Its share of the common ones'),
        loadWh: Wh,
        matchedWh: Wh,
        residualWh: Wh,
        coveragePct: Pct,
        coverageClaimPct: Pct.describe('Cut to two decimals'),
        locationBasedKg: z.int().describe('kg CO2e, location-based'),
        marketHourlyKg: z
          .int()
          .describe('kg CO2e, hourly market-based: additional, proposed method'),
        perGpuHour: z
          .object({
            gpuHours: z.string(),
            kwh: z.string(),
            matchedKwh: z.string(),
            locationBasedG: z.string().describe('g CO2e per GPU-hour, location-based'),
            marketHourlyG: z.string().describe('g CO2e per GPU-hour, hourly market-based'),
          })
          .nullable()
          .describe('null where no GPU-hours were supplied'),
      }),
    ),
  })
  .meta({ id: 'TenantShares' });
export type TenantSharesResponse = z.output<typeof TenantSharesResponse>;
