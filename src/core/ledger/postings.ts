import { formatInstant, HOUR_MS } from '../time/interval.js';
import { type Canonical, sealedJson } from './canonical.js';

/** Accounts of the energy book (LEDGER section 8). Origin accounts are credit-normal. */
export type SupplyAccount =
  | 'issued'
  | 'available'
  | 'matched'
  | 'surplus'
  | 'expired'
  | 'withdrawn'
  | 'cancelled'
  | 'cancelled_for_storage';
/** Accounts of the demand book. */
export type DemandAccount = 'consumption' | 'matched' | 'residual';

/** The moves that are built: a closed list, each legal in its own book only. */
export const MOVES = {
  issue: { book: 'supply', debit: 'available', credit: 'issued' },
  match_supply: { book: 'supply', debit: 'matched', credit: 'available' },
  unmatch_supply: { book: 'supply', debit: 'available', credit: 'matched' },
  withdraw: { book: 'supply', debit: 'withdrawn', credit: 'available' },
  withdraw_cancelled: { book: 'supply', debit: 'withdrawn', credit: 'cancelled' },
  expire: { book: 'supply', debit: 'expired', credit: 'available' },
  cancel: { book: 'supply', debit: 'cancelled', credit: 'available' },
  cancel_for_storage: { book: 'supply', debit: 'cancelled_for_storage', credit: 'available' },
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
 * Double entries of one move, in a block: for each certificate of an hour, or for each hour of a
 * meter's UTC day, one debit and one credit of the same Wh, so they balance by construction.
 */
export interface Posting {
  readonly move: Move;
  /** Supply: start of the UTC hour of delivery. Demand: start of the UTC day. ms. */
  readonly startMs: number;
  /** Supply: certificate ids, in stable order. Demand: one meter code. */
  readonly subjects: readonly string[];
  /** Supply: Wh per certificate, above zero. Demand: Wh per UTC hour, 24 of them, some above zero. */
  readonly wh: readonly number[];
}

/** One debit and one credit of a block. */
export interface PostingEntry {
  readonly move: Move;
  readonly hourMs: number;
  /** Certificate id or meter code. */
  readonly subject: string;
  /** Above zero. */
  readonly wh: number;
}

/** The single entries of a block. */
export function entriesOf({ move, startMs, subjects, wh }: Posting): PostingEntry[] {
  const isSupply = MOVES[move].book === 'supply';
  return wh
    .map((amountWh, at) => ({
      move,
      hourMs: isSupply ? startMs : startMs + at * HOUR_MS,
      subject: isSupply ? subjects[at]! : subjects[0]!,
      wh: amountWh,
    }))
    .filter((entry) => entry.wh > 0);
}

/** Domain of sealed postings. */
export const POSTING_DOMAIN = 'mizan/row/posting/2';
/** Domain of postings that events of before sealed one at a time. */
export const SINGLE_POSTING_DOMAIN = 'mizan/row/posting/1';

/**
 * Canonical row of a block of postings, as an event seals it: RFC 8785 text, written out by hand
 * because a month has thousands of blocks.
 */
export function postingRow({ move, startMs, subjects, wh }: Posting): string {
  return (
    `{"@":"${POSTING_DOMAIN}","move":"${move}","start":"${formatInstant(startMs)}",` +
    `"subjects":${JSON.stringify(subjects)},"wh":[${wh.join(',')}]}`
  );
}

/** Canonical row of a posting as events of before sealed it. */
export function singlePostingRow(posting: Posting): string {
  const [entry] = entriesOf(posting);
  const { move, hourMs, subject, wh } = entry!;
  const row: Record<string, Canonical> = {
    move,
    hour: new Date(hourMs).toISOString(),
    subject,
    wh,
  };
  return sealedJson(SINGLE_POSTING_DOMAIN, row);
}
