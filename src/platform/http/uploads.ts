import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { text } from '../../core/shapes/values.shape.js';

/** Media types whose body is handed on as a stream, unread. */
export const STREAMED_TYPES = [
  'text/csv',
  'text/plain',
  'text/xml',
  'application/xml',
  'application/atom+xml',
  'application/gzip',
  'application/zip',
  'application/octet-stream',
  'application/vnd.mizan.certificates+json',
];

/** Media types of files of intervals. */
export const INTERVAL_TYPES = [
  'text/csv',
  'application/xml',
  'application/gzip',
  'application/zip',
  'application/octet-stream',
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

/** A yes or no in a query; no, unless it is said. */
export const Flag = z
  .literal(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** Whether a request is only tried. */
export const DryRunQuery = z.strictObject({
  dryRun: Flag.describe('Try it, with every refusal; nothing is written'),
});
export type DryRunQuery = z.output<typeof DryRunQuery>;

/** What an answer says of a request that was only tried; absent of one that was done. */
export const previewShape = {
  isDryRun: z.literal(true).optional().describe('It was only tried: nothing was written'),
  cannotBeTakenBack: z.string().optional().describe('What doing it makes for good'),
};

/** How an upload is called, and whether it is only tried. */
export const UploadedFile = z.strictObject({
  fileName: text(200).default('upload').describe('Name to keep, as text only'),
  dryRun: Flag.describe('Try it, with every refusal; nothing is written but the bytes'),
});
export type UploadedFile = z.output<typeof UploadedFile>;
