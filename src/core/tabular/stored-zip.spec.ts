import { crc32 } from 'node:zlib';
import { storedZip } from './stored-zip.js';

describe('files packed without compression', () => {
  it('stand in a ZIP with their bytes, sums and places', () => {
    const bytes = new TextEncoder().encode('123456789');
    const zip = Buffer.from(
      storedZip(
        [
          { name: 'é.txt', bytes },
          { name: 'b', bytes: new Uint8Array() },
        ],
        '2026-11-02T06:56:33.844Z',
      ),
    );
    expect(zip.readUInt32LE(14)).toBe(crc32(bytes));
    expect(zip.toString('latin1')).toContain('123456789');
    expect(zip.subarray(30, 36).toString()).toBe('é.txt');
    const end = zip.length - 22;
    expect(zip.readUInt16LE(end + 10)).toBe(2);
    const directory = zip.readUInt32LE(end + 16);
    expect(zip.readUInt32LE(directory)).toBe(0x02014b50);
    // 06:56:32 and 2026-11-02, as MS-DOS kept them.
    expect([zip.readUInt16LE(10), zip.readUInt16LE(12)]).toEqual([
      (6 << 11) | (56 << 5) | 16,
      (46 << 9) | (11 << 5) | 2,
    ]);
  });
});
