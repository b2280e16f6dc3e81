import { z } from 'zod';
import { ROLES } from '../../platform/auth/roles.js';
import { Instant, text } from '../../platform/http/schemas.js';
import type { IssuedKey } from './access.service.js';
import type { ApiKeyEntity } from './api-key.entity.js';

export const KeyId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{12}$/)
  .describe('Id of a key: the end of its prefix');

export const IssueKeyRequest = z
  .strictObject({
    name: text(100),
    role: z.literal(ROLES),
    expiresAt: Instant.nullable().default(null),
  })
  .meta({ id: 'IssueKeyRequest' });
export type IssueKeyRequest = z.output<typeof IssueKeyRequest>;

export const KeyResponse = z
  .object({
    keyId: KeyId,
    name: z.string(),
    role: z.literal(ROLES),
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

export function toKeyResponse(row: ApiKeyEntity): KeyResponse {
  return {
    keyId: row.keyId,
    name: row.name,
    role: row.role,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

export function toIssuedKeyResponse({ key, row }: IssuedKey): IssuedKeyResponse {
  return { ...toKeyResponse(row), key };
}
