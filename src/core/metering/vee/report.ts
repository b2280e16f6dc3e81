import { DAY_MS, formatInstant, MINUTE_MS, parseInstant } from '../../time/interval.js';
import { MOROCCO_LEGAL_TIME } from '../../time/legal-time.js';
import { hoursOfBlock } from '../blocks/interval-block.js';
import type { Direction } from '../intake/intake.js';
import { parseQuality, QUALITY, QUALITY_NAMES, type QualityName } from '../blocks/quality.js';
import {
  type Estimate,
  estimateGaps,
  generationLeft,
  HISTORY_MS,
  type LeftReason,
} from './estimate.js';
import { finding, type VeeFinding } from './finding.js';
import { VEE_RULES, type VeeChanges, veeParameters } from './rules.js';
import { type Calendar, emptySeries, positionOf, rangeOf, type Series, upTo } from './series.js';
import { validateReadings } from './validate.js';

/** Readings of one meter away from any ledger, and how to validate them. */
export interface VeeInput {
  readonly meter: {
    readonly code: string;
    readonly intervalMinutes: number;
    readonly ratedPowerW: number;
    readonly direction: Direction;
  };
  readonly from: string;
  readonly to: string;
  readonly readings: readonly VeeReading[];
  readonly checkReadings: readonly VeeReading[] | null;
  readonly childReadings: readonly VeeReading[] | null;
  readonly registers: readonly {
    readonly from: string;
    readonly to: string;
    readonly wh: number;
  }[];
  readonly clockDriftS: number | null;
  readonly holidays: readonly string[];
  readonly rules: VeeChanges;
  readonly isEstimated: boolean;
}

/** One reading; `wh` null = missing. */
export interface VeeReading {
  readonly start: string;
  readonly wh: number | null;
  readonly quality: QualityName;
}

/** What validation and estimation make of them. */
export interface VeeReport {
  readonly hours: readonly {
    readonly start: string;
    readonly wh: number | null;
    readonly quality: QualityName;
    readonly presentCount: number;
    readonly expectedCount: number;
  }[];
  readonly exceptions: readonly VeeException[];
  readonly estimates: readonly {
    readonly from: string;
    readonly to: string;
    readonly method: string;
    readonly confidence: string;
    readonly wh: readonly number[];
  }[];
  /** What was not estimated, and why. */
  readonly left: readonly {
    readonly from: string;
    readonly to: string;
    readonly intervalCount: number;
    readonly reason: LeftReason;
  }[];
  readonly completeness: {
    readonly expectedCount: number;
    readonly presentCount: number;
    readonly missingCount: number;
    readonly estimatedCount: number;
    readonly suspectCount: number;
    readonly identicalCount: number;
    readonly days: readonly {
      readonly civilDay: string;
      readonly expectedCount: number;
      readonly presentCount: number;
    }[];
  };
}

/** One exception as people read it. */
export interface VeeException {
  readonly rule: string;
  readonly title: string;
  readonly severity: string;
  readonly from: string;
  readonly to: string;
  readonly measured: string;
  readonly threshold: string;
}

/**
 * Validates a stretch of readings, estimates what may be estimated, and gives its UTC hours.
 *
 * @param input  `from` and `to` are whole UTC hours; readings before `from` are history.
 */
export function veeReport(input: VeeInput): VeeReport {
  const { meter, clockDriftS } = input;
  const [fromMs, toMs] = [parseInstant(input.from)!, parseInstant(input.to)!];
  const stepMs = meter.intervalMinutes * MINUTE_MS;
  const startMs = fromMs - Math.ceil(HISTORY_MS / DAY_MS) * DAY_MS;
  const intake: IntakeNotes = { findings: [], identicalCount: 0, untilMs: toMs };
  const load = (readings: readonly VeeReading[]): Series => {
    // A day beyond: what follows a gap at the end may hold its energy.
    const series = emptySeries(startMs, toMs + DAY_MS, stepMs);
    for (const reading of readings) put(series, reading, meter.direction, intake);
    return series;
  };
  const series = load(input.readings);
  const others: IntakeNotes = { findings: [], identicalCount: 0, untilMs: toMs };
  const loadOther = (readings: readonly VeeReading[] | null): Series | null => {
    if (readings === null) return null;
    const other = emptySeries(startMs, toMs, stepMs);
    for (const reading of readings) put(other, reading, meter.direction, others);
    return other;
  };
  const check = loadOther(input.checkReadings);
  const calendar: Calendar = { rules: MOROCCO_LEGAL_TIME, holidays: new Set(input.holidays) };
  const set = { code: 'input', meterCodes: [], validFrom: '1970-01-01', rules: input.rules };
  const registers = input.registers.map(({ from, to, wh }) => ({
    startMs: parseInstant(from)!,
    endMs: parseInstant(to)!,
    wh,
  }));
  const parameters = veeParameters([set], meter.code, '9999-12-31');
  const context = {
    series: upTo(series, toMs),
    fromMs,
    toMs,
    ratedPowerW: meter.ratedPowerW,
    direction: meter.direction,
  };
  const validation = validateReadings(context, {
    parameters,
    calendar,
    check,
    children: loadOther(input.childReadings),
    registers,
    clockDriftS,
  });
  const range = rangeOf(series, fromMs, toMs);
  series.quality.set(validation.quality, range[0]);
  markIntake(series, intake.findings);
  const suspectCount = countOf(series, range, QUALITY.SUSPECT);
  const missingCount = countOf(series, range, QUALITY.MISSING);
  const isLoad = meter.direction === 'consumption';
  const catchUp = parameters.V21;
  const { estimates, left } =
    input.isEstimated && isLoad
      ? estimateGaps(series, [fromMs, toMs], { calendar, check, registers, catchUp })
      : { estimates: [], left: isLoad ? [] : generationLeft(series, range) };
  estimates.forEach((one) => applyEstimate(series, one));
  const inStretch = intake.findings.filter(({ endMs, startMs: at }) => endMs > fromMs && at < toMs);
  return {
    hours: hours(series, meter, fromMs, toMs),
    exceptions: [...inStretch, ...validation.findings].map(toException),
    estimates: estimates.map(({ startMs: at, endMs, method, confidence, wh }) => ({
      from: formatInstant(at),
      to: formatInstant(endMs),
      method,
      confidence,
      wh,
    })),
    left: left.map(({ startMs: at, endMs, intervalCount, reason }) => ({
      from: formatInstant(at),
      to: formatInstant(endMs),
      intervalCount,
      reason,
    })),
    completeness: {
      expectedCount: range[1] - range[0],
      presentCount: range[1] - range[0] - missingCount,
      missingCount,
      suspectCount,
      identicalCount: intake.identicalCount,
      estimatedCount: estimates.reduce((sum, one) => sum + lengthWithin(series, one, range), 0),
      days: validation.days.map(({ civilDay, expectedCount, presentCount }) => ({
        civilDay,
        expectedCount,
        presentCount,
      })),
    },
  };
}

