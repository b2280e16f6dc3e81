import type { RowFault } from '../errors.js';
import { type FieldRead, wrongField } from '../tabular/fields.js';
import { formatInstant, HOUR_MS, MINUTE_MS, parseInstant } from '../time/interval.js';
import { civilMonth, civilMonthOf, MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { Decimal } from '../units/money.js';

/** Steps that a file of factors may have: minutes, or civil months. */
export const FACTOR_STEPS = ['5', '10', '15', '30', '60', 'month'] as const;
/** One of them. */
export type FactorStep = (typeof FACTOR_STEPS)[number];

/** Most values of a record: the hours of the longest civil year, and some. */
export const FACTOR_VALUES_MAX = 8_800;

/** Columns of a file of factors: when its value begins to hold, and the value. */
export const factorColumns = (step: FactorStep) => ({
  names: [step === 'month' ? 'month' : 'start', 'g_per_kwh'],
  optional: ['cfe_share'],
});

/** A row of a file of factors. */
export interface FactorRow {
  readonly startMs: number;
  /** Null: the publisher left it empty. */
  readonly mgPerKwh: number | null;
  readonly cfePpm: number | null;
  /** Whether the value had more than three decimals. */
  readonly isRounded: boolean;
}

const DECIMALS_MAX = 12;

/**
 * Reads a row: its start (an instant with an offset on the grid of the steps, or a civil month as
 * `2026-10`), g CO2e per kWh, and the carbon-free share from 0 to 1. An empty value says that there is
 * none. More than three decimals are rounded half up, and said to be.
 */
export function readFactorRow(
  step: FactorStep,
  fields: Readonly<Record<string, string>>,
): { readonly row: FactorRow } | { readonly fault: RowFault<string> } {
  const first = step === 'month' ? 'month' : 'start';
  const start = step === 'month' ? readMonth(fields[first] ?? '') : readStart(step, fields[first]!);
  if ('fault' in start) return { fault: { column: first, ...start.fault } };
  const value = readAmount(fields['g_per_kwh'] ?? '', 9_999_999);
  if ('fault' in value) return { fault: { column: 'g_per_kwh', ...value.fault } };
  const share = readAmount(fields['cfe_share'] ?? '', 1);
  if ('fault' in share) return { fault: { column: 'cfe_share', ...share.fault } };
  const mgPerKwh = value.value?.times(1000) ?? null;
  const cfePpm = share.value?.times(1_000_000) ?? null;
  return {
    row: {
      startMs: start.value,
      mgPerKwh: mgPerKwh === null ? null : halfUp(mgPerKwh),
      cfePpm: cfePpm === null ? null : halfUp(cfePpm),
      isRounded: mgPerKwh?.isInteger() === false || cfePpm?.isInteger() === false,
    },
  };
}

const halfUp = (value: Decimal): number =>
  value.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();

function readStart(step: FactorStep, text: string): FieldRead<number> {
  const ms = parseInstant(text);
  if (ms === null) {
    const detail = 'Not an instant with an explicit offset.';
    return wrongField('start.instant_with_offset', detail, 'Write it as 2026-10-01T00:00:00Z.');
  }
  if (ms % (Number(step) * MINUTE_MS) === 0) return { value: ms };
  const detail = `No start of an interval of ${step} minutes of UTC.`;
  return wrongField('start.on_the_grid', detail, 'Say the step of the file, and starts, not ends.');
}

function readMonth(text: string): FieldRead<number> {
  const wrong = wrongField('month.iso', 'Not a month.', 'Write it as 2026-10.');
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return wrong;
  return { value: civilMonth(MOROCCO_LEGAL_TIME, text).startMs };
}

function readAmount(text: string, most: number): FieldRead<Decimal | null> {
  if (text === '') return { value: null };
  const plain = /^\d{1,7}(?:\.(\d+))?$/.exec(text);
  if (plain === null || (plain[1] ?? '').length > DECIMALS_MAX) {
    const detail = `Not a plain decimal of at most ${DECIMALS_MAX} places, or below zero.`;
    return wrongField('decimal.plain', detail, 'Write it as 548.2, without unit or separator.');
  }
  const value = new Decimal(text);
  if (value.lte(most)) return { value };
  return wrongField('decimal.too_large', `More than ${most}.`, 'Check the unit.');
}

/** Values of a record by the instant from which each holds. */
export type FactorValues = ReadonlyMap<
  number,
  { readonly mgPerKwh: number | null; readonly cfePpm: number | null }
>;

/** What the rows of a file come to. */
export interface FactorSteps {
  readonly values: FactorValues;
  /** Rows that another row of the same start contradicts, by place in the file from 0. */
  readonly contradicted: readonly number[];
  /** Hours that lack a part of the file's step: they have no value (METHOD 1.5). */
  readonly incompleteHours: number;
}

/**
 * Sums the rows of a file up to the steps that a record has: hours, or civil months. Of a file with finer
 * steps an hour is the unweighted mean of its parts, rounded half up to 1 mg/kWh; one that lacks a part
 * has no value.
 */
export function factorSteps(step: FactorStep, rows: readonly FactorRow[]): FactorSteps {
  const byStart = new Map<number, FactorRow>();
  const contradicted: number[] = [];
  for (const [at, row] of rows.entries()) {
    const before = byStart.get(row.startMs);
    const isOther =
      before !== undefined && (before.mgPerKwh !== row.mgPerKwh || before.cfePpm !== row.cfePpm);
    if (isOther) contradicted.push(at);
    else byStart.set(row.startMs, row);
  }
  if (step === 'month' || step === '60')
    return { values: byStart, contradicted, incompleteHours: 0 };
  const parts = 60 / Number(step);
  const byHour = Map.groupBy(byStart.values(), ({ startMs }) => Math.floor(startMs / HOUR_MS));
  const values = new Map<number, { mgPerKwh: number | null; cfePpm: number | null }>();
  let incompleteHours = 0;
  for (const [hour, own] of byHour) {
    const mgPerKwh = own.length === parts ? meanOf(own.map((row) => row.mgPerKwh)) : null;
    const cfePpm = own.length === parts ? meanOf(own.map((row) => row.cfePpm)) : null;
    if (mgPerKwh === null) incompleteHours += 1;
    values.set(hour * HOUR_MS, { mgPerKwh, cfePpm });
  }
  return { values, contradicted, incompleteHours };
}

function meanOf(values: readonly (number | null)[]): number | null {
  let sum = new Decimal(0);
  for (const value of values) {
    if (value === null) return null;
    sum = sum.plus(value);
  }
  return halfUp(sum.dividedBy(values.length));
}

/** A record's values after those of a file, and how the two compare. */
export interface MergedFactor {
  readonly validFrom: string;
  /** Exclusive. */
  readonly validTo: string;
  /** One per step without a hole; null where nobody gave a value. */
  readonly steps: readonly {
    readonly startMs: number;
    readonly mgPerKwh: number | null;
    readonly cfePpm: number | null;
  }[];
  readonly newCount: number;
  readonly changedCount: number;
  readonly identicalCount: number;
  /** Steps without a value between the first and the last: a coarser factor stands in for them. */
  readonly gapCount: number;
}

/**
 * Adds the values of a file to those of a record: what the file says holds, what it does not mention
 * stays. Steps between the first and the last that have no value are kept as such.
 *
 * @param before  Values of the record as it stands; none of a new one.
 * @param values  At least one.
 */
export function mergedFactor(
  step: FactorStep,
  before: FactorValues,
  values: FactorValues,
): MergedFactor {
  let [newCount, changedCount, identicalCount] = [0, 0, 0];
  for (const [startMs, value] of values) {
    const old = before.get(startMs);
    if ((old?.mgPerKwh ?? null) === null && value.mgPerKwh !== null) newCount += 1;
    else if (old?.mgPerKwh === value.mgPerKwh && old?.cfePpm === value.cfePpm) identicalCount += 1;
    else if (value.mgPerKwh !== null || old !== undefined) changedCount += 1;
  }
  const all = new Map([...before, ...values]);
  const starts = [...all.keys()].toSorted((a, b) => a - b);
  const [first, last] = [starts[0]!, starts.at(-1)!];
  const steps: { startMs: number; mgPerKwh: number | null; cfePpm: number | null }[] = [];
  let startMs = first;
  while (startMs <= last) {
    steps.push({ startMs, ...(all.get(startMs) ?? { mgPerKwh: null, cfePpm: null }) });
    startMs = nextStart(step, startMs);
  }
  return {
    validFrom: formatInstant(first),
    validTo: formatInstant(startMs),
    steps: steps.map((one) => ({
      startMs: one.startMs,
      mgPerKwh: one.mgPerKwh,
      cfePpm: one.cfePpm,
    })),
    newCount,
    changedCount,
    identicalCount,
    gapCount: steps.filter(({ mgPerKwh }) => mgPerKwh === null).length,
  };
}

function nextStart(step: FactorStep, startMs: number): number {
  if (step !== 'month') return startMs + HOUR_MS;
  const month = civilMonthOf(MOROCCO_LEGAL_TIME, startMs)!;
  return civilMonth(MOROCCO_LEGAL_TIME, month).endMs;
}

/** The first instant of civil months, which follow each other; null where they do not. */
export function monthStarts(months: readonly string[]): readonly number[] | null {
  const starts = months.map((month) => civilMonth(MOROCCO_LEGAL_TIME, month));
  const follow = starts.every(({ startMs }, at) => at === 0 || starts[at - 1]!.endMs === startMs);
  return follow ? starts.map(({ startMs }) => startMs) : null;
}
