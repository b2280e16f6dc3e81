/**
 * JSON in the one way RFC 8785 writes it. A text is taken only where writing its value again gives the same text: so
 * there is no member twice, no other order, no white space, no number that a double does not hold.
 */

/** @returns {string} RFC 8785 text of JSON data */
export function canonicalJson(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    // Long lists of energy are most of a pack; the engine writes those as RFC 8785 does.
    return value.some((item) => typeof item === 'object' && item !== null)
      ? `[${value.map(canonicalJson).join(',')}]`
      : JSON.stringify(value);
  }
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}

/** @returns {'surrogate' | 'number' | null} what a sealed text must not hold (LEDGER section 2) */
function refused(value, isSealed) {
  if (typeof value === 'string') return value.isWellFormed() ? null : 'surrogate';
  if (typeof value === 'number') {
    return isSealed && !Number.isSafeInteger(value) ? 'number' : null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const inside = Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)];
  for (const item of inside) {
    const what = refused(item, isSealed);
    if (what !== null) return what;
  }
  return null;
}

/**
 * @param {string} text
 * @param {{isSealed?: boolean}} [rules]  sealed texts hold whole, safe numbers only
 * @returns {{value: unknown} | {problem: 'json' | 'canonical' | 'surrogate' | 'number'}}
 */
export function readCanonical(text, { isSealed = false } = {}) {
  let value;
  try {
    value = JSON.parse(text);
    if (canonicalJson(value) !== text) return { problem: 'canonical' };
    const problem = refused(value, isSealed);
    return problem === null ? { value } : { problem };
  } catch {
    // No JSON, or nested deeper than any text of a pack.
    return { problem: 'json' };
  }
}

/** @returns {boolean} whether `value` is a JSON object */
export const isRecord = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns {boolean} whether `value` is a whole number from 0 on */
export const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
