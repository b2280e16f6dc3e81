import type { RowProblem } from '../../errors.js';
import { DAY_MS, formatInstant, MINUTE_MS } from '../../time/interval.js';
import { carriedDay } from '../blocks/day-rests.js';
import { type DatedLengths, minutesOfDay } from '../blocks/interval-lengths.js';
import { blankDay, type OpenDay, type PlaceDays } from './open-day.js';
import { QUALITY } from '../blocks/quality.js';

/**
 * Brings the places together that a channel has for each length of its meter's intervals. A day in which
 * the length changes is kept in the longer one: the shorter intervals are summed, all parts of each.
 *
 * @param faults  Told of an interval that lacks parts: it would be lost without a word.
 * @returns       A place for each channel, and how many readings fewer they are by sums.
 */
export function datedDays(
  lengths: DatedLengths,
  places: readonly PlaceDays[],
  faults: RowProblem[],
): { readonly places: readonly PlaceDays[]; readonly foldedCount: number } {
  let foldedCount = 0;
  const byChannel = Map.groupBy(places, ({ channel }) => channel);
  const folds = [...byChannel].map(([channel, parts]): PlaceDays => {
    const days = new Map<number, OpenDay>();
    for (const { days: of } of parts) {
      for (const from of of.values()) {
        const count = (24 * 60) / minutesOfDay(lengths, from.day * DAY_MS);
        const known = days.get(from.day);
        if (known === undefined && from.wh.length === count) days.set(from.day, from);
        else days.set(from.day, folded(known ?? blankDay(from.day, count), from, faults));
        foldedCount += saidCount(from) - saidCount(days.get(from.day)!);
        if (known !== undefined) foldedCount += saidCount(known);
      }
    }
    return { ...parts[0]!, channel, days };
  });
  return { places: folds, foldedCount };
}

const saidCount = ({ line }: OpenDay): number =>
  line.reduce((count, one) => count + (one === 0 ? 0 : 1), 0);

/** A day with what another of its intervals' parts says besides. */
function folded(into: OpenDay, from: OpenDay, faults: RowProblem[]): OpenDay {
  const count = into.wh.length;
  const partCount = from.wh.length / count;
  // Rests are carried before: each part of the day is right by itself.
  const [mine, theirs] = [carriedDay(into.wh, into.rests), carriedDay(from.wh, from.rests)];
  const day = { ...blankDay(into.day, count), wh: mine.wh.slice() };
  day.quality.set(into.quality);
  day.line.set(into.line);
  let updated = into.updated?.slice() ?? null;
  for (let at = 0; at < count; at += 1) {
    const parts = Array.from({ length: partCount }, (_, part) => at * partCount + part);
    const said = parts.filter((part) => from.line[part] !== 0);
    if (said.length === 0) continue;
    if (said.length < partCount) faults.push(lacksParts(from, said[0]!));
    day.wh[at] = parts.reduce((sum, part) => sum + theirs.wh[part]!, 0);
    day.quality[at] = Number.isNaN(day.wh[at])
      ? QUALITY.MISSING
      : Math.min(...parts.map((part) => from.quality[part]!));
    day.line[at] = from.line[said[0]!]!;
    const updatedMs = Math.max(...parts.map((part) => from.updated?.[part] ?? 0));
    if (updatedMs > 0) (updated ??= new Float64Array(count))[at] = updatedMs;
  }
  return { ...day, updated };
}

function lacksParts({ day, line, wh }: OpenDay, part: number): RowProblem {
  const minutes = (24 * 60) / wh.length;
  const start = formatInstant(day * DAY_MS + part * minutes * MINUTE_MS);
  return {
    row: line[part]!,
    column: 'start',
    value: start,
    rule: 'interval.whole_on_change',
    detail: `The meter's intervals become longer or shorter within this UTC day, which is kept in the longer ones: of this one the file has not all ${minutes}-minute parts.`,
    fix: 'Send all parts of the day together.',
  };
}
