import { sealRows } from '../ledger/merkle.js';
import { MINUTE_MS, utcDayStartMs } from '../time/interval.js';
import { describeChanges, type ImportChanges } from './import-changes.js';
import {
  blockRow,
  type BlockTexts,
  blockTexts,
  type DayReadings,
  type IntervalBlock,
  reviseDay,
  type RevisedDay,
} from './interval-block.js';
import { QUALITY_NAMES } from './quality.js';
import { finding, type VeeFinding } from './vee/finding.js';

/** The next revision of a day, with its arrays as text. */
export interface ComparedBlock {
  readonly block: RevisedDay;
  readonly texts: BlockTexts;
}

/** Readings that were sent below a decision that stands, for someone to decide. */
export interface HeldReadings {
  readonly meterCode: string;
  readonly finding: VeeFinding;
}

/** What is known of the days of a page. */
export interface KnownDays {
  latest(day: DayReadings): IntervalBlock | null;
  /** Whether someone decided what an interval holds. */
  isDecided(meterCode: string, startMs: number): boolean;
}

/**
 * Compares pages of days with what is known, counting, describing and sealing as it goes.
 *
 * @param repeatedCount  Rows of the file that say what an earlier row of it said.
 * @param shown          Changed readings to keep.
 */
export function startComparison(repeatedCount: number, shown: number) {
  const changes: ImportChanges = describeChanges(shown);
  const rows = sealRows();
  const held: HeldReadings[] = [];
  let [newCount, identicalCount, changedCount, rowCount] = [0, repeatedCount, 0, 0];
  let heldCount = 0;
  return {
    rows,
    compare: (page: readonly DayReadings[], known: KnownDays) => {
      const blocks: ComparedBlock[] = [];
      for (const day of page) {
        const latest = known.latest(day);
        const startMs = utcDayStartMs(day.utcDay);
        const msOf = (at: number): number => startMs + at * day.intervalMinutes * MINUTE_MS;
        const outcome = reviseDay(latest, day, (at) => known.isDecided(day.meterCode, msOf(at)));
        newCount += outcome.newCount;
        identicalCount += outcome.identicalCount;
        changedCount += outcome.changedCount;
        heldCount += outcome.held.length;
        if (outcome.held.length > 0) held.push(...heldOf(latest!, day, outcome.held));
        changes.add(latest, withoutHeld(day, outcome.held), outcome.block);
        if (outcome.block === null) continue;
        const texts = blockTexts(outcome.block);
        blocks.push({ block: outcome.block, texts });
        rows.add(blockRow(outcome.block, texts));
      }
      const rowIndex = rowCount;
      rowCount += blocks.length;
      return { blocks, rowIndex };
    },
    finish: () => ({
      counts: { newCount, identicalCount, changedCount },
      ...{ heldCount, held, blockCount: rowCount },
      described: changes.finish(),
    }),
  };
}

/** A delivery without the readings that were held back. */
function withoutHeld(day: DayReadings, held: readonly number[]): DayReadings {
  if (held.length === 0) return day;
  const sourceLine = day.sourceLine.slice();
  for (const at of held) sourceLine[at] = 0;
  return { ...day, sourceLine };
}

/** Stretches of a day that were held back, each as what is to be decided. */
function heldOf(
  latest: IntervalBlock,
  { meterCode, utcDay, intervalMinutes, wh, quality }: DayReadings,
  held: readonly number[],
): HeldReadings[] {
  const startMs = utcDayStartMs(utcDay);
  const stepMs = intervalMinutes * MINUTE_MS;
  const runs: number[][] = [];
  for (const at of held) {
    if (runs.at(-1)?.at(-1) === at - 1) runs.at(-1)!.push(at);
    else runs.push([at]);
  }
  return runs.map((run) => {
    const sum = (of: (at: number) => number): number => run.reduce((all, at) => all + of(at), 0);
    const sentWh = sum((at) => wh[at]! || 0);
    const worst = QUALITY_NAMES[Math.min(...run.map((at) => quality[at]!))]!;
    const [first, last] = [run[0]!, run.at(-1)!];
    const span = [startMs + first * stepMs, startMs + (last + 1) * stepMs] as const;
    const measured = `${run.length} intervals sent as ${sentWh} Wh ${worst}`;
    const limit = `${sum((at) => latest.wh[at] ?? 0)} Wh, which were decided`;
    return { meterCode, finding: finding('V2', span, [measured, limit], 'warn') };
  });
}
