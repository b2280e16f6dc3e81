/** Reads the ZIP archive of a pack (PACK section 1), which may hold nothing that could be read in two ways. */
import { fromUtf8, sameBytes } from './bytes.js';

const END_BYTES = 22;
const COMMENT_MAX = 65_535;
const LOCAL_BYTES = 30;
const LISTED_BYTES = 46;
const SIGNATURE = { local: 0x04034b50, listed: 0x02014b50, end: 0x06054b50 };
const STORED = 0;
const DEFLATED = 8;
/** The name is UTF-8. No other flag: nothing encrypted, no sizes after the bytes. */
const UTF8_FLAG = 0x800;
/** 1980-01-01, 00:00:00. */
const DATED = { date: 0x21, time: 0 };
/** What a month comes to many times over; more is made to fill a memory. */
const FILE_BYTES_MAX = 2 ** 30;
const TOTAL_BYTES_MAX = 2 ** 31;
/** Deflate makes of one byte 1,032 at most. */
const DEFLATE_RATIO_MAX = 1_032;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

/** @returns {number} CRC-32 as ZIP has it */
function crc32(bytes) {
  let crc = -1;
  for (let at = 0; at < bytes.length; at += 1) {
    crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[at]) & 0xff];
  }
  return ~crc >>> 0;
}

/**
 * What unpacking is done with: Node has it faster than what browsers have too.
 *
 * @typedef {object} Unpacking
 * @property {(packed: Uint8Array, size: number) => Promise<Uint8Array | null>} inflated  null for bytes that do not
 *   inflate to `size` bytes, to their end
 * @property {(bytes: Uint8Array) => number} crc32
 */

/** @type {Unpacking} */
export const PORTABLE = { inflated, crc32 };

/** @returns {number} where the directory's end is; -1 for bytes that are no archive */
export function endOfArchive(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const first = Math.max(0, bytes.length - END_BYTES - COMMENT_MAX);
  for (let at = bytes.length - END_BYTES; at >= first; at -= 1) {
    if (view.getUint32(at, true) === SIGNATURE.end) return at;
  }
  return -1;
}

/**
 * Reads every file whose bytes can be had.
 *
 * @param {Uint8Array} bytes
 * @param {number} end       of `endOfArchive`
 * @param {{fail: (code: string, path: string | null, values?: object) => void, unpacking: Unpacking}} how  `fail`
 *   is told what is wrong
 * @param {() => Promise<void>} breathe
 * @returns {Promise<Map<string, Uint8Array>>} by path
 */
export async function readArchive(bytes, end, { fail, unpacking }, breathe) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const files = new Map();
  if (bytes.length !== end + END_BYTES || view.getUint16(end + 20, true) !== 0) {
    fail('zip.after_end', null);
  }
  const entries = directoryOf(bytes, view, end, fail);
  let free = 0;
  let total = 0;
  let before = null;
  for (const entry of entries) {
    const { path, offset, size } = entry;
    if (before !== null && !isBefore(before.name, entry.name)) {
      fail(sameBytes(before.name, entry.name) ? 'zip.twice' : 'zip.order', path);
    }
    before = entry;
    total += size;
    if (size > FILE_BYTES_MAX || total > TOTAL_BYTES_MAX) {
      fail('zip.too_large', path, { byteCount: size });
      return files;
    }
    const start = startOfBytes(bytes, view, entry);
    if (start === null) {
      fail('zip.headers_differ', path);
      continue;
    }
    if (offset !== free) fail('zip.between', path);
    free = start + entry.packedSize;
    const content = await contentOf(bytes.subarray(start, free), entry, { fail, unpacking });
    if (content === null) continue;
    if (files.has(path)) fail('zip.twice', path);
    else files.set(path, content);
    await breathe();
  }
  if (free !== view.getUint32(end + 16, true)) fail('zip.between', null);
  return files;
}

