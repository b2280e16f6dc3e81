import { DAY_MS, formatInstant, MINUTE_MS, parseInstant } from '../../time/interval.js';
import {
  dateMs,
  type FileZone,
  type LocalStamp,
  localStamp,
  parseWallTime,
} from '../../time/local-stamp.js';
import type { ImportProfile } from '../import-profile.js';
import type { RowFault } from '../intake.js';

/** Reads the stamps of one file. */
export interface StampReader {
  /**
   * @param bytes  UTF-8; white space around the stamp is passed over.
   * @param meter  Index of the row's meter: hours that come twice are told apart meter by meter.
   * @returns      Instant, ms; NaN when `fault` says why there is none.
   */
  read(bytes: Uint8Array, from: number, to: number, meter: number): number;
  /** The same for a local time that was read already, as if it were UTC. */
  resolve(wallMs: number, meter: number, text: string): number;
  /** Why the last stamp has no instant. */
  fault(): RowFault;
}

type LegalZone = Extract<FileZone, { kind: 'legal' }>;

const two = (bytes: Uint8Array, at: number): number => bytes[at]! * 10 + bytes[at + 1]! - 528;
const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

type HourRules = Pick<ImportProfile, 'dateOrder' | 'repeatedHour' | 'missingHour'>;

/**
 * A reader of stamps (METHOD 2.2): explicit offsets as they stand; local times through the declared
 * zone, where an hour that came twice or never is decided by the profile's rule, or refused.
 */
export function stampReader(zone: FileZone, rule: HourRules): StampReader {
  let problem: RowFault = noStamp('', zone);
  const refuse = (fault: RowFault): number => {
    problem = fault;
    return Number.NaN;
  };
  const plainWallTime = plainReader();
  const legal = zone.kind === 'legal' ? legalReader(zone, rule, refuse) : null;
  const resolve = (wallMs: number, meter: number, text: string): number => {
    if (zone.kind === 'fixed') return wallMs - zone.offsetMinutes * MINUTE_MS;
    return legal === null ? refuse(noStamp(text, zone)) : legal(wallMs, meter, text);
  };
  const slowly = (text: string, meter: number): number => {
    const instantMs = parseInstant(text);
    if (instantMs !== null) return instantMs;
    const wallMs = parseWallTime(text, rule.dateOrder);
    if (wallMs === null || zone.kind === 'stated') return refuse(noStamp(text, zone));
    return resolve(wallMs, meter, text);
  };
  return {
    read: (bytes, from, to, meter) => {
      let [at, end] = [from, to];
      while (at < end && bytes[at]! <= 32) at += 1;
      while (end > at && bytes[end - 1]! <= 32) end -= 1;
      const isUtc = bytes[end - 1] === 90;
      const wallMs = plainWallTime(bytes, at, isUtc ? end - 1 : end);
      if (isUtc && wallMs >= 0) return wallMs;
      if (wallMs >= 0 && zone.kind === 'fixed') return wallMs - zone.offsetMinutes * MINUTE_MS;
      if (wallMs >= 0 && legal !== null) {
        return legal(wallMs, meter, '');
      }
      return slowly(textOf(bytes, at, end), meter);
    },
    resolve,
    fault: () => problem,
  };
}

/** Reads local times through a legal time, each meter's in the order of its rows. */
function legalReader(
  zone: LegalZone,
  rule: HourRules,
  refuse: (fault: RowFault) => number,
): (wallMs: number, meter: number, text: string) => number {
  let [evenDay, evenOffsetMs] = [Number.NaN, 0];
  const seen = new Set<string>();
  // By meter: the last local time that clocks showed once, which tells rising files from falling.
  const lastWallMs: (number | undefined)[] = [];
  return (wallMs, meter, text) => {
    const day = Math.floor(wallMs / DAY_MS);
    if (day !== evenDay) {
      const offsetMs = evenOffset(zone, day);
      if (offsetMs !== null) [evenDay, evenOffsetMs] = [day, offsetMs];
    }
    if (day === evenDay) {
      lastWallMs[meter] = wallMs;
      return wallMs - evenOffsetMs;
    }
    const stamp = localStamp(zone.rules, wallMs);
    const before = lastWallMs[meter];
    if (stamp.kind !== 'twice') lastWallMs[meter] = wallMs;
    const key = `${meter} ${wallMs}`;
    const isSecond = seen.has(key);
    if (stamp.kind === 'twice') seen.add(key);
    const isLater = before === undefined ? null : isSecond !== before > wallMs;
    const instantMs = chosen(stamp, rule, isLater);
    return instantMs ?? refuse(unclear(stamp, text || wallText(wallMs), zone.code));
  };
}

