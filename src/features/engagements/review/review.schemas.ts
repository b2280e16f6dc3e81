import { z } from 'zod';
import { Instant, Month } from '../../../core/shapes/values.shape.js';
import type { Completeness } from './completeness.service.js';
import type { ListedIntervention } from './interventions.service.js';

const Count = z.int().min(0);

export const CompletenessResponse = z
  .object({
    log: z.object({
      size: Count.describe('Events of the state that is fixed'),
      count: Count.describe('Events that are there'),
      isGapless: z.boolean().describe('From the first place to the last, each once'),
      isSignedRoot: z.boolean().describe('Whether they come to the root that was signed'),
    }),
    independence: z
      .object({
        level: z
          .string()
          .nullable()
          .describe('Highest rung that is on with all below it; null = none'),
        canBeForked: z
          .boolean()
          .describe('Whether whoever runs the ledger could show another history to somebody else'),
        rungs: z.array(
          z.object({
            rung: z.string(),
            state: z.string().describe('on, partly (counts as off) or off'),
            means: z.object({ en: z.string(), fr: z.string() }),
          }),
        ),
      })
      .describe('LEDGER section 17'),
    meters: z.array(
      z.object({
        month: Month,
        meterCode: z.string(),
        expectedCount: Count.describe('Hours of the month'),
        receivedCount: Count.describe('Hours of which every part is there'),
        missingCount: Count,
        shares: z
          .record(z.string(), z.object({ hourCount: Count, wh: Count }))
          .describe('Received hours by quality: measured, calculated, estimated, unvalidated'),
      }),
    ),
    certificates: z
      .array(
        z.object({
          month: Month,
          certificateCount: Count,
          wh: Count.describe('Issued and not withdrawn, of the contracted plants'),
          signedWh: Count.describe('Of files that their issuer signed'),
          cancelledWh: Count.describe('Cancelled or claimed'),
          reservedWh: Count.describe('Reserved, and not cancelled'),
          signedPct: z.string().nullable().describe('Cut to 2 decimals; null where there is none'),
          cancelledPct: z.string().nullable(),
          reservedPct: z.string().nullable(),
        }),
      )
      .describe('Whether certificates are signed by their issuer, and cancelled'),
    files: z.array(
      z.object({
        importId: z.uuid(),
        kind: z.string(),
        fileName: z.string(),
        fileSha256: z.string(),
        receivedCount: Count.describe('Rows of the file: accepted, identical and rejected'),
        newCount: Count,
        changedCount: Count,
        identicalCount: Count,
        rejectedCount: Count,
        totalWh: z.int(),
        supersededDayCount: Count.describe('Meter-days that a later revision took the place of'),
      }),
    ),
  })
  .meta({ id: 'EngagementCompleteness' });
export type CompletenessResponse = z.output<typeof CompletenessResponse>;

export function toCompletenessResponse({
  log,
  independence,
  meters,
  certificates,
  files,
}: Completeness): CompletenessResponse {
  return {
    log: { ...log },
    independence: {
      level: independence.level,
      canBeForked: independence.canBeForked,
      rungs: independence.rungs.map(({ rung, state, means }) => ({
        rung,
        state,
        means: { ...means },
      })),
    },
    meters: meters.map((one) => ({ ...one, shares: { ...one.shares } })),
    certificates: certificates.map((one) => ({ ...one })),
    files: files.map((one) => ({ ...one })),
  };
}

export const InterventionsResponse = z
  .object({
    items: z.array(
      z.object({
        seq: Count,
        eventId: z.uuid(),
        at: Instant,
        kind: z.string().describe('override, estimate, waiver or correction'),
        what: z.string(),
        reason: z.string().nullable(),
        by: z.object({
          principalId: z.string(),
          name: z.string().nullable().describe('Null where it was erased'),
          role: z.string(),
        }),
        effect: z.object({
          wh: z.int().nullable().describe('Net; null where it is none in Wh'),
          intervalCount: Count.nullable().describe('Intervals whose value is another'),
        }),
      }),
    ),
  })
  .meta({ id: 'EngagementInterventions' });
export type InterventionsResponse = z.output<typeof InterventionsResponse>;

export function toInterventionsResponse(
  items: readonly ListedIntervention[],
): InterventionsResponse {
  return {
    items: items.map(({ seq, eventId, at, kind, what, reason, effect, ...of }) => ({
      seq,
      eventId,
      at,
      kind,
      what,
      reason,
      by: { principalId: of.principalId, name: of.name, role: of.role },
      effect: { ...effect },
    })),
  };
}
