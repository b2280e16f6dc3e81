import type { Readable } from 'node:stream';
import { JSONParser } from '@streamparser/json';
import { DomainError } from '../../core/errors.js';

const ITEM_LIMIT = 2_000_000;
const OPENING_BRACKET = 0x5b;
const WHITE_SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Streams the items of a JSON array: UTF-8, memory does not grow with the file.
 *
 * @param bytes     The file.
 * @param fileName  For messages.
 * @throws DomainError `import.file_unreadable` when it is not JSON, ends early or is no array;
 *                     `import.limit_exceeded` beyond 2,000,000 items.
 */
export async function* readJsonItems(bytes: Readable, fileName: string): AsyncGenerator<unknown> {
  const unreadable = (detail: string, cause?: unknown): DomainError =>
    new DomainError('import.file_unreadable', { file: fileName, detail }, { cause });
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false });
  let arrived: unknown[] = [];
  let itemCount = 0;
  let isArray = false;
  parser.onValue = ({ value, parent }) => {
    if (Array.isArray(parent)) arrived.push(value);
  };
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      if (!isArray) {
        const first = chunk.find((byte) => !WHITE_SPACE.has(byte));
        if (first === undefined) continue;
        if (first !== OPENING_BRACKET) throw unreadable('The top level is not an array.');
        isArray = true;
      }
      parser.write(chunk);
      itemCount += arrived.length;
      if (itemCount > ITEM_LIMIT) {
        throw new DomainError('import.limit_exceeded', { limit: 'items', allowed: ITEM_LIMIT });
      }
      yield* arrived;
      arrived = [];
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw unreadable(`Not JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  } finally {
    bytes.destroy();
  }
  if (!parser.isEnded) throw unreadable('Not JSON: the file ends before its array does.');
}
