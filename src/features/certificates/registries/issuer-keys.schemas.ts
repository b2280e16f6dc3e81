import { z } from 'zod';
import { Instant, text } from '../../../core/shapes/values.shape.js';
import { isValidity } from '../../../platform/http/schemas.js';

/** Keys that sign files, each with its time. */
export const IssuerKeys = z
  .array(
    z
      .strictObject({
        kid: text(200).describe('As signatures name the key'),
        x: z
          .string()
          .regex(/^[A-Za-z0-9_-]{43}$/)
          .describe('Ed25519 public key, base64url (`x` of its JWK, RFC 8037)'),
        validFrom: Instant,
        validTo: Instant.nullable().default(null).describe('null = open'),
      })
      .superRefine(isValidity),
  )
  .max(50)
  .default([])
  .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, {
    error: 'a key is listed once',
  })
  .describe('Keys that its files are signed with');
