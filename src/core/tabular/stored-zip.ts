import { assert } from '../errors.js';

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
const VERSION = 20;

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
    const nameBytes = encoder.encode(name);
    const size = bytes.length;
    const facts = fields([
      [2, VERSION],
      [2, UTF8_NAMES],
      [2, 0],
      [2, stamp.time],
      [2, stamp.date],
      [4, crc32(bytes)],
      [4, size],
      [4, size],
      [2, nameBytes.length],
      [2, 0],
    ]);
    const local = [fields([[4, 0x04034b50]]), facts, nameBytes, bytes];
    const listed = fields([
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, at],
    ]);
    const head = fields([
      [4, 0x02014b50],
      [2, VERSION],
    ]);
    directory.push(head, facts, listed, nameBytes);
    parts.push(...local);
    at += local.reduce((sum, part) => sum + part.length, 0);
  }
  const directorySize = directory.reduce((sum, part) => sum + part.length, 0);
  assert(at + directorySize < 0xffffffff && files.length < 0xffff, 'zip: below 4 GiB');
  const end = fields([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, directorySize],
    [4, at],
    [2, 0],
  ]);
  return joined([...parts, ...directory, end]);
}

function fields(values: readonly (readonly [size: 2 | 4, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of values) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
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
