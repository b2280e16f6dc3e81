import { DomainError } from '../../errors.js';
import { Decimal } from '../../units/money.js';
import { estimatedStretches } from './estimated-hours.js';
import type { Frame } from './hours.js';
import type { SettlementSeries } from './series.shape.js';
import type { Part } from '../parts/parts.js';
import { mwhText, sumOf } from './volume.js';

/** How much of a settlement rests on estimates. */
export interface Quality {
  readonly hours: number;
  readonly estimatedHours: number;
  readonly estimatedMwh: string;
}

const STRETCHES_TOLD = 10;

/** Estimates, and whether the contract lets them in. @throws DomainError `settlement.estimated_refused` */
function qualityOf(frame: Frame, series: SettlementSeries): Quality {
  const { estimatedData } = frame.elections;
  const generation = series.estimatedGeneration ?? frame.hours.map(() => false);
  const load = series.estimatedLoad ?? frame.hours.map(() => false);
  const isProvisional = frame.period.run === 'PROVISIONAL';
  const isRefused = (isLoad: boolean): boolean =>
    estimatedData === 'REFUSE' ||
    (!isProvisional && (estimatedData === 'PROVISIONAL_ONLY' || !isLoad));
  const refuse = (name: string, flags: readonly boolean[]): void => {
    throw new DomainError('settlement.estimated_refused', {
      series: name,
      count: flags.filter(Boolean).length,
      run: frame.period.run,
      hours: estimatedStretches(flags, frame.period.startMs).slice(0, STRETCHES_TOLD),
      fix: 'Settle on actual data, or run provisionally where the contract allows it.',
    });
  };
  if (generation.includes(true) && isRefused(false)) refuse('generationWh', generation);
  if (load.includes(true) && isRefused(true)) refuse('loadWh', load);
  const estimated = frame.hours.map((_, at) => generation[at]! || load[at]!);
  const wh = sumOf(
    series.generationWh.map((value, at) => new Decimal(generation[at]! ? (value ?? 0) : 0)),
  );
  return {
    hours: frame.hours.length,
    estimatedHours: estimated.filter(Boolean).length,
    estimatedMwh: mwhText(wh),
  };
}

/** Estimates of a period, each part by its own version. @throws DomainError as `qualityOf` */
export function joinedQuality(parts: readonly Part[]): Quality {
  const all = parts.map(({ frame, series }) => qualityOf(frame, series));
  if (all.length === 1) return all[0]!;
  return {
    hours: all.reduce((sum, { hours }) => sum + hours, 0),
    estimatedHours: all.reduce((sum, { estimatedHours }) => sum + estimatedHours, 0),
    estimatedMwh: sumOf(all.map(({ estimatedMwh }) => new Decimal(estimatedMwh))).toFixed(),
  };
}
