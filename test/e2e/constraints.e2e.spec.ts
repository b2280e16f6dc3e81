import { readFileSync } from 'node:fs';
import type { TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { readCounter, startMonth } from '../support/month.js';
import { keepAttestation } from '../support/packs.js';
import { keepRead, keepStamp, keepVerification } from '../support/tamper.js';

const all = (value: string, of: string): string =>
  `(SELECT array_agg(${value}) FROM generate_series(1, cardinality(t.${of})))`;
const set = (...pairs: readonly string[]): string => `jsonb_build_object(${pairs.join(', ')})`;
const to = (change: object): string => `'${JSON.stringify(change)}'::jsonb`;

const DEAD = '00000000-0000-4000-8000-00000000dead';

/** For every CHECK: a table, and what to change in one of its good rows so that only it refuses. */
// prettier-ignore
const REFUSED: Readonly<Record<string, readonly [table: string, change: string]>> = {
  migration_hash_is_sha256:                ['migration_hash', to({ name: 'Other', sql_sha256: 'abc' })],
  ledger_name_is_plain:                    ['ledger', to({ name: 'Main' })],
  ledger_head_never_shrinks_below_zero:    ['ledger_head', to({ size: -1 })],
  ledger_head_hash_has_32_bytes:           ['ledger_head', to({ chain_hash: '\\x00' })],
  ledger_head_subtrees_are_hashes:         ['ledger_head', to({ subtrees: '\\x00' })],
  log_node_is_above_the_leaves:            ['log_node', to({ level: 0, node_index: 99 })],
  log_node_has_a_place:                    ['log_node', to({ node_index: -1 })],
  log_node_hash_has_32_bytes:              ['log_node', to({ level: 40, hash: '\\x00' })],
  checkpoint_is_of_a_log_with_events:      ['checkpoint', to({ size: 0 })],
  checkpoint_root_has_32_bytes:            ['checkpoint', to({ size: 1, root: '\\x00' })],
  auditor_read_names_a_route:              ['auditor_read', set("'read_id', gen_random_uuid()", "'route', ''")],
  auditor_read_is_not_too_long:            ['auditor_read', set("'read_id', gen_random_uuid()", "'path', repeat('x', 8193)")],
  delivery_state_is_known:                 ['checkpoint_delivery', set("'delivery_id', gen_random_uuid()", "'month', NULL", "'state', 'sent'", "'next_at', NULL")],
  delivery_counts_attempts:                ['checkpoint_delivery', set("'delivery_id', gen_random_uuid()", "'month', NULL", "'attempt_count', -1")],
  waiting_delivery_has_a_time:             ['checkpoint_delivery', set("'delivery_id', gen_random_uuid()", "'month', NULL", "'next_at', NULL")],
  delivered_checkpoint_says_when:          ['checkpoint_delivery', set("'delivery_id', gen_random_uuid()", "'month', NULL", "'delivered_at', now()")],
  stamp_has_a_token:                       ['checkpoint_stamp', to({ token: '\\x' })],
  first_event_follows_nothing:             ['ledger_event', set("'prev_hash', sha256('x')", "'chain_hash', sha256('\\x02'::bytea || sha256('x') || t.leaf_hash)")],
  api_key_role_is_known:                   ['api_key', to({ role: 'root' })],
  api_key_secret_is_hashed:                ['api_key', to({ secret_sha256: '\\x00' })],
  api_key_basis_is_known:                  ['api_key', to({ basis: 'trust' })],
  only_a_reading_key_needs_no_second_person: ['api_key', to({ basis: 'read-only' })],
  only_an_admin_key_starts_a_ledger:       ['api_key', to({ role: 'finance' })],
  api_key_confirmation_is_whole:           ['api_key', to({ basis: 'second-person', confirmed_by: '00000000-0000-7000-8000-000000000001' })],
  api_key_is_confirmed_where_it_must:      ['api_key', to({ confirmed_by: '00000000-0000-7000-8000-000000000001', confirmed_at: '2026-11-10T09:00:00Z', confirm_event_id: '00000000-0000-7000-8000-000000000001' })],
  api_key_is_confirmed_by_another:         ['api_key', to({ basis: 'second-person', issued_by: '00000000-0000-7000-8000-000000000001', confirmed_by: '00000000-0000-7000-8000-000000000001', confirmed_at: '2026-11-10T09:00:00Z', confirm_event_id: '00000000-0000-7000-8000-000000000001' })],
  event_names_its_principal:               ['ledger_event', to({ actor_principal: 'somebody' })],
  principal_is_a_person_or_a_machine:      ['principal', to({ kind: 'ghost' })],
  principal_name_commitment_is_sha256:     ['principal', to({ name_commitment: '\\x00' })],
  principal_name_is_salted:                ['principal_name', to({ salt: '\\x00' })],
  settlement_approval_names_both:          ['settlement_approval', to({ made_by: null })],
  settlement_is_approved_by_another:       ['settlement_approval', set("'made_by', t.approved_by")],
  record_code_is_plain:                    ['record', to({ code: 'a b' })],
  organisation_versions_start_at_one:      ['organisation', to({ version: 0 })],
  organisation_ice_has_15_digits:          ['organisation', to({ ice: '123' })],
  organisation_country_is_iso_3166:        ['organisation', to({ country: 'Morocco' })],
  site_versions_start_at_one:              ['site', to({ version: 0 })],
  site_power_is_positive:                  ['site', to({ contracted_power_w: 0 })],
  site_legal_time_is_known:                ['site', to({ legal_time: 'FR' })],
  interval_block_updates_are_runs:         ['interval_block', to({ updates: [1] })],
  meter_versions_start_at_one:             ['meter', to({ version: 0 })],
  meter_interval_divides_the_hour:         ['meter', to({ interval_minutes: 7 })],
  meter_interval_changes_are_a_list:       ['meter', to({ interval_changes: {} })],
  meter_power_is_positive:                 ['meter', to({ rated_power_w: 0 })],
  meter_direction_is_known:                ['meter', to({ direction: 'up' })],
  meter_is_not_its_own_parent:             ['meter', set("'parent_code', t.code")],
  virtual_meter_is_not_booked:             ['meter', to({ formula: [] })],
  plant_versions_start_at_one:             ['plant', to({ version: 0 })],
  plant_technology_is_known:               ['plant', to({ technology: 'fusion' })],
  plant_capacity_is_positive:              ['plant', to({ capacity_w: 0 })],
  plant_loss_factor_is_a_share:            ['plant', to({ loss_factor: 1 })],
  plant_direct_factor_is_not_negative:     ['plant', to({ direct_factor_g_per_kwh: -1 })],
  contract_versions_start_at_one:          ['contract', to({ version: 0 })],
  contract_names_its_plants:               ['contract', to({ plant_codes: [] })],
  contract_form_is_built:                  ['contract', to({ delivery_form: 'VIRTUAL' })],
  contract_price_is_not_negative:          ['contract', to({ strike_price_mad_per_mwh: -1 })],
  contract_is_in_dirhams:                  ['contract', to({ currency: 'EUR' })],
  vat_rate_versions_start_at_one:          ['vat_rate', to({ version: 0 })],
  vat_rate_is_a_percentage:                ['vat_rate', to({ rate_pct: 101 })],
  vat_rate_ends_after_it_starts:           ['vat_rate', to({ valid_to: '2020-01-01' })],
  vat_rate_confidence_is_marked:           ['vat_rate', to({ confidence: 'sure' })],
  tariff_versions_start_at_one:            ['tariff', to({ version: 0 })],
  tariff_is_not_negative:                  ['tariff', to({ mad_per_kwh: -1 })],
  tariff_ends_after_it_starts:             ['tariff', to({ valid_to: '2020-01-01' })],
  tariff_confidence_is_marked:             ['tariff', to({ confidence: 'sure' })],
  price_index_versions_start_at_one:       ['price_index', to({ version: 0 })],
  price_index_confidence_is_marked:        ['price_index', to({ confidence: 'sure' })],
  fx_series_versions_start_at_one:         ['fx_series', to({ version: 0 })],
  fx_series_confidence_is_marked:          ['fx_series', to({ confidence: 'sure' })],
  tariff_grid_versions_start_at_one:       ['tariff_grid', to({ version: 0 })],
  tariff_grid_ends_after_it_starts:        ['tariff_grid', to({ valid_to: '2020-01-01' })],
  tariff_grid_confidence_is_marked:        ['tariff_grid', to({ confidence: 'sure' })],
  emission_factor_versions_start_at_one:   ['emission_factor', to({ version: 0 })],
  emission_factor_kind_is_known:           ['emission_factor', to({ kind: 'guess' })],
  emission_factor_basis_is_known:          ['emission_factor', to({ basis: 'both' })],
  emission_factor_ends_after_it_starts:    ['emission_factor', to({ valid_to: '2020-01-01' })],
  emission_factor_has_a_value_per_step:    ['emission_factor', to({ mg_per_kwh: [1, 2] })],
  emission_factor_is_not_negative:         ['emission_factor', to({ mg_per_kwh: [-1] })],
  supplier_factor_names_its_supplier:      ['emission_factor', to({ kind: 'supplier' })],
  emission_factor_share_is_a_share:        ['emission_factor', to({ cfe_ppm: [1_000_001] })],
  import_file_kind_is_known:               ['import_file', to({ kind: 'songs' })],
  import_file_hash_is_sha256:              ['import_file', to({ file_sha256: 'abc' })],
  import_file_rejects_no_negative_count:   ['import_file', to({ rejected_count: -1 })],
  import_profile_versions_start_at_one:    ['import_profile', to({ version: 0 })],
  legal_time_versions_start_at_one:        ['legal_time', to({ version: 0 })],
  import_job_state_is_known:               ['import_job', to({ state: 'lost', import_id: null })],
  import_job_goal_is_known:                ['import_job', to({ goal: 'dream' })],
  import_job_rejects_mode_is_known:        ['import_job', to({ rejects_mode: 'drop' })],
  committed_job_names_its_import:          ['import_job', to({ import_id: null })],
  refused_job_says_why:                    ['import_job', to({ state: 'refused', import_id: null })],
  import_job_hash_is_sha256:               ['import_job', to({ file_sha256: 'abc' })],
  verification_job_state_is_known:         ['verification_job', to({ job_id: DEAD, state: 'lost', size: null, chain_hash: null, is_clean: null, verified_at: null, result: null, place: null })],
  done_verification_has_a_place:           ['verification_job', to({ job_id: DEAD, place: null })],
  verification_job_counts_attempts:        ['verification_job', to({ job_id: DEAD, attempt_count: -1 })],
  done_verification_says_what_it_found:    ['verification_job', to({ job_id: DEAD, chain_hash: null })],
  failed_verification_says_why:            ['verification_job', to({ job_id: DEAD, problem: {} })],
  attestation_job_state_is_known:          ['attestation_job', to({ job_id: DEAD, state: 'lost', sha256: null, byte_count: null })],
  attestation_job_counts_attempts:         ['attestation_job', to({ job_id: DEAD, attempt_count: -1 })],
  done_attestation_names_its_pack:         ['attestation_job', to({ job_id: DEAD, sha256: null })],
  failed_attestation_says_why:             ['attestation_job', to({ job_id: DEAD, problem: {} })],
  import_job_counts_attempts:              ['import_job', to({ attempt_count: -1 })],
  reply_key_is_visible:                    ['reply', to({ idempotency_key: 'a b' })],
  reply_request_is_sha256:                 ['reply', to({ request_sha256: '\\x00' })],
  reply_is_of_a_success:                   ['reply', to({ status: 404 })],
  reply_is_not_too_long:                   ['reply', set("'body', '\\x' || repeat('00', 4194305)")],
  vee_rule_set_versions_start_at_one:      ['vee_rule_set', to({ version: 0 })],
  vee_finding_severity_is_known:           ['vee_finding', to({ severity: 'bad' })],
  vee_finding_ends_after_it_starts:        ['vee_finding', set("'ends_at', t.starts_at")],
  counter_reading_is_not_negative:         ['counter_reading', to({ wh: -1 })],
  counter_reading_is_graded:               ['counter_reading', to({ quality: 0 })],
  counter_reading_has_a_line:              ['counter_reading', to({ line: 0 })],
  vee_decision_action_is_known:            ['vee_decision', to({ action: 'forget' })],
  vee_decision_has_a_reason:               ['vee_decision', to({ reason: '  ' })],
  reading_estimate_method_is_known:        ['reading_estimate', to({ method: 'dice' })],
  reading_estimate_confidence_is_known:    ['reading_estimate', to({ confidence: 'sure' })],
  reading_estimate_ends_after_it_starts:   ['reading_estimate', set("'ends_at', t.starts_at")],
  import_file_counts_every_row:            ['import_file', set("'row_count', t.row_count + 1")],
  interval_block_revisions_start_at_one:   ['interval_block', to({ revision: 0 })],
  block_covers_one_day:                    ['interval_block', to({ interval_minutes: 5 })],
  interval_block_lines_are_runs:           ['interval_block', to({ lines: [0, 1] })],
  interval_block_energy_is_whole_and_safe: ['interval_block', set(`'wh', ${all('-1', 'wh')}`, `'quality', ${all('8', 'wh')}`)],
  interval_block_grades_every_interval:    ['interval_block', set(`'wh', ${all('1', 'wh')}`, `'quality', ${all('9', 'wh')}`)],
  interval_block_gaps_are_marked:          ['interval_block', set(`'wh', ${all('1', 'wh')}`, `'quality', ${all('0', 'wh')}`)],
  certificate_energy_is_whole_and_safe:    ['certificate', to({ wh: 0 })],
  certificate_lies_in_one_hour:            ['certificate', set("'ends_at', t.starts_at + interval '61 min'")],
  certificate_status_is_known:             ['certificate', to({ status: 'Lost' })],
  certificate_range_starts_at_zero:        ['certificate', to({ range_start: -1 })],
  whole_bundle_is_its_certificate:         ['certificate_bundle', to({ bundle_id: '00000000-0000-7000-8000-000000000001' })],
  bundle_range_is_not_empty:               ['certificate_bundle', set("'range_end', t.range_start - 1")],
  bundle_hash_is_sha256:                   ['certificate_bundle', to({ hash: 'abc' })],
  bundle_change_is_a_legal_transition:     ['bundle_change', to({ version: 9, version_was: 8, status_was: 'Bundle Split', status: 'Active' })],
  bundle_change_names_the_version_before:  ['bundle_change', to({ version: 9, version_was: 3 })],
  locked_bundle_knows_what_it_was:         ['bundle_change', to({ status_before: 'Active' })],
  storage_terms_versions_start_at_one:     ['storage_terms', to({ version: 0 })],
  storage_method_is_known:                 ['storage_terms', to({ version: 9, method: 'random' })],
  storage_efficiency_is_a_share:           ['storage_terms', to({ version: 9, efficiency: 1.1 })],
  storage_efficiency_holds_half_a_year:    ['storage_terms', to({ version: 9, efficiency_to: '2028-01-01T00:00:00Z' })],
  storage_record_lies_in_one_hour:         ['storage_record', set("'ends_at', t.starts_at + interval '61 min'")],
  storage_record_energy_is_whole_and_safe: ['storage_record', to({ wh: -1 })],
  storage_charge_is_positive:              ['storage_charge', to({ wh: 0 })],
  storage_run_moves_on:                    ['storage_run', set("'from_at', t.through_at")],
  storage_run_creates_no_energy:           ['storage_run', set("'certified_wh', t.discharge_wh + 1")],
  storage_allocation_creates_no_energy:    ['storage_allocation', set("'discharge_wh', t.charge_wh + 1")],
  only_a_cancelled_certificate_is_issued_again: ['storage_allocation', to({ bundle_id: null })],
  storage_is_used_once:                    ['storage_balance', set("'subject_id', gen_random_uuid()", "'used_wh', t.wh + 1")],
  charge_is_certified_once:                ['storage_balance', set("'subject_id', gen_random_uuid()", "'certified_wh', t.wh + 1")],
  tracking_system_versions_start_at_one:   ['tracking_system', to({ version: 0 })],
  tracking_system_warns_ahead:             ['tracking_system', to({ version: 9, alarm_days: -1 })],
  mwh_certificates_expire:                 ['tracking_system', to({ version: 9, expiry_months: 0 })],
  only_cancelled_energy_is_bridged:        ['bridge_entry', to({ bundle_status: 'Active' })],
  bridge_entry_is_positive:                ['bridge_entry', to({ wh: 0 })],
  mwh_certificate_numbers_start_at_one:    ['mwh_certificate', to({ number: 0 })],
  mwh_certificate_spans_its_production:    ['mwh_certificate', set("'ends_at', t.starts_at")],
  mwh_part_is_positive:                    ['mwh_part', to({ wh: 1_000_001 })],
  mwh_source_is_whole:                     ['mwh_source', to({ mwh: 0 })],
  mwh_source_spans_its_production:         ['mwh_source', set("'ends_at', t.starts_at")],
  mwh_source_is_converted_once:            ['mwh_source_balance', set("'used_wh', t.wh + 1")],
  device_hour_is_whole:                    ['device_hour', set("'hour', t.hour + interval '30 min'")],
  no_device_hour_is_negative:              ['device_hour', to({ gc_wh: -1 })],
  certified_stays_within_metered:          ['device_hour', set("'metered_wh', t.gc_wh + t.mwh_wh + t.carry_wh - 1")],
  registry_versions_start_at_one:          ['registry', to({ version: 0 })],
  certificate_action_key_is_visible:       ['certificate_action', to({ idempotency_key: 'a b' })],
  certificate_action_hash_is_sha256:       ['certificate_action', to({ request_sha256: 'abc' })],
  tenant_versions_start_at_one:            ['tenant', to({ version: 0 })],
  issuer_versions_start_at_one:            ['issuer', to({ version: 0 })],
  issuer_configuration_is_known:           ['issuer', to({ version: 9, registry_configuration: 4 })],
  issuer_certificates_expire:              ['issuer', to({ version: 9, expiry_years: 0 })],
  plant_stands_on_earth:                   ['plant', to({ version: 9, latitude_deg: 91, longitude_deg: 0 })],
  plant_place_has_two_coordinates:         ['plant', to({ version: 9, latitude_deg: 33 })],
  transfer_consent_versions_start_at_one:  ['transfer_consent', to({ version: 0 })],
  match_pairs_are_of_an_hour:              ['match_pairs', set("'hour', t.hour + interval '30 min'")],
  match_pairs_have_two_ends:               ['match_pairs', to({ demand_at: [] })],
  posting_is_positive_and_safe:            ['posting', to({ book: 'demand', move: 'consume', debit: 'residual', credit: 'consumption', starts_at: '2026-10-01T00:00:00Z', subjects: ['M-60'], wh: Array.from({ length: 24 }, () => 0) })],
  posting_is_an_hour_or_a_day:             ['posting', set("'starts_at', t.starts_at + interval '30 min'")],
  posting_is_a_legal_move:                 ['posting', to({ move: 'give_away' })],
  supply_is_conserved:                     ['supply_balance', set("'issued', t.issued + 1")],
  no_supply_balance_is_negative:           ['supply_balance', to({ issued: -1, available: -1, matched: 0 })],
  demand_balance_has_24_hours:             ['demand_balance', to({ consumption: [0], matched: [0], residual: [0] })],
  demand_is_conserved:                     ['demand_balance', set("'consumption', to_jsonb(t.consumption[2:24] || 1::bigint)")],
  no_demand_balance_is_negative:           ['demand_balance', set("'consumption', to_jsonb(array_fill(-1, ARRAY[24]))", "'matched', to_jsonb(array_fill(0, ARRAY[24]))", "'residual', to_jsonb(array_fill(-1, ARRAY[24]))")],
  matching_run_month_is_civil:             ['matching_run', to({ month: 'October' })],
  matching_run_accepts_something:          ['matching_run', to({ accepted_suspect: [] })],
  matching_run_matches_what_there_is:      ['matching_run', set("'matched_wh', t.supply_wh + 1")],
  settlement_run_kind_is_known:            ['settlement_run', to({ run: 'MAYBE' })],
  settlement_period_is_a_month_or_a_year:  ['settlement_run', to({ period: 'Y1' })],
  settlement_run_hash_is_of_its_bytes:     ['settlement_run', set("'sha256', sha256('x')")],
  later_settlements_name_the_earlier:      ['settlement_run', to({ version: 9 })],
  invoice_terms_versions_start_at_one:     ['invoice_terms', to({ version: 0 })],
  invoice_tolerances_are_not_negative:     ['invoice_terms', to({ version: 9, line_mad: -1 })],
  supplier_invoice_kind_is_known:          ['supplier_invoice', to({ kind: 'PROFORMA' })],
  supplier_invoice_period_is_a_month_or_a_year: ['supplier_invoice', to({ period: 'October' })],
  supplier_invoice_hash_is_of_its_bytes:   ['supplier_invoice', set("'sha256', sha256('x')")],
  supplier_invoice_steps_start_at_one:     ['supplier_invoice_step', to({ step: 0, state: 'UNDER_REVIEW', disputed_mad: null })],
  supplier_invoice_state_is_known:         ['supplier_invoice_step', to({ step: 9, state: 'LOST', disputed_mad: null })],
  first_step_accepts_opens_or_voids:       ['supplier_invoice_step', to({ step: 9 })],
  supplier_invoice_reuse_counts_from_zero: ['supplier_invoice', to({ reuse: -1 })],
  decided_document_was_checked: ['supplier_invoice_step', to({ run_id: null })],
  voided_document_says_why:                ['supplier_invoice_step', to({ step: 9, state: 'VOIDED', disputed_mad: null, note: '', run_id: null, check_document: null, check_sha256: null })],
  open_dispute_says_its_amount:            ['supplier_invoice_step', to({ disputed_mad: null })],
  disputed_is_above_zero:                  ['supplier_invoice_step', to({ disputed_mad: 0 })],
  resolved_dispute_says_its_outcome:       ['supplier_invoice_step', to({ step: 9, state: 'RESOLVED', disputed_mad: null })],
  outcome_is_known:                        ['supplier_invoice_step', to({ step: 9, state: 'RESOLVED', disputed_mad: null, outcome: 'DRAW' })],
  partly_upheld_says_its_amount:           ['supplier_invoice_step', to({ upheld_mad: 1 })],
  checked_hash_is_of_its_bytes:               ['supplier_invoice_step', set("'check_sha256', sha256('x')")],
  holiday_calendar_versions_start_at_one:  ['holiday_calendar', to({ version: 0 })],
  holiday_calendar_ends_after_it_starts:   ['holiday_calendar', to({ version: 9, valid_to: '2020-01-01' })],
  holiday_calendar_confidence_is_marked:   ['holiday_calendar', to({ version: 9, confidence: 'sure' })],
  account_map_versions_start_at_one:       ['account_map', to({ version: 0 })],
  journal_batch_numbers_start_at_one:      ['journal_batch', to({ sequence: 0 })],
  journal_batch_month_is_civil:            ['journal_batch', to({ month: '2026-13' })],
  journal_batch_balances:                  ['journal_batch', set("'debit_mad', t.credit_mad + 1")],
  journal_batch_hash_is_of_its_bytes:      ['journal_batch', set("'sha256', sha256('x')")],
  statement_kind_is_known:                 ['statement', to({ kind: 'poem' })],
  statement_hash_is_of_its_bytes:          ['statement', to({ sha256: '\\x00' })],
  statement_of_a_tenant_names_it:          ['statement', to({ tenant_code: 'T', version: 9, supersedes: '00000000-0000-7000-8000-000000000001' })],
  later_statements_name_the_earlier:       ['statement', to({ version: 2 })],
  period_statement_is_of_a_site_or_of_all: ['period_statement', to({ site_code: 'SITE' })],
  period_statement_names_a_period:         ['period_statement', to({ period: '2026-Q5' })],
  period_statement_hash_is_of_its_bytes:   ['period_statement', to({ sha256: '\\x00' })],
  later_period_statements_name_the_earlier: ['period_statement', to({ version: 2 })],
};

/** Rules of the log that `tamper.e2e.spec.ts` proves with whole events. */
const ELSEWHERE = [
  'event_follows_its_predecessor',
  'leaf_hashes_its_payload',
  'chain_hashes_prev_and_leaf',
  'columns_repeat_payload',
  'ledger_event_is_recorded_once',
];

/** The same for unique keys and exclusions: adding a good row again, under another key. */
// prettier-ignore
const TAKEN: Readonly<Record<string, readonly [table: string, change: string]>> = {
  the_same_file_is_read_one_way_once:          ['import_file', to({ import_id: '00000000-0000-7000-8000-000000000001' })],
  interval_block_has_one_place_in_its_event:   ['interval_block', to({ revision: 99 })],
  counter_reading_has_one_place_in_its_event:  ['counter_reading', to({ read_at: '2030-01-01T00:00:00Z' })],
  vee_finding_is_listed_once:                  ['vee_finding', to({ finding_id: '00000000-0000-7000-8000-000000000001', row_index: 9_999 })],
  vee_finding_has_one_place_in_its_event:      ['vee_finding', to({ finding_id: '00000000-0000-7000-8000-000000000001', rule: 'V99' })],
  vee_decision_has_one_place_in_its_event:     ['vee_decision', to({ decision_id: '00000000-0000-7000-8000-000000000001' })],
  reading_estimate_has_one_place_in_its_event: ['reading_estimate', to({ estimate_id: '00000000-0000-7000-8000-000000000001' })],
  certificate_has_one_place_in_its_event:      ['certificate', to({ certificate_id: '00000000-0000-7000-8000-000000000001', external_id: 'x', plant_code: 'OTHER' })],
  principal_name_is_of_one_principal:          ['principal_name', to({ principal_id: '00000000-0000-7000-8000-000000000001' })],
  serials_never_overlap:                       ['certificate', to({ certificate_id: '00000000-0000-7000-8000-000000000001', row_index: 9_999, external_id: 'x', starts_at: '2030-01-01T00:00:00Z', ends_at: '2030-01-01T01:00:00Z' })],
  parts_of_a_bundle_never_overlap:             ['certificate_bundle', set("'bundle_id', gen_random_uuid()", "'parent_id', t.certificate_id", "'range_start', t.range_start + 1")],
  bundle_change_has_one_place_in_its_event:    ['bundle_change', to({ version: 9, version_was: 8 })],
  certificate_action_key_is_used_once:         ['certificate_action', to({ action_id: '00000000-0000-7000-8000-000000000001' })],
  serial_is_cancelled_once_anywhere:           ['cancelled_serial', "'{}'::jsonb"],
  issuer_uses_an_id_once:                      ['certificate', to({ certificate_id: '00000000-0000-7000-8000-000000000001', row_index: 9_999, plant_code: 'OTHER' })],
  one_live_certificate_per_plant_and_instant:  ['live_certificate', to({ certificate_id: '00000000-0000-7000-8000-000000000001' })],
  storage_record_has_one_place_in_its_event:   ['storage_record', to({ record_id: '00000000-0000-7000-8000-000000000001', device_code: 'OTHER' })],
  storage_records_never_overlap:               ['storage_record', to({ record_id: '00000000-0000-7000-8000-000000000001', row_index: 9_999 })],
  storage_run_follows_the_last:                ['storage_run', to({ run_id: '00000000-0000-7000-8000-000000000001' })],
  storage_allocation_has_one_place_in_its_event: ['storage_allocation', to({ allocation_id: '00000000-0000-7000-8000-000000000001', certificate_id: null })],
  storage_allocation_has_its_own_certificate:  ['storage_allocation', to({ allocation_id: '00000000-0000-7000-8000-000000000001', row_index: 9_999 })],
  mwh_certificate_number_is_used_once:         ['mwh_certificate', to({ mwh_id: '00000000-0000-7000-8000-000000000001' })],
  a_wh_is_in_one_mwh_certificate:              ['mwh_part', to({ row_index: 9_999 })],
  mwh_source_has_one_place_in_its_event:       ['mwh_source', to({ mwh_certificate_id: '2' })],
  serial_is_transferred_once_anywhere:         ['transferred_serial', "'{}'::jsonb"],
  month_end_is_delivered_once:                 ['checkpoint_delivery', set("'delivery_id', gen_random_uuid()")],
  settlement_version_is_used_once:             ['settlement_run', to({ run_id: '00000000-0000-7000-8000-000000000001' })],
  supplier_invoice_number_is_used_once:        ['supplier_invoice', to({ invoice_id: '00000000-0000-7000-8000-000000000001' })],
  journal_batch_number_is_used_once:           ['journal_batch', to({ batch_id: '00000000-0000-7000-8000-000000000001', reverses: null })],
  journal_batch_is_reversed_once:              ['journal_batch', set("'batch_id', gen_random_uuid()", "'sequence', 99", "'reverses', (SELECT r.reverses FROM journal_batch r WHERE r.reverses IS NOT NULL)")],
  statement_version_is_used_once:              ['statement', to({ statement_id: '00000000-0000-7000-8000-000000000001' })],
  period_statement_version_is_used_once:       ['period_statement', to({ statement_id: '00000000-0000-7000-8000-000000000001' })],
};

describe('every constraint has a row that it refuses', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startMonth();
    await keepVerification(app);
    await keepAttestation(app);
    await readCounter(app);
    await app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' });
    await keepStamp(app);
    await keepRead(app);
  });
  afterAll(() => app.close());

  const insert = (table: string, change: string) =>
    rows(
      app.database.adminUrl,
      `INSERT INTO ${table} SELECT (jsonb_populate_record(t, ${change})).* FROM ${table} t
       ORDER BY ctid LIMIT 1`,
    );

  it.each(Object.entries(REFUSED))('%s', async (constraint, [table, change]) => {
    await expect(insert(table, change)).rejects.toMatchObject({ constraint, table });
  });

  it.each(Object.entries(TAKEN))('%s', async (constraint, [table, change]) => {
    await expect(insert(table, change)).rejects.toMatchObject({ constraint, table });
  });

  it('and none is left out', async () => {
    const named = await rows<{ name: string; type: string }>(
      app.database.adminUrl,
      `SELECT DISTINCT conname AS name, contype AS type FROM pg_constraint
       WHERE connamespace = 'mizan'::regnamespace AND contype IN ('c', 'u', 'x')
         AND conrelid <> 'mizan.migration'::regclass`,
    );
    const tamper = readFileSync('test/e2e/tamper.e2e.spec.ts', 'utf8');
    expect(ELSEWHERE.filter((name) => !tamper.includes(`'${name}'`))).toEqual([]);
    const known = new Set([...Object.keys(REFUSED), ...ELSEWHERE, ...Object.keys(TAKEN)]);
    // Keys that foreign keys need; what they forbid, the primary keys forbid already.
    known.add('ledger_event_can_be_followed').add('bundle_version_has_one_status');
    expect(named.filter(({ name }) => !known.has(name))).toEqual([]);
  });
});
