/**
 * When the source last updated what it says of the intervals of a block, as runs `[position, ms, …]`,
 * flattened: from its position up to the next run's. 0 where the source states no time; empty where it
 * states none at all. The newest time that is known stays with an interval, whatever is written since.
 */
export type UpdateRuns = readonly number[];

/** Update times of a day's intervals, ms; 0 where there is none. */
export type UpdateTimes = Float64Array;

/** Packs times into runs; none for a day without times. */
export function packUpdates(times: UpdateTimes): number[] {
  const runs: number[] = [];
  for (let at = 0; at < times.length; at += 1) {
    if (at === 0 || times[at] !== times[at - 1]) runs.push(at, times[at]!);
  }
  return runs.length === 2 && runs[1] === 0 ? [] : runs;
}

/** Unpacks runs into a time per interval. */
export function unpackUpdates(runs: UpdateRuns, count: number): UpdateTimes {
  const times = new Float64Array(count);
  for (let at = 0; at < runs.length; at += 2) {
    times.fill(runs[at + 1]!, runs[at]!, runs[at + 2] ?? count);
  }
  return times;
}
