import { Readable } from 'node:stream';
import { readJsonItems } from './json-items.js';

const MEBIBYTE = 1_048_576;

async function read(text: string): Promise<number> {
  const chunks = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, at) =>
    Buffer.from(text.slice(at * 65_536, (at + 1) * 65_536)),
  );
  let count = 0;
  for await (const _ of readJsonItems(Readable.from(chunks), 'file.json')) count += 1;
  return count;
}

describe('files of JSON', () => {
  it.each([
    ['brackets inside brackets', '['.repeat(16 * MEBIBYTE), 'levels of brackets'],
    ['objects inside objects', `[${'{"a":'.repeat(MEBIBYTE)}`, 'levels of brackets'],
    ['one text without an end', `["${'x'.repeat(16 * MEBIBYTE)}`, 'bytes of an item'],
    ['one item of many values', `[[${'1,'.repeat(8 * MEBIBYTE)}1]]`, 'bytes of an item'],
    ['too many items', `[${'0,'.repeat(2_000_001)}0]`, 'items'],
  ])('are refused for %s, naming the limit', async (_, text, limit) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'import.limit_exceeded',
      details: { limit },
    });
  });

  it('are read up to the limits', async () => {
    const deep = `${'['.repeat(31)}${']'.repeat(31)}`;
    expect(await read(`[${deep},"[[[[\\"[","${'x'.repeat(65_000)}",{"a":"]"}]`)).toBe(4);
    await expect(read('[1,2')).rejects.toMatchObject({ code: 'import.file_unreadable' });
  });
});
