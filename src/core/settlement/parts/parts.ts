import { assert, DomainError } from '../../errors.js';
import { HOUR_MS } from '../../time/interval.js';
import { civilDayOf, type LegalTimeRule } from '../../time/legal-time.js';
import type { Elections } from '../elections/elections.shape.js';
import { type Frame, frameOf, type SettlementPeriod } from '../hours/hours.js';
import type { SettlementSeries } from '../hours/series.shape.js';
import type { HourlyLine } from '../pricing/lines.js';
import { Decimal } from '../../units/money.js';

/** Elections that held before those of the end of a period. */
export interface EarlierElections {
  readonly elections: Elections;
  /** First day of the version that follows, in that version's settlement calendar. */
  readonly until: string;
}

/** The versions of a contract over a period. */
export interface Versions {
  /** Those that hold at its end. */
  readonly elections: Elections;
  /** Those before them, in order of time; absent where one version holds for all of it. */
  readonly earlier?: readonly EarlierElections[];
  /** First day of the first version, where no other holds before it; absent otherwise. */
  readonly holdsFrom?: string;
}

/** The hours of a period under one version of the contract. */
export interface Part {
  /** Positions in the period, `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly frame: Frame;
  readonly series: SettlementSeries;
  /** Days on which the version holds, `until` exclusive; null = open. */
  readonly holdsFrom: string | null;
  readonly holdsUntil: string | null;
}

/** Every version of the contract over a period, in order of time. */
export function electionsOf({ elections, earlier = [] }: Versions): readonly Elections[] {
  return [...earlier.map((one) => one.elections), elections];
}

/**
 * Cuts a period where another version of the contract takes effect (SETTLEMENT, ruling 7): each part has its
 * own elections, the hours are those of the period.
 *
 * @param versions  Each takes effect inside the period.
 * @throws DomainError `request.invalid` where a version holds in no hour of the period
 */
export function partsOf(
  versions: Versions,
  period: SettlementPeriod,
  {
    series,
    rules,
  }: { readonly series: SettlementSeries; readonly rules: readonly LegalTimeRule[] },
): readonly Part[] {
  const earlier = versions.earlier ?? [];
  const all = electionsOf(versions);
  const bounds = earlier.map(({ until }, at) =>
    firstHourOf(until, { period, rules, calendar: all[at + 1]!.settlementCalendar }),
  );
  return all.map((elections, at) => {
    const startMs = bounds[at - 1] ?? period.startMs;
    const endMs = bounds[at] ?? period.endMs;
    if (startMs >= endMs) refuse(at, earlier);
    const [from, to] = [startMs, endMs].map((ms) => (ms - period.startMs) / HOUR_MS) as [
      number,
      number,
    ];
    return {
      from,
      to,
      series: all.length === 1 ? series : sliceOfSeries(series, from, to),
      frame: frameOf(elections, { ...period, startMs, endMs }, rules),
      holdsFrom: earlier[at - 1]?.until ?? versions.holdsFrom ?? null,
      holdsUntil: earlier[at]?.until ?? null,
    };
  });
}

function refuse(at: number, earlier: Versions['earlier'] = []): never {
  const place = Math.min(at, earlier.length - 1);
  const detail = `No hour of the period is of the version ${at < earlier.length ? `until` : 'from'} ${earlier[place]!.until}.`;
  throw new DomainError('request.invalid', {
    errors: [{ pointer: `/earlier/${place}/until`, rule: 'versions.hold_in_the_period', detail }],
  });
}

/** The first hour of a day of a settlement calendar; the end of the period where it has none. */
function firstHourOf(
  day: string,
  of: {
    readonly period: SettlementPeriod;
    readonly rules: readonly LegalTimeRule[];
    readonly calendar: Elections['settlementCalendar'];
  },
): number {
  const { startMs, endMs } = of.period;
  const dayAt = (ms: number): string =>
    of.calendar === 'UTC_MONTH'
      ? new Date(ms).toISOString().slice(0, 10)
      : civilDayOf(of.rules, ms);
  let [low, high] = [startMs / HOUR_MS, endMs / HOUR_MS];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (dayAt(middle * HOUR_MS) < day) low = middle + 1;
    else high = middle;
  }
  return low * HOUR_MS;
}

function sliceOfSeries(series: SettlementSeries, from: number, to: number): SettlementSeries {
  const parts = Object.entries(series).map(([name, values]) => [
    name,
    (values as readonly unknown[] | null)?.slice(from, to) ?? null,
  ]);
  return Object.fromEntries(parts) as SettlementSeries;
}

/** The hours of all parts as one; the elections are those of the end. */
export function wholeOf(parts: readonly Part[], period: SettlementPeriod): Frame {
  const last = parts.at(-1);
  assert(last !== undefined, 'parts: a period has hours');
  if (parts.length === 1) return last.frame;
  const hours = parts.flatMap(({ frame }) => frame.hours);
  return { elections: last.frame.elections, rules: last.frame.rules, period, hours };
}

/** Lines of a part as lines of the period: its hours by their place there, its days in the label. */
export function placed(
  lines: readonly HourlyLine[],
  { from, frame: { hours } }: Part,
  parts: readonly Part[],
): readonly HourlyLine[] {
  if (parts.length === 1) return lines;
  const name = `${hours[0]!.day} to ${hours.at(-1)!.day}`;
  return lines.map((line) => {
    const { hourly } = line;
    return {
      ...line,
      label: `${line.label}, ${name}`,
      ...(line.at === undefined ? {} : { at: line.at.map((hour) => hour + from) }),
      // A line without hours or days is of the last day of its part.
      ...(hourly === null && line.days === undefined
        ? { days: [{ day: hours.at(-1)!.day, quantity: new Decimal(line.quantity) }] }
        : {}),
      hourly:
        hourly === null
          ? null
          : () => {
              const of = hourly();
              return { ...of, hours: of.hours.map((hour) => hour + from) };
            },
    };
  });
}
