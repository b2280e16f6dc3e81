import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time/interval.js';
import { INTERVAL_MINUTES } from './interval-block.js';

/** A new length of a meter's intervals. */
export interface IntervalChange {
  /** Instant of a whole UTC hour. */
  readonly from: string;
  readonly intervalMinutes: number;
}

/** How long the intervals of a meter are, and since when otherwise. */
export interface DatedLengths {
  readonly intervalMinutes: number;
  /** Ascending by `from`; null or absent = the length never changed. */
  readonly intervalChanges?: readonly IntervalChange[] | null;
}

/** Length of the interval that holds an instant, minutes. */
export function minutesAt(
  { intervalMinutes, intervalChanges }: DatedLengths,
  atMs: number,
): number {
  if (!intervalChanges) return intervalMinutes;
  const change = intervalChanges.findLast(({ from }) => Date.parse(from) <= atMs);
  return change?.intervalMinutes ?? intervalMinutes;
}

/** The shortest length that intervals of all these lengths sum up to, minutes. */
export function commonMinutes(lengths: readonly number[]): number {
  return INTERVAL_MINUTES.find((one) => lengths.every((length) => one % length === 0))!;
}

/**
 * Length that a meter's UTC day is kept in, minutes: of a day in which it changes one that both lengths
 * sum up to, mostly the longer one (METHOD 1.5). Nothing is ever split.
 */
export function minutesOfDay(lengths: DatedLengths, dayMs: number): number {
  const { intervalChanges } = lengths;
  if (!intervalChanges) return lengths.intervalMinutes;
  const within = intervalChanges.filter(({ from }) => {
    const ms = Date.parse(from);
    return ms > dayMs && ms < dayMs + DAY_MS;
  });
  return commonMinutes([
    minutesAt(lengths, dayMs),
    ...within.map(({ intervalMinutes }) => intervalMinutes),
  ]);
}

/** The stretches of one length that a span of time has for all of some meters, at UTC days. */
export function sameLengthRuns(
  meters: readonly DatedLengths[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): readonly { readonly startMs: number; readonly endMs: number }[] {
  const bounds = meters.flatMap(({ intervalChanges }) =>
    (intervalChanges ?? []).flatMap(({ from }) => {
      const dayMs = Math.floor(Date.parse(from) / DAY_MS) * DAY_MS;
      return [dayMs, dayMs + DAY_MS];
    }),
  );
  const inside = [...new Set(bounds)].filter((ms) => ms > startMs && ms < endMs);
  const cuts = [startMs, ...inside.toSorted((a, b) => a - b), endMs];
  return cuts.slice(1).map((end, at) => ({ startMs: cuts[at]!, endMs: end }));
}

/** The length that all days of a meter in a stretch sum up to, minutes. */
export function commonIn(
  lengths: DatedLengths,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): number {
  if (!lengths.intervalChanges) return lengths.intervalMinutes;
  const first = Math.floor(startMs / DAY_MS) * DAY_MS;
  const days = [first, ...lengths.intervalChanges.map(({ from }) => Date.parse(from))]
    .map((ms) => Math.floor(ms / DAY_MS) * DAY_MS)
    .flatMap((dayMs) => [dayMs, dayMs + DAY_MS])
    .filter((dayMs) => dayMs >= first && (dayMs < endMs || dayMs === first));
  return commonMinutes(days.map((dayMs) => minutesOfDay(lengths, dayMs)));
}

/** How many intervals a meter has in a stretch of whole UTC hours, as its days are kept. */
export function intervalCount(
  lengths: DatedLengths,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): number {
  if (!lengths.intervalChanges) {
    return ((endMs - startMs) / HOUR_MS) * (60 / lengths.intervalMinutes);
  }
  return sameLengthRuns([lengths], { startMs, endMs }).reduce(
    (sum, run) => sum + (run.endMs - run.startMs) / (minutesOfDay(lengths, dayOf(run)) * MINUTE_MS),
    0,
  );
}

const dayOf = ({ startMs }: { readonly startMs: number }): number =>
  Math.floor(startMs / DAY_MS) * DAY_MS;

/** Why a list of changes is none; null where it is one. */
export function changesFault(
  first: number,
  changes: readonly IntervalChange[],
): { readonly at: number; readonly detail: string } | null {
  for (const [at, { from, intervalMinutes }] of changes.entries()) {
    const ms = Date.parse(from);
    const before = changes[at - 1];
    if (ms % HOUR_MS !== 0) return { at, detail: 'A length changes on a whole UTC hour.' };
    if (before !== undefined && Date.parse(before.from) >= ms) {
      return { at, detail: 'Changes ascend by from.' };
    }
    if ((before?.intervalMinutes ?? first) === intervalMinutes) {
      return { at, detail: `The length is ${intervalMinutes} minutes before too.` };
    }
  }
  return null;
}
