import { Readable } from 'node:stream';
import fc from 'fast-check';
import { readCsv } from './csv.js';
import { readJsonItems } from './json-items.js';
import { encodingOf, type HowToDecode, TextFault, utf8Bytes } from './text-bytes.js';

/** Bytes in pieces of the lengths given, one after the other and again. */
function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let [from, at] = [0, 0]; from < bytes.length; at += 1) {
    const to = from + lengths[at % lengths.length]!;
    yield bytes.subarray(from, to);
    from = to;
  }
}

async function decoded(
  bytes: Buffer,
  how: HowToDecode = {},
  lengths: readonly number[] = [65_536],
): Promise<readonly [text: string, encoding: string, isWhole: boolean]> {
  const parts: Buffer[] = [];
  const told: string[] = [];
  let isWhole = true;
  try {
    const named = { ...how, onEncoding: (encoding: string) => told.push(encoding) };
    for await (const part of utf8Bytes(Readable.from(pieces(bytes, lengths)), named)) {
      parts.push(part);
    }
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    isWhole = false;
  }
  return [Buffer.concat(parts).toString('utf8'), told.join(' '), isWhole];
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const XML = (name: string): string => `<?xml version="1.0" encoding="${name}"?><a>`;

describe('the text of a file', () => {
  it.each<[what: string, Buffer, HowToDecode, text: string, encoding: string, isWhole: boolean]>([
    ['ASCII', Buffer.from('meter,1'), {}, 'meter,1', 'utf-8', true],
    ['nothing', Buffer.alloc(0), {}, '', 'utf-8', true],
    ['UTF-8', Buffer.from('Château,1'), {}, 'Château,1', 'utf-8', true],
    ['UTF-8 with its mark', Buffer.from('\ufeffé'), {}, 'é', 'utf-8', true],
    ['Latin-1', latin1('Château n°1'), {}, 'Château n°1', 'windows-1252', true],
    ['Latin-1 that ends in an accent', latin1('Santé'), {}, 'Santé', 'windows-1252', true],
    ['one accent', latin1('é'), {}, 'é', 'windows-1252', true],
    ['a euro of Windows', Buffer.of(0x35, 0x80), {}, '5€', 'windows-1252', true],
    [
      'a byte that Windows has not',
      Buffer.of(0xe9, 0x2c, 0x81, 0x2c),
      {},
      'é,',
      'windows-1252',
      false,
    ],
    [
      'UTF-8, then Latin-1',
      Buffer.concat([Buffer.from('é'), latin1(',é,')]),
      {},
      'é,',
      'utf-8',
      false,
    ],
    ['a NUL in Latin-1', latin1('é\0'), {}, 'é', 'windows-1252', false],
    ['UTF-16', Buffer.from('\ufeffmètre', 'utf16le'), {}, 'mètre', 'utf-16le', true],
    ['what is stated', Buffer.from('é'), { encoding: 'windows-1252' }, 'Ã©', 'windows-1252', true],
    ['what is stated and is not', latin1('aé,'), { encoding: 'utf-8' }, 'a', 'utf-8', false],
    [
      'a mark against what is stated',
      Buffer.from('\ufeffé'),
      { encoding: 'windows-1252' },
      'é',
      'utf-8',
      true,
    ],
    [
      'XML that says Latin-1',
      latin1(`${XML('ISO-8859-1')}É°`),
      {},
      `${XML('ISO-8859-1')}É°`,
      'windows-1252',
      true,
    ],
    [
      'XML that says UTF-8 and is not',
      latin1(`${XML('UTF-8')}é<`),
      {},
      XML('UTF-8'),
      'utf-8',
      false,
    ],
    ['XML in what is not read', latin1(`${XML('KOI8-R')}é<`), {}, XML('KOI8-R'), 'utf-8', false],
  ])('is read and named: %s', async (_, bytes, how, text, encoding, isWhole) => {
    expect(await decoded(bytes, how)).toEqual([text, encoding, isWhole]);
    expect(await encodingOf(Readable.from([bytes]))).toBe(
      how.encoding === undefined ? encoding : (await decoded(bytes))[1],
    );
  });

  it('is the same however it comes in pieces', async () => {
    const some = fc.oneof(
      fc
        .string({ unit: fc.constantFrom('a', ',', '\n', 'é', '€', '😀') })
        .map((text) => Buffer.from(text)),
      fc.string({ unit: fc.constantFrom('a', ',', '\n', 'é', '°', 'Ã') }).map(latin1),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc
        .string({ unit: fc.constantFrom('a', 'é') })
        .map((text) => latin1(`${XML('latin1')}${text}`)),
    );
    const lengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(some, lengths, async (bytes, cut) => {
        const [text, encoding, isWhole] = await decoded(bytes, {}, cut);
        const [wholeText, wholeEncoding, isText] = await decoded(bytes);
        expect([text, isWhole]).toEqual([wholeText, isText]);
        if (isText) expect(encoding).toBe(wholeEncoding);
      }),
      { numRuns: 300 },
    );
  });
});

async function rowsOf(bytes: Buffer): Promise<readonly (readonly string[])[]> {
  const rows: (readonly string[])[] = [];
  for await (const { values } of readCsv(Readable.from(pieces(bytes, [3])), 'file.csv'))
    rows.push(values);
  return rows;
}

describe('tables and lists', () => {
  it.each([',', ';', '\t', '|'])(
    'are read with fields divided by %j, in Latin-1 too',
    async (mark) => {
      const rows = [
        ['code', 'name'],
        ['A', 'Énergie, a; b'],
      ];
      const text = `code${mark}name\nA${mark}"Énergie, a; b"\n`;
      expect(await rowsOf(Buffer.from(text))).toEqual(rows);
      expect(await rowsOf(latin1(text))).toEqual(rows);
    },
  );

  it('are refused at the line of a byte that is no text', async () => {
    const mixed = Buffer.concat([Buffer.from('code\né\n'), latin1('é\n')]);
    await expect(rowsOf(mixed)).rejects.toMatchObject({
      code: 'import.file_unreadable',
      details: { detail: expect.stringContaining('Line 3') },
    });
    await expect(rowsOf(Buffer.from('a\0'))).rejects.toMatchObject({
      details: { detail: expect.stringContaining('Line 1') },
    });
    const list = readJsonItems(
      Readable.from([Buffer.from('["é",\n"'), latin1('é"]')]),
      'file.json',
    );
    await expect(list.next().then(() => list.next())).rejects.toMatchObject({
      details: { detail: expect.stringContaining('Line 2') },
    });
  });

  it('are read in Latin-1 where they are JSON', async () => {
    const items: unknown[] = [];
    for await (const item of readJsonItems(Readable.from([latin1('["é"]')]), 'file.json'))
      items.push(item);
    expect(items).toEqual(['é']);
  });
});
