/** What XML 1.0 can hold; a workbook writes anything else, and what looks like its own escape, as `_xHHHH_`. */
const UNWRITABLE = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const OWN_ESCAPE = /_(?=x[0-9A-Fa-f]{4}_)/g;

/** The most that a cell can hold, in UTF-16 units. */
const CELL_MAX = 32_767;

const hex = (unit: number): string => unit.toString(16).toUpperCase().padStart(4, '0');

/** Text as the content of an element, or between double quotes. */
export function xmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Text of a cell: everything that it holds comes back, control characters too. */
export function cellXml(text: string): string {
  const whole = text.length > CELL_MAX ? `${text.slice(0, CELL_MAX - 1)}…` : text;
  const escaped = whole
    .replaceAll(OWN_ESCAPE, '_x005F_')
    .replaceAll('\r', '_x000D_')
    .replaceAll(UNWRITABLE, (unit) => `_x${hex(unit.charCodeAt(0))}_`);
  return xmlText(escaped);
}

/** Text where no escape is known: names of sheets, properties of the file. */
export function plainXml(text: string): string {
  return xmlText(text.replaceAll(UNWRITABLE, '\ufffd'));
}
