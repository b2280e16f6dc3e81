import { SaxesParser } from 'saxes';
import { DomainError } from '../../core/errors.js';
import type { XmlHandler } from '../../core/tabular/xml.js';

/** Largest sizes in XML files (API section 8). */
export const XML_LIMITS = { depth: 32, attributes: 32, textBytes: 4_096 } as const;

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
  { textBytes }: { readonly textBytes: number } = XML_LIMITS,
): Promise<void> {
  const parser = new SaxesParser({ position: true });
  let depth = 0;
  let tail = '';
  const unreadable = (detail: string): never => {
    throw new DomainError('import.file_unreadable', { file: fileName, detail });
  };
  const limited = (limit: string, allowed: number): never => {
    throw new DomainError('import.limit_exceeded', { limit, allowed });
  };
  const take = (text: string): void => {
    if (text.length > textBytes) limited('bytes of text', textBytes);
    handler.text(text);
  };
  parser.on('error', (error) => unreadable(`${error.message} (line:column first).`));
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > XML_LIMITS.depth) limited('levels of elements', XML_LIMITS.depth);
    if (Object.keys(attributes).length > XML_LIMITS.attributes) {
      limited('attributes of an element', XML_LIMITS.attributes);
    }
    handler.open(name, attributes as Record<string, string>, parser.line);
  });
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    handler.close(name);
  });
  for await (const chunk of chunks) {
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
