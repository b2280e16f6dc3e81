import { DAY_MS, formatInstant, MINUTE_MS } from '../../../time/interval.js';
import { legalOffsetMinutes } from '../../../time/legal-time.js';
import { type FileZone, type LocalStamp, localStamp } from '../../../time/local-stamp.js';
import { passesByOrder, type RepeatedHour, repeatedHours } from '../../../time/repeated-hour.js';
import { stampRange, writtenStamp, writtenTime } from '../../../time/written-stamp.js';
import type { ImportProfile } from '../../import-profile.js';
import type { RowFault } from '../../intake/intake.js';
import { plainReader } from './plain-stamp.js';

/** An instant that only the rows to come can tell: give what is to be done then to `wait`. */
export const LATER = Number.NEGATIVE_INFINITY;

/** What to do with a row that waited: its instant, or why it has none. */
export type Waiting = (instantMs: number, fault: RowFault | null) => void;

/** Reads the stamps of one file. */
export interface StampReader {
  /**
   * @param bytes  UTF-8; white space around the stamp is passed over.
   * @param meter  Index of the row's meter: hours that come twice are told apart meter by meter.
   * @returns      Instant, ms; `LATER`; NaN when `fault` says why there is none.
   */
  read(bytes: Uint8Array, from: number, to: number, meter: number): number;
  /** The same for a text. */
  readText(text: string, meter: number): number;
  /** The same for a local time that was read already, as if it were UTC. */
  resolve(wallMs: number, meter: number, text: string): number;
  /** An instant within an hour of a stamp that was `LATER`. */
  about(): number;
  /** Keeps a row whose stamp was `LATER`. */
  wait(meter: number, then: Waiting): void;
  /** Ends the file: rows that still wait are told. */
  end(): void;
  /** The second stamp of the last one, where that was written `A to B`; else null. */
  until(): string | null;
  /**
   * Whether a stamp, or a time of day alone, can be that of an instant; hours that clocks showed twice
   * match both times.
   */
  shows(text: string, instantMs: number): boolean;
  /** Why the last stamp has no instant. */
  fault(): RowFault;
}

type LegalZone = Extract<FileZone, { kind: 'legal' }>;

type HourRules = Pick<ImportProfile, 'dateOrder' | 'repeatedHour' | 'missingHour' | 'label'>;

/**
 * A reader of stamps (METHOD 2.2): explicit offsets as they stand; local times through the declared
 * zone, where an hour that came twice or never is decided by the profile's rule, or refused.
 */
export function stampReader(zone: FileZone, rule: HourRules): StampReader {
  let problem: RowFault = noStamp('', zone);
  let until: string | null = null;
  const refuse = (fault: RowFault): number => {
    problem = fault;
    return Number.NaN;
  };
  const plainWallTime = plainReader();
  const legal = zone.kind === 'legal' ? legalReader(zone, rule, refuse) : null;
  const resolve = (wallMs: number, meter: number, text: string): number => {
    if (zone.kind === 'fixed') return wallMs - zone.offsetMinutes * MINUTE_MS;
    return legal === null ? refuse(noStamp(text, zone)) : legal.read(wallMs, meter, text);
  };
  const readText = (text: string, meter: number): number => {
    const range = stampRange(text);
    until = range?.[1] ?? null;
    const stamp = writtenStamp(range?.[0] ?? text, rule.dateOrder);
    if (stamp === null) return refuse(noStamp(text, zone));
    if (stamp.kind === 'instant') return stamp.instantMs;
    if (stamp.kind === 'day') return refuse(dayOnly(text));
    return resolve(stamp.wallMs, meter, text);
  };
  return {
    read: (bytes, from, to, meter) => {
      let [at, end] = [from, to];
      while (at < end && bytes[at]! <= 32) at += 1;
      while (end > at && bytes[end - 1]! <= 32) end -= 1;
      const isUtc = bytes[end - 1] === 90;
      const wallMs = plainWallTime(bytes, at, isUtc ? end - 1 : end);
      if (wallMs >= 0) until = null;
      if (isUtc && wallMs >= 0) return wallMs;
      if (wallMs >= 0 && zone.kind === 'fixed') return wallMs - zone.offsetMinutes * MINUTE_MS;
      if (wallMs >= 0 && legal !== null) {
        return legal.read(wallMs, meter, '');
      }
      return readText(textOf(bytes, at, end), meter);
    },
    readText,
    resolve,
    about: () => legal!.about(),
    wait: (meter, then) => legal!.wait(meter, then),
    end: () => legal?.end(),
    until: () => until,
    shows: (text, instantMs) => {
      const timeMs = zone.kind === 'stated' ? null : writtenTime(text);
      if (timeMs !== null && zone.kind !== 'stated') {
        const day = Math.floor((instantMs + offsetAt(zone, instantMs)) / DAY_MS);
        return [day - 1, day].some((one) =>
          instantsOf(zone, one * DAY_MS + timeMs).includes(instantMs),
        );
      }
      const stamp = writtenStamp(text, rule.dateOrder);
      if (stamp === null || stamp.kind === 'instant') return stamp?.instantMs === instantMs;
      return zone.kind !== 'stated' && instantsOf(zone, stamp.wallMs).includes(instantMs);
    },
    fault: () => problem,
  };
}

