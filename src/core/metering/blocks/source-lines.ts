/**
 * Lines of a file behind the intervals of a block, as runs: `[position, line, step, …]`, flattened.
 * From its position up to the next run's, interval `p` came from `line + step × (p − position)`;
 * line 0 means that the file said nothing of it. A sorted file has one run a day.
 */
export type LineRuns = readonly number[];

/**
 * Packs lines into runs.
 *
 * @param lines  Line per interval; 0 or null where there is none.
 */
export function packLines(lines: ArrayLike<number | null>): number[] {
  const runs: number[] = [];
  let [position, line, step] = [0, 0, 0];
  for (let at = 0; at < lines.length; at += 1) {
    const next = lines[at] ?? 0;
    const goesOn = line === 0 ? next === 0 : next > 0 && next === line + step * (at - position);
    if (at > 0 && goesOn) continue;
    // The second of a run may still set its step.
    if (at > 0 && at === position + 1 && line !== 0 && next !== 0) {
      step = next - line;
      runs[runs.length - 1] = step;
      continue;
    }
    [position, line, step] = [at, next, 0];
    runs.push(position, line, step);
  }
  return runs;
}

/** Line behind an interval; null where there is none. */
export function lineAt(runs: LineRuns, position: number): number | null {
  let found: number | null = null;
  for (let at = 0; at < runs.length; at += 3) {
    if (runs[at]! > position) break;
    const line = runs[at + 1]!;
    found = line === 0 ? null : line + runs[at + 2]! * (position - runs[at]!);
  }
  return found;
}

/** Unpacks runs into a line per interval; null where there is none. */
export function unpackLines(runs: LineRuns, count: number): (number | null)[] {
  const lines = Array<number | null>(count).fill(null);
  for (let at = 0; at < runs.length; at += 3) {
    const [position, line, step] = [runs[at]!, runs[at + 1]!, runs[at + 2]!];
    if (line === 0) continue;
    const end = Math.min(runs[at + 3] ?? count, count);
    for (let to = position; to < end; to += 1) lines[to] = line + step * (to - position);
  }
  return lines;
}