/** The entries of the central directory, as far as it can be read. */
function directoryOf(bytes, view, end, fail) {
  const count = view.getUint16(end + 10, true);
  const listedBytes = view.getUint32(end + 12, true);
  let at = view.getUint32(end + 16, true);
  const isPlain =
    view.getUint32(end + 4, true) === 0 &&
    view.getUint16(end + 8, true) === count &&
    at + listedBytes === end;
  if (!isPlain) {
    fail('zip.directory', null);
    return [];
  }
  const entries = [];
  for (let index = 0; index < count; index += 1) {
    const nameBytes = at + LISTED_BYTES <= end ? view.getUint16(at + 28, true) : 0;
    const next = at + LISTED_BYTES + nameBytes;
    if (next > end || view.getUint32(at, true) !== SIGNATURE.listed) {
      fail('zip.directory', null);
      return entries;
    }
    const entry = listedEntry(bytes, view, at);
    if (entry.path === null) {
      fail('zip.name', null, { index });
      return entries;
    }
    const flaw = flawOf(view, at, entry);
    if (flaw !== null) fail(flaw, entry.path);
    if (flaw === 'zip.extra') return entries;
    entries.push(entry);
    at = next;
  }
  if (at !== end) fail('zip.directory', null);
  return entries;
}

function listedEntry(bytes, view, at) {
  const name = bytes.subarray(at + LISTED_BYTES, at + LISTED_BYTES + view.getUint16(at + 28, true));
  return {
    name,
    path: fromUtf8(name),
    /** Version needed, flags, method, time, date, CRC-32, both sizes, length of the name: as the local header repeats them. */
    facts: bytes.subarray(at + 6, at + 30),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
}

/** What of an entry a pack's archive does not have. */
function flawOf(view, at, { path, flags, method, packedSize, size, offset }) {
  const [extraBytes, commentBytes] = [view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
  if (extraBytes !== 0 || commentBytes !== 0) return 'zip.extra';
  if ((flags & ~UTF8_FLAG) !== 0 || view.getUint16(at + 34, true) !== 0) return 'zip.flags';
  if (method !== STORED && method !== DEFLATED) return 'zip.method';
  if ([packedSize, size, offset].includes(0xffffffff)) return 'zip.flags';
  if (path.endsWith('/')) return 'zip.folder';
  const isDated =
    view.getUint16(at + 12, true) === DATED.time && view.getUint16(at + 14, true) === DATED.date;
  return isDated ? null : 'zip.dated';
}

/** Where an entry's bytes begin; null where its local header says something else than the directory. */
function startOfBytes(bytes, view, { name, facts, offset, packedSize }) {
  const start = offset + LOCAL_BYTES + name.length;
  if (start + packedSize > bytes.length || view.getUint32(offset, true) !== SIGNATURE.local) {
    return null;
  }
  const isSame =
    sameBytes(bytes.subarray(offset + 4, offset + 28), facts) &&
    view.getUint16(offset + 28, true) === 0 &&
    sameBytes(bytes.subarray(offset + LOCAL_BYTES, start), name);
  return isSame ? start : null;
}

async function contentOf(packed, { path, method, size, crc }, { fail, unpacking }) {
  const isPossible = size <= packed.length * DEFLATE_RATIO_MAX;
  const content =
    method === STORED ? packed : isPossible ? await unpacking.inflated(packed, size) : null;
  if (content === null || content.length !== size) {
    fail('zip.length', path, { byteCount: size });
    return null;
  }
  // Read on all the same: what is wrong with the bytes is said where they are hashed.
  if (unpacking.crc32(content) !== crc) fail('zip.crc', path);
  return content;
}

/** Null for bytes that do not inflate to `size` bytes. */
async function inflated(packed, size) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const content = new Uint8Array(size);
  let at = 0;
  try {
    for (const reader = stream.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return at === size ? content : null;
      if (at + value.length > size) {
        await reader.cancel();
        return null;
      }
      content.set(value, at);
      at += value.length;
    }
  } catch {
    return null;
  }
}

function isBefore(a, b) {
  const common = Math.min(a.length, b.length);
  for (let at = 0; at < common; at += 1) if (a[at] !== b[at]) return a[at] < b[at];
  return a.length < b.length;
}
