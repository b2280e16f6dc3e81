import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** A document as a file. */
export interface DocumentFile {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Letters, digits, `.`, `_` and `-`. */
  readonly fileName: string;
}

/**
 * Answers with a file. Its ETag is the SHA-256 of its bytes, so that who has them is told 304; it is
 * named for a browser that keeps it, and no proxy keeps it for another key.
 */
export function replyDocument(
  reply: FastifyReply,
  { bytes, mediaType, fileName }: DocumentFile,
  ifNoneMatch: string | undefined,
): void {
  const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
  void reply
    .header('etag', etag)
    .header('cache-control', 'private, no-cache')
    .header('vary', 'accept, authorization');
  const known = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) {
    void reply.status(304).send();
    return;
  }
  void reply
    .type(mediaType)
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .send(Buffer.from(bytes));
}
