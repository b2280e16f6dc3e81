import { z } from 'zod';
import { ROLES } from '../../platform/auth/roles.js';
import { Instant, text } from '../../core/shapes/values.shape.js';
import type { IssuedKey, KeyView } from './access.service.js';
import { PRINCIPAL_KINDS } from './principal.entity.js';

export const KeyId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{12}$/)
  .describe('Id of a key: the end of its prefix');

export const PrincipalId = z.uuid().describe('Id of a principal: whose keys are');

export const IssueKeyRequest = z
  .strictObject({
    name: text(100).describe('Whose key it is. Keys under one name are of one principal'),
    kind: z
      .literal(PRINCIPAL_KINDS)
      .optional()
      .describe('What a new name is of; a person where it is left out'),
    role: z.literal(ROLES),
    expiresAt: Instant.nullable().default(null),
  })
  .meta({ id: 'IssueKeyRequest' });
export type IssueKeyRequest = z.output<typeof IssueKeyRequest>;

export const KeyResponse = z
  .object({
    keyId: KeyId,
    principalId: PrincipalId,
    name: z.string().nullable().describe('Name of its principal; null once that was erased'),
    role: z.literal(ROLES),
    state: z
      .string()
      .describe('PENDING until another admin confirms it, ACTIVE, EXPIRED or REVOKED'),
    bootstrap: z.boolean().describe('An admin key that worked without a second person'),
    confirmedAt: Instant.nullable(),
    createdAt: Instant,
    expiresAt: Instant.nullable(),
    revokedAt: Instant.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type KeyResponse = z.output<typeof KeyResponse>;

export const KeyListResponse = z.object({ items: z.array(KeyResponse) }).meta({ id: 'ApiKeyList' });
export type KeyListResponse = z.output<typeof KeyListResponse>;

export const IssuedKeyResponse = KeyResponse.extend({
  key: z.string().describe('The whole key. Shown here and never again.'),
}).meta({ id: 'IssuedApiKey' });
export type IssuedKeyResponse = z.output<typeof IssuedKeyResponse>;

export function toKeyResponse({ row, state, name }: KeyView): KeyResponse {
  return {
    keyId: row.keyId,
    principalId: row.principalId,
    name,
    role: row.role,
    state,
    bootstrap: row.basis === 'bootstrap',
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

export function toIssuedKeyResponse(issued: IssuedKey): IssuedKeyResponse {
  return { ...toKeyResponse(issued), key: issued.key };
}
