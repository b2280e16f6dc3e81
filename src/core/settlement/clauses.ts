import type { Sentence } from './elections/sentences.js';
import type { LineKind } from './pricing/lines.js';

/** A part of a contract, by where it begins. */
type Clause = '/price' | '/volume' | '/obligations' | '/adders' | '/rounding';

const SOLD = ['/price', '/volume', '/adders', '/rounding'] as const;
const BESIDE = ['/price', '/volume', '/rounding'] as const;
const MARKET = ['/volume', '/rounding'] as const;
const CHARGED = ['/adders', '/rounding'] as const;
const OBLIGED = ['/obligations', '/rounding'] as const;

/** What each kind of line rests on. */
const CLAUSES: Readonly<Record<LineKind, readonly Clause[]>> = {
  ENERGY: SOLD,
  TEST_ENERGY: SOLD,
  DIFFERENCE: BESIDE,
  IMBALANCE: BESIDE,
  EXCESS: BESIDE,
  EXCESS_SALE: BESIDE,
  SELLER_PURCHASE: MARKET,
  SELLER_SALE: MARKET,
  DEEMED: ['/price', '/obligations', '/rounding'],
  TURT: CHARGED,
  TURD: CHARGED,
  TSS: CHARGED,
  BALANCING: CHARGED,
  SLEEVING: CHARGED,
  STANDING: CHARGED,
  METERING: CHARGED,
  ATTRIBUTES: CHARGED,
  TAKE_OR_PAY: OBLIGED,
  MAKE_UP: OBLIGED,
  BELOW_MINIMUM: OBLIGED,
  ABOVE_MAXIMUM: OBLIGED,
  OUTPUT_DAMAGES: OBLIGED,
  AVAILABILITY_DAMAGES: OBLIGED,
  COVERAGE_DAMAGES: OBLIGED,
  DELAY_DAMAGES: OBLIGED,
};

/** The sentences of a contract that some kinds of lines rest on, in the order of the contract. */
export function clausesOf(
  sentences: readonly Sentence[],
  kinds: ReadonlySet<LineKind>,
): Sentence[] {
  const wanted = [...kinds].flatMap((kind) => CLAUSES[kind]);
  return sentences.filter(({ pointer }) => wanted.some((start) => pointer.startsWith(start)));
}