/** Intervals of an estimate that lie in a range. */
function lengthWithin(
  series: Series,
  { startMs, endMs }: Estimate,
  [from, to]: readonly [number, number],
): number {
  return Math.min(positionOf(series, endMs), to) - Math.max(positionOf(series, startMs), from);
}

/** Writes an estimate into a series. */
export function applyEstimate(series: Series, { startMs, wh, quality }: Estimate): void {
  const at = positionOf(series, startMs);
  series.wh.set(wh, at);
  series.quality.fill(quality, at, at + wh.length);
}

/** What is noticed while readings are laid down. */
interface IntakeNotes {
  readonly findings: VeeFinding[];
  identicalCount: number;
  /** Where the stretch ends: readings after it are only looked at. */
  readonly untilMs: number;
}

function put(series: Series, reading: VeeReading, direction: Direction, into: IntakeNotes): void {
  const startMs = parseInstant(reading.start)!;
  const span = [startMs, startMs + series.stepMs] as const;
  const at = (startMs - series.startMs) / series.stepMs;
  if (!Number.isInteger(at)) {
    into.findings.push(finding('V3', span, [reading.start, 'a start on the meter’s grid']));
    return;
  }
  if (at < 0 || at >= series.wh.length || reading.wh === null) return;
  const known = series.wh[at]!;
  if (!Number.isNaN(known)) {
    if (known === reading.wh) into.identicalCount += startMs < into.untilMs ? 1 : 0;
    else into.findings.push(finding('V2', span, [`${known} Wh and ${reading.wh} Wh`, 'one value']));
    return;
  }
  const isNegative = reading.wh < 0;
  if (isNegative) into.findings.push(finding('V7', span, [`${reading.wh} Wh`, '0 Wh or more']));
  if (isNegative && direction === 'consumption') return;
  series.wh[at] = isNegative ? 0 : reading.wh;
  series.quality[at] = isNegative ? QUALITY.SUSPECT : parseQuality(reading.quality)!;
}

/** Values that two readings disagree about are suspect, whichever came first. */
function markIntake(series: Series, findings: readonly VeeFinding[]): void {
  for (const { rule, startMs } of findings) {
    const at = positionOf(series, startMs);
    if (rule === 'V2' && series.quality[at] !== QUALITY.MISSING)
      series.quality[at] = QUALITY.SUSPECT;
    if (rule === 'V7' && series.quality[at] !== QUALITY.MISSING)
      series.quality[at] = QUALITY.SUSPECT;
  }
}

function countOf(series: Series, [from, to]: readonly [number, number], code: number): number {
  return series.quality.subarray(from, to).reduce((sum, one) => sum + (one === code ? 1 : 0), 0);
}

function hours(
  series: Series,
  { code, intervalMinutes }: VeeInput['meter'],
  fromMs: number,
  toMs: number,
): VeeReport['hours'] {
  const found: VeeReport['hours'][number][] = [];
  const perDay = (24 * 60) / intervalMinutes;
  const expectedCount = 60 / intervalMinutes;
  for (let dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS; dayMs < toMs; dayMs += DAY_MS) {
    const first = positionOf(series, dayMs);
    const wh = Array.from({ length: perDay }, (_, at) => {
      const value = series.wh[first + at] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    });
    const quality = Array.from({ length: perDay }, (_, at) => series.quality[first + at] ?? 0);
    const utcDay = new Date(dayMs).toISOString().slice(0, 10);
    const day = { meterCode: code, utcDay, intervalMinutes, wh, quality };
    for (const hour of hoursOfBlock(day)) {
      if (hour.hourMs < fromMs || hour.hourMs >= toMs) continue;
      found.push({
        start: formatInstant(hour.hourMs),
        wh: hour.wh,
        quality: QUALITY_NAMES[hour.quality]!,
        presentCount: hour.presentCount,
        expectedCount,
      });
    }
  }
  return found;
}

function toException(one: VeeFinding): VeeException {
  const { rule, severity, startMs, endMs, measured, threshold } = one;
  return {
    rule,
    title: VEE_RULES[rule].title,
    severity,
    from: formatInstant(startMs),
    to: formatInstant(endMs),
    measured,
    threshold,
  };
}
