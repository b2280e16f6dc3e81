import { type Canonical, sealedJson } from '../../ledger/canonical.js';
import { formatInstant } from '../../time/interval.js';
import { VEE_RULES, type VeeRuleId, type VeeSeverity } from './rules.js';

/** One thing that a rule found, half-open in time. */
export interface VeeFinding {
  readonly rule: VeeRuleId;
  readonly severity: VeeSeverity;
  readonly startMs: number;
  readonly endMs: number;
  /** What was measured and what was allowed, with units, for people. */
  readonly measured: string;
  readonly threshold: string;
}

/** Makes a finding with the severity of its rule, or another. */
export function finding(
  rule: VeeRuleId,
  [startMs, endMs]: readonly [number, number],
  [measured, threshold]: readonly [string, string],
  severity: VeeSeverity = VEE_RULES[rule].severity,
): VeeFinding {
  return { rule, severity, startMs, endMs, measured, threshold };
}

/** Canonical row of a finding, as an event seals it. */
export function findingRow(
  found: VeeFinding & { readonly findingId: string; readonly meterCode: string },
): string {
  const { findingId, meterCode, rule, severity, measured, threshold } = found;
  const row: Record<string, Canonical> = {
    findingId,
    meterCode,
    rule,
    severity,
    measured,
    threshold,
    start: formatInstant(found.startMs),
    end: formatInstant(found.endMs),
  };
  return sealedJson('mizan/row/vee-finding/1', row);
}
