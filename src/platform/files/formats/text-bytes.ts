import { isAscii, isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { DomainError } from '../../../core/errors.js';
import {
  decodeWindows1252,
  encodingNamed,
  type TextEncoding,
} from '../../../core/tabular/text-encoding.js';
import { gunzipped } from '../packed/gunzip.js';

/** Where in a file its text breaks; the line is known to whoever counts them. */
export class TextFault extends Error {
  override readonly name = 'TextFault';
}

/** What is said of a line that cannot be read as text. */
export const noText = (line: number): string =>
  `Line ${line} holds bytes that are no text of one encoding: UTF-8, UTF-16 with its mark or Windows-1252. ` +
  'Save the file as UTF-8.';

const MAGIC: readonly (readonly [start: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP or XLSX file'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF file'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel or Word file'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'a Zstandard file'],
];

/**
 * Streams the text of a file as UTF-8 bytes: gzip unpacked within limits, other encodings converted
 * (`utf8Bytes`), a byte-order mark passed over. A chunk never ends inside a character.
 *
 * @param bytes  The file.
 * @throws DomainError `import.file_unreadable` for files that are no text; `import.limit_exceeded`.
 * @throws TextFault   at a NUL or a byte that is no text, after everything before it was given.
 */
export async function* textBytes(
  bytes: Readable,
  fileName: string,
  how: HowToDecode = {},
): AsyncGenerator<Buffer> {
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
    yield* utf8Bytes(isGzip ? gunzipped(all, fileName) : all, how);
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

/** How the bytes of a text are read. */
export interface HowToDecode {
  /** What a person states; null: the text says it. A byte-order mark says it in any case. */
  readonly encoding?: TextEncoding | null;
  /** Told once, when it is known or the text ends. */
  readonly onEncoding?: (encoding: TextEncoding) => void;
}

/**
 * Gives text as UTF-8 bytes. What it is written in is told by a byte-order mark, what is stated, the
 * declaration of XML, or the first character that is not ASCII, in this order: where that one is
 * well-formed UTF-8 all the others must be, and where it is not the text is windows-1252. So a text is
 * read the same however it comes in pieces, and one of two encodings is refused.
 *
 * @throws TextFault at a NUL or a byte that is no text, after everything before it was given.
 */
export async function* utf8Bytes(
  chunks: AsyncIterable<Buffer>,
  how: HowToDecode = {},
): AsyncGenerator<Buffer> {
  const decoding = new Decoding(how);
  for await (const chunk of chunks) yield* decoding.push(chunk);
  yield* decoding.end();
}

/** Names the encoding of a text, which it reads until it is known; what is no text is left to its reader. */
export async function encodingOf(chunks: AsyncIterable<Buffer>): Promise<TextEncoding> {
  let found: TextEncoding | null = null;
  try {
    const how = { onEncoding: (encoding: TextEncoding) => (found = encoding) };
    for await (const _ of utf8Bytes(chunks, how)) if (found !== null) break;
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
  }
  return found ?? 'utf-8';
}

const MARK_BYTES = 4;
const DECLARATION_BYTES = 256;
const ASCII_END = 0x80;

class Decoding {
  private held: Buffer = Buffer.alloc(0);
  private isOpen = false;
  private encoding: TextEncoding | null = null;
  private utf16: InstanceType<typeof TextDecoder> | null = null;

  constructor(private readonly how: HowToDecode) {}

  *push(chunk: Buffer): Generator<Buffer> {
    const bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    this.held = Buffer.alloc(0);
    if (!this.isOpen && isTooShort(bytes)) {
      this.held = bytes;
      return;
    }
    yield* this.decoded(this.isOpen ? bytes : this.opened(bytes));
  }

  *end(): Generator<Buffer> {
    const rest = this.isOpen ? this.held : this.opened(this.held);
    if (this.encoding === null) this.decide(rest);
    if (this.utf16 !== null) yield* plain(Buffer.from(this.utf16.decode(rest)));
    else if (this.encoding === 'windows-1252') yield* this.windows(rest);
    else yield* plain(rest);
    if (this.encoding === null) this.is('utf-8');
  }

  /** Reads the first bytes of a text; what is left of them is text. */
  private opened(bytes: Buffer): Buffer {
    this.isOpen = true;
    if (bytes[0] === 0xff && bytes[1] === 0xfe) this.is('utf-16le');
    else if (bytes[0] === 0xfe && bytes[1] === 0xff) this.is('utf-16be');
    else if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      this.is('utf-8');
      return bytes.subarray(3);
    } else {
      const said = this.how.encoding ?? declared(bytes);
      if (said !== null) this.is(said);
    }
    return bytes;
  }

  private *decoded(bytes: Buffer): Generator<Buffer> {
    if (this.utf16 !== null) {
      yield* plain(Buffer.from(this.utf16.decode(bytes, { stream: true })));
      return;
    }
    const whole = wholeCharacters(bytes);
    if (this.encoding === null) this.decide(bytes.subarray(0, whole));
    if (this.encoding === 'windows-1252') {
      yield* this.windows(bytes);
      return;
    }
    this.held = bytes.subarray(whole);
    yield* plain(bytes.subarray(0, whole));
  }

  /** Decides by the first character that is not ASCII, if there is one. */
  private decide(bytes: Buffer): void {
    if (isAscii(bytes)) return;
    const at = bytes.findIndex((byte) => byte >= ASCII_END);
    const length = characterLength(bytes[at]!);
    this.is(isUtf8(bytes.subarray(at, at + length)) ? 'utf-8' : 'windows-1252');
  }

  private is(encoding: TextEncoding): void {
    this.encoding = encoding;
    if (encoding === 'utf-16le' || encoding === 'utf-16be') this.utf16 = new TextDecoder(encoding);
    this.how.onEncoding?.(encoding);
  }

  private *windows(bytes: Buffer): Generator<Buffer> {
    const { text, byteCount } = decodeWindows1252(bytes);
    yield* plain(Buffer.from(text));
    if (byteCount < bytes.length) throw new TextFault('The file holds bytes that are no text.');
  }
}

/** Whether the first bytes may go on as a byte-order mark, or as a declaration of XML. */
function isTooShort(bytes: Buffer): boolean {
  if (bytes.length < MARK_BYTES) return true;
  const isXml =
    bytes.length < DECLARATION_BYTES &&
    bytes.toString('latin1', 0, 5) === '<?xml'.slice(0, bytes.length);
  return isXml && !bytes.includes('?>');
}

/** What the declaration of XML says; UTF-8 where it says what is not read here. */
function declared(bytes: Buffer): TextEncoding | null {
  const head = bytes.toString('latin1', 0, DECLARATION_BYTES);
  const [, name] = /^<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']*)["']/.exec(head) ?? [];
  return name === undefined ? null : (encodingNamed(name) ?? 'utf-8');
}

/** How long a character is by its first byte; one for a byte that begins none. */
function characterLength(byte: number): number {
  if (byte < 0xc0) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

/** How many bytes end with a whole character; an unfinished one is at most three bytes long. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < ASCII_END) return bytes.length;
    if (byte >= 0xc0) {
      return back < characterLength(byte) ? bytes.length - back : bytes.length;
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
