import { crc32, deflateRawSync } from 'node:zlib';

/** A file to pack, and what is to be wrong with it. */
export interface ToZip {
  readonly name: string;
  readonly bytes: Buffer | string;
  /** Name in the directory, where that is to be another than in the header. */
  readonly listedAs?: string;
  /** Size that header and directory say, where that is to be wrong. */
  readonly size?: number;
  readonly crc?: number;
  readonly isStored?: boolean;
  readonly flags?: number;
  /** Size of the packed bytes that only the directory says otherwise. */
  readonly listedPacked?: number;
}

/** Packs files as ZIP programs do, or wrongly where that is asked. */
export function zipOf(files: readonly ToZip[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const bytes = Buffer.from(file.bytes);
    const packed = file.isStored === true ? bytes : deflateRawSync(bytes);
    const facts = Buffer.alloc(22);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(file.flags ?? 0, 2);
    facts.writeUInt16LE(file.isStored === true ? 0 : 8, 4);
    facts.writeUInt32LE(file.crc ?? crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(file.size ?? bytes.length, 18);
    const name = Buffer.from(file.name);
    const listed = Buffer.from(file.listedAs ?? file.name);
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04'),
      facts,
      shorts(name.length, 0),
      name,
      packed,
    ]);
    if (file.listedPacked !== undefined) facts.writeUInt32LE(file.listedPacked, 14);
    const place = Buffer.alloc(4);
    place.writeUInt32LE(at);
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02'),
        shorts(20),
        facts,
        shorts(listed.length, 0, 0, 0, 0, 0, 0),
        place,
        listed,
      ]),
    );
    parts.push(local);
    at += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(listing.length, 0);
  end.writeUInt32LE(at, 4);
  const count = files.length;
  return Buffer.concat([
    ...parts,
    listing,
    Buffer.from('PK\x05\x06'),
    shorts(0, 0, count, count),
    end,
    shorts(0),
  ]);
}

function shorts(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, at * 2);
  return bytes;
}
