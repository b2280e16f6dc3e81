/**
 * Compares two ids by their UTF-8 bytes, ascending: the order of every tie ("stable id",
 * METHOD 4.2). Code points and UTF-8 bytes sort alike; UTF-16 code units, which `<` uses, do not.
 *
 * @returns Negative, zero or positive, as for `Array.prototype.sort`.
 */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === length) return a.length - b.length;
  return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

// Surrogates stand for code points above U+FFFF, so they sort after every other unit.
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** How many UTF-16 units two texts begin with in common. */
export function sharedLength(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}
