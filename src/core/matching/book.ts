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
  ...{ withdrawnWh: 0, expiredWh: 0, cancelledWh: 0, cancelledForStorageWh: 0 },
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

interface Line {
  readonly subject: string;
  /** Wh booked at the origin account: issued, or consumption. */
  readonly origin: { readonly now: number; readonly next: number };
  readonly matched: { readonly now: number; readonly next: number };
  readonly gone: { readonly now: GoneWh; readonly next: GoneWh };
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
  const days = new Map<string, DayMoves>();
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
    for (const line of demand) addToDay(days, hour.hourMs, line);
  }
  const ordered = [...days.values()].sort(
    (a, b) => compareIds(a.meterCode, b.meterCode) || a.dayMs - b.dayMs,
  );
  for (const { meterCode, dayMs, whByMove } of ordered) {
    for (const [move] of DEMAND_MOVES) {
      const wh = whByMove.get(move);
      if (wh !== undefined) postings.push({ move, startMs: dayMs, subjects: [meterCode], wh });
    }
  }
  return { postings, touched };
}

/** The moves of a side in the order in which they are made, and how much each line moves by them. */
const SUPPLY_MOVES: readonly (readonly [Move, (line: Line) => number])[] = [
  ['unmatch_supply', ({ matched }) => matched.now],
  ['issue', ({ origin }) => origin.next - origin.now],
  // What was cancelled for another comes back for one reason only: its issuer corrects it.
  ['withdraw_cancelled', ({ gone }) => gone.now.cancelledWh - gone.next.cancelledWh],
  [
    'withdraw',
    ({ gone: { now, next } }) =>
      next.withdrawnWh - now.withdrawnWh - Math.max(0, now.cancelledWh - next.cancelledWh),
  ],
  ['expire', ({ gone }) => gone.next.expiredWh - gone.now.expiredWh],
  ['cancel', ({ gone }) => gone.next.cancelledWh - gone.now.cancelledWh],
  [
    'cancel_for_storage',
    ({ gone }) => gone.next.cancelledForStorageWh - gone.now.cancelledForStorageWh,
  ],
  ['match_supply', ({ matched }) => matched.next],
];
const DEMAND_MOVES: readonly (readonly [Move, (line: Line) => number])[] = [
  ['unmatch_demand', ({ matched }) => matched.now],
  ['consume_reversal', ({ origin }) => origin.now - origin.next],
  ['consume', ({ origin }) => origin.next - origin.now],
  ['match_demand', ({ matched }) => matched.next],
];

/** What moves of a meter on a UTC day, by move: Wh of each of the 24 hours. */
interface DayMoves {
  readonly meterCode: string;
  readonly dayMs: number;
  readonly whByMove: Map<Move, number[]>;
}

function addToDay(days: Map<string, DayMoves>, hourMs: number, line: Line): void {
  const dayMs = hourMs - (hourMs % DAY_MS);
  const key = `${dayMs} ${line.subject}`;
  let day = days.get(key);
  if (day === undefined) {
    day = { meterCode: line.subject, dayMs, whByMove: new Map() };
    days.set(key, day);
  }
  for (const [move, of] of DEMAND_MOVES) {
    const wh = of(line);
    if (wh <= 0) continue;
    let hours = day.whByMove.get(move);
    if (hours === undefined) {
      hours = Array.from({ length: DAY_MS / HOUR_MS }, () => 0);
      day.whByMove.set(move, hours);
    }
    hours[(hourMs - dayMs) / HOUR_MS] = wh;
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

function differs({ origin, matched, gone: { now, next } }: Line): boolean {
  return (
    origin.now !== origin.next ||
    matched.now !== matched.next ||
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
      origin: { now: balance?.issuedWh ?? 0, next: certificate.wh },
      matched: { now: balance?.matchedWh ?? 0, next: matchedWh },
      gone: { now: balance?.gone ?? NOTHING_GONE, next: standing },
    };
  });
  // A certificate that no longer counts keeps its issuance and gives its match back.
  const left = [...booked.values()].map(({ certificateId, issuedWh, matchedWh, gone }): Line => ({
    subject: certificateId,
    origin: { now: issuedWh, next: issuedWh },
    matched: { now: matchedWh, next: 0 },
    gone: { now: gone, next: gone },
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
      origin: { now: balance?.consumptionWh ?? 0, next: wh },
      matched: { now: balance?.matchedWh ?? 0, next: matchedWh },
      gone: { now: NOTHING_GONE, next: NOTHING_GONE },
    };
  });
  const gone = [...booked.values()].map(({ meterCode, consumptionWh, matchedWh }): Line => ({
    subject: meterCode,
    origin: { now: consumptionWh, next: 0 },
    matched: { now: matchedWh, next: 0 },
    gone: { now: NOTHING_GONE, next: NOTHING_GONE },
  }));
  return [...lines, ...gone.toSorted((a, b) => compareIds(a.subject, b.subject))];
}
