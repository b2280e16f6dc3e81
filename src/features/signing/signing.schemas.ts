import { z } from 'zod';
import { originOf } from '../../core/proofs/checkpoint.js';
import { verifierKey } from '../../core/proofs/signed-note.js';
import { Instant, text } from '../../core/shapes/values.shape.js';
import type { CheckpointEntity } from './checkpoint.entity.js';
import { noteKeyOf } from './checkpoints.service.js';
import type { TreeProof } from './log-proofs.service.js';
import type { SigningKey } from './signing-keys.service.js';

const Hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, lower-case hex');
const Place = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const CheckpointResponse = z
  .object({
    size: z.int().min(1).describe('Events in the log when it was signed'),
    root: Hash.describe('RFC 6962 root over them'),
    kid: z.string().describe('Key that signed: thumbprint of its JWK (RFC 7638)'),
    note: z.string().describe('The signed note itself (C2SP tlog-checkpoint)'),
    signedAt: Instant.describe('By the clock of who signed; it proves no time'),
  })
  .meta({ id: 'Checkpoint' });
export type CheckpointResponse = z.output<typeof CheckpointResponse>;

export function toCheckpointResponse({
  size,
  root,
  kid,
  note,
  signedAt,
}: CheckpointEntity): CheckpointResponse {
  return { size, root: root.toString('hex'), kid, note, signedAt: signedAt.toISOString() };
}

const Key = z.object({
  kid: z.string().describe('Thumbprint of its JWK (RFC 7638)'),
  x: z.string().describe('Public key, Ed25519, base64url (RFC 8037)'),
  verifierKey: z.string().describe('The key in one line, as verifiers of signed notes take it'),
  activatedSeq: z
    .int()
    .min(0)
    .describe('Event that began it: it signs states that hold that event'),
  activatedAt: Instant,
  retiredSeq: z.int().min(0).nullable().describe('Event that ended it; null while it signs'),
  retiredAt: Instant.nullable(),
  reason: z.string().nullable().describe('Why it ended'),
  revokedSeq: z
    .int()
    .min(0)
    .nullable()
    .describe('Event that says that others had it; null where none does'),
  revokedAt: Instant.nullable(),
  compromisedSince: Instant.nullable().describe('From when on anybody may have signed by it'),
});

export const SigningKeysResponse = z.object({ items: z.array(Key) }).meta({ id: 'SigningKeyList' });
export type SigningKeysResponse = z.output<typeof SigningKeysResponse>;
export const SigningKeyResponse = Key.meta({ id: 'SigningKey' });
export type SigningKeyResponse = z.output<typeof SigningKeyResponse>;

export function toSigningKeyResponse(ledgerId: string, key: SigningKey): SigningKeyResponse {
  return { ...key, verifierKey: verifierKey(noteKeyOf(originOf(ledgerId), key)) };
}

export const RenewKeyRequest = z
  .strictObject({ reason: text(300).describe('Why the key before signs no more') })
  .meta({ id: 'RenewSigningKeyRequest' });
export type RenewKeyRequest = z.output<typeof RenewKeyRequest>;

export const RevokeKeyRequest = z
  .strictObject({
    compromisedSince: Instant.describe('From when on others had the key'),
    reason: text(300).describe('What is known of it'),
  })
  .meta({ id: 'RevokeSigningKeyRequest' });
export type RevokeKeyRequest = z.output<typeof RevokeKeyRequest>;

export const Kid = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .describe('Thumbprint of the key’s JWK (RFC 7638)');

export const InclusionQuery = z.strictObject({
  seq: Place.describe('Place of the event'),
  size: Place.min(1).describe('Events of the tree that it is proven to stand in'),
});
export type InclusionQuery = z.output<typeof InclusionQuery>;

export const ConsistencyQuery = z.strictObject({
  from: Place.min(1).describe('Events of the earlier tree'),
  size: Place.min(1).describe('Events of the later tree'),
});
export type ConsistencyQuery = z.output<typeof ConsistencyQuery>;

export const TreeProofResponse = z
  .object({
    root: Hash.describe('Root that the proof leads to'),
    hashes: z.array(Hash).describe('The proof, in the order of RFC 9162 section 2.1.3 and 2.1.4'),
  })
  .meta({ id: 'TreeProof' });
export type TreeProofResponse = z.output<typeof TreeProofResponse>;

export function toTreeProofResponse({ root, hashes }: TreeProof): TreeProofResponse {
  const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
  return { root: hex(root), hashes: hashes.map(hex) };
}

export const RowProofQuery = z.strictObject({
  eventId: z.uuid().describe('Event that sealed the row'),
  row: Place.describe('Place of the row in it, from 0'),
});
export type RowProofQuery = z.output<typeof RowProofQuery>;

export const JwksResponse = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        alg: z.literal('EdDSA'),
        use: z.literal('sig'),
        revokedAt: Instant.optional().describe('Of a key that others had: when that was recorded'),
        compromisedSince: Instant.optional().describe('From when on anybody may have signed by it'),
      }),
    ),
  })
  .meta({ id: 'Jwks' });
export type JwksResponse = z.output<typeof JwksResponse>;

export function toJwks(keys: readonly SigningKey[]): JwksResponse {
  return {
    keys: keys.map(({ x, kid, revokedAt, compromisedSince }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x,
      kid,
      alg: 'EdDSA',
      use: 'sig',
      ...(revokedAt === null || compromisedSince === null ? {} : { revokedAt, compromisedSince }),
    })),
  };
}
