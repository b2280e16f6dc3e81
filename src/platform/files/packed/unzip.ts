import { crc32, createInflateRaw } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';
import { DomainError } from '../../../core/errors.js';
import { UNPACKED_LIMITS } from './gunzip.js';

/** Largest ZIP files that are read, and most files in one. */
export const ZIP_LIMITS = { packedBytes: 67_108_864, files: 1_000 } as const;

/** What may be in an archive: files, bytes of all together, and how many times larger than packed. */
export interface UnzipLimits {
  readonly files: number;
  readonly bytes: number;
  readonly ratio: number;
}

/** A file in a ZIP file. Its name is text and nothing else: it is never a path. */
export interface ZipEntry {
  readonly name: string;
  readonly isFolder: boolean;
  /** Its bytes, checked against size and checksum at their end. */
  open(): AsyncGenerator<Buffer>;
}

/** Whether bytes begin as a ZIP file does. */
export const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5);

const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const [END_BYTES, CENTRAL_BYTES, LOCAL_BYTES] = [22, 46, 30];
const [STORED, DEFLATED] = [0, 8];
const [ENCRYPTED, SIZES_FOLLOW, UTF8] = [1, 8, 0x800];
const IN_ZIP64 = 0xffffffff;
const RATIO_FROM_BYTES = 1_000_000;

/** What the directory says of a file. */
interface Directory {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly at: number;
}

/**
 * Lists the files of a ZIP file, strictly (APPNOTE 6.3.10): the directory at its end and the headers
 * before the files say the same, nothing overlaps, nothing is encrypted, split or of ZIP64. What is in
 * doubt is refused: two readers must not see two files.
 *
 * @throws DomainError `import.file_unreadable`, `import.limit_exceeded`
 */
export function zipEntries(
  zip: Buffer,
  fileName: string,
  limits: UnzipLimits = { ...UNPACKED_LIMITS, files: ZIP_LIMITS.files },
): ZipEntry[] {
  const bad = (detail: string): DomainError =>
    new DomainError('import.file_unreadable', {
      file: fileName,
      detail: `The ZIP file cannot be read: ${detail}`,
    });
  const end = endOf(zip);
  if (end < 0) throw bad('its directory is missing; it may be cut short. Send it again.');
  const [disk, first] = [zip.readUInt16LE(end + 4), zip.readUInt16LE(end + 6)];
  const [here, count] = [zip.readUInt16LE(end + 8), zip.readUInt16LE(end + 10)];
  const [size, start] = [zip.readUInt32LE(end + 12), zip.readUInt32LE(end + 16)];
  if (disk !== 0 || first !== 0 || here !== count) throw bad('it is one part of several.');
  if (start === IN_ZIP64 || count === 0xffff)
    throw bad('it is of the ZIP64 kind. Pack it smaller.');
  if (start + size !== end) throw bad('its directory is not where it says.');
  if (count > limits.files) refuse('files in a ZIP file', limits.files);
  const listed: Directory[] = [];
  let at = start;
  for (let file = 0; file < count; file += 1) {
    const entry = directoryAt(zip, at, end);
    if (entry === null) throw bad('its directory is broken.');
    listed.push(entry);
    at += CENTRAL_BYTES + entry.name.length + extraBytes(zip, at);
  }
  if (at !== end) throw bad('its directory holds more than it counts.');
  const spent = { bytes: 0 };
  let free = 0;
  const opened = listed
    .toSorted((a, b) => a.at - b.at)
    .map((entry): [Directory, number] => {
      const data = dataOf(zip, entry, start);
      if (typeof data === 'string') throw bad(`${nameOf(entry)}: ${data}`);
      if (entry.at < free) throw bad(`${nameOf(entry)} overlaps another file.`);
      free = data + entry.packed;
      return [entry, data];
    });
  const dataAt = new Map(opened);
  return listed.map((entry) => ({
    name: nameOf(entry),
    isFolder: entry.name.at(-1) === 0x2f,
    open: () => unpacked(zip, entry, { dataAt: dataAt.get(entry)!, spent, bad, limits }),
  }));
}

/** Where the record at the end of a ZIP file begins, which ends with the file; −1 without. */
function endOf(zip: Buffer): number {
  for (
    let at = zip.length - END_BYTES;
    at >= Math.max(0, zip.length - END_BYTES - 0xffff);
    at -= 1
  ) {
    if (zip.readUInt32LE(at) !== END) continue;
    if (at + END_BYTES + zip.readUInt16LE(at + 20) === zip.length) return at;
  }
  return -1;
}

