import type { CertificateErrors } from './certificates/errors.js';
import type { EngagementErrors } from './engagements/errors.js';
import type { LogErrors } from './ledger/errors.js';
import type { SamplingErrors } from './sampling/errors.js';
import type { PointerProblem, RowProblem } from './problems.js';

/** What refusals hold. */
export type { PointerProblem, RowFault, RowProblem } from './problems.js';

/**
 * Stops on a programmer's mistake: a state that no input, however wrong, should be able to cause.
 * For what a caller *can* get wrong, throw a DomainError instead.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}

/** A rule of the database that refused a change; of a file, with its rows. */
export interface RefusedByRecord {
  readonly constraint: string;
  readonly errors?: readonly RowProblem[];
}

/**
 * Everything that can go wrong for a caller, and what they are told when it does.
 *
 * This list is part of the public API: codes are never renamed or reused. Their HTTP statuses live
 * in `platform/http/problem.filter.ts`, which does not compile while one is missing.
 */
export interface ErrorDetails
  extends CertificateErrors, EngagementErrors, LogErrors, SamplingErrors {
  'request.invalid': { errors: readonly PointerProblem[] };
  'request.malformed': { detail: string };
  'request.not_found': { path: string };
  'request.method_not_allowed': { method: string; allowed: readonly string[] };
  'request.timeout': { detail: string };
  'request.expectation_failed': { expect: string };
  'request.url_too_long': { limitBytes: number };
  'request.headers_too_large': { limitBytes: number };
  /** Which limit, requests a minute (wrong keys in five minutes), and when to come again. */
  'request.rate_exceeded': { what: string; limit: number; retryAfterS: number; fix: string };
  'request.too_large': { limitBytes: number };
  'request.unsupported_type': { accepted: readonly string[]; detail?: string };
  'auth.key_missing': { detail: string };
  'auth.key_unknown': { detail: string };
  'auth.forbidden': { role: string; allowed: readonly string[] };
  'auth.key_pending': { keyId: string; fix: string };
  'auth.person_required': { act: string; fix: string };
  /** The database is of a server that Mizan did not start: that one has means of its own. */
  'backup.not_ours': { act: string; detail: string; fix: string };
  'backup.nothing_there': { dataDir: string; detail: string; fix: string };
  'backup.place_taken': { folder: string; detail: string; fix: string };
  'backup.unreadable': { folder: string; detail: string; fix: string };
  'backup.damaged': {
    folder: string;
    damagedCount: number;
    errors: readonly PointerProblem[];
    fix: string;
  };
  'backup.later_build': {
    folder: string;
    program: string;
    migrations: readonly string[];
    fix: string;
  };
  'restore.place_taken': { dataDir: string; found: readonly string[]; fix: string };
  'record.not_found': { kind: string; recordCode: string };
  'record.exists': { kind: string; recordCode: string; fix: string };
  'record.unchanged': { kind: string; recordCode: string; version: number };
  /** `version` is the latest; the one that was named is another. */
  'record.version_stale': { recordCode: string; version: number; fix: string };
  'record.reference_unknown': { field: string; recordCode: string; expectedKind: string };
  /** Of many records: what is wrong with which, by JSON pointer, and what came of each. */
  'records.refused': {
    recordCount: number;
    refusedCount: number;
    errors: readonly PointerProblem[];
    answers: readonly {
      index: number;
      kind: string;
      recordCode: string | null;
      state: 'good' | 'refused' | 'waiting';
    }[];
    fix: string;
  };
  'engine.not_here': { madeBy: string; here: string; fix: string };
  'id.ambiguous': { kind: string; typed: string; candidates: readonly string[]; fix: string };
  'key.not_found': { keyId: string };
  'key.not_pending': { keyId: string; state: string };
  'key.last_admin': { keyId: string; fix: string };
  'key.own_issue': { keyId: string; fix: string };
  'principal.not_found': { principalId: string };
  'principal.other_kind': { principalId: string; kind: string; fix: string };
  'principal.has_keys': { principalId: string; keyIds: readonly string[]; fix: string };
  'verification.not_found': { jobId: string; fix: string };
  /** The processes that verified ended before it did. */
  'verification.interrupted': { reason: string; fix: string };
  'ledger.not_found': { name: string; fix: string };
  'ledger.exists': { name: string };
  'ledger.broken': { seq: number | null; check: string; detail: string };
  'meter.hierarchy_invalid': { meterCode: string; detail: string; fix: string };
  'tenant.meter_taken': { tenantCode: string; meterCode: string; takenBy: string; fix: string };
  'tenant.none': { siteCode: string; fix: string };
  'exception.not_found': { findingId: string };
  'exception.decided': { findingId: string; action: string };
  'exception.values_wrong': { findingId: string; detail: string; fix: string };
  'exception.none_open': {
    from: string;
    to: string;
    meterCode: string | null;
    rule: string | null;
    severity: string | null;
    fix: string;
  };
  'decisions.too_many': { found: number; allowed: number; fix: string };
  'decisions.refused': {
    rowCount: number;
    refusedCount: number;
    errors: readonly PointerProblem[];
    fix: string;
  };
  'readings.nothing_there': { detail: string; fix: string };
  'period.locked': {
    month: string;
    lockedSince: string;
    nextCorrectionRun: string | null;
    fix: string;
  };
  'import.preview_changed': { previewHash: string; found: string; fix: string };
  'import.job_not_found': { jobId: string };
  'import.job_state': { jobId: string; state: string; act: string };
  'import.no_rejects': { jobId: string };
  'import.not_clean': { changedCount: number; rejectedCount: number; fix: string };
  'legal_time.not_covered': { instant: string; firstCovered: string };
  'period.invalid': { value: string };
  /** A reporting year of an organisation that stated none. */
  'period.no_reporting_year': { value: string; fix: string };
  'month.invalid': { value: string };
  'import.not_found': { importId: string };
  'import.file_unreadable': { file: string; detail: string };
  /** The profile says of a file what its form cannot be. */
  'import.profile_unfit': {
    file: string;
    format: string;
    /** By their names in the profile; those of columns as `columns.start`. */
    settings: readonly string[];
    detail: string;
    fix: string;
  };
  'import.rows_rejected': {
    errors: readonly RowProblem[];
    errorsTotal: number;
    fileSha256: string;
  };
  /** `file`: which of several that were sent as one. */
  'import.limit_exceeded': { limit: string; allowed: number; file?: string };
  'import.took_too_long': { allowedS: number; fix: string };
  /** Tried as often as a file is, and never ended: what the last attempt met is in `reason`. */
  'import.gave_up': { attempts: number; reason: string; fix: string };
  /** Whoever sent it was gone, or the process ended, before it was told what came of it. */
  'import.interrupted': { reason: string; fix: string };
  'limit.quota': { limit: string; allowed: number; retryAfterS: number };
  'contract.none_in_force': { siteCode: string; month: string; fix: string };
  'contract.no_guarantee': { contractCode: string; version: number };
  'site.ambiguous': { siteCodes: readonly string[]; fix: string };
  'factor.not_in_force': { zone: string; kind: string; instant: string; fix: string };
  'factor.lifecycle_in_scope2': { factorCode: string };
  'vat.not_in_force': { vatCode: string; instant: string; fix: string };
  'matching.nothing_to_match': { siteCode: string; month: string; fix: string };
  'matching.run_not_found': { siteCode: string; month: string; fix: string };
  'matching.inputs_changed': { runId: string; month: string; fix: string };
  'matching.hour_not_covered': { hour: string; from: string; to: string };
  'matching.pool_required': { hour: string; demandId: string; supplyId: string };
  'settlement.no_elections': { contractCode: string; version: number; fix: string };
  'settlement.hour_not_in_line': { runId: string; line: number; hour: string; known: string[] };
  'settlement.line_not_found': { runId: string; line: number; known: string[] };
  'settlement.run_not_found': { runId: string };
  'settlement.run_superseded': { runId: string; period: string; fix: string };
  'settlement.own_run': { runId: string; fix: string };
  /** Why the period cannot be settled this way, in `reason`. */
  'settlement.run_refused': { run: string; period: string; reason: string };
  /** Another engine made the run before: what it changes is shown, and asked. */
  'settlement.engine_changed': {
    period: string;
    runId: string;
    madeBy: string;
    here: string;
    engineChangeNetMad: string;
    dataChangeNetMad: string;
    fix: string;
  };
  'settlement.elections_conflict': { errors: readonly PointerProblem[] };
  'settlement.series_wrong': { series: string; expected: number; found: number; fix: string };
  'settlement.hours_incomplete': { series: string; hour: string; count: number; fix: string };
  /** `hours` are the first stretches of them. */
  'settlement.estimated_refused': {
    series: string;
    count: number;
    run: string;
    hours: readonly { from: string; to: string; hours: number }[];
    fix: string;
  };
  /** All that is missing, where it is more than one thing. */
  'settlement.incomplete': {
    month: string;
    run: string;
    missing: readonly { what: string; key: string; at: string; fix: string }[];
    fix: string;
  };
  'invoice_terms.contract_taken': { contractCode: string; takenBy: string; fix: string };
  'supplier_invoice.not_found': { invoiceId: string };
  'supplier_invoice.unplaced': { field: string; value: string; fix: string };
  'supplier_invoice.wrong_seller': {
    contractCode: string;
    sellerCode: string;
    found: string;
    fix: string;
  };
  'supplier_invoice.number_taken': {
    sellerCode: string;
    number: string;
    invoiceId: string;
    fix: string;
  };
  'supplier_invoice.line_not_found': { invoiceId: string; line: number; known: string[] };
  'supplier_invoice.waiting_for_rate': {
    invoiceId: string;
    number: string;
    currency: string;
    day: string;
    fix: string;
  };
  'supplier_invoice.voided': { invoiceId: string; number: string; reason: string };
  'supplier_invoice.no_terms': { contractCode: string; fix: string };
  'supplier_invoice.not_settled': { contractCode: string; period: string; fix: string };
  'supplier_invoice.step_refused': { invoiceId: string; from: string; to: string; reason: string };
  'journal.entry_not_found': { batchId: string; entry: number; known: string[] };
  'journal.no_oracle_ledger': { batchId: string; fix: string };
  'journal.no_account_map': { accountMapCode: string | null; fix: string };
  'journal.not_settled': { contractCode: string; period: string; fix: string };
  'journal.month_passed': { month: string; lastMonth: string; fix: string };
  'journal.nothing_to_book': { month: string; leftOut: string[] };
  'journal.batch_not_found': { batchId: string };
  'journal.batch_reversed': { batchId: string; reason: string };
  'settlement.reference_missing': { kind: string; key: string; at: string; fix: string };
  /** A figure that nothing can be computed from: an index or a rate of exchange of 0. */
  'settlement.reference_wrong': {
    kind: string;
    key: string;
    at: string;
    value: string;
    fix: string;
  };
  /** Two rows of one series that hold on one day; `rows` are their ids. */
  'settlement.reference_overlaps': {
    kind: string;
    key: string;
    at: string;
    rows: readonly string[];
    fix: string;
  };
  'settlement.outside_term': { day: string; from: string; to: string; fix: string };
  'settlement.stage_missing': { day: string; firstStage: string; fix: string };
  'idempotency.key_missing': { fix: string };
  'idempotency.key_reused': { key: string; fix: string };
  'idempotency.running': { key: string; retryAfterS: number; fix: string };
  /** `answered` is the status that the request was answered with. */
  'idempotency.answer_not_kept': { key: string; answered: number; fix: string };
  'energy.total_unsafe': { what: string; detail: string };
  'energy.not_conserved': RefusedByRecord;
  'energy.serial_overlaps': RefusedByRecord;
  'statement.contract_has_elections': { contractCode: string; version: number; fix: string };
  /** SUSPECT meter-hours that nobody decided about or accepted; the first stretches of them. */
  'statement.check_failed': { check: string; detail: string; fix: string };
  'statement.suspect_undecided': {
    month: string;
    siteCode: string;
    meterHours: number;
    suspectWh: number;
    meterCodes: readonly string[];
    stretches: readonly {
      meterCode: string;
      from: string;
      to: string;
      hours: number;
      wh: number;
    }[];
    fix: string;
  };
  /** Months of a period that nothing can be said of yet, and why, by site and month. */
  'statement.months_missing': {
    period: string;
    missing: readonly { siteCode: string; month: string; reason: string; detail: string }[];
    fix: string;
  };
  'statement.sites_missing': { entityCode: string; fix: string };
  'document.pdf_unavailable': { detail: string };
  'document.table_unknown': { table: string; known: readonly string[] };
  'document.not_acceptable': { accept: string; known: readonly string[] };
  'statement.not_found': { statementId: string };
  'statement.figure_not_found': { statementId: string; figure: string; known: readonly string[] };
  'attestation.not_found': { jobId: string; fix: string };
  'attestation.not_done': { jobId: string; state: string; fix: string };
  'attestation.interrupted': { reason: string; fix: string };
  'pack.unreadable': { file: string; detail: string; fix: string };
  'pack.inconsistent': { detail: string; fix: string };
  'pack.file_missing': { sha256: string; fix: string };
  'constraint.violated': RefusedByRecord;
  'feature.not_built': { feature: string; detail: string };
  'clock.behind': { detail: string; fix: string };
  'clock.ahead': { detail: string; fix: string };
  'service.unavailable': { detail: string };
}

/** One public code. */
export type ErrorCode = keyof ErrorDetails;

/** Members of a problem document that no details may take the place of (RFC 9457 section 3.1). */
type Reserved = 'type' | 'title' | 'status' | 'code' | 'traceId';
type ReservedInUse = { [Code in ErrorCode]: keyof ErrorDetails[Code] & Reserved }[ErrorCode];
const noDetailIsReserved: [ReservedInUse] extends [never] ? true : never = true;
assert(noDetailIsReserved, 'errors: details do not use reserved names');

/** A refusal the caller can act on. `code` and `details` go out as they are: no secrets in them. */
export class DomainError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: Code,
    readonly details: ErrorDetails[Code],
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
