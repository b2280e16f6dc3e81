import { SaxesParser } from 'saxes';
import { DomainError } from '../../../core/errors.js';
import type { XmlHandler } from '../../../core/tabular/xml.js';
import { watchXml } from '../../../core/tabular/xml-size.js';

/** Largest sizes in XML files (API section 8). */
export const XML_LIMITS = {
  depth: 32,
  attributes: 32,
  attributeBytes: 4_096,
  nameBytes: 256,
  textBytes: 4_096,
  // As long as attributes may be together; comments and processing instructions are no longer.
  markupBytes: 131_072,
  elements: 16_000_000,
} as const;

/**
 * Streams XML into a handler. A DOCTYPE is refused before anything in it is read, so there are no
 * entities but the five of XML, and nothing outside the file.
 *
 * @param chunks    UTF-8, whole characters.
 * @param fileName  For messages.
 * @throws DomainError `import.file_unreadable` for XML that is not well-formed, or has a DOCTYPE;
 *                     `import.limit_exceeded`.
 */
export async function readXml(
  chunks: AsyncIterable<Buffer>,
  fileName: string,
  handler: XmlHandler,
  { textBytes, elements }: { readonly textBytes: number; readonly elements: number } = XML_LIMITS,
): Promise<void> {
  const parser = new SaxesParser({ position: true });
  const watch = watchXml({ textBytes, markupBytes: XML_LIMITS.markupBytes });
  let [depth, elementCount] = [0, 0];
  let tail = '';
  const unreadable = (detail: string): never => {
    throw new DomainError('import.file_unreadable', { file: fileName, detail });
  };
  const limited = (limit: string, allowed: number): never => {
    throw new DomainError('import.limit_exceeded', { limit, allowed });
  };
  parser.on('error', (error) => unreadable(`${error.message} (line:column first).`));
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    elementCount += 1;
    if (elementCount > elements) limited('elements', elements);
    if (depth > XML_LIMITS.depth) limited('levels of elements', XML_LIMITS.depth);
    checkTag(name, attributes as Record<string, string>, limited);
    handler.open(name, attributes as Record<string, string>, parser.line);
  });
  parser.on('text', (text) => handler.text(text));
  parser.on('cdata', (text) => handler.text(text));
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    handler.close(name);
  });
  for await (const chunk of chunks) {
    const excess = watch(chunk);
    if (excess !== null) limited(excess.limit, excess.allowed);
    const text = chunk.toString('utf8');
    if (/<!DOCTYPE/i.test(tail + text)) {
      unreadable(`The file has a DOCTYPE (near line ${parser.line}); remove it.`);
    }
    tail = text.slice(-9);
    parser.write(text);
  }
  parser.close();
  handler.end();
}

function checkTag(
  name: string,
  attributes: Readonly<Record<string, string>>,
  limited: (limit: string, allowed: number) => never,
): void {
  const { attributes: count, attributeBytes, nameBytes } = XML_LIMITS;
  const pairs = Object.entries(attributes);
  if (pairs.length > count) limited('attributes of an element', count);
  const names = [name, ...pairs.map(([key]) => key)];
  if (names.some((one) => one.length > nameBytes)) limited('bytes of a name', nameBytes);
  if (pairs.some(([, value]) => value.length > attributeBytes)) {
    limited('bytes of an attribute', attributeBytes);
  }
}
