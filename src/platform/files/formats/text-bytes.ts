import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { DomainError } from '../../../core/errors.js';
import { gunzipped } from '../packed/gunzip.js';

/** Where in a file its text breaks; the line is known to whoever counts them. */
export class TextFault extends Error {
  override readonly name = 'TextFault';
}

const MAGIC: readonly (readonly [start: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP or XLSX file'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF file'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel or Word file'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'a Zstandard file'],
];

/**
 * Streams the text of a file as UTF-8 bytes: gzip unpacked within limits, UTF-16 converted, a
 * byte-order mark passed over. A chunk never ends inside a character.
 *
 * @param bytes  The file.
 * @throws DomainError `import.file_unreadable` for files that are no text; `import.limit_exceeded`.
 * @throws TextFault   at a NUL or a byte that is no text, after everything before it was given.
 */
export async function* textBytes(bytes: Readable, fileName: string): AsyncGenerator<Buffer> {
  const source = bytes[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    const first = await source.next();
    if (first.done === true) return;
    const head = first.value;
    for (const [start, what] of MAGIC) {
      if (start.every((byte, at) => head[at] === byte)) {
        const detail = `This is ${what}. Save it as CSV, NEM12 or Green Button XML; gzip is fine.`;
        throw new DomainError('import.file_unreadable', { file: fileName, detail });
      }
    }
    const all = chain(head, source);
    const isGzip = head[0] === 0x1f && head[1] === 0x8b;
    yield* asUtf8(isGzip ? gunzipped(all, fileName) : all);
  } finally {
    bytes.destroy();
  }
}

async function* chain(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return;
    yield next.value;
  }
}

async function* asUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: Decoder | null = null;
  let isFirst = true;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let bytes: Buffer = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    held = Buffer.alloc(0);
    if (isFirst) {
      if (bytes.length < 4 && bytes.length > 0) {
        // Too short to tell a byte-order mark yet; whole files this short have none that matters.
        held = bytes;
        continue;
      }
      isFirst = false;
      [decoder, bytes] = opened(bytes);
    }
    if (decoder !== null) {
      yield* plain(Buffer.from(decoder.decode(bytes, { stream: true })));
      continue;
    }
    const whole = wholeCharacters(bytes);
    held = bytes.subarray(whole);
    yield* plain(bytes.subarray(0, whole));
  }
  if (isFirst) [decoder, held] = opened(held);
  yield* plain(decoder === null ? held : Buffer.from(decoder.decode(held)));
}

type Decoder = InstanceType<typeof TextDecoder>;

function opened(bytes: Buffer): [Decoder | null, Buffer] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return [new TextDecoder('utf-16le'), bytes];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return [new TextDecoder('utf-16be'), bytes];
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return [null, hasMark ? bytes.subarray(3) : bytes];
}

/** How many bytes end with a whole character; an unfinished one is at most three bytes long. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function* plain(bytes: Buffer): Generator<Buffer> {
  if (bytes.length === 0) return;
  const nul = bytes.indexOf(0);
  if (nul < 0 && isUtf8(bytes)) {
    yield bytes;
    return;
  }
  const good = nul >= 0 && isUtf8(bytes.subarray(0, nul)) ? nul : goodLength(bytes);
  yield bytes.subarray(0, good);
  throw new TextFault('The file holds bytes that are no text.');
}

function goodLength(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  const end = text.indexOf('\ufffd');
  return Buffer.byteLength(text.slice(0, end < 0 ? text.length : end));
}
