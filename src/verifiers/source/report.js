/** What was found, by check, in the order of PACK section 8. */

/** Every check, in the order in which its answer is given. */
export const CHECKS = [
  'container',
  'manifest',
  'keys',
  'signature',
  'checkpoint',
  'consistency',
  'log',
  'population',
  'rows',
  'statements',
  'settlements',
  'files',
  'tables',
  'figures',
];

/** Findings of one check that are told; the rest are counted. */
const TOLD_MAX = 20;

/** What was given is no pack, or an option is none: exit code 2. */
export class NoPack extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

/**
 * Of one check: what failed, what is noted, and what was looked at where all is well. `file` and `event` (its `seq`)
 * among the values say where.
 */
class Check {
  constructor(name) {
    this.name = name;
    this.failures = [];
    this.notes = [];
    this.summary = null;
    this.untold = 0;
  }

  get isFailed() {
    return this.failures.length > 0;
  }

  fail(code, values = {}) {
    if (this.failures.length < TOLD_MAX) this.failures.push({ code, values });
    else this.untold += 1;
  }

  note(code, values = {}) {
    this.notes.push({ code, values });
  }

  pass(code, values = {}) {
    this.summary = { code, values };
  }
}

/** The answer to a pack. */
export class Report {
  constructor() {
    this.checks = new Map(CHECKS.map((name) => [name, new Check(name)]));
    /** What the pack says that it is of; null where it does not say. */
    this.subject = null;
  }

  of(name) {
    return this.checks.get(name);
  }

  get failedCount() {
    return [...this.checks.values()].filter(({ isFailed }) => isFailed).length;
  }
}

/**
 * What the answer says, in a language.
 *
 * @param {Report} report
 * @param {Record<string, string>} texts
 * @returns {{check: string, status: 'ok' | 'FAIL' | 'note', message: string, file: string | null, event: number | null}[]}
 *   lines, in order; the first of each check says whether it holds
 */
export function linesOf(report, texts) {
  return [...report.checks.values()].flatMap((check) => {
    const line = (status, { code, values }) => ({
      check: check.name,
      status,
      message: textOf(texts, code, values),
      file: values.file ?? null,
      event: values.event ?? null,
    });
    const lines = check.failures.map((failure) => line('FAIL', failure));
    if (check.untold > 0) {
      lines.push(line('FAIL', { code: 'more', values: { count: check.untold } }));
    }
    if (lines.length === 0 && check.summary !== null) {
      lines.push(line(check.notes.length > 0 ? 'note' : 'ok', check.summary));
    }
    return [...lines, ...check.notes.map((note) => line('note', note))];
  });
}

/** Longest value that is printed of what a pack holds. */
const VALUE_CHARS_MAX = 200;

/** @returns {string} a text with its values, which are shown as they are but for what no line should hold */
export function textOf(texts, code, values) {
  const filled = (texts[code] ?? code).replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
  const places = [
    values.file === undefined ? null : shown(values.file),
    values.event === undefined ? null : textOf(texts, 'event', { seq: values.event }),
  ].filter((place) => place !== null);
  return places.length === 0 ? filled : `${places.join(', ')}: ${filled}`;
}

function shown(value) {
  const text = String(value ?? '');
  const short = text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
  return short.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '\ufffd');
}
