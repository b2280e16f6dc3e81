import { toSafeInteger } from './columns.js';

const TEXT_OID = 25;

/**
 * A parameter of type `text[]` that holds array literals, `{…}` each, in the binary form of PostgreSQL:
 * many long texts go over without being escaped, joined and measured again.
 *
 * @param bodies  What stands between the braces; null for NULL.
 */
export function literalArrays(bodies: readonly (string | null)[]): Buffer {
  const lengths = bodies.map((body) => (body === null ? -1 : Buffer.byteLength(body) + 2));
  const size = lengths.reduce((sum, length) => sum + 4 + Math.max(length, 0), 20);
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(lengths.includes(-1) ? 1 : 0, 4);
  bytes.writeInt32BE(TEXT_OID, 8);
  bytes.writeInt32BE(bodies.length, 12);
  bytes.writeInt32BE(1, 16);
  let at = 20;
  bodies.forEach((body, index) => {
    at = bytes.writeInt32BE(lengths[index]!, at);
    if (body === null) return;
    at += bytes.write('{', at, 'latin1');
    at += bytes.write(body, at, 'utf8');
    at += bytes.write('}', at, 'latin1');
  });
  return bytes;
}

/**
 * The body of an array literal of codes or ids: they hold nothing to escape, but a meter may be called
 * `NULL`, which without quotes would be one.
 */
export function quotedCodes(values: readonly string[]): string {
  return values.length === 0 ? '' : `"${values.join('","')}"`;
}

/**
 * The numbers of an array literal, whole and safe; null for NULL. Its text is JSON but for the
 * brackets, which is read several times as fast as it is split.
 *
 * @param literal  `{1,2,NULL}`, one dimension.
 */
export function wholeNumbers(literal: string): (number | null)[] {
  const list = literal.slice(1, -1).replaceAll('NULL', 'null');
  const values = JSON.parse(`[${list}]`) as (number | null)[];
  for (const value of values) if (value !== null) toSafeInteger(value);
  return values;
}
