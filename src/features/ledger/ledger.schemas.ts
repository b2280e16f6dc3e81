import { z } from 'zod';
import type { LedgerEventEntity } from './ledger-event.entity.js';
import type { Verification } from './replay/verification.document.js';
import { Instant } from '../../core/shapes/values.shape.js';
import { Flag } from '../../platform/http/uploads.js';

export const EventQuery = z.strictObject({
  after: z.coerce.number().int().min(-1).default(-1).describe('Events after this place in the log'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type EventQuery = z.output<typeof EventQuery>;

export const LedgerHeadResponse = z
  .object({
    ledgerId: z.uuid(),
    size: z.int().min(0).describe('Events in the log'),
    chainHash: z.string().describe('Chained head, SHA-256, hex'),
  })
  .meta({ id: 'LedgerHead' });
export type LedgerHeadResponse = z.output<typeof LedgerHeadResponse>;

export const EventListResponse = z
  .object({
    items: z.array(
      z.object({
        seq: z.int().min(0),
        eventId: z.uuid(),
        type: z.string(),
        recordedAt: Instant,
        actor: z.string(),
        actorRole: z.string(),
        rowCount: z.int().min(0),
        rowRoot: z.string(),
        leafHash: z.string(),
        chainHash: z.string(),
        payload: z.string().describe('The exact RFC 8785 text that was hashed'),
      }),
    ),
    page: z.object({ next: z.string().nullable(), limit: z.int() }),
  })
  .meta({ id: 'EventList' });
export type EventListResponse = z.output<typeof EventListResponse>;

export function toEventListResponse(
  events: readonly LedgerEventEntity[],
  limit: number,
): EventListResponse {
  const last = events.length === limit ? events.at(-1) : undefined;
  return {
    items: events.map((event) => ({
      seq: event.seq,
      eventId: event.eventId,
      type: event.type,
      recordedAt: event.recordedAt.toISOString(),
      actor: event.actor,
      actorRole: event.actorRole,
      rowCount: event.rowCount,
      rowRoot: event.rowRoot.toString('hex'),
      leafHash: event.leafHash.toString('hex'),
      chainHash: event.chainHash.toString('hex'),
      payload: event.payload.toString('utf8'),
    })),
    page: {
      next: last === undefined ? null : `/v1/ledger/events?after=${last.seq}&limit=${limit}`,
      limit,
    },
  };
}

const VerificationFault = z.object({
  seq: z.int().nullable(),
  check: z.string(),
  detail: z.string(),
});

export const VerificationQuery = z.strictObject({
  files: Flag.describe('Whether the kept files are hashed again too'),
});
export type VerificationQuery = z.output<typeof VerificationQuery>;

export const VerificationResponse = z
  .object({
    ledgerId: z.uuid(),
    eventCount: z.int().min(0),
    rowCount: z.int().min(0),
    chainHash: z.string(),
    fault: VerificationFault.nullable().describe(
      'The first thing found wrong; null when the whole log holds',
    ),
    faults: z.array(VerificationFault).max(20).describe('The first things found wrong'),
    fileCount: z.int().nullable().describe('Kept files hashed again; null = not asked for'),
    notes: z
      .array(z.string())
      .describe('What is not proven, and what an engine that is not here made: no faults'),
    full: z.boolean().describe('Whether everything was hashed from the first event on'),
    checked: z
      .object({ eventCount: z.int().min(0), rowCount: z.int().min(0) })
      .describe('What was hashed now; the rest, where there is any, rests on an earlier one'),
  })
  .meta({ id: 'Verification' });
export type VerificationResponse = z.output<typeof VerificationResponse>;

export function toVerificationResponse(verification: Verification): VerificationResponse {
  const { notes, faults } = verification;
  return { ...verification, notes: [...notes], faults: [...faults] };
}
