import { types } from 'node:util';
import { DomainError, type ErrorCode, type ErrorDetails } from '../../core/errors.js';

const CONSERVATION = new Set([
  'supply_is_conserved',
  'no_supply_balance_is_negative',
  'demand_is_conserved',
  'no_demand_balance_is_negative',
  'matched_sides_agree',
  'issued_stays_within_certificate',
  'consumption_stays_within_metered',
  'storage_is_used_once',
  'certified_stays_within_metered',
  'mwh_certificate_is_one_mwh',
  'mwh_source_is_converted_once',
  'charge_is_certified_once',
]);
const SERIALS = new Set([
  'one_live_certificate_per_plant_and_instant',
  'issuer_uses_an_id_once',
  'serial_is_cancelled_once_anywhere',
  'storage_records_never_overlap',
  'a_wh_is_in_one_mwh_certificate',
  'mwh_is_converted_once_anywhere',
  'serial_is_transferred_once_anywhere',
]);

/** Why a service cannot do now what it could do before, in words for the caller. */
const FULL = 'Storage is full: nothing was written. Try again when space was made.';
const READ_ONLY = 'The server takes no changes now: nothing was written. Try again later.';
const BUSY = 'Too much is open at once: nothing was done. Try again.';
const LOCKED = 'Others hold what this needs: nothing was changed. Try again.';
const SLOW = 'This took longer than is allowed: nothing was changed. Try again, or ask for less.';
const LOST = 'The database cannot answer now; try again.';

/**
 * SQLSTATE, or the beginning of one, of what is not wrong but not now (PostgreSQL, appendix A), and
 * codes of the operating system that mean the same.
 */
const NOT_NOW: readonly (readonly [code: RegExp, detail: string])[] = [
  [/^(53100|ENOSPC|EDQUOT)$/, FULL],
  [/^(25006|EROFS)$/, READ_ONLY],
  [/^(53|EMFILE$|ENFILE$)/, BUSY],
  [/^(55P03|40001|40P01)$/, LOCKED],
  [/^(57014|25P03|25P04)$/, SLOW],
  [/^(08|57P)/, LOST],
  [/^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, LOST],
];

/** Errors of the operating system that PostgreSQL hands on under a code that says less. */
const NOT_NOW_MESSAGES: readonly (readonly [message: RegExp, detail: string])[] = [
  [/No space left on device|Disk quota exceeded/, FULL],
  [/Read-only file system/, READ_ONLY],
  [/Too many open files/, BUSY],
];
const HANDED_ON = new Set(['58030', '58000', '42501', 'XX000']);

/** What the driver says of a connection, without any code. */
const CONNECTION =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|Cannot use a pool after calling end|socket hang up)/;

/**
 * What a failure of the database or of a file means for a caller: a constraint's public code by its
 * name, or that the service is not available now. Anything else is returned as it is, our own fault.
 */
export function refusalOf(error: unknown): unknown {
  if (error instanceof DomainError || !isError(error)) return error;
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  if (typeof constraint === 'string' && typeof code === 'string' && code.startsWith('23')) {
    if (CONSERVATION.has(constraint)) return refuse('energy.not_conserved', { constraint }, error);
    if (SERIALS.has(constraint)) return refuse('energy.serial_overlaps', { constraint }, error);
    return refuse('constraint.violated', { constraint }, error);
  }
  const detail = notNowDetail(typeof code === 'string' ? code : null, error.message);
  return detail === null ? error : refuse('service.unavailable', { detail }, error);
}

/** Also one of Node's own, where code runs in a context beside it. */
const isError = (thrown: unknown): thrown is Error =>
  thrown instanceof Error || types.isNativeError(thrown);

function notNowDetail(code: string | null, message: string): string | null {
  if (code === null) return CONNECTION.test(message) ? LOST : null;
  const known = NOT_NOW.find(([pattern]) => pattern.test(code));
  if (known !== undefined) return known[1];
  if (!HANDED_ON.has(code)) return null;
  return NOT_NOW_MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? null;
}

/** Whether two transactions were in each other's way, so that one of them is simply done again. */
export function isWorthAnotherTry(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === '40001' || code === '40P01';
}

function refuse<Code extends ErrorCode>(
  code: Code,
  details: ErrorDetails[Code],
  cause: Error,
): DomainError<Code> {
  return new DomainError(code, details, { cause });
}

/** Whether an error is the service's "not now", to be tried again later. */
export function isNotNow(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'service.unavailable';
}

/** Whether a refusal is of the service, its clock or its ledger, and of nothing that was sent. */
export function isOfService(error: DomainError): boolean {
  return /^(service|clock|ledger)\./.test(error.code);
}
