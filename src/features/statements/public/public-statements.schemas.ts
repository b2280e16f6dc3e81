import { z } from 'zod';
import { Instant } from '../../../core/shapes/values.shape.js';
import { StatementId } from '../statements.schemas.js';
import type { KnownStatement } from './public-statements.service.js';

export const KnownStatementQuery = z.strictObject({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: '64 hexadecimal digits in lower case' })
    .describe('SHA-256 of the bytes that you hold'),
  ledgerId: z
    .uuid()
    .optional()
    .describe('Ledger that it is of; absent = the ledger of this server'),
});
export type KnownStatementQuery = z.output<typeof KnownStatementQuery>;

export const KnownStatementResponse = z
  .object({
    known: z
      .boolean()
      .describe(
        'Whether a statement of this id and of these bytes was issued; all else is null if not',
      ),
    issuedAt: Instant.nullable(),
    seq: z.int().min(0).nullable().describe('Place in the log of the event that sealed it'),
    size: z
      .int()
      .min(1)
      .nullable()
      .describe('Events of the first signed state that holds that event; null while none does'),
    signedAt: Instant.nullable().describe('By the clock of who signed that state'),
    proof: z
      .string()
      .nullable()
      .describe('Where who may read the ledger gets the proof that the event stands there'),
    supersededBy: StatementId.nullable().describe('Id of the version after it'),
  })
  .meta({ id: 'KnownStatement' });
export type KnownStatementResponse = z.output<typeof KnownStatementResponse>;

export function toKnownStatementResponse(of: KnownStatement | null): KnownStatementResponse {
  const signed = of?.signed ?? null;
  return {
    known: of !== null,
    issuedAt: of?.issuedAt.toISOString() ?? null,
    seq: of?.seq ?? null,
    size: signed?.size ?? null,
    signedAt: signed?.signedAt.toISOString() ?? null,
    proof:
      of === null || signed === null
        ? null
        : `/v1/ledger/proofs/inclusion?seq=${of.seq}&size=${signed.size}`,
    supersededBy: of?.supersededBy ?? null,
  };
}
