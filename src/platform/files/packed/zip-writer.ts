import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { assert } from '../../../core/errors.js';
import {
  directoryEntry,
  endRecord,
  localHeader,
  type ZippedFile,
} from '../../../core/tabular/zip-records.js';

/** A file to put into an archive. */
export interface ZipSource {
  /** ASCII, `/` between folders. */
  readonly path: string;
  read(): Buffer | Promise<Buffer>;
}

const [STORED, DEFLATED] = [0, 8];
/** 1980-01-01 00:00, the first instant that a ZIP archive can say: none of its own. */
const STAMP = { time: 0, date: 0x21 };
const MOST = 0xffffffff;
const deflate = promisify(deflateRaw);

/**
 * Writes a ZIP archive (APPNOTE 6.3.10) in the order of its files, with nothing in it that comes from a clock or
 * a machine: the same files give the same bytes, by the same compressor. Archives of 4 GiB and more, which need Zip64, are refused.
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

/** A small archive in memory, as `writeZip` writes it. */
export function zipped(sources: readonly ZipSource[]): Promise<Buffer> {
  assert(sources.length < 0xffff, 'zip: fewer than 65,535 files');
  return buffer(
    Readable.from(
      archiveOf(sources, () => {}),
      { objectMode: false },
    ),
  );
}

async function* archiveOf(
  sources: readonly ZipSource[],
  onEach: () => void | Promise<void>,
): AsyncGenerator<Buffer> {
  const written: ZippedFile[] = [];
  let at = 0;
  const counted = (bytes: Uint8Array): Buffer => {
    at += bytes.length;
    if (at > MOST) throw new RangeError('The archive would be larger than 4 GiB.');
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  for (const source of sources) {
    const bytes = await source.read();
    const small = await deflate(bytes, { level: 6 });
    const isSmaller = small.length < bytes.length;
    const packed = isSmaller ? small : bytes;
    const file: ZippedFile = {
      name: Buffer.from(source.path, 'latin1'),
      flags: 0,
      method: isSmaller ? DEFLATED : STORED,
      stamp: STAMP,
      crc: crc32(bytes),
      packedBytes: packed.length,
      unpackedBytes: bytes.length,
      at,
    };
    written.push(file);
    yield counted(localHeader(file));
    if (packed.length > 0) yield counted(packed);
    await onEach();
  }
  const directoryAt = at;
  for (const file of written) yield counted(directoryEntry(file));
  const byteCount = at - directoryAt;
  yield counted(endRecord({ fileCount: written.length, byteCount, at: directoryAt }));
}
