import type { RowProblem } from '../errors.js';
import { HOUR_MS, MINUTE_MS, parseInstant } from '../time/interval.js';
import { type EnergyUnit, parseWattHours } from '../units/energy.js';
import { positionInDay } from './interval-block.js';
import { parseQuality, QUALITY, QUALITY_NAMES } from './quality.js';

/** What a row is checked against: its meter's own data (METHOD 2.4, V3, V4, V6). */
export interface MeterData {
  readonly code: string;
  readonly intervalMinutes: number;
  readonly ratedPowerW: number;
}

/** The fields of a row as text, trimmed. */
export interface IntervalFields {
  readonly start: string;
  readonly energy: string;
  readonly quality: string;
}

/** A row that passed. */
export interface IntervalReading {
  readonly startMs: number;
  /** Position in the UTC day. */
  readonly position: number;
  /** Whole Wh; null for a marked gap. */
  readonly wh: number | null;
  /** A `QUALITY` code. */
  readonly quality: number;
}

/** What is wrong with a row, without where the row stands. */
export type RowFault = Omit<RowProblem, 'row'>;

/**
 * Checks one reading of a file: an explicit instant on the meter's grid, a known quality, a plain
 * non-negative number within the meter's rating. A gap is marked, and has no value.
 *
 * @param fields  Text of the row.
 * @param meter   The meter that the row names.
 * @param column  Unit of the energy column, and its header as written.
 * @returns       The reading, or the first rule that the row breaks.
 */
export function readInterval(
  fields: IntervalFields,
  meter: MeterData,
  column: { readonly unit: EnergyUnit; readonly name: string },
): IntervalReading | RowFault {
  const startMs = parseInstant(fields.start);
  if (startMs === null) {
    return {
      ...{ column: 'start', value: fields.start, rule: 'start.instant_with_offset' },
      detail: 'Not an instant with an explicit offset.',
      fix: 'Write it as 2026-10-01T00:00:00Z.',
    };
  }
  const position = positionInDay(startMs, meter.intervalMinutes);
  if (position === null) {
    return {
      ...{ column: 'start', value: fields.start, rule: 'start.on_grid' },
      detail: `Meter ${meter.code} has ${meter.intervalMinutes}-minute intervals; this is off their grid.`,
      fix: 'Send the interval’s own start.',
    };
  }
  const quality = parseQuality(fields.quality);
  if (quality === null) {
    return {
      ...{ column: 'quality', value: fields.quality, rule: 'quality.known' },
      detail: 'Unknown quality.',
      fix: `Use one of ${QUALITY_NAMES.join(', ')}.`,
    };
  }
  const energy = readEnergy(fields.energy, { meter, quality, unit: column.unit });
  return typeof energy === 'object' && energy !== null
    ? { column: column.name, value: fields.energy, ...energy }
    : { startMs, position, wh: energy, quality };
}

type EnergyFault = Pick<RowFault, 'rule' | 'detail' | 'fix'>;

function readEnergy(
  text: string,
  { meter, quality, unit }: { meter: MeterData; quality: number; unit: EnergyUnit },
): number | null | EnergyFault {
  if (quality === QUALITY.MISSING) {
    if (text === '') return null;
    return {
      rule: 'gap.has_no_value',
      detail: 'A MISSING interval has no value.',
      fix: 'Leave the value empty, or state its quality.',
    };
  }
  if (text.startsWith('-')) {
    return {
      rule: 'load.not_negative',
      detail: 'Load cannot be negative.',
      fix: 'Check the polarity of the current transformers.',
    };
  }
  const wh = parseWattHours(text, unit, meter.intervalMinutes);
  if (wh === null) {
    return {
      rule: 'energy.plain_decimal',
      detail: 'Not a plain decimal number.',
      fix: 'Write digits with a point, no signs, exponents or separators.',
    };
  }
  const mostWh = meter.ratedPowerW * ((meter.intervalMinutes * MINUTE_MS) / HOUR_MS);
  if (wh <= mostWh) return wh;
  return {
    rule: 'load.within_rating',
    detail: `More than the meter’s rated ${meter.ratedPowerW} W can be in ${meter.intervalMinutes} min: ${mostWh} Wh.`,
    fix: 'Check the unit and the multiplier, or revise the meter’s rating.',
  };
}
