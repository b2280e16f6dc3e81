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

/**
 * What a database error means for a caller: a constraint's public code by its name, or that the
 * service is not available. Anything else is returned as it is, our own fault.
 */
export function refusalOf(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Error)) return error;
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  if (typeof code !== 'string') return error;
  if (typeof constraint === 'string' && code.startsWith('23')) {
    if (CONSERVATION.has(constraint)) return refuse('energy.not_conserved', { constraint }, error);
    if (SERIALS.has(constraint)) return refuse('energy.serial_overlaps', { constraint }, error);
    return refuse('constraint.violated', { constraint }, error);
  }
  const unavailable = /^(08|53|57P)/.test(code) || code === 'ECONNREFUSED';
  return unavailable
    ? refuse('service.unavailable', { detail: 'The database cannot answer now; try again.' }, error)
    : error;
}

function refuse<Code extends ErrorCode>(
  code: Code,
  details: ErrorDetails[Code],
  cause: Error,
): DomainError<Code> {
  return new DomainError(code, details, { cause });
}
