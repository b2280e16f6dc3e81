import { assert } from '../errors.js';

/** What canonical bytes may hold. Decimals are strings; numbers are whole and safe. */
export type Canonical =
  null | boolean | number | string | readonly Canonical[] | { readonly [key: string]: Canonical };

/**
 * Writes a value as RFC 8785 (JCS) text: keys sorted by UTF-16 code units, no white space, strings
 * and numbers as ECMAScript writes them. The only implementation; SQL hashes stored bytes and never
 * builds them.
 *
 * @param value  JSON data. Strings must be well-formed Unicode.
 */
export function canonicalJson(value: Canonical): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    assert(Number.isFinite(value), 'canonical: a number is finite');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    assert(value.isWellFormed(), 'canonical: no lone surrogates');
    return JSON.stringify(value);
  }
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonicalJson(key)}:${canonicalJson(value[key]!)}`);
  return `{${members.join(',')}}`;
}

function isList(value: object): value is readonly Canonical[] {
  return Array.isArray(value);
}

/**
 * Canonical text of a record that is sealed: as `canonicalJson`, with the house's own limit that
 * every number is a whole, safe one (LEDGER section 2: decimals are strings).
 *
 * @param domain  What kind of bytes these are, for example `mizan/row/posting/1`; leads as key `@`.
 * @param record  The record without its domain.
 */
export function sealedJson(domain: string, record: { readonly [key: string]: Canonical }): string {
  assertWholeNumbers(record);
  return canonicalJson({ '@': domain, ...record });
}

function assertWholeNumbers(value: Canonical): void {
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value), 'sealed: numbers are whole and safe');
  } else if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(assertWholeNumbers);
  }
}
