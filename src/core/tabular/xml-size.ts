/** What is limited in XML before a parser holds it. */
export interface XmlLimits {
  /** Text between two tags, comments and processing instructions in it passed over. */
  readonly textBytes: number;
  /** One tag, comment or processing instruction. */
  readonly markupBytes: number;
}

type State = 'text' | 'opening' | 'tag' | 'single' | 'double' | 'comment' | 'cdata' | 'instruction';

const [LESS, GREATER, QUOTE, APOSTROPHE] = [0x3c, 0x3e, 0x22, 0x27];
/** How what is no element begins, and how it ends. */
const KINDS: readonly (readonly [State, string, string])[] = [
  ['comment', '!--', '-->'],
  ['cdata', '![CDATA[', ']]>'],
  ['instruction', '?', '?>'],
];
/** Bytes around a text that are counted with it. */
const MARKS = 4;
const END = new Map(KINDS.map(([state, , end]) => [state, end]));

/**
 * Looks at XML before a parser does: a parser gives a tag, a text or a comment when it is whole, and
 * holds it until then. What is not well-formed is the parser's to refuse.
 *
 * @returns Takes the next bytes; null, or what is too long.
 */
export function watchXml(
  limits: XmlLimits,
): (chunk: Uint8Array) => { readonly limit: string; readonly allowed: number } | null {
  let state: State = 'text';
  let [textBytes, markupBytes] = [0, 0];
  let head = '';
  let last = '';
  const begin = (byte: number): void => {
    head += String.fromCharCode(byte);
    const kinds = KINDS.filter(([, start]) => start.startsWith(head) || head.startsWith(start));
    const kind = kinds.find(([, start]) => head === start);
    if (kind !== undefined) [state, last] = [kind[0], ''];
    else if (kinds.length === 0) inTag(byte);
  };
  const inTag = (byte: number): void => {
    state = byte === QUOTE ? 'double' : byte === APOSTROPHE ? 'single' : 'tag';
    if (byte !== GREATER) return;
    state = 'text';
    textBytes = 0;
  };
  const inOther = (byte: number): void => {
    const end = END.get(state)!;
    last = (last + String.fromCharCode(byte)).slice(-end.length);
    if (last === end) state = 'text';
  };
  const look = (byte: number): void => {
    if (state === 'text' && byte === LESS) [state, head, markupBytes] = ['opening', '', 0];
    else if (state === 'opening') begin(byte);
    else if (state === 'tag') inTag(byte);
    else if (state === 'double') state = byte === QUOTE ? 'tag' : state;
    else if (state === 'single') state = byte === APOSTROPHE ? 'tag' : state;
    else if (state !== 'text') inOther(byte);
  };
  return (chunk) => {
    for (const byte of chunk) {
      look(byte);
      if (state === 'text' || state === 'cdata') textBytes += 1;
      else markupBytes += 1;
      if (textBytes > limits.textBytes + MARKS) {
        return { limit: 'bytes of text', allowed: limits.textBytes };
      }
      if (markupBytes > limits.markupBytes) {
        return { limit: 'bytes of a tag', allowed: limits.markupBytes };
      }
    }
    return null;
  };
}
