import { closeSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { DomainError } from '../../../core/errors.js';
import { watchJson } from '../../../core/tabular/json-size.js';

/** Largest sizes of a JSON document that is held whole. */
export interface JsonTextLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly values: number;
}

/** Records and other documents that people write: as much as a few of the API's bodies. */
export const RECORD_LIMITS: JsonTextLimits = {
  bytes: 16 * 1024 * 1024,
  depth: 32,
  values: 500_000,
};
/** Documents of the engines: a year of hours with several offers each. */
export const ENGINE_LIMITS: JsonTextLimits = {
  bytes: 64 * 1024 * 1024,
  depth: 32,
  values: 2_000_000,
};

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads a small file whole, never more of it than is allowed: also from a pipe, whose size nobody
 * knows.
 *
 * @throws DomainError `import.file_unreadable`, `import.limit_exceeded`
 */
export function readSmallFile(path: string, limitBytes: number): Buffer {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(file, chunk);
      if (count === 0) return Buffer.concat(chunks);
      byteCount += count;
      if (byteCount > limitBytes) refuse('bytes in one document', limitBytes);
      chunks.push(chunk.subarray(0, count));
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw unreadable(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Reads a JSON file. @throws DomainError `import.file_unreadable`, `import.limit_exceeded` */
export function readJsonFile(path: string, limits: JsonTextLimits = RECORD_LIMITS): unknown {
  return parseJsonFile(path, readSmallFile(path, limits.bytes), limits);
}

/** Reads the bytes of a JSON file. @throws DomainError as `readJsonFile` */
export function parseJsonFile(path: string, bytes: Buffer, limits: JsonTextLimits): unknown {
  try {
    return parseJson(bytes, limits);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw unreadable(path, error);
  }
}

/**
 * Reads a stream of JSON whole.
 *
 * @throws DomainError `import.limit_exceeded`
 * @throws SyntaxError where it is not JSON
 */
export async function readJsonStream(bytes: Readable, limits: JsonTextLimits): Promise<unknown> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer | string>) {
    const more = Buffer.from(chunk as string);
    byteCount += more.length;
    if (byteCount > limits.bytes) refuse('bytes in one document', limits.bytes);
    chunks.push(more);
  }
  return parseJson(Buffer.concat(chunks), limits);
}

function parseJson(bytes: Buffer, limits: JsonTextLimits): unknown {
  const excess = watchJson(limits).push(bytes);
  if (excess !== null) refuse(excess.limit, excess.allowed);
  return JSON.parse(bytes.toString('utf8'));
}

function unreadable(file: string, error: unknown): DomainError {
  const detail = error instanceof Error ? error.message : String(error);
  return new DomainError('import.file_unreadable', { file, detail }, { cause: error });
}

function refuse(limit: string, allowed: number): never {
  throw new DomainError('import.limit_exceeded', { limit, allowed });
}
