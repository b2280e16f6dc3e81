import type { Posting } from '../ledger/postings.js';
import { compareIds } from '../text.js';
import type { MonthHour } from './month.js';

/** What the energy book holds for one certificate. */
export interface SupplyBalance {
  readonly certificateId: string;
  readonly hourMs: number;
  readonly issuedWh: number;
  readonly matchedWh: number;
}

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
}

/**
 * The postings that take the book of a month from what it is to what the match says. Only hours that
 * differ are touched: each is un-matched and matched anew, so that a reversal can be read as one
 * (LEDGER section 10).
 *
 * @param hours  The month, matched, in order.
 * @param book   Balances of the certificates and meter-hours of the month.
 * @returns      Postings by hour, supply before demand, reversals before new entries.
 */
export function rebook(hours: readonly MonthHour[], book: MonthBook): Posting[] {
  const supplyNow = byHour(book.supply);
  const demandNow = byHour(book.demand);
  return hours.flatMap((hour) => {
    const supply = supplyLines(hour, supplyNow.get(hour.hourMs) ?? []);
    const demand = demandLines(hour, demandNow.get(hour.hourMs) ?? []);
    if (![...supply, ...demand].some(differs)) return [];
    const { hourMs } = hour;
    return [
      ...supply.flatMap(({ subject, matched }) =>
        entry({ move: 'unmatch_supply', hourMs, subject, wh: matched.now }),
      ),
      ...supply.flatMap(({ subject, origin }) =>
        entry({ move: 'issue', hourMs, subject, wh: origin.next - origin.now }),
      ),
      ...supply.flatMap(({ subject, matched }) =>
        entry({ move: 'match_supply', hourMs, subject, wh: matched.next }),
      ),
      ...demand.flatMap(({ subject, matched }) =>
        entry({ move: 'unmatch_demand', hourMs, subject, wh: matched.now }),
      ),
      ...demand.flatMap(({ subject, origin }) =>
        entry({ move: 'consume_reversal', hourMs, subject, wh: origin.now - origin.next }),
      ),
      ...demand.flatMap(({ subject, origin }) =>
        entry({ move: 'consume', hourMs, subject, wh: origin.next - origin.now }),
      ),
      ...demand.flatMap(({ subject, matched }) =>
        entry({ move: 'match_demand', hourMs, subject, wh: matched.next }),
      ),
    ];
  });
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

function entry(posting: Posting): Posting[] {
  return posting.wh > 0 ? [posting] : [];
}

function differs({ origin, matched }: Line): boolean {
  return origin.now !== origin.next || matched.now !== matched.next;
}

function supplyLines({ supply }: MonthHour, now: readonly SupplyBalance[]): Line[] {
  const booked = new Map(now.map((balance) => [balance.certificateId, balance]));
  const lines = supply.map(({ certificate, matchedWh }): Line => {
    const balance = booked.get(certificate.certificateId);
    booked.delete(certificate.certificateId);
    return {
      subject: certificate.certificateId,
      origin: { now: balance?.issuedWh ?? 0, next: certificate.wh },
      matched: { now: balance?.matchedWh ?? 0, next: matchedWh },
    };
  });
  // A certificate that no longer counts keeps its issuance and gives its match back.
  const gone = [...booked.values()].map(({ certificateId, issuedWh, matchedWh }): Line => ({
    subject: certificateId,
    origin: { now: issuedWh, next: issuedWh },
    matched: { now: matchedWh, next: 0 },
  }));
  return [...lines, ...gone.toSorted((a, b) => compareIds(a.subject, b.subject))];
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
    };
  });
  const gone = [...booked.values()].map(({ meterCode, consumptionWh, matchedWh }): Line => ({
    subject: meterCode,
    origin: { now: consumptionWh, next: 0 },
    matched: { now: matchedWh, next: 0 },
  }));
  return [...lines, ...gone.toSorted((a, b) => compareIds(a.subject, b.subject))];
}
