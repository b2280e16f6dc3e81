/** Signs that say nothing by themselves and can turn what stands beside them: shown, never obeyed. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/u;
/** Joiners, which Arabic and others are written with. */
const JOINERS = /[\u200c\u200d]/;
const BREAKS = /[\t\n\r]+/g;

/**
 * Text of which every sign can be printed. What no font of the product draws, and what cannot be
 * seen, stands there as its number, `[U+1F600]`: nothing is left out silently, and nothing turns the
 * reading order of what follows.
 *
 * @param isDrawn  Whether a font has a glyph for a code point.
 */
export function printableText(text: string, isDrawn: (codePoint: number) => boolean): string {
  let printable = '';
  for (const sign of text.replaceAll(BREAKS, ' ')) {
    const codePoint = sign.codePointAt(0)!;
    const isSeen = JOINERS.test(sign) || !UNSEEN.test(sign);
    printable += isSeen && isDrawn(codePoint) ? sign : `[U+${hex(codePoint)}]`;
  }
  return printable;
}

const hex = (codePoint: number): string => codePoint.toString(16).toUpperCase().padStart(4, '0');

/** The same value with every text in it mapped, names of members aside. */
export function mapTexts<Value>(value: Value, map: (text: string) => string): Value {
  if (typeof value === 'string') return map(value) as Value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => mapTexts(one, map)) as Value;
  const members = Object.entries(value).map(([name, one]) => [name, mapTexts(one, map)]);
  return Object.fromEntries(members) as Value;
}
