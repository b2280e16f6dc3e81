/**
 * What a terminal obeys instead of showing: control characters but tabs and the ends of lines, and the
 * marks that turn the direction of text about (UAX #9), with which a name could pass for another.
 */
const OBEYED = /\r(?!\n)|(?![\t\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** A text as a terminal may have it: names come from files and other people. `\u001b` stands for an escape. */
export function printable(text: string): string {
  return text.replaceAll(
    OBEYED,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
