import { sealRows } from '../../ledger/merkle.js';
import { formatInstant, MINUTE_MS, utcDayStartMs } from '../../time/interval.js';
import { describeChanges, type ImportChanges } from './import-changes.js';
import {
  blockRow,
  type BlockTexts,
  blockTexts,
  type DayReadings,
  type IntervalBlock,
  reviseDay,
  type RevisedDay,
  type RevisionOutcome,
} from '../blocks/interval-block.js';
import { QUALITY_NAMES } from '../blocks/quality.js';
import { type UpdateTimes, unpackUpdates } from '../blocks/update-times.js';
import { finding, type VeeFinding } from '../vee/finding.js';

/** The next revision of a day, with its arrays as text. */
export interface ComparedBlock {
  readonly block: RevisedDay;
  readonly texts: BlockTexts;
}

/**
 * Readings that were not taken, for someone to decide: they are below a decision that stands, or older
 * than what the source has said since.
 */
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
  let [heldCount, outdatedCount] = [0, 0];
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
        outdatedCount += outcome.outdated.length;
        held.push(...heldOf(latest, day, outcome));
        const left = [...outcome.held, ...outcome.outdated];
        changes.add(latest, without(day, left), outcome.block);
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
      heldCount,
      outdatedCount,
      held,
      blockCount: rowCount,
      described: changes.finish(),
    }),
  };
}

/** A delivery without the readings that were left. */
function without(day: DayReadings, left: readonly number[]): DayReadings {
  if (left.length === 0) return day;
  const sourceLine = day.sourceLine.slice();
  for (const at of left) sourceLine[at] = 0;
  return { ...day, sourceLine };
}

/** Stretches of a day that were not taken, each as what is to be decided. */
function heldOf(
  latest: IntervalBlock | null,
  day: DayReadings,
  { held, outdated }: Pick<RevisionOutcome, 'held' | 'outdated'>,
): HeldReadings[] {
  if (latest === null) return [];
  const known = unpackUpdates(latest.updates, latest.wh.length);
  const updateOf = (times: UpdateTimes | undefined, [first]: readonly number[]): string =>
    formatInstant(times![first!]!);
  return [
    ...runsOf(held).map((run) =>
      found(latest, day, { run, sent: '', stands: ', which were decided' }),
    ),
    ...runsOf(outdated).map((run) =>
      found(latest, day, {
        run,
        sent: `, updated ${updateOf(day.updated, run)}`,
        stands: `, updated ${updateOf(known, run)}`,
      }),
    ),
  ];
}

function runsOf(positions: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const at of positions) {
    if (runs.at(-1)?.at(-1) === at - 1) runs.at(-1)!.push(at);
    else runs.push([at]);
  }
  return runs;
}

interface Left {
  readonly run: readonly number[];
  /** What else there is to say of what was sent, and of what stands. */
  readonly sent: string;
  readonly stands: string;
}

function found(latest: IntervalBlock, day: DayReadings, { run, sent, stands }: Left): HeldReadings {
  const { meterCode, utcDay, intervalMinutes, wh, quality } = day;
  const startMs = utcDayStartMs(utcDay);
  const stepMs = intervalMinutes * MINUTE_MS;
  const sum = (of: (at: number) => number): number => run.reduce((all, at) => all + of(at), 0);
  const sentWh = sum((at) => wh[at]! || 0);
  const worst = QUALITY_NAMES[Math.min(...run.map((at) => quality[at]!))]!;
  const span = [startMs + run[0]! * stepMs, startMs + (run.at(-1)! + 1) * stepMs] as const;
  const measured = `${run.length} intervals sent as ${sentWh} Wh ${worst}${sent}`;
  const limit = `${sum((at) => latest.wh[at] ?? 0)} Wh${stands}`;
  return { meterCode, finding: finding('V2', span, [measured, limit], 'warn') };
}
