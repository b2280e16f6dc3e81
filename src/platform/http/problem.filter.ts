import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toldDetails } from '../../core/error-help.js';
import { DomainError, type ErrorCode } from '../../core/errors.js';
import { refusalOf } from '../database/refusals.js';
import { logger } from '../logger.js';

/** HTTP status of every code. It does not compile while one is missing. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  'request.invalid': 400,
  'request.malformed': 400,
  'request.not_found': 404,
  'request.method_not_allowed': 405,
  'request.timeout': 408,
  'request.expectation_failed': 417,
  'request.url_too_long': 414,
  'request.headers_too_large': 431,
  'request.rate_exceeded': 429,
  'request.too_large': 413,
  'request.unsupported_type': 415,
  'auth.key_missing': 401,
  'auth.key_unknown': 401,
  'auth.forbidden': 403,
  'auth.key_pending': 403,
  'auth.person_required': 403,
  'backup.not_ours': 409,
  'backup.nothing_there': 409,
  'backup.place_taken': 409,
  'backup.unreadable': 422,
  'backup.damaged': 422,
  'backup.later_build': 409,
  'restore.place_taken': 409,
  'record.not_found': 404,
  'record.exists': 409,
  'record.unchanged': 409,
  'record.version_stale': 412,
  'record.reference_unknown': 422,
  'records.refused': 422,
  'engine.not_here': 409,
  'id.ambiguous': 409,
  'key.not_found': 404,
  'key.not_pending': 409,
  'key.last_admin': 409,
  'key.own_issue': 409,
  'principal.not_found': 404,
  'principal.other_kind': 409,
  'principal.has_keys': 409,
  'verification.not_found': 404,
  'verification.interrupted': 500,
  'ledger.not_found': 404,
  'ledger.exists': 409,
  'ledger.broken': 500,
  'meter.hierarchy_invalid': 422,
  'tenant.meter_taken': 409,
  'tenant.none': 422,
  'exception.not_found': 404,
  'exception.decided': 409,
  'exception.values_wrong': 422,
  'exception.none_open': 404,
  'decisions.too_many': 422,
  'decisions.refused': 422,
  'readings.nothing_there': 422,
  'period.locked': 409,
  'import.preview_changed': 409,
  'import.job_not_found': 404,
  'import.job_state': 409,
  'import.no_rejects': 404,
  'import.not_clean': 422,
  'legal_time.not_covered': 422,
  'period.invalid': 400,
  'period.no_reporting_year': 422,
  'month.invalid': 400,
  'import.not_found': 404,
  'import.file_unreadable': 422,
  'import.profile_unfit': 422,
  'import.rows_rejected': 422,
  'import.limit_exceeded': 413,
  'import.took_too_long': 422,
  'import.gave_up': 422,
  'import.interrupted': 409,
  'limit.quota': 429,
  'contract.none_in_force': 422,
  'contract.no_guarantee': 422,
  'site.ambiguous': 422,
  'factor.not_in_force': 422,
  'factor.lifecycle_in_scope2': 422,
  'vat.not_in_force': 422,
  'matching.nothing_to_match': 422,
  'matching.run_not_found': 404,
  'matching.inputs_changed': 409,
  'matching.hour_not_covered': 404,
  'matching.pool_required': 422,
  'certificate.not_found': 404,
  'certificate.not_owner': 403,
  'certificate.version_changed': 409,
  'certificate.transition_refused': 409,
  'certificate.quantity_wrong': 422,
  'certificate.not_accepted': 422,
  'certificate.action_incomplete': 422,
  'certificate.not_expired': 409,
  'certificate.expired': 409,
  'certificate.signature_missing': 422,
  'certificate.signature_invalid': 422,
  'certificate.matched': 409,
  'storage.record_not_found': 404,
  'storage.charge_refused': 409,
  'storage.series_incomplete': 409,
  'storage.terms_missing': 422,
  'bridge.plant_not_registered': 422,
  'bridge.nothing_free': 409,
  'bridge.converted': 409,
  'invoice_terms.contract_taken': 409,
  'supplier_invoice.not_found': 404,
  'supplier_invoice.unplaced': 422,
  'supplier_invoice.wrong_seller': 422,
  'supplier_invoice.number_taken': 409,
  'supplier_invoice.line_not_found': 404,
  'supplier_invoice.waiting_for_rate': 409,
  'supplier_invoice.voided': 409,
  'supplier_invoice.no_terms': 409,
  'supplier_invoice.not_settled': 409,
  'supplier_invoice.step_refused': 409,
  'journal.entry_not_found': 404,
  'journal.no_oracle_ledger': 409,
  'journal.no_account_map': 409,
  'journal.not_settled': 409,
  'journal.month_passed': 409,
  'journal.nothing_to_book': 409,
  'journal.batch_not_found': 404,
  'journal.batch_reversed': 409,
  'settlement.no_elections': 409,
  'settlement.hour_not_in_line': 404,
  'settlement.line_not_found': 404,
  'settlement.run_not_found': 404,
  'settlement.run_superseded': 409,
  'settlement.own_run': 409,
  'settlement.run_refused': 409,
  'settlement.engine_changed': 409,
  'settlement.elections_conflict': 422,
  'settlement.series_wrong': 422,
  'settlement.hours_incomplete': 409,
  'settlement.incomplete': 409,
  'settlement.estimated_refused': 409,
  'settlement.reference_missing': 409,
  'settlement.reference_wrong': 422,
  'settlement.reference_overlaps': 422,
  'settlement.outside_term': 422,
  'settlement.stage_missing': 422,
  'idempotency.key_missing': 400,
  'idempotency.key_reused': 422,
  'idempotency.running': 409,
  'idempotency.answer_not_kept': 409,
  'energy.total_unsafe': 422,
  'energy.not_conserved': 409,
  'energy.serial_overlaps': 409,
  'statement.contract_has_elections': 409,
  'statement.check_failed': 409,
  'statement.suspect_undecided': 409,
  'document.pdf_unavailable': 501,
  'document.table_unknown': 404,
  'document.not_acceptable': 406,
  'statement.months_missing': 409,
  'statement.sites_missing': 422,
  'statement.not_found': 404,
  'statement.figure_not_found': 404,
  'attestation.not_found': 404,
  'attestation.not_done': 409,
  'attestation.interrupted': 500,
  'engagement.not_found': 404,
  'engagement.not_its_auditor': 403,
  'engagement.not_now': 409,
  'engagement.signed_off': 409,
  'engagement.key_unfit': 422,
  'engagement.not_independent': 422,
  'engagement.statement_missing': 422,
  'engagement.step_out_of_order': 409,
  'engagement.nonce_used': 422,
  'engagement.sample_too_large': 422,
  'engagement.sample_not_found': 404,
  'engagement.item_not_found': 404,
  'engagement.thread_not_found': 404,
  'engagement.thread_closed': 409,
  'engagement.read_not_found': 404,
  'engagement.work_open': 409,
  'sampling.nonce_unusable': 422,
  'sampling.nothing_to_draw': 422,
  'sampling.interval_below_one': 422,
  'sampling.size_out_of_range': 422,
  'pack.unreadable': 422,
  'pack.inconsistent': 409,
  'pack.file_missing': 409,
  'constraint.violated': 422,
  'feature.not_built': 501,
  'ledger.behind_checkpoint': 503,
  'ledger.not_behind': 409,
  'ledger.resumption_not_asked': 409,
  'ledger.own_resumption': 403,
  'signing.unavailable': 503,
  'delivery.not_set_up': 409,
  'signing_key.not_found': 404,
  'signing_key.is_revoked': 409,
  'checkpoint.not_found': 404,
  'log.no_such_place': 404,
  'log.no_such_event': 404,
  'clock.behind': 503,
  'clock.ahead': 503,
  'service.unavailable': 503,
};

const ERRORS_INLINE = 100;

/** Not that nothing was changed: a fault may come after the change was committed. */
const FAILED =
  'The server failed. Look whether what you sent was done; if not, send it again, under its Idempotency-Key if ' +
  'it had one. Quote traceId to who runs the server.';

