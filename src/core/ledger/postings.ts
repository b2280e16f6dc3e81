import { type Canonical, sealedJson } from './canonical.js';

/** Accounts of the energy book (LEDGER section 8). Origin accounts are credit-normal. */
export type SupplyAccount =
  | 'issued'
  | 'available'
  | 'matched'
  | 'surplus'
  | 'expired'
  | 'withdrawn'
  | 'cancelled_for_storage';
/** Accounts of the demand book. */
export type DemandAccount = 'consumption' | 'matched' | 'residual';

/** The moves that are built: a closed list, each legal in its own book only. */
export const MOVES = {
  issue: { book: 'supply', debit: 'available', credit: 'issued' },
  match_supply: { book: 'supply', debit: 'matched', credit: 'available' },
  unmatch_supply: { book: 'supply', debit: 'available', credit: 'matched' },
  consume: { book: 'demand', debit: 'residual', credit: 'consumption' },
  consume_reversal: { book: 'demand', debit: 'consumption', credit: 'residual' },
  match_demand: { book: 'demand', debit: 'matched', credit: 'residual' },
  unmatch_demand: { book: 'demand', debit: 'residual', credit: 'matched' },
} as const satisfies Record<
  string,
  | { book: 'supply'; debit: SupplyAccount; credit: SupplyAccount }
  | { book: 'demand'; debit: DemandAccount; credit: DemandAccount }
>;

/** Name of one move. */
export type Move = keyof typeof MOVES;

/**
 * One double entry in watt-hours: one debit and one credit of the same `wh`, so it balances by
 * construction.
 */
export interface Posting {
  readonly move: Move;
  /** Start of the UTC hour of delivery, ms. */
  readonly hourMs: number;
  /** Certificate id in the supply book, meter code in the demand book. */
  readonly subject: string;
  /** Wh, whole, safe, above zero. */
  readonly wh: number;
}

/** Canonical row of a posting, as an event seals it. */
export function postingRow(posting: Posting): string {
  const row: Record<string, Canonical> = {
    move: posting.move,
    hour: new Date(posting.hourMs).toISOString(),
    subject: posting.subject,
    wh: posting.wh,
  };
  return sealedJson('mizan/row/posting/1', row);
}
