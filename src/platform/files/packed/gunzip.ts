import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DomainError } from '../../../core/errors.js';

/** Largest sizes of what a packed file may become (API section 8). */
export const UNPACKED_LIMITS = { bytes: 200_000_000, ratio: 100 } as const;

const RATIO_FROM_BYTES = 1_000_000;

/**
 * Streams what a gzip file holds: all its members, one after the other (RFC 1952, 2.2). However it
 * ends (its end, damage, a limit, or a reader who wants no more), both streams end with it and nobody
 * waits for either.
 *
 * @param packed    The bytes of the file.
 * @param fileName  For messages.
 * @throws DomainError `import.file_unreadable` for a file that is damaged or cut short, or holds other
 *                     bytes behind its end; `import.limit_exceeded` above `UNPACKED_LIMITS`.
 */
export async function* gunzipped(
  packed: AsyncIterable<Buffer>,
  fileName: string,
): AsyncGenerator<Buffer> {
  const fed = { bytes: 0 };
  const gunzip = createGunzip();
  // What goes wrong in either comes out below, where the unpacked bytes are read.
  pipeline(Readable.from(counted(packed, fed)), gunzip, () => {});
  let bytesOut = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytesOut += chunk.length;
      if (bytesOut > UNPACKED_LIMITS.bytes) refuse('bytes unpacked', UNPACKED_LIMITS.bytes);
      if (bytesOut > RATIO_FROM_BYTES && bytesOut > fed.bytes * UNPACKED_LIMITS.ratio) {
        refuse('times unpacked size over packed', UNPACKED_LIMITS.ratio);
      }
      yield chunk;
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_') && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    throw unreadable(fileName, 'The gzip file is damaged or cut short. Send it again.', error);
  } finally {
    gunzip.destroy();
  }
  // zlib takes a member whose first byte is none as its end, and leaves what follows unread.
  if (gunzip.bytesWritten < fed.bytes) {
    throw unreadable(fileName, 'The gzip file has other bytes behind its end. Send it again.');
  }
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  fed: { bytes: number },
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    fed.bytes += chunk.length;
    yield chunk;
  }
}

function unreadable(file: string, detail: string, cause?: unknown): DomainError {
  return new DomainError('import.file_unreadable', { file, detail }, { cause });
}

function refuse(limit: string, allowed: number): never {
  throw new DomainError('import.limit_exceeded', { limit, allowed });
}