/** Answers every failure as an RFC 9457 problem document; what is not ours to explain is a bare 500. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, context: ArgumentsHost): void {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = toDomainError(refusalOf(thrown), request);
    if (error === null) {
      logger.error({ err: thrown, traceId: request.id }, 'unexpected failure');
      send(reply, { type: 'about:blank', title: FAILED, status: 500, traceId: request.id }, 500);
      return;
    }
    const problem = problemOf(error, request.id);
    const { status } = problem;
    const log = { code: error.code, status };
    if (status === 401 || status === 403) logger.warn(log, 'refused');
    void reply.headers(headersOf(error));
    send(reply, problem, status);
  }
}

/** A refusal as a problem document. */
export function problemOf(error: DomainError, traceId: string): Problem {
  return {
    type: `https://mizan.example/problems/${error.code}`,
    title: titleOf(error.code),
    status: STATUS[error.code],
    code: error.code,
    traceId,
    ...inline(toldDetails(error)),
  };
}

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly traceId: string;
}

/** What a refusal says beside its body: which methods there are, when to come again. */
function headersOf({ code, details }: DomainError): Record<string, string> {
  if ('allowed' in details && 'method' in details) return { allow: details.allowed.join(', ') };
  if ('retryAfterS' in details) return { 'retry-after': String(details.retryAfterS) };
  return STATUS[code] === 503 ? { 'retry-after': '5' } : {};
}

function send(reply: FastifyReply, problem: object, status: number): void {
  void reply.status(status).header('content-type', 'application/problem+json').send(problem);
}

/** `import.rows_rejected` → `Import: rows rejected`. */
function titleOf(code: ErrorCode): string {
  const [noun, reason] = code.split('.') as [string, string];
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}: ${reason}`.replaceAll('_', ' ');
}

function inline(details: object): object {
  if (!('errors' in details) || !Array.isArray(details.errors)) return details;
  return {
    ...details,
    errors: details.errors.slice(0, ERRORS_INLINE),
    errorsTotal: 'errorsTotal' in details ? details.errorsTotal : details.errors.length,
  };
}

/** Failures of the framework, in our codes; null for what nobody foresaw. */
function toDomainError(thrown: unknown, request: FastifyRequest): DomainError | null {
  if (thrown instanceof DomainError) return thrown;
  const { statusCode } = thrown as { statusCode?: unknown };
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusCode;
  if (status === 404) return new DomainError('request.not_found', { path: request.url });
  if (status === 413) return new DomainError('request.too_large', { limitBytes: JSON_LIMIT_BYTES });
  if (status === 415) {
    return new DomainError('request.unsupported_type', {
      accepted: ['application/json', 'text/csv'],
    });
  }
  if (status === 400) {
    const detail = thrown instanceof Error ? thrown.message : 'The request cannot be read.';
    return new DomainError('request.malformed', { detail });
  }
  return null;
}

/** Largest JSON body (API section 8). */
export const JSON_LIMIT_BYTES = 1_048_576;
