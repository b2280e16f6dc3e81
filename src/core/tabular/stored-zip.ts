import { assert } from '../errors.js';
import {
  directoryEntry,
  endRecord,
  joinedBytes,
  localHeader,
  type ZippedFile,
} from './zip-records.js';

/** A file to pack. */
export interface PackedFile {
  /** With `/` between folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Names are UTF-8; nothing is encrypted or streamed. */
const UTF8_NAMES = 0x0800;
const STORED = 0;

/**
 * Packs files into a ZIP (APPNOTE 6.3.10) without compressing them: a compressor may give other
 * bytes in its next version, and the same document must always give the same file.
 *
 * @param files    In the order that they stand in; each below 4 GiB, as are all together.
 * @param instant  RFC 3339; the date of every file, in UTC and to two seconds.
 */
export function storedZip(files: readonly PackedFile[], instant: string): Uint8Array {
  const encoder = new TextEncoder();
  const stamp = dosStamp(instant);
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of files) {
    const { length } = bytes;
    const file: ZippedFile = {
      name: encoder.encode(name),
      flags: UTF8_NAMES,
      method: STORED,
      stamp,
      crc: crc32(bytes),
      packedBytes: length,
      unpackedBytes: length,
      at,
    };
    const header = localHeader(file);
    parts.push(header, bytes);
    directory.push(directoryEntry(file));
    at += header.length + length;
  }
  const byteCount = directory.reduce((sum, part) => sum + part.length, 0);
  assert(at + byteCount < 0xffffffff && files.length < 0xffff, 'zip: below 4 GiB');
  return joinedBytes([
    ...parts,
    ...directory,
    endRecord({ fileCount: files.length, byteCount, at }),
  ]);
}

/** The two numbers that MS-DOS kept a time in. */
function dosStamp(instant: string): { readonly time: number; readonly date: number } {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(instant);
  assert(found !== null, 'zip: an instant');
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number) as number[];
  return {
    time: (hour! << 11) | (minute! << 5) | (second! >> 1),
    date: ((year! - 1980) << 9) | (month! << 5) | day!,
  };
}
