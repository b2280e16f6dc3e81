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
