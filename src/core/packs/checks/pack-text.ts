import { type Canonical, canonicalJson } from '../../ledger/canonical.js';
import type { PackFiles } from '../manifest.js';

/** Why a check of a pack fails, in a sentence that names the file. */
export interface Failed {
  readonly failed: string;
}

/** A check that fails. */
export const no = (failed: string): Failed => ({ failed });

/** Whether a check failed. */
export const isFailed = (value: unknown): value is Failed =>
  typeof value === 'object' && value !== null && 'failed' in value;

/** Text of a file, well-formed; null where it is not there or is none. */
export function textOf(files: PackFiles, path: string): string | null {
  const bytes = files.get(path);
  if (bytes === undefined) return null;
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : null;
}

/** The object that a canonical text is of; null for any other text. */
export function objectOf(text: string | null): Readonly<Record<string, Canonical>> | null {
  try {
    const value = text === null ? null : (JSON.parse(text) as Canonical);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && canonicalJson(value) === text ? (value as Record<string, Canonical>) : null;
  } catch {
    return null;
  }
}

/** Lines of a text, each ended; null for a text that is not. */
export function linesOf(text: string | null): readonly string[] | null {
  if (text === '') return [];
  return text === null || !text.endsWith('\n') ? null : text.slice(0, -1).split('\n');
}

/** Bytes of hex; none of what is no text. */
export const hexBytes = (text: unknown): Uint8Array =>
  new Uint8Array(Buffer.from(typeof text === 'string' ? text : '', 'hex'));

/** What a check comes to; what is in a pack may be anything, and then is no pack's. */
export function tried<Found>(check: () => Found | Failed): Found | Failed {
  try {
    return check();
  } catch (error) {
    return no(`What is in it cannot be read: ${String(error)}`);
  }
}