const offsetAt = (zone: Exclude<FileZone, { kind: 'stated' }>, instantMs: number): number =>
  MINUTE_MS *
  (zone.kind === 'fixed' ? zone.offsetMinutes : legalOffsetMinutes(zone.rules, instantMs));

/** Every instant that a local time may stand for, with the offset before and after a change. */
function instantsOf(zone: Exclude<FileZone, { kind: 'stated' }>, wallMs: number): number[] {
  if (zone.kind === 'fixed') return [wallMs - zone.offsetMinutes * MINUTE_MS];
  const stamp = localStamp(zone.rules, wallMs);
  const hour = repeatedHours(zone.rules).find(({ endWallMs }) => endWallMs === wallMs);
  if (stamp.kind === 'twice') return [stamp.earlierMs, stamp.laterMs];
  if (stamp.kind === 'once') {
    return hour === undefined ? [stamp.instantMs] : [stamp.instantMs, hour.changeMs];
  }
  return stamp.kind === 'never' ? [stamp.offsetBeforeMs] : [];
}

/** Rows of one meter within one repeated hour, until what comes after them tells their order. */
interface Run {
  readonly hour: RepeatedHour;
  readonly before: number | null;
  readonly labels: number[];
  readonly waiting: Waiting[];
}

interface LegalReader {
  read(wallMs: number, meter: number, text: string): number;
  about(): number;
  wait(meter: number, then: Waiting): void;
  end(): void;
}

/** Reads local times through a legal time, each meter's in the order of its rows. */
function legalReader(
  zone: LegalZone,
  rule: HourRules,
  refuse: (fault: RowFault) => number,
): LegalReader {
  const offsetOf = evenOffsets(zone);
  const hours = rule.repeatedHour === 'in-order' ? repeatedHours(zone.rules) : [];
  const isEnd = rule.label === 'end';
  const runs = new Map<number, Run>();
  // By meter: the last local time outside of a repeated hour, which tells rising files from falling.
  const lastWallMs: (number | undefined)[] = [];
  let aboutMs = 0;
  const settle = (meter: number, after: number | null): void => {
    const run = runs.get(meter);
    if (run === undefined) return;
    runs.delete(meter);
    const { hour, before, labels, waiting } = run;
    const instants = passesByOrder(hour, { wallMs: labels, before, after, isEnd });
    for (const [at, then] of waiting.entries()) {
      const instantMs = instants[at];
      if (instantMs !== null && instantMs !== undefined) then(instantMs, null);
      else then(Number.NaN, onePass(wallText(labels[at]!), zone.code));
    }
  };
  const hourOf = (wallMs: number): RepeatedHour | undefined =>
    hours.find(
      ({ startWallMs, endWallMs }) =>
        wallMs >= startWallMs && (isEnd ? wallMs <= endWallMs : wallMs < endWallMs),
    );
  return {
    read: (wallMs, meter, text) => {
      const evenOffsetMs = offsetOf(Math.floor(wallMs / DAY_MS));
      const hour = evenOffsetMs === null ? hourOf(wallMs) : undefined;
      if (runs.size > 0 && runs.get(meter)?.hour !== hour) settle(meter, wallMs);
      if (hour !== undefined) {
        const run = runs.get(meter);
        if (run === undefined) {
          const before = lastWallMs[meter] ?? null;
          runs.set(meter, { hour, before, labels: [wallMs], waiting: [] });
        } else run.labels.push(wallMs);
        aboutMs = hour.changeMs;
        return LATER;
      }
      lastWallMs[meter] = wallMs;
      if (evenOffsetMs !== null) return wallMs - evenOffsetMs;
      const stamp = localStamp(zone.rules, wallMs);
      return chosen(stamp, rule) ?? refuse(unclear(stamp, text || wallText(wallMs), zone.code));
    },
    about: () => aboutMs,
    wait: (meter, then) => runs.get(meter)?.waiting.push(then),
    end: () => {
      for (const meter of runs.keys()) settle(meter, null);
    },
  };
}

