import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream';

/** What makes a request another one. */
export interface RequestParts {
  /** Who sends it: a principal, not his key, which he may have renewed since. */
  readonly principalId: string;
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly bodySha256: Buffer;
}

/** SHA-256 that two requests share only if they are the same. */
export function fingerprint({ principalId, method, url, bodySha256 }: RequestParts): Buffer {
  const parts = JSON.stringify([principalId, method, url, bodySha256.toString('hex')]);
  return createHash('sha256').update(parts).digest();
}

/** SHA-256 of a body that was read: its members in any order, white space as it likes. */
export function bodyHash(body: unknown): Buffer {
  return createHash('sha256')
    .update(body === undefined ? '' : JSON.stringify(body, inOrder))
    .digest();
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** SHA-256 of a stream, read to its end. */
export async function streamHash(stream: Readable): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest();
}

/** A stream that is hashed on its way; the hash is there once it was read to its end. */
export function hashedOnTheWay(stream: Readable): {
  readonly stream: Readable;
  readonly hash: () => Buffer | null;
} {
  const running = createHash('sha256');
  let whole: Buffer | null = null;
  const passing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      running.update(chunk);
      done(null, chunk);
    },
    flush: (done) => {
      whole = running.digest();
      done();
    },
  });
  // Either end that fails ends the other; who reads is told by what he reads.
  pipeline(stream, passing, () => {});
  return { stream: passing, hash: () => whole };
}
