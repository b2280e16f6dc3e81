import { Readable } from 'node:stream';
import { DomainError } from '../../core/errors.js';

/** Media types whose body is handed on as a stream, unread. */
export const STREAMED_TYPES = [
  ...['text/csv', 'text/plain', 'text/xml', 'application/xml', 'application/atom+xml'],
  ...['application/gzip', 'application/octet-stream', 'application/vnd.mizan.certificates+json'],
];

/**
 * The body of an upload as a stream of bytes.
 *
 * @throws DomainError `request.unsupported_type` for a body of another type, or none.
 */
export function requireUpload(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new DomainError('request.unsupported_type', { accepted: STREAMED_TYPES });
}