const wallText = (wallMs: number): string => new Date(wallMs).toISOString().slice(0, 19);

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}

/**
 * Offsets by local day, of days on which no clock changed, nor on their neighbours; null for the
 * others.
 */
function evenOffsets(zone: LegalZone): (day: number) => number | null {
  const known = new Map<number, number | null>();
  let [lastDay, lastOffsetMs]: [number, number | null] = [Number.NaN, null];
  return (day) => {
    if (day === lastDay) return lastOffsetMs;
    let offsetMs = known.get(day);
    if (offsetMs === undefined) known.set(day, (offsetMs = evenOffset(zone, day)));
    [lastDay, lastOffsetMs] = [day, offsetMs];
    return offsetMs;
  };
}

function evenOffset(zone: LegalZone, day: number): number | null {
  const [first, last] = [
    localStamp(zone.rules, (day - 1) * DAY_MS),
    localStamp(zone.rules, (day + 2) * DAY_MS),
  ];
  if (first.kind !== 'once' || last.kind !== 'once') return null;
  const isEven = last.instantMs - first.instantMs === 3 * DAY_MS;
  const changes = zone.rules.some(({ validFromUtc }) => {
    const ms = Date.parse(validFromUtc);
    return ms > first.instantMs && ms <= last.instantMs;
  });
  return isEven && !changes ? (day - 1) * DAY_MS - first.instantMs : null;
}

/** The instant that the profile's rule takes; null where it takes none. */
function chosen(stamp: LocalStamp, rule: HourRules): number | null {
  if (stamp.kind === 'once') return stamp.instantMs;
  if (stamp.kind === 'never') {
    // An interval that ends when clocks are put forward ends at that instant, whatever it is called.
    const isChange = rule.label === 'end' && stamp.offsetBeforeMs === stamp.changeMs;
    return isChange || rule.missingHour === 'offset-before' ? stamp.offsetBeforeMs : null;
  }
  if (stamp.kind === 'uncovered' || rule.repeatedHour === 'refuse') return null;
  return rule.repeatedHour === 'later' ? stamp.laterMs : stamp.earlierMs;
}

function unclear(stamp: LocalStamp, text: string, code: string): RowFault {
  const common = { column: 'start', value: text };
  if (stamp.kind === 'twice') {
    const [earlier, later] = [formatInstant(stamp.earlierMs), formatInstant(stamp.laterMs)];
    return {
      ...common,
      rule: 'start.shown_once',
      detail: `Clocks (${code}) showed this time twice: at ${earlier} and at ${later}.`,
      fix: 'Choose in the profile: repeatedHour "in-order", "earlier" or "later"; or send offsets.',
    };
  }
  if (stamp.kind === 'never') {
    return {
      ...common,
      rule: 'start.was_shown',
      detail: `Clocks (${code}) skipped this time; with the offset before the change it is ${formatInstant(stamp.offsetBeforeMs)}.`,
      fix: 'Choose missingHour "offset-before" in the profile, or a fixed offset as zone if the meter ignores clock changes.',
    };
  }
  const first = stamp.kind === 'uncovered' ? stamp.firstCovered : '';
  return {
    ...common,
    rule: 'start.legal_time_known',
    detail: `Legal time ${code} is known from ${first} on; nothing is extrapolated.`,
    fix: 'Add the earlier rows of legal time, or send stamps with offsets.',
  };
}

const dayOnly = (value: string): RowFault => ({
  column: 'start',
  value,
  rule: 'start.has_a_time',
  detail: 'A date alone names no interval of the day: it is not read as midnight.',
  fix: 'Ask for readings in the meter’s own intervals; if the time has its own column, name it in the profile’s columns.time. Totals of days are not interval data.',
});

const onePass = (value: string, code: string): RowFault => ({
  column: 'start',
  value,
  rule: 'start.shown_once',
  detail: `Clocks (${code}) showed this time twice, and the order of the file’s rows does not tell which time is meant: one of the two is missing.`,
  fix: 'Add the missing rows; or choose in the profile: repeatedHour "earlier" or "later"; or send offsets.',
});

function noStamp(text: string, zone: FileZone): RowFault {
  return zone.kind === 'stated'
    ? {
        column: 'start',
        value: text,
        rule: 'start.instant_with_offset',
        detail: 'Not an instant with an explicit offset.',
        fix: 'Write it as 2026-10-01T00:00:00Z, or import with a profile that states the zone.',
      }
    : {
        column: 'start',
        value: text,
        rule: 'start.local_time',
        detail: 'Not a date and time.',
        fix: 'Write it as 2026-10-01 00:15, or state the order of day and month in the profile.',
      };
}
