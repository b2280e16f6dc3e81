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

/** A yes or no in a query. */
export const Flag = z.literal(['true', 'false']).transform((text) => text === 'true');

/** How an upload is called, and whether it is only tried. */
export const UploadedFile = z.strictObject({
  fileName: text(200).default('upload').describe('Name to keep, as text only'),
  dryRun: Flag.default(false).describe(
    'Try it, with every refusal; nothing is written but the bytes',
  ),
});
export type UploadedFile = z.output<typeof UploadedFile>;

const Count = z.int().min(0);

/** What a file did that was taken in whole, or would do. */
export const FileImportResponse = z.object({
  alreadyImported: z.boolean().describe('The same bytes came before; nothing was done'),
  isDryRun: z.boolean().describe('It was only tried: nothing was written, and there are no ids'),
  cannotBeTakenBack: z.string().describe('What committing the file makes for good'),
  importId: z.uuid().nullable(),
  fileName: z.string(),
  fileSha256: z.string(),
  rowCount: Count,
  newCount: Count,
  identicalCount: Count,
  totalWh: Count.describe('Control total of the file, Wh'),
  eventId: z.uuid().nullable(),
});
export type FileImportResponse = z.output<typeof FileImportResponse>;

/** The answer to an upload, from the register of files. */
export function toFileImport({
  file,
  alreadyImported,
  isDryRun = false,
}: {
  readonly file: Readonly<
    Omit<FileImportResponse, 'alreadyImported' | 'isDryRun' | 'cannotBeTakenBack'>
  > & { readonly kind: keyof typeof FOR_GOOD };
  readonly alreadyImported: boolean;
  readonly isDryRun?: boolean;
}): FileImportResponse {
  const { fileName, fileSha256, rowCount, newCount, identicalCount, totalWh } = file;
  const isThere = alreadyImported || !isDryRun;
  return {
    ...{ alreadyImported, isDryRun, cannotBeTakenBack: FOR_GOOD[file.kind] },
    ...{ importId: isThere ? file.importId : null, eventId: isThere ? file.eventId : null },
    ...{ fileName, fileSha256, rowCount, newCount, identicalCount, totalWh },
  };
}

/** What a file of each kind makes that no later file takes back. */
export const FOR_GOOD = {
  intervals: 'A value can be corrected by a later file; both versions stay in the ledger.',
  certificates:
    'A certificate is never edited or removed: only its issuer corrects it, by a withdrawal and a new one.',
  bundles:
    'A certificate that came from another registry is never edited or removed; its Wh cannot come again.',
  'storage-records':
    'A storage record is never edited or removed; a correction is a record of its own.',
  'mwh-cancellations': 'A cancelled MWh certificate is claimed for good, and cannot come again.',
} as const;
