import type { Move, Posting } from '../ledger/postings.js';
import { compareIds } from '../text.js';
import { DAY_MS, HOUR_MS } from '../time/interval.js';
import type { MonthHour } from './match-hour.js';

/** What the energy book holds for one certificate. */
export interface SupplyBalance {
  readonly certificateId: string;
  readonly hourMs: number;
  readonly issuedWh: number;
  readonly matchedWh: number;
  readonly gone: GoneWh;
}

/** Wh of a certificate that nobody can match any more, by account. */
export interface GoneWh {
  readonly withdrawnWh: number;
  readonly expiredWh: number;
  /** Cancelled for another than the buyer. */
  readonly cancelledWh: number;
  readonly cancelledForStorageWh: number;
}

const NOTHING_GONE: GoneWh = {
  withdrawnWh: 0,
  expiredWh: 0,
  cancelledWh: 0,
  cancelledForStorageWh: 0,
};

/** What the energy book holds for one meter-hour. */
export interface DemandBalance {
  readonly meterCode: string;
  readonly hourMs: number;
  readonly consumptionWh: number;
  readonly matchedWh: number;
}

/** The book of a month as it is. */
export interface MonthBook {
  readonly supply: readonly SupplyBalance[];
  readonly demand: readonly DemandBalance[];
}

/** What is booked of a certificate or meter-hour, and what shall be: flat, as a month has many. */
interface Line {
  readonly subject: string;
  /** At the origin account: issued, or consumption. */
  readonly originNowWh: number;
  readonly originNextWh: number;
  readonly matchedNowWh: number;
  readonly matchedNextWh: number;
  readonly goneNow: GoneWh;
  readonly goneNext: GoneWh;
}

/** What takes a book from one state to the next. */
export interface Rebooking {
  /** Supply by hour, then demand by meter and UTC day; reversals before new entries. */
  readonly postings: readonly Posting[];
  /** Starts of the hours that they touch, ms, in order. */
  readonly touched: readonly number[];
}

/**
 * The postings that take the book of a month from what it is to what the match says. Only hours that
 * differ are touched: each is un-matched and matched anew, so that a reversal can be read as one
 * (LEDGER section 10).
 *
 * @param hours  The month, matched, in order.
 * @param book   Balances of the certificates and meter-hours of the month.
 */
export function rebook(hours: readonly MonthHour[], book: MonthBook): Rebooking {
  const supplyNow = byHour(book.supply);
  const demandNow = byHour(book.demand);
  const postings: Posting[] = [];
  const days: DayMoves[] = [];
  const lastDays = new Map<string, DayMoves>();
  const touched: number[] = [];
  for (const hour of hours) {
    const supply = supplyLines(hour, supplyNow.get(hour.hourMs) ?? []);
    const demand = demandLines(hour, demandNow.get(hour.hourMs) ?? []);
    if (!supply.some(differs) && !demand.some(differs)) continue;
    touched.push(hour.hourMs);
    for (const [move, of] of SUPPLY_MOVES) {
      const moved = supply.filter((line) => of(line) > 0);
      if (moved.length === 0) continue;
      const subjects = moved.map(({ subject }) => subject);
      postings.push({ move, startMs: hour.hourMs, subjects, wh: moved.map(of) });
    }
    const dayMs = hour.hourMs - (hour.hourMs % DAY_MS);
    for (const line of demand) {
      let day = lastDays.get(line.subject);
      if (day?.dayMs !== dayMs) {
        day = { meterCode: line.subject, dayMs, whByMove: DEMAND_MOVES.map(() => null) };
        lastDays.set(line.subject, day);
        days.push(day);
      }
      addHour(day, (hour.hourMs - dayMs) / HOUR_MS, line);
    }
  }
  days.sort((a, b) => compareIds(a.meterCode, b.meterCode) || a.dayMs - b.dayMs);
  for (const { meterCode, dayMs, whByMove } of days) {
    DEMAND_MOVES.forEach(([move], at) => {
      const wh = whByMove[at]!;
      if (wh !== null) postings.push({ move, startMs: dayMs, subjects: [meterCode], wh });
    });
  }
  return { postings, touched };
}

