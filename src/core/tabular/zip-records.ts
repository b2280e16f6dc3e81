/** What an archive says of a file, before it and again in its directory. */
export interface ZippedFile {
  /** UTF-8, with `/` between folders. */
  readonly name: Uint8Array;
  /** General purpose bits: 0x0800 where the name is not ASCII. */
  readonly flags: number;
  /** 0 = stored, 8 = deflated. */
  readonly method: number;
  /** As MS-DOS kept them. */
  readonly stamp: { readonly time: number; readonly date: number };
  readonly crc: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Where its header begins. */
  readonly at: number;
}

const VERSION = 20;

type Field = readonly [size: 2 | 4, value: number];

const factsOf = (file: ZippedFile): readonly Field[] => [
  [2, VERSION],
  [2, file.flags],
  [2, file.method],
  [2, file.stamp.time],
  [2, file.stamp.date],
  [4, file.crc],
  [4, file.packedBytes],
  [4, file.unpackedBytes],
  [2, file.name.length],
  [2, 0],
];

/** The header before a file's bytes (APPNOTE 6.3.10, 4.3.7). */
export const localHeader = (file: ZippedFile): Uint8Array =>
  joinedBytes([fieldBytes([[4, 0x04034b50], ...factsOf(file)]), file.name]);

/** The entry of a file in the directory (4.3.12). */
export const directoryEntry = (file: ZippedFile): Uint8Array =>
  joinedBytes([
    fieldBytes([
      [4, 0x02014b50],
      [2, VERSION],
      ...factsOf(file),
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, file.at],
    ]),
    file.name,
  ]);

/** The record at the end (4.3.16). @param directory  Its entries, bytes and where it begins. */
export const endRecord = (directory: {
  readonly fileCount: number;
  readonly byteCount: number;
  readonly at: number;
}): Uint8Array =>
  fieldBytes([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, directory.fileCount],
    [2, directory.fileCount],
    [4, directory.byteCount],
    [4, directory.at],
    [2, 0],
  ]);

/** Parts one after the other. */
export function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function fieldBytes(fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}
