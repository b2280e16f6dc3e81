/** What the files of a pack hold, read once for every check; what cannot be read is a fault of the check that reads it. */
import { fromUtf8 } from './base/bytes.js';
import { isRecord, readCanonical } from './base/canonical.js';

/**
 * @returns {object | null} the object of a file of canonical JSON; null where there is none, which is then said
 */
export function parsedFile(check, files, file) {
  const bytes = files.get(file);
  if (bytes === undefined) {
    check.fail('file.missing', { file });
    return null;
  }
  const text = fromUtf8(bytes);
  const { value, problem } = text === null ? { problem: 'utf8' } : readCanonical(text);
  if (problem !== undefined) {
    check.fail(`json.${problem}`, { file });
    return null;
  }
  if (!isRecord(value)) {
    check.fail('json.no_object', { file });
    return null;
  }
  return value;
}

const NEWLINE = 10;

/** @returns {Generator<{bytes: Uint8Array, number: number, isEnded: boolean}>} lines, without the newline that ends each */
export function* linesOfFile(bytes) {
  let number = 1;
  for (let at = 0; at < bytes.length; number += 1) {
    const end = bytes.indexOf(NEWLINE, at);
    yield { bytes: bytes.subarray(at, end < 0 ? bytes.length : end), number, isEnded: end >= 0 };
    at = end < 0 ? bytes.length : end + 1;
  }
}

/**
 * @param {Uint8Array} bytes  one sealed text
 * @returns {{value: object} | {problem: string}}
 */
export function readSealed(bytes) {
  const text = fromUtf8(bytes);
  if (text === null) return { problem: 'utf8' };
  const read = readCanonical(text, { isSealed: true });
  return read.problem === undefined && !isRecord(read.value) ? { problem: 'no_object' } : read;
}
