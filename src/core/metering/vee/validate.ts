import { assert } from '../../errors.js';
import { QUALITY } from '../blocks/quality.js';
import { catchUpFindings } from './catch-up.js';
import { clockShift, compareDays, duplicatedDay, meterSwap, ownHistory } from './day-rules.js';
import type { RegisterDelta } from './estimate.js';
import { finding, type VeeFinding } from './finding.js';
import type { VeeParameters, VeeThresholds } from './rules.js';
import { type Calendar, civilDayOf, instantOf, isSound, rangeOf, type Series } from './series.js';
import {
  capacity,
  flatLine,
  hourToHour,
  longEstimate,
  nightSolar,
  spike,
  type ValueContext,
  zeros,
} from './value-rules.js';

/** What a meter's readings are validated with. */
export interface ValidationBasis {
  readonly parameters: VeeParameters;
  readonly calendar: Calendar;
  /** The same energy, by another meter; null without. */
  readonly check: Series | null;
  /** Σ of the meters below; null without. */
  readonly children: Series | null;
  readonly registers: readonly RegisterDelta[];
  /** How far the meter's clock was off, seconds; null when nobody looked. */
  readonly clockDriftS: number | null;
}

/** One civil day: how many intervals it has, and how many came. */
export interface DayCompleteness {
  readonly civilDay: string;
  readonly expectedCount: number;
  readonly presentCount: number;
  readonly estimatedCount: number;
}

/** What validation says. */
export interface Validation {
  readonly findings: readonly VeeFinding[];
  /** Qualities of the new part from now on: RAW that passed is ACTUAL, what failed SUSPECT. */
  readonly quality: Uint8Array;
  readonly days: readonly DayCompleteness[];
}

/**
 * Validates a stretch of a meter's readings by every rule that is on (METHOD 2.4). The series reaches
 * back as far as the rules look; only the stretch is graded.
 *
 * @param context  The stretch is `[fromMs, toMs)`.
 */
export function validateReadings(context: ValueContext, basis: ValidationBasis): Validation {
  const { parameters, calendar } = basis;
  const run = (
    id: keyof VeeParameters,
    rule: (thresholds: VeeThresholds) => readonly VeeFinding[],
  ): readonly VeeFinding[] => {
    const thresholds = parameters[id];
    return thresholds === null ? [] : rule(thresholds);
  };
  const days = completeness(context, calendar);
  const found = [
    ...run('V1', () => gaps(context)),
    ...run('V5', (thresholds) => clockDrift(context, thresholds, basis.clockDriftS)),
    ...run('V6', (thresholds) => capacity(context, thresholds)),
    ...run('V8', (thresholds) => spike(context, thresholds)),
    ...run('V9', (thresholds) => registerSum(context, thresholds, basis.registers)),
    ...run('V10', (thresholds) => flatLine(context, thresholds)),
    ...run('V11', (thresholds) => zeros(context, thresholds)),
    ...run('V12', (thresholds) => nightSolar(context, thresholds)),
    ...run('V13', (thresholds) => ownHistory(context, thresholds, calendar)),
    ...run('V14', (thresholds) => hourToHour(context, thresholds)),
    ...run('V15', (thresholds) => compared('V15', context, basis.check, thresholds)),
    ...run('V16', (thresholds) => compared('V16', context, basis.children, thresholds)),
    ...run('V17', (thresholds) => longEstimate(context, thresholds)),
    ...run('V18', (thresholds) => duplicatedDay(context, thresholds)),
    ...run('V19', (thresholds) => clockShift(context, thresholds, calendar)),
    ...run('V20', (thresholds) => meterSwap(context, thresholds)),
    ...run('V21', (thresholds) => catchUpFindings(context, thresholds, calendar)),
  ];
  return { findings: found, quality: graded(context, found), days };
}

function compared(
  rule: 'V15' | 'V16',
  context: ValueContext,
  other: Series | null,
  thresholds: VeeThresholds,
): readonly VeeFinding[] {
  return other === null ? [] : compareDays(rule, context, other, thresholds);
}

