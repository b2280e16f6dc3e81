import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { text } from './schemas.js';

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

/**
 * Parameter of a handler: a signal that is aborted when the caller goes before his answer is sent, so
 * that nobody works on for him.
 */
export const CallerGone = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  const controller = new AbortController();
  raw.once('close', () => {
    if (raw.writableFinished) return;
    const reason = 'The connection was closed before the answer.';
    controller.abort(new DomainError('import.interrupted', { reason, fix: 'Send it again.' }));
  });
  return controller.signal;
});

/** How an upload is called. */
export const UploadedFile = z.strictObject({
  fileName: text(200).default('upload').describe('Name to keep, as text only'),
});
export type UploadedFile = z.output<typeof UploadedFile>;

const Count = z.int().min(0);

/** What a file did that was taken in whole. */
export const FileImportResponse = z.object({
  alreadyImported: z.boolean().describe('The same bytes came before; nothing was done'),
  importId: z.uuid(),
  fileName: z.string(),
  fileSha256: z.string(),
  rowCount: Count,
  newCount: Count,
  identicalCount: Count,
  totalWh: Count.describe('Control total of the file, Wh'),
  eventId: z.uuid(),
});
export type FileImportResponse = z.output<typeof FileImportResponse>;

/** The answer to an upload, from the register of files. */
export function toFileImport(result: {
  readonly file: Readonly<Omit<FileImportResponse, 'alreadyImported'>>;
  readonly alreadyImported: boolean;
}): FileImportResponse {
  const { importId, fileName, fileSha256, rowCount, newCount } = result.file;
  const { identicalCount, totalWh, eventId } = result.file;
  return {
    alreadyImported: result.alreadyImported,
    ...{ importId, fileName, fileSha256, rowCount, newCount, identicalCount, totalWh, eventId },
  };
}
