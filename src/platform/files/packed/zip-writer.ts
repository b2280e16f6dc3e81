import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { assert } from '../../../core/errors.js';

/** A file to put into an archive. */
export interface ZipSource {
  /** ASCII, `/` between folders. */
  readonly path: string;
  read(): Buffer | Promise<Buffer>;
}

const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const [STORED, DEFLATED, VERSION] = [0, 8, 20];
/** 1980-01-01 00:00, the first day that a ZIP archive can say: none of its own. */
const [TIME, DAY] = [0, 0x21];
const MOST = 0xffffffff;
const deflate = promisify(deflateRaw);

/** What an archive's directory says of a file. */
interface Written {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly at: number;
}

/**
 * Writes a ZIP archive (APPNOTE 6.3.10) in the order of its files, with nothing in it that comes from a clock or
 * a machine: the same files give the same bytes. Archives of 4 GiB and more, which need Zip64, are refused.
 *
 * @param file     Written anew.
 * @param onEach   Hears of each file that is in.
 * @throws RangeError where it would be too large
 */
export async function writeZip(
  file: string,
  sources: readonly ZipSource[],
  onEach: () => void | Promise<void> = () => {},
): Promise<void> {
  assert(sources.length < 0xffff, 'zip: fewer than 65,535 files');
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(Readable.from(archiveOf(sources, onEach), { objectMode: false }), out);
}

async function* archiveOf(
  sources: readonly ZipSource[],
  onEach: () => void | Promise<void>,
): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let at = 0;
  const counted = (bytes: Buffer): Buffer => {
    at += bytes.length;
    if (at > MOST) throw new RangeError('The archive would be larger than 4 GiB.');
    return bytes;
  };
  for (const source of sources) {
    const bytes = await source.read();
    const small = await deflate(bytes, { level: 6 });
    const isSmaller = small.length < bytes.length;
    const packed = isSmaller ? small : bytes;
    const entry = {
      path: source.path,
      method: isSmaller ? DEFLATED : STORED,
      crc: crc32(bytes),
      packed: packed.length,
      unpacked: bytes.length,
      at,
    };
    written.push(entry);
    yield counted(localHeader(entry));
    if (packed.length > 0) yield counted(packed);
    await onEach();
  }
  const start = at;
  for (const entry of written) yield counted(directoryEntry(entry));
  yield endRecord({ count: written.length, size: at - start, start });
}

function localHeader(entry: Written): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(LOCAL, 0);
  describe(header, 4, entry);
  return Buffer.concat([header, Buffer.from(entry.path, 'latin1')]);
}

function directoryEntry(entry: Written): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(CENTRAL, 0);
  header.writeUInt16LE(VERSION, 4);
  describe(header, 6, entry);
  header.writeUInt32LE(entry.at, 42);
  return Buffer.concat([header, Buffer.from(entry.path, 'latin1')]);
}

/** What header and directory both say, from the version that is needed on. */
function describe(header: Buffer, from: number, entry: Written): void {
  header.writeUInt16LE(VERSION, from);
  header.writeUInt16LE(entry.method, from + 4);
  header.writeUInt16LE(TIME, from + 6);
  header.writeUInt16LE(DAY, from + 8);
  header.writeUInt32LE(entry.crc, from + 10);
  header.writeUInt32LE(entry.packed, from + 14);
  header.writeUInt32LE(entry.unpacked, from + 18);
  header.writeUInt16LE(entry.path.length, from + 22);
}

function endRecord({
  count,
  size,
  start,
}: {
  readonly count: number;
  readonly size: number;
  readonly start: number;
}): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(END, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(start, 16);
  return record;
}
