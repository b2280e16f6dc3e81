import { EVIDENCE_FORMAT } from './evidence.js';

const FILE_FIELDS = [
  ...(['format', 'ledgerId', 'siteCode', 'month', 'statements', 'events', 'chainHash'] as const),
] as const;
const EVENT_FIELDS = ['payload', 'rows'] as const;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/**
 * What of an evidence file is not as its format says, by name: a field too many or too few, or of
 * another kind. Null where all is.
 */
export function shapeFault(file: unknown): string | null {
  const wrong = fieldsFault('The file', file, FILE_FIELDS);
  if (wrong !== null) return wrong;
  const of = file as Readonly<Record<(typeof FILE_FIELDS)[number], unknown>>;
  if (of.format !== EVIDENCE_FORMAT) return `Not ${EVIDENCE_FORMAT}.`;
  const other = (['ledgerId', 'siteCode', 'month', 'chainHash'] as const).find(
    (name) => typeof of[name] !== 'string' || of[name] === '',
  );
  if (other !== undefined) return `/${other} is no text.`;
  if (!MONTH.test(of.month as string)) return '/month is no month: YYYY-MM is expected.';
  if (!isTexts(of.statements)) return '/statements is no list of texts.';
  if (!Array.isArray(of.events)) return '/events is no list.';
  for (const [at, event] of of.events.entries()) {
    const fault = fieldsFault(`/events/${at}`, event, EVENT_FIELDS);
    if (fault !== null) return fault;
    const { payload, rows } = event as { readonly payload: unknown; readonly rows: unknown };
    if (typeof payload !== 'string') return `/events/${at}/payload is no text.`;
    if (rows !== null && !isTexts(rows)) return `/events/${at}/rows is neither null nor texts.`;
  }
  return null;
}

function fieldsFault(what: string, value: unknown, known: readonly string[]): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `${what} is no object.`;
  }
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length > 0) return `${what} has fields that are not known: ${unknown.join(', ')}.`;
  const missing = known.filter((name) => !Object.hasOwn(value, name));
  return missing.length > 0 ? `${what} lacks ${missing.join(', ')}.` : null;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