const wallText = (wallMs: number): string => new Date(wallMs).toISOString().slice(0, 19);

/** Reads `YYYY-MM-DD?HH:MM[:SS]` from its digits; −1 for anything else. */
function plainReader(): (bytes: Uint8Array, from: number, to: number) => number {
  let [dateKey, dayStartMs] = [-1, 0];
  return (bytes, from, to) => {
    const length = to - from;
    if ((length !== 19 && length !== 16) || !isPlain(bytes, from, length)) return -1;
    const [month, day] = [two(bytes, from + 5), two(bytes, from + 8)];
    const year = two(bytes, from) * 100 + two(bytes, from + 2);
    const key = (year * 100 + month) * 100 + day;
    if (key !== dateKey) {
      const ms = dateMs(year, month, day);
      if (ms === null || ms < 0) return -1;
      [dateKey, dayStartMs] = [key, ms];
    }
    const [hour, minute] = [two(bytes, from + 11), two(bytes, from + 14)];
    const second = length === 19 ? two(bytes, from + 17) : 0;
    if (hour > 23 || minute > 59 || second > 59) return -1;
    return dayStartMs + (hour * 60 + minute) * MINUTE_MS + second * 1000;
  };
}

/** `YYYY-MM-DD?HH:MM` or `YYYY-MM-DD?HH:MM:SS`, by its digits and marks. */
function isPlain(bytes: Uint8Array, at: number, length: number): boolean {
  for (let place = 0; place < length; place += 1) {
    const byte = bytes[at + place]!;
    if (place === 4 || place === 7) {
      if (byte !== 45) return false;
    } else if (place === 10) {
      if (byte !== 84 && byte !== 32) return false;
    } else if (place === 13 || place === 16) {
      if (byte !== 58) return false;
    } else if (!isDigit(byte)) return false;
  }
  return true;
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}

/** Offset of a local day on which no clock changed, nor on its neighbours; null for the others. */
function evenOffset(zone: Extract<FileZone, { kind: 'legal' }>, day: number): number | null {
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
function chosen(stamp: LocalStamp, rule: HourRules, isLaterInOrder: boolean | null): number | null {
  if (stamp.kind === 'once') return stamp.instantMs;
  if (stamp.kind === 'never') {
    return rule.missingHour === 'offset-before' ? stamp.offsetBeforeMs : null;
  }
  if (stamp.kind === 'uncovered' || rule.repeatedHour === 'refuse') return null;
  const isLater = rule.repeatedHour === 'in-order' ? isLaterInOrder : rule.repeatedHour === 'later';
  if (isLater === null) return null;
  return isLater ? stamp.laterMs : stamp.earlierMs;
}

function unclear(stamp: LocalStamp, text: string, code: string): RowFault {
  const common = { column: 'start', value: text };
  if (stamp.kind === 'twice') {
    const [earlier, later] = [formatInstant(stamp.earlierMs), formatInstant(stamp.laterMs)];
    return {
      ...{ ...common, rule: 'start.shown_once' },
      detail: `Clocks (${code}) showed this time twice: at ${earlier} and at ${later}.`,
      fix: 'Choose in the profile: repeatedHour "in-order", "earlier" or "later"; or send offsets.',
    };
  }
  if (stamp.kind === 'never') {
    return {
      ...{ ...common, rule: 'start.was_shown' },
      detail: `Clocks (${code}) skipped this time; with the offset before the change it is ${formatInstant(stamp.offsetBeforeMs)}.`,
      fix: 'Choose missingHour "offset-before" in the profile, or a fixed offset as zone if the meter ignores clock changes.',
    };
  }
  const first = stamp.kind === 'uncovered' ? stamp.firstCovered : '';
  return {
    ...{ ...common, rule: 'start.legal_time_known' },
    detail: `Legal time ${code} is known from ${first} on; nothing is extrapolated.`,
    fix: 'Add the earlier rows of legal time, or send stamps with offsets.',
  };
}

function noStamp(text: string, zone: FileZone): RowFault {
  return zone.kind === 'stated'
    ? {
        ...{ column: 'start', value: text, rule: 'start.instant_with_offset' },
        detail: 'Not an instant with an explicit offset.',
        fix: 'Write it as 2026-10-01T00:00:00Z, or import with a profile that states the zone.',
      }
    : {
        ...{ column: 'start', value: text, rule: 'start.local_time' },
        detail: 'Not a date and time.',
        fix: 'Write it as 2026-10-01 00:15, or state the order of day and month in the profile.',
      };
}
