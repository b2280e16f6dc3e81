import { compareIds } from '../text.js';
import { formatInstant, HOUR_MS } from '../time/interval.js';
import { sumWattHours } from '../units/energy.js';

/** One complete meter-hour of which a part failed a check, and nobody decided about it. */
export interface SuspectHour {
  readonly meterCode: string;
  readonly hourMs: number;
  /** As measured. */
  readonly wh: number;
  /** Why a run takes it as measured; null while it does not, and it is then in no figure. */
  readonly acceptedBecause: string | null;
}

/** SUSPECT hours of one meter, one after the other, that a run takes as measured: as it is sealed. */
export interface AcceptedSuspect {
  readonly meterCode: string;
  /** Start of the first hour, UTC. */
  readonly start: string;
  /** As measured, an hour each. A value that changes is not accepted any more. */
  readonly wh: readonly number[];
  readonly reason: string;
}

/** Why a SUSPECT hour is taken as measured; null where it is not. */
export type Acceptance = (hour: Omit<SuspectHour, 'acceptedBecause'>) => string | null;

/** SUSPECT hours that follow each other on one meter. */
export interface SuspectStretch {
  readonly meterCode: string;
  readonly from: string;
  readonly to: string;
  readonly hours: number;
  readonly wh: number;
}

/** What is told of SUSPECT hours. */
export interface SuspectSummary {
  readonly meterHours: number;
  readonly wh: number;
  readonly meterCodes: readonly string[];
  /** By meter, then time. */
  readonly stretches: readonly SuspectStretch[];
}

/**
 * What is accepted: each hour that is listed, as long as its value is the one that was accepted, and
 * with a reason for all, every other one too (METHOD 2.5).
 */
export function acceptance(
  listed: readonly AcceptedSuspect[],
  reasonForAll: string | null,
): Acceptance {
  const known = new Map<string, { readonly wh: number; readonly reason: string }>();
  for (const { meterCode, start, wh, reason } of listed) {
    const startMs = Date.parse(start);
    for (const [at, value] of wh.entries()) {
      known.set(`${meterCode} ${startMs + at * HOUR_MS}`, { wh: value, reason });
    }
  }
  return ({ meterCode, hourMs, wh }) => {
    const one = known.get(`${meterCode} ${hourMs}`);
    return one !== undefined && one.wh === wh ? one.reason : reasonForAll;
  };
}

/** What a run seals of the SUSPECT hours that it takes: by meter, then time; null where it takes none. */
export function acceptedOf(hours: readonly SuspectHour[]): readonly AcceptedSuspect[] | null {
  const taken = hours.filter(({ acceptedBecause }) => acceptedBecause !== null);
  if (taken.length === 0) return null;
  return runsOf(taken, (a, b) => a.acceptedBecause === b.acceptedBecause).map((run) => ({
    meterCode: run[0]!.meterCode,
    start: formatInstant(run[0]!.hourMs),
    wh: run.map(({ wh }) => wh),
    reason: run[0]!.acceptedBecause!,
  }));
}

/** The hours that nobody accepted. */
export function undecided(hours: readonly SuspectHour[]): readonly SuspectHour[] {
  return hours.filter(({ acceptedBecause }) => acceptedBecause === null);
}

/** Counts SUSPECT hours, and says where they are. */
export function suspectSummary(hours: readonly SuspectHour[]): SuspectSummary {
  return {
    meterHours: hours.length,
    wh: sumWattHours(hours.map(({ wh }) => wh)),
    meterCodes: [...new Set(hours.map(({ meterCode }) => meterCode))].toSorted(compareIds),
    stretches: runsOf(hours, () => true).map((run) => ({
      meterCode: run[0]!.meterCode,
      from: formatInstant(run[0]!.hourMs),
      to: formatInstant(run.at(-1)!.hourMs + HOUR_MS),
      hours: run.length,
      wh: sumWattHours(run.map(({ wh }) => wh)),
    })),
  };
}

/** Hours of one meter that follow each other, as long as neighbours belong together. */
function runsOf(
  hours: readonly SuspectHour[],
  belong: (a: SuspectHour, b: SuspectHour) => boolean,
): SuspectHour[][] {
  const ordered = hours.toSorted(
    (a, b) => compareIds(a.meterCode, b.meterCode) || a.hourMs - b.hourMs,
  );
  const runs: SuspectHour[][] = [];
  for (const hour of ordered) {
    const last = runs.at(-1)?.at(-1);
    const isNext =
      last !== undefined &&
      last.meterCode === hour.meterCode &&
      last.hourMs + HOUR_MS === hour.hourMs &&
      belong(last, hour);
    if (isNext) runs.at(-1)!.push(hour);
    else runs.push([hour]);
  }
  return runs;
}
