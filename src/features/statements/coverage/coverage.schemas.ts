import { z } from 'zod';
import type { CoverageBucket } from '../../../core/carbon/views.js';
import type { GuaranteeOutlook } from '../../../core/contracts/coverage-guarantee.js';
import { formatInstant } from '../../../core/time/interval.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { Instant, Month } from '../../../core/shapes/values.shape.js';
import { spanOfMonths } from '../../../platform/http/schemas.js';

/** Buckets that coverage is shown by. */
export const RESOLUTIONS = ['hour', 'day', 'month', 'year'] as const;

const MONTHS_MAX = 12;
const monthNumber = (month: string): number =>
  Number(month.slice(0, 4)) * 12 + Number(month.slice(5));

/** The civil months of a range, in order. */
export function monthsOf({ from, to }: { readonly from: string; readonly to: string }): string[] {
  const count = monthNumber(to) - monthNumber(from) + 1;
  return Array.from({ length: count }, (_, at) => {
    const number = monthNumber(from) - 1 + at;
    return `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`;
  });
}

export const CoverageQuery = z
  .strictObject({
    from: Month.describe('First civil month'),
    to: Month.describe('Last civil month; at most twelve, one by the hour'),
    by: z.literal(RESOLUTIONS).default('month'),
    siteCode: RecordCode.optional().describe('Absent = the only site of the ledger'),
  })
  .superRefine((range, context) =>
    spanOfMonths(range.by === 'hour' ? 1 : MONTHS_MAX)(range, context),
  );
export type CoverageQuery = z.output<typeof CoverageQuery>;

const Wh = z.int().min(0);
const Pct = z.string().nullable().describe('Per cent; null where nothing was used');
export const CoverageResponse = z
  .object({
    siteCode: RecordCode,
    items: z.array(
      z.object({
        bucket: z.string().describe('Hour (UTC), civil day, month or year'),
        start: Instant,
        end: Instant,
        hourCount: z.int(),
        loadWh: Wh,
        generationWh: Wh,
        matchedWh: Wh,
        residualWh: Wh,
        excessWh: Wh,
        loadedHours: z.int(),
        fullyMatchedHours: z.int(),
        gridUnknownWh: Wh,
        energyWeightedPct: Pct.describe('Σ matched / Σ load; also contracted CFE'),
        energyWeightedClaimPct: Pct.describe('The same as a claim: cut to two decimals'),
        timeAveragedPct: Pct.describe('Mean of matched / load; never the score'),
        volumetricPct: Pct.describe('Σ generation / Σ load: volume, not hourly'),
        volumetricCappedPct: Pct,
        fullyMatchedPct: Pct.describe('Hours without residual, of hours with load'),
        cfeWithGridPct: Pct.describe('CFE with grid credit; a grid share not known counts 0'),
        undecidedHours: z
          .int()
          .describe('Meter-hours of load that failed a check and that nobody decided about'),
        undecidedWh: Wh.describe(
          'What they count at in `loadWh`: the highest measured hour of the 35 days before, none of it matched',
        ),
        withoutUndecidedPct: Pct.describe('Σ matched / Σ load without them'),
      }),
    ),
  })
  .meta({ id: 'CoverageView' });
export type CoverageResponse = z.output<typeof CoverageResponse>;

export function toCoverageItem({
  startMs,
  endMs,
  ...bucket
}: CoverageBucket & { readonly bucket: string }): CoverageResponse['items'][number] {
  return { ...bucket, start: formatInstant(startMs), end: formatInstant(endMs) };
}

export const OutlookRequest = z
  .strictObject({
    month: Month.describe('The month that runs; with a yearly guarantee, of the year that runs'),
    siteCode: RecordCode.nullable().default(null).describe('null = the only site of the ledger'),
    forecasts: z
      .array(z.strictObject({ hour: Instant, loadWh: Wh, generationWh: Wh }))
      .max(9_000)
      .default([])
      .describe('Hours to come, in order, after the last one that is measured'),
  })
  .meta({ id: 'GuaranteeOutlookRequest' });
export type OutlookRequest = z.output<typeof OutlookRequest>;

const Position = z.object({
  hours: z.int(),
  loadWh: Wh,
  coveragePct: Pct,
  shortfallMwh: z.string(),
  damagesMad: z.string().describe('(G − C)⁺ × Σ load × rate, to the centime'),
});
export const OutlookResponse = z
  .object({
    contractCode: RecordCode,
    contractVersion: z.int(),
    metric: z.string().describe('The averaging rule that the contract names'),
    levelPct: z.string(),
    measuredTo: Instant.nullable().describe('End of the last hour that is measured'),
    accrued: Position,
    projected: Position.nullable().describe('With the forecasts; null where none were sent'),
    warnings: z.array(z.object({ hour: Instant, shortWh: Wh, coveragePct: Pct })),
  })
  .meta({ id: 'GuaranteeOutlook' });
export type OutlookResponse = z.output<typeof OutlookResponse>;

export function toWarnings({ warnings }: GuaranteeOutlook): OutlookResponse['warnings'] {
  return warnings.map(({ hourMs, ...warning }) => ({ hour: formatInstant(hourMs), ...warning }));
}
