import { assert, DomainError } from '../../errors.js';
import { DAY_MS, formatInstant, HOUR_MS, MINUTE_MS } from '../../time/interval.js';
import { type LegalTimeRule, legalOffsetMinutes } from '../../time/legal-time.js';
import type { SettlementSeries } from './series.shape.js';
import type { Elections } from '../elections/elections.shape.js';

/** Why a settlement is run (SETTLEMENT 9). */
export const RUN_TYPES = ['PROVISIONAL', 'FINAL', 'TRUE_UP', 'RECONCILIATION'] as const;
/** One reason. */
export type RunType = (typeof RUN_TYPES)[number];

/** What is settled. */
export interface SettlementPeriod {
  /** Bounds on whole UTC hours, ms, half-open. */
  readonly startMs: number;
  readonly endMs: number;
  readonly run: RunType;
  /** Civil day of the settlement: what was published later is not known. */
  readonly asOf: string;
}

/** One hour of a settlement, with what decides its price. */
export interface SettlementHour {
  readonly startMs: number;
  /** Day of the settlement calendar: civil under `LEGAL_MONTH`, of UTC under `UTC_MONTH`. */
  readonly day: string;
  /** `YYYY-MM` of the settlement calendar. */
  readonly month: string;
  readonly utcHour: number;
  readonly civilHour: number;
  readonly contractYear: number;
  readonly isTest: boolean;
}

/** The frame of a settlement: its hours in order. */
export interface Frame {
  readonly elections: Elections;
  readonly period: SettlementPeriod;
  readonly rules: readonly LegalTimeRule[];
  readonly hours: readonly SettlementHour[];
}

/**
 * Puts the hours of a period in order, with their day and contract year. The settlement calendar
 * decides both throughout: an hour of `UTC_MONTH` has the tariffs, VAT and contract year of its UTC day.
 */
export function frameOf(
  elections: Elections,
  period: SettlementPeriod,
  rules: readonly LegalTimeRule[],
): Frame {
  const { startMs, endMs } = period;
  assert(startMs % HOUR_MS === 0 && endMs % HOUR_MS === 0, 'settlement: whole hours');
  const hours: SettlementHour[] = [];
  const anchor = elections.contractYear.anchor ?? elections.codDate;
  const changesMs = rules.map(({ validFromUtc }) => Date.parse(validFromUtc));
  let offsetMs = legalOffsetMinutes(rules, startMs) * MINUTE_MS;
  let nextMs = changesMs.find((changeMs) => changeMs > startMs) ?? Infinity;
  let last = { day: '', month: '', contractYear: 0, isTest: false };
  let [lastWallDay, lastUtcDay] = [-1, -1];
  for (let hourMs = startMs; hourMs < endMs; hourMs += HOUR_MS) {
    if (hourMs >= nextMs) {
      offsetMs = legalOffsetMinutes(rules, hourMs) * MINUTE_MS;
      nextMs = changesMs.find((changeMs) => changeMs > hourMs) ?? Infinity;
    }
    const wallMs = hourMs + offsetMs;
    const [wallDay, utcDay] = [Math.floor(wallMs / DAY_MS), Math.floor(hourMs / DAY_MS)];
    if (wallDay !== lastWallDay || utcDay !== lastUtcDay) {
      [lastWallDay, lastUtcDay] = [wallDay, utcDay];
      const isLegal = elections.settlementCalendar === 'LEGAL_MONTH';
      const day = new Date(isLegal ? wallMs : hourMs).toISOString().slice(0, 10);
      const contractYear = contractYearOf(elections, anchor, day);
      last = { day, month: day.slice(0, 7), contractYear, isTest: day < elections.codDate };
    }
    hours.push({
      ...last,
      startMs: hourMs,
      utcHour: (hourMs % DAY_MS) / HOUR_MS,
      civilHour: (wallMs % DAY_MS) / HOUR_MS,
    });
  }
  return { elections, period, rules, hours };
}

/** Contract year of a civil day: 1 in the first; 0 and below before it. */
export function contractYearOf(
  { contractYear }: Pick<Elections, 'contractYear'>,
  anchor: string,
  civilDay: string,
): number {
  const years = Number(civilDay.slice(0, 4)) - Number(anchor.slice(0, 4));
  if (contractYear.basis === 'CALENDAR') return years + 1;
  return civilDay.slice(5) >= anchor.slice(5) ? years + 1 : years;
}

/**
 * The ramp's MW on a day, decimal text.
 *
 * @throws DomainError `settlement.stage_missing` before the first stage: nothing is taken for 0 MW
 */
export function stageMwOn({ stages }: Pick<Elections, 'stages'>, day: string): string {
  const stage = stages.findLast(({ from }) => from <= day);
  if (stage !== undefined) return stage.mw;
  throw new DomainError('settlement.stage_missing', {
    day,
    firstStage: stages[0]?.from ?? '',
    fix: 'Let the ramp begin by that day, or settle a period after its first stage.',
  });
}

/**
 * Requires that a period lies between the signature and the end of the term.
 *
 * @throws DomainError `settlement.outside_term`
 */
export function requireTerm({ elections, hours }: Frame): void {
  const { signatureDate: from, termEnd: to } = elections;
  const outside = [hours[0]!, hours.at(-1)!].find(({ day }) => day < from || day > to);
  if (outside === undefined) return;
  const fix = 'Settle the days from the signature to the last day of the term only.';
  throw new DomainError('settlement.outside_term', { day: outside.day, from, to, fix });
}

/**
 * Checks that every series is as long as the period.
 *
 * @param hours  Of the period.
 * @throws DomainError `settlement.series_wrong`
 */
export function requireSeries(hours: number, series: SettlementSeries): void {
  for (const [name, values] of Object.entries(series)) {
    if (values === null || values.length === hours) continue;
    throw new DomainError('settlement.series_wrong', {
      series: name,
      expected: hours,
      found: (values as readonly unknown[]).length,
      fix: 'Send one value for each hour of the period.',
    });
  }
}

/** A series that a rule needs. @throws DomainError `settlement.series_wrong` */
export function needed<Value>(
  frame: Frame,
  name: keyof SettlementSeries,
  values: readonly Value[] | null,
): readonly Value[] {
  if (values !== null) return values;
  throw new DomainError('settlement.series_wrong', {
    series: name,
    expected: frame.hours.length,
    found: 0,
    fix: `The contract’s elections need the series ${name}.`,
  });
}

/**
 * Energy with no gaps.
 *
 * @throws DomainError `settlement.hours_incomplete` naming the first gap
 */
export function complete(
  frame: Frame,
  name: keyof SettlementSeries,
  values: readonly (number | null)[],
): Float64Array {
  const at = values.indexOf(null);
  if (at < 0) return Float64Array.from(values as readonly number[]);
  throw new DomainError('settlement.hours_incomplete', {
    series: name,
    hour: formatInstant(frame.hours[at]!.startMs),
    count: values.filter((value) => value === null).length,
    fix: 'Estimate or deliver the missing hours first: a gap is not zero.',
  });
}
