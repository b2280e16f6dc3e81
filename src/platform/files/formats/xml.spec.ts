import { Readable } from 'node:stream';
import { xmlTree } from '../../../core/tabular/xml.js';
import { readXml, XML_LIMITS } from './xml.js';

const MEBIBYTE = 1_048_576;
const HUGE = 'x'.repeat(8 * MEBIBYTE);

async function read(text: string, limits?: { textBytes: number; elements: number }) {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, at) =>
    bytes.subarray(at * 65_536, (at + 1) * 65_536),
  );
  const tree = xmlTree();
  await readXml(Readable.from(chunks), 'file.xml', tree, limits);
  return tree.root();
}

describe('files of XML', () => {
  it.each([
    ['elements inside elements', '<a>'.repeat(40), 'levels of elements'],
    [
      'too many attributes',
      `<a ${Array.from({ length: 40 }, (_, at) => `b${at}="1"`).join(' ')}/>`,
      'attributes of an element',
    ],
    ['a long attribute', `<a b="${'>'.repeat(5_000)}"/>`, 'bytes of an attribute'],
    ['an attribute without an end', `<a b="${HUGE}`, 'bytes of a tag'],
    ['a long name', `<${'n'.repeat(300)}/>`, 'bytes of a name'],
    ['a name without an end', `<${HUGE}`, 'bytes of a tag'],
    ['a text without an end', `<a>${HUGE}`, 'bytes of text'],
    ['a text in pieces', `<a>${'<![CDATA[xx]]>'.repeat(MEBIBYTE)}`, 'bytes of text'],
    ['a comment without an end', `<a><!--${'>'.repeat(8 * MEBIBYTE)}`, 'bytes of a tag'],
    ['an instruction without an end', `<a><?b ${'>'.repeat(8 * MEBIBYTE)}`, 'bytes of a tag'],
  ])('are refused for %s, naming the limit', async (_, text, limit) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'import.limit_exceeded',
      details: { limit },
    });
  });

  it('are refused for more elements than are held', async () => {
    const limits = { textBytes: XML_LIMITS.textBytes, elements: 1_000 };
    await expect(read(`<a>${'<b/>'.repeat(1_000)}</a>`, limits)).rejects.toMatchObject({
      details: { limit: 'elements', allowed: 1_000 },
    });
  });

  it('are read up to the limits, whatever stands in comments, quotes and CDATA', async () => {
    const text = 'x'.repeat(XML_LIMITS.textBytes);
    const root = await read(
      `<?xml version="1.0"?><!-- <a> "' --><a b='">' c=">"><d>${text}</d><!-- ${text} -->` +
        `<e><![CDATA[<x> ]] >]]></e><d>${text}</d></a>`,
    );
    expect(root!.attributes).toMatchObject({ b: '">', c: '>' });
    expect(root!.children.map((node) => node.text.length)).toEqual([4_096, 8, 4_096]);
  });
});