/** V1: intervals that are not there. */
function gaps({ series, fromMs, toMs }: ValueContext): VeeFinding[] {
  const [from, to] = rangeOf(series, fromMs, toMs);
  const found: VeeFinding[] = [];
  for (let at = from; at < to; at += 1) {
    const start = at;
    while (at < to && Number.isNaN(series.wh[at]!)) at += 1;
    if (at === start) continue;
    const span = [instantOf(series, start), instantOf(series, at)] as const;
    found.push(finding('V1', span, [`${at - start} intervals missing`, 'all of them there']));
  }
  return found;
}

/** V5: a clock that was off; far off, nothing of the stretch can be put in its hour. */
function clockDrift(
  { fromMs, toMs }: ValueContext,
  thresholds: VeeThresholds,
  driftS: number | null,
): VeeFinding[] {
  if (driftS === null || Math.abs(driftS) <= thresholds['warnS']!) return [];
  const isFar = Math.abs(driftS) > thresholds['suspectS']!;
  const limit = isFar ? thresholds['suspectS']! : thresholds['warnS']!;
  return [finding('V5', [fromMs, toMs], [`${driftS} s`, `${limit} s`], isFar ? 'suspect' : 'warn')];
}

/** V9: intervals that do not add up to what the counter grew by. */
function registerSum(
  { series, fromMs, toMs }: ValueContext,
  thresholds: VeeThresholds,
  registers: readonly RegisterDelta[],
): VeeFinding[] {
  return registers
    .filter(({ startMs, endMs }) => startMs < toMs && endMs > fromMs)
    .flatMap(({ startMs, endMs, wh }) => {
      const [from, to] = rangeOf(series, startMs, endMs);
      let sum = 0;
      for (let at = from; at < to; at += 1) {
        if (!isSound(series, at)) return [];
        sum += series.wh[at]!;
      }
      const byUnits = thresholds['units']! * thresholds['unitWh']!;
      const allowed = Math.max(byUnits, Math.floor(wh * thresholds['share']!));
      if (Math.abs(sum - wh) <= allowed) return [];
      const measured = `intervals ${sum} Wh, register ${wh} Wh`;
      return [finding('V9', [startMs, endMs], [measured, `± ${allowed} Wh`])];
    });
}

/** Qualities of a stretch as findings leave them. */
export function graded(
  { series, fromMs, toMs }: ValueContext,
  found: readonly VeeFinding[],
): Uint8Array {
  const [from, to] = rangeOf(series, fromMs, toMs);
  const quality = series.quality.slice(from, to);
  for (let at = 0; at < quality.length; at += 1) {
    if (quality[at] === QUALITY.RAW) quality[at] = QUALITY.ACTUAL;
  }
  for (const { severity, startMs, endMs } of found) {
    if (severity !== 'suspect') continue;
    const [first, last] = rangeOf(series, Math.max(startMs, fromMs), Math.min(endMs, toMs));
    for (let at = first; at < last; at += 1) {
      if (!Number.isNaN(series.wh[at]!)) quality[at - from] = QUALITY.SUSPECT;
    }
  }
  return quality;
}

/** Counts the intervals of each civil day that the stretch touches, against what the day has. */
export function completeness(
  { series, fromMs, toMs }: Pick<ValueContext, 'series' | 'fromMs' | 'toMs'>,
  { rules }: Calendar,
): DayCompleteness[] {
  const days = new Map<
    string,
    { -readonly [Key in keyof DayCompleteness]: DayCompleteness[Key] }
  >();
  const [from, to] = rangeOf(series, fromMs, toMs);
  assert((toMs - fromMs) % series.stepMs === 0, 'completeness: whole intervals');
  for (let at = from; at < to; at += 1) {
    const civilDay = civilDayOf(rules, instantOf(series, at));
    let day = days.get(civilDay);
    if (day === undefined) {
      day = { civilDay, expectedCount: 0, presentCount: 0, estimatedCount: 0 };
      days.set(civilDay, day);
    }
    day.expectedCount += 1;
    if (!Number.isNaN(series.wh[at]!)) day.presentCount += 1;
    const code = series.quality[at];
    if (code === QUALITY.EST_LINEAR || code === QUALITY.EST_HIST) day.estimatedCount += 1;
  }
  return [...days.values()];
}