/** The moves of a side in the order in which they are made, and how much each line moves by them. */
const SUPPLY_MOVES: readonly (readonly [Move, (line: Line) => number])[] = [
  ['unmatch_supply', ({ matchedNowWh }) => matchedNowWh],
  ['issue', ({ originNowWh, originNextWh }) => originNextWh - originNowWh],
  // What was cancelled for another comes back for one reason only: its issuer corrects it.
  ['withdraw_cancelled', ({ goneNow, goneNext }) => goneNow.cancelledWh - goneNext.cancelledWh],
  [
    'withdraw',
    ({ goneNow: now, goneNext: next }) =>
      next.withdrawnWh - now.withdrawnWh - Math.max(0, now.cancelledWh - next.cancelledWh),
  ],
  ['expire', ({ goneNow, goneNext }) => goneNext.expiredWh - goneNow.expiredWh],
  ['cancel', ({ goneNow, goneNext }) => goneNext.cancelledWh - goneNow.cancelledWh],
  [
    'cancel_for_storage',
    ({ goneNow, goneNext }) => goneNext.cancelledForStorageWh - goneNow.cancelledForStorageWh,
  ],
  ['match_supply', ({ matchedNextWh }) => matchedNextWh],
];
const DEMAND_MOVES: readonly (readonly [Move, (line: Line) => number])[] = [
  ['unmatch_demand', ({ matchedNowWh }) => matchedNowWh],
  ['consume_reversal', ({ originNowWh, originNextWh }) => originNowWh - originNextWh],
  ['consume', ({ originNowWh, originNextWh }) => originNextWh - originNowWh],
  ['match_demand', ({ matchedNextWh }) => matchedNextWh],
];

const NO_HOURS: readonly number[] = Array.from({ length: DAY_MS / HOUR_MS }, () => 0);

/** What moves of a meter on a UTC day: for each of `DEMAND_MOVES`, Wh of each of the 24 hours. */
interface DayMoves {
  readonly meterCode: string;
  readonly dayMs: number;
  readonly whByMove: (number[] | null)[];
}

function addHour({ whByMove }: DayMoves, hour: number, line: Line): void {
  for (let at = 0; at < DEMAND_MOVES.length; at += 1) {
    const wh = DEMAND_MOVES[at]![1](line);
    if (wh <= 0) continue;
    const hours = (whByMove[at] ??= NO_HOURS.slice());
    hours[hour] = wh;
  }
}

function byHour<Balance extends { readonly hourMs: number }>(
  balances: readonly Balance[],
): ReadonlyMap<number, readonly Balance[]> {
  const hours = new Map<number, Balance[]>();
  for (const balance of balances) {
    const known = hours.get(balance.hourMs);
    if (known === undefined) hours.set(balance.hourMs, [balance]);
    else known.push(balance);
  }
  return hours;
}

function differs(line: Line): boolean {
  const { goneNow: now, goneNext: next } = line;
  return (
    line.originNowWh !== line.originNextWh ||
    line.matchedNowWh !== line.matchedNextWh ||
    now.withdrawnWh !== next.withdrawnWh ||
    now.expiredWh !== next.expiredWh ||
    now.cancelledWh !== next.cancelledWh ||
    now.cancelledForStorageWh !== next.cancelledForStorageWh
  );
}

function supplyLines({ supply }: MonthHour, now: readonly SupplyBalance[]): Line[] {
  const booked = new Map(now.map((balance) => [balance.certificateId, balance]));
  const lines = supply.map(({ certificate, standing, matchedWh }): Line => {
    const balance = booked.get(certificate.certificateId);
    booked.delete(certificate.certificateId);
    return {
      subject: certificate.certificateId,
      originNowWh: balance?.issuedWh ?? 0,
      originNextWh: certificate.wh,
      matchedNowWh: balance?.matchedWh ?? 0,
      matchedNextWh: matchedWh,
      goneNow: balance?.gone ?? NOTHING_GONE,
      goneNext: standing,
    };
  });
  // A certificate that no longer counts keeps its issuance and gives its match back.
  const left = [...booked.values()].map(({ certificateId, issuedWh, matchedWh, gone }): Line => ({
    subject: certificateId,
    originNowWh: issuedWh,
    originNextWh: issuedWh,
    matchedNowWh: matchedWh,
    matchedNextWh: 0,
    goneNow: gone,
    goneNext: gone,
  }));
  return [...lines, ...left.toSorted((a, b) => compareIds(a.subject, b.subject))];
}

function demandLines({ demand }: MonthHour, now: readonly DemandBalance[]): Line[] {
  const booked = new Map(now.map((balance) => [balance.meterCode, balance]));
  const lines = demand.map(({ meterCode, wh, matchedWh }): Line => {
    const balance = booked.get(meterCode);
    booked.delete(meterCode);
    return {
      subject: meterCode,
      originNowWh: balance?.consumptionWh ?? 0,
      originNextWh: wh,
      matchedNowWh: balance?.matchedWh ?? 0,
      matchedNextWh: matchedWh,
      goneNow: NOTHING_GONE,
      goneNext: NOTHING_GONE,
    };
  });
  const gone = [...booked.values()].map(({ meterCode, consumptionWh, matchedWh }): Line => ({
    subject: meterCode,
    originNowWh: consumptionWh,
    originNextWh: 0,
    matchedNowWh: matchedWh,
    matchedNextWh: 0,
    goneNow: NOTHING_GONE,
    goneNext: NOTHING_GONE,
  }));
  return [...lines, ...gone.toSorted((a, b) => compareIds(a.subject, b.subject))];
}
