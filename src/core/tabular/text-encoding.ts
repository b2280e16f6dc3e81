/** How the text of a file may be written in bytes. */
export const TEXT_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
/** One of `TEXT_ENCODINGS`. ASCII is UTF-8; ISO-8859-1 is read as windows-1252, which adds to it. */
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

const UNDEFINED = '\ufffd';
/** Characters of 0x80 to 0x9F; `\ufffd` where there is none (Unicode Consortium, CP1252.TXT). */
const HIGH =
  '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd' + // 80 to 8F
  '\ufffd‘’“”•–—˜™š›œ\ufffdžŸ'; // 90 to 9F
const FIRST_HIGH = 0x80;
const LAST_HIGH = 0x9f;

/**
 * Text of bytes in windows-1252, as far as there is a character for each.
 *
 * @returns The text, and how many bytes it is of: fewer than there are where one has no character.
 */
export function decodeWindows1252(bytes: Uint8Array): {
  readonly text: string;
  readonly byteCount: number;
} {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte < FIRST_HIGH || byte > LAST_HIGH) continue;
    parts.push(latin1(bytes, from, at));
    const character = HIGH[byte - FIRST_HIGH]!;
    if (character === UNDEFINED) return { text: parts.join(''), byteCount: at };
    parts.push(character);
    from = at + 1;
  }
  parts.push(latin1(bytes, from, bytes.length));
  return { text: parts.join(''), byteCount: bytes.length };
}

/** Arguments of a call that no engine finds too many. */
const CODES_MAX = 4_096;

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += CODES_MAX) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + CODES_MAX, to)));
  }
  return text;
}

/** Encodings that a name of XML (section 4.3.3) or of a content type (RFC 9110, 8.3.2) may mean; null for one that is not read here. */
export function encodingNamed(name: string): TextEncoding | null {
  return NAMES.get(name.toLowerCase()) ?? null;
}

const NAMES: ReadonlyMap<string, TextEncoding> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['iso-8859-1', 'windows-1252'],
  ['latin1', 'windows-1252'],
  ['windows-1252', 'windows-1252'],
  ['cp1252', 'windows-1252'],
]);

const CHARSET = '; charset=';

/**
 * The form of a file with the encodings that it was read in, as a content type has it (RFC 9110,
 * 8.3.2): `csv-long; charset=windows-1252`. UTF-8 is not said.
 */
export function formIn(format: string, encodings: readonly TextEncoding[]): string {
  const all = [...new Set(encodings)].toSorted();
  return all.every((one) => one === 'utf-8') ? format : `${format}${CHARSET}${all.join(', ')}`;
}

/** The encodings that `formIn` wrote; those of several files in one stand one after the other. */
export function encodingOfForm(form: string | null): string {
  const at = form?.indexOf(CHARSET) ?? -1;
  return at < 0 ? 'utf-8' : form!.slice(at + CHARSET.length);
}
