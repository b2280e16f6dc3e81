import { assert } from '../../errors.js';

/** One element of DER (ITU-T X.690): its tag, its content and all of its bytes. */
export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Tags as they stand in RFC 3161 and RFC 5652. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const;

const LONG = 0x80;
/** Lengths of more bytes are of nothing that we read. */
const LENGTH_BYTES_MAX = 4;

/** Writes an element of parts, one after the other. */
export function derOf(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < LONG) return Buffer.concat([Uint8Array.of(tag, length), content]);
  const hex = length.toString(16);
  const written = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Uint8Array.of(tag, LONG | written.length), written, content]);
}

/** The elements that bytes are made of; null where they are no DER, or where something is left over. */
export function readDer(bytes: Uint8Array): readonly Der[] | null {
  const found: Der[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = headAt(bytes, at);
    if (head === null || head.end > bytes.length) return null;
    found.push({
      tag: bytes[at]!,
      content: bytes.subarray(head.begin, head.end),
      bytes: bytes.subarray(at, head.end),
    });
    at = head.end;
  }
  return found;
}

function headAt(
  bytes: Uint8Array,
  at: number,
): { readonly begin: number; readonly end: number } | null {
  const first = bytes[at + 1];
  // Tags of more than one byte stand nowhere in what we read.
  if (first === undefined || (bytes[at]! & 0x1f) === 0x1f) return null;
  if (first < LONG) return { begin: at + 2, end: at + 2 + first };
  const count = first - LONG;
  if (count === 0 || count > LENGTH_BYTES_MAX || at + 2 + count > bytes.length) return null;
  let length = 0;
  for (let place = 0; place < count; place += 1) length = length * 256 + bytes[at + 2 + place]!;
  // DER writes a length in as few bytes as it can.
  if (length < LONG || bytes[at + 2] === 0) return null;
  return { begin: at + 2 + count, end: at + 2 + count + length };
}

/** An object identifier, as `1.2.840.…`, as an element. */
export function derOid(text: string): Uint8Array {
  const [first, second, ...rest] = text.split('.').map(Number);
  assert(first !== undefined && second !== undefined, 'der: an identifier of two arcs');
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift(LONG | (left % 128));
    }
    return groups;
  });
  return derOf(TAG.oid, Uint8Array.from(arcs));
}

/** An object identifier as `1.2.840.…`; null for another element. */
export function oidText(der: Der | undefined): string | null {
  if (der?.tag !== TAG.oid || der.content.length === 0) return null;
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of der.content) {
    arc = arc * 128 + (byte & 0x7f);
    if ((byte & LONG) !== 0) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [joined = 0, ...rest] = arcs;
  const first = Math.min(2, Math.floor(joined / 40));
  return [first, joined - first * 40, ...rest].join('.');
}

/** Instant of a GeneralizedTime as RFC 3161 section 2.4.2 has it, ms, cut to whole ms; null for another element. */
export function timeMs(der: Der | undefined): number | null {
  if (der?.tag !== TAG.time) return null;
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d*[1-9]))?Z$/.exec(
      Buffer.from(der.content).toString('latin1'),
    ) ?? [];
  if (year === undefined) return null;
  const milliseconds = `${fraction}000`.slice(0, 3);
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`);
  return Number.isNaN(ms) ? null : ms;
}