const extraBytes = (zip: Buffer, at: number): number =>
  zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);

function directoryAt(zip: Buffer, at: number, end: number): Directory | null {
  if (at + CENTRAL_BYTES > end || zip.readUInt32LE(at) !== CENTRAL) return null;
  const length = zip.readUInt16LE(at + 28);
  if (at + CENTRAL_BYTES + length + extraBytes(zip, at) > end) return null;
  return {
    name: zip.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + length),
    flags: zip.readUInt16LE(at + 8),
    method: zip.readUInt16LE(at + 10),
    crc: zip.readUInt32LE(at + 16),
    packed: zip.readUInt32LE(at + 20),
    unpacked: zip.readUInt32LE(at + 24),
    at: zip.readUInt32LE(at + 42),
  };
}

/** Where the bytes of a file begin; or why its header does not go with the directory. */
function dataOf(zip: Buffer, entry: Directory, limit: number): number | string {
  const { at, name, flags, method, crc, packed, unpacked: size } = entry;
  if ((flags & ENCRYPTED) !== 0) return 'it is encrypted. Send it without a password.';
  if (method !== STORED && method !== DEFLATED) return 'it is packed in a way that is not read.';
  if (method === STORED && packed !== size) return 'its two sizes differ.';
  if (at + LOCAL_BYTES > limit || zip.readUInt32LE(at) !== LOCAL) return 'it has no header.';
  const nameEnd = at + LOCAL_BYTES + zip.readUInt16LE(at + 26);
  const data = nameEnd + zip.readUInt16LE(at + 28);
  if (data + packed > limit) return 'it ends beyond the file.';
  const said = [zip.readUInt32LE(at + 14), zip.readUInt32LE(at + 18), zip.readUInt32LE(at + 22)];
  const isLater = (flags & SIZES_FOLLOW) !== 0 && said.every((one) => one === 0);
  const isSame =
    zip.readUInt16LE(at + 8) === method &&
    ((zip.readUInt16LE(at + 6) ^ flags) & (ENCRYPTED | SIZES_FOLLOW | UTF8)) === 0 &&
    zip.subarray(at + LOCAL_BYTES, nameEnd).equals(name) &&
    (isLater || [crc, packed, size].every((one, place) => one === said[place]));
  return isSame ? data : 'its header and the directory say different things.';
}

/** A name as text to show: control characters away, and not too long. */
function nameOf({ name }: Directory): string {
  const text = name.toString('utf8').replaceAll(/[\p{Cc}\p{Cf}\ufffd]/gu, '?');
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

async function* unpacked(
  zip: Buffer,
  entry: Directory,
  how: {
    readonly dataAt: number;
    readonly spent: { bytes: number };
    readonly bad: (detail: string) => DomainError;
    readonly limits: UnzipLimits;
  },
): AsyncGenerator<Buffer> {
  const packed = zip.subarray(how.dataAt, how.dataAt + entry.packed);
  const source = Readable.from([packed], { objectMode: false });
  // What goes wrong in either comes out below, where the unpacked bytes are read.
  const stream = entry.method === STORED ? source : pipeline(source, createInflateRaw(), () => {});
  let [bytes, crc] = [0, 0];
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      how.spent.bytes += chunk.length;
      if (how.spent.bytes > how.limits.bytes) refuse('bytes unpacked', how.limits.bytes);
      if (bytes > RATIO_FROM_BYTES && bytes > entry.packed * how.limits.ratio) {
        refuse('times unpacked size over packed', how.limits.ratio);
      }
      if (bytes > entry.unpacked) throw how.bad(`${nameOf(entry)} is larger than it says.`);
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw how.bad(`${nameOf(entry)} is damaged. Send it again.`);
  } finally {
    stream.destroy();
  }
  const isRead = !('bytesWritten' in stream) || stream.bytesWritten === packed.length;
  if (bytes !== entry.unpacked || crc !== entry.crc || !isRead) {
    throw how.bad(`${nameOf(entry)} is not what its checksum says. Send it again.`);
  }
}

function refuse(limit: string, allowed: number): never {
  throw new DomainError('import.limit_exceeded', { limit, allowed });
}
