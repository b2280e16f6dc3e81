import { z } from 'zod';
import { Instant } from '../../../core/shapes/values.shape.js';
import type { AuditorRead } from './auditor-reads.repository.js';

export const ReadsQuery = z.strictObject({
  before: z.uuid().optional().describe('Id of a read: those before it'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
export type ReadsQuery = z.output<typeof ReadsQuery>;

export const AuditorReadsResponse = z
  .object({
    items: z
      .array(
        z.object({
          readId: z
            .uuid()
            .describe('The `x-request-id` of the answer; of a command one of its own'),
          at: Instant,
          keyId: z.string(),
          route: z.string().describe('Template of the route, or the command'),
          path: z.string().describe('As it was asked for, with its ids'),
          query: z.string().nullable(),
          status: z.int().nullable().describe('Of the answer; null at the terminal'),
        }),
      )
      .describe('The latest first'),
    next: z.string().nullable().describe('Where those before them are; null where there are none'),
  })
  .meta({ id: 'AuditorReads' });
export type AuditorReadsResponse = z.output<typeof AuditorReadsResponse>;

export function toAuditorReadsResponse(
  engagementId: string,
  reads: readonly AuditorRead[],
  limit: number,
): AuditorReadsResponse {
  const last = reads.length < limit ? undefined : reads.at(-1);
  return {
    items: reads.map(({ readId, readAt, keyId, route, path, query, status }) => ({
      readId,
      at: readAt.toISOString(),
      keyId,
      route,
      path,
      query,
      status,
    })),
    next:
      last === undefined
        ? null
        : `/v1/engagements/${engagementId}/reads?before=${last.readId}&limit=${limit}`,
  };
}
