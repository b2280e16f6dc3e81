import type { RowProblem } from '../../errors.js';
import { formatInstant, MINUTE_MS } from '../../time/interval.js';

/** How far apart the readings of one meter stand in a file, row by row. */
export interface Spacing {
  /** Takes the next reading, on the meter's grid or off it. */
  add(atMs: number, line: number): void;
  /** What is wrong with the file when they are not the meter's intervals; else null. */
  fault(): RowProblem | null;
}

/**
 * Compares the spacing of rows with the intervals of their meter (METHOD 2.4): quarters are no hours,
 * nor are days. Single readings far apart, such as corrections, say nothing.
 */
export function spacingOf(meterCode: string, intervalMinutes: number): Spacing {
  const intervalMs = intervalMinutes * MINUTE_MS;
  let lastMs = Number.NaN;
  let [equalCount, finerCount, coarserCount] = [0, 0, 0];
  let [finer, coarser] = [noStep, noStep];
  return {
    add: (atMs, line) => {
      const apartMs = Math.abs(atMs - lastMs);
      lastMs = atMs;
      if (apartMs === intervalMs) equalCount += 1;
      else if (apartMs > intervalMs) {
        coarserCount += 1;
        coarser = next(coarser, apartMs, atMs, line);
      } else if (apartMs > 0) {
        finerCount += 1;
        finer = next(finer, apartMs, atMs, line);
      }
    },
    fault: () => {
      if (finerCount > equalCount && intervalMs % finer.apartMs === 0) {
        return wrongSpacing(finer, meterCode, intervalMinutes);
      }
      const isSteady = coarser.count > 1 && coarser.count * 2 > coarserCount;
      const isCoarser = equalCount + finerCount === 0 && isSteady;
      return isCoarser ? wrongSpacing(coarser, meterCode, intervalMinutes) : null;
    },
  };
}

/** A distance between rows, how often it came, and where last. */
interface Step {
  readonly apartMs: number;
  readonly count: number;
  readonly atMs: number;
  readonly line: number;
}

const noStep: Step = { apartMs: 0, count: 0, atMs: 0, line: 0 };

/** The step that has the majority, if one has. */
function next(step: Step, apartMs: number, atMs: number, line: number): Step {
  if (step.apartMs === apartMs) return { apartMs, count: step.count + 1, atMs, line };
  return step.count === 0 ? { apartMs, count: 1, atMs, line } : { ...step, count: step.count - 1 };
}

function wrongSpacing(step: Step, meterCode: string, intervalMinutes: number): RowProblem {
  const apart = step.apartMs / MINUTE_MS;
  return {
    row: step.line,
    column: 'start',
    value: formatInstant(step.atMs),
    rule: 'interval.spacing',
    detail: `The rows of meter ${meterCode} are ${apart} minutes apart; the meter has ${intervalMinutes}-minute intervals. What they say is not the energy of its intervals.`,
    fix: `Ask for readings of ${intervalMinutes} minutes, send them to a meter of ${apart} minutes, or revise the meter.`,
  };
}
