import { decodeWindows1252, encodingNamed, encodingOfForm, formIn } from './text-encoding.js';

describe('windows-1252', () => {
  it('has a character for every byte but five', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const without = [...bytes].filter(
      (byte) => decodeWindows1252(bytes.subarray(byte, byte + 1)).text === '',
    );
    expect(without).toEqual([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
    // Of the Unicode Consortium's table CP1252.TXT.
    const some = Uint8Array.of(0x80, 0x85, 0x92, 0x9c, 0x9f, 0xa0, 0xb0, 0xe9, 0xff);
    expect(decodeWindows1252(some).text).toBe('€…’œŸ\u00a0°éÿ');
  });

  it('is read up to a byte that has none, however long it is', () => {
    const long = new Uint8Array(20_000).fill(0xe9);
    long[19_990] = 0x81;
    expect(decodeWindows1252(long)).toEqual({ text: 'é'.repeat(19_990), byteCount: 19_990 });
  });
});

describe('the form of a file', () => {
  it('says every encoding but UTF-8 alone', () => {
    expect(formIn('csv-long', ['utf-8', 'utf-8'])).toBe('csv-long');
    expect(formIn('nem12', ['windows-1252'])).toBe('nem12; charset=windows-1252');
    const two = formIn('csv-long', ['windows-1252', 'utf-8', 'windows-1252']);
    expect([two, encodingOfForm(two)]).toEqual([
      'csv-long; charset=utf-8, windows-1252',
      'utf-8, windows-1252',
    ]);
    expect([encodingOfForm('csv-long'), encodingOfForm(null)]).toEqual(['utf-8', 'utf-8']);
  });

  it('takes the names of XML, and no others', () => {
    expect(
      ['UTF-8', 'ISO-8859-1', 'Windows-1252', 'shift_jis', 'toString'].map(encodingNamed),
    ).toEqual(['utf-8', 'windows-1252', 'windows-1252', null, null]);
  });
});
