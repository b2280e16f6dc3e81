import type { Readable } from 'node:stream';
import { JSONParser } from '@streamparser/json';
import { DomainError } from '../../../core/errors.js';
import { noText, TextFault, utf8Bytes } from './text-bytes.js';

/** Largest sizes in JSON files, as those of XML and CSV (API section 8). */
export const JSON_LIMITS = {
  items: 2_000_000,
  depth: 32,
  itemBytes: 65_536,
  besideBytes: 16_777_216,
} as const;

const OPENING_BRACKET = 0x5b;
const WHITE_SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Streams the items of a JSON array: text as `utf8Bytes` reads it, memory does not grow with the file.
 *
 * @param bytes     The file.
 * @param fileName  For messages.
 * @throws DomainError `import.file_unreadable` when it is not JSON, ends early or is no array;
 *                     `import.limit_exceeded` beyond `JSON_LIMITS`, before the parser holds more.
 */
export async function* readJsonItems(bytes: Readable, fileName: string): AsyncGenerator<unknown> {
  try {
    yield* readJsonPath(utf8Bytes(bytes as AsyncIterable<Buffer>), fileName, '$');
  } finally {
    bytes.destroy();
  }
}

/**
 * Streams the items of the array that stands at a path of a JSON document, or of several: `$` the
 * document itself, `$.data.intervals`, `$.meters.*.readings`.
 *
 * @param chunks    UTF-8.
 * @param path      Names by points, `*` for any.
 * @throws DomainError as `readJsonItems`
 */
export async function* readJsonPath(
  chunks: AsyncIterable<Buffer>,
  fileName: string,
  path: string,
): AsyncGenerator<unknown> {
  const unreadable = (detail: string, cause?: unknown): DomainError =>
    new DomainError('import.file_unreadable', { file: fileName, detail }, { cause });
  const parser = new JSONParser({ paths: [`${path}.*`], keepStack: false });
  let arrived: unknown[] = [];
  let [itemCount, besideBytes] = [0, 0];
  const watch = sizeWatch(path.split('.').length);
  let isOpen = false;
  let line = 1;
  parser.onValue = ({ value, parent }) => {
    if (Array.isArray(parent)) arrived.push(value);
  };
  try {
    for await (const chunk of chunks) {
      if (!isOpen) {
        const first = chunk.find((byte) => !WHITE_SPACE.has(byte));
        if (first === undefined) continue;
        if (path === '$' && first !== OPENING_BRACKET) {
          throw unreadable('The top level is not an array.');
        }
        isOpen = true;
      }
      watch(chunk);
      line += linesIn(chunk);
      parser.write(chunk);
      itemCount += arrived.length;
      if (itemCount > JSON_LIMITS.items) refuse('items', JSON_LIMITS.items);
      // What is no item stays in memory until what it is part of ends.
      besideBytes = arrived.length > 0 ? 0 : besideBytes + chunk.length;
      if (besideBytes > JSON_LIMITS.besideBytes)
        refuse('bytes beside items', JSON_LIMITS.besideBytes);
      yield* arrived;
      arrived = [];
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (error instanceof TextFault) throw unreadable(noText(line), error);
    throw unreadable(`Not JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (!parser.isEnded) throw unreadable('Not JSON: the file ends before its array does.');
  if (itemCount === 0 && path !== '$') {
    throw unreadable(`There is no array with items at ${path}. State the path in rows.`);
  }
}

const [LF, QUOTE, BACKSLASH, COMMA] = [0x0a, 0x22, 0x5c, 0x2c];
const OPENS = new Set([0x5b, 0x7b]);
const CLOSES = new Set([0x5d, 0x7d]);

/**
 * Looks at bytes before the parser sees them: a parser keeps what is open, so that a file of brackets
 * takes all memory before any value is done.
 */
function sizeWatch(itemDepth: number): (chunk: Buffer) => void {
  let [depth, itemBytes] = [0, 0];
  let [isText, isEscaped] = [false, false];
  return (chunk) => {
    for (const byte of chunk) {
      itemBytes += 1;
      if (itemBytes > JSON_LIMITS.itemBytes) refuse('bytes of an item', JSON_LIMITS.itemBytes);
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isText = false;
      } else if (byte === QUOTE) isText = true;
      else if (OPENS.has(byte)) {
        depth += 1;
        if (depth > JSON_LIMITS.depth) refuse('levels of brackets', JSON_LIMITS.depth);
      } else if (CLOSES.has(byte)) depth -= 1;
      else if (byte === COMMA && depth <= itemDepth) itemBytes = 0;
    }
  };
}

function linesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) count += 1;
  return count;
}

function refuse(limit: string, allowed: number): never {
  throw new DomainError('import.limit_exceeded', { limit, allowed });
}
