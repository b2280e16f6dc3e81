import type { Sentence } from './elections/explain-price.js';
import type { LineKind } from './pricing/lines.js';

const CLAUSES: readonly (readonly [pointer: string, kinds: RegExp])[] = [
  ['/price', /ENERGY|DIFFERENCE|EXCESS|DEEMED|IMBALANCE/],
  ['/volume', /ENERGY|DIFFERENCE|EXCESS|IMBALANCE|SELLER/],
  ['/obligations', /DAMAGES|TAKE_OR_PAY|MAKE_UP|MINIMUM|MAXIMUM|DEEMED/],
  ['/adders', /TURT|TURD|TSS|BALANCING|SLEEVING|STANDING|METERING|ATTRIBUTES|ENERGY/],
  ['/rounding', /./],
];

/** The sentences of a contract that some kinds of lines rest on. */
export function clausesOf(
  sentences: readonly Sentence[],
  kinds: ReadonlySet<LineKind>,
): Sentence[] {
  const wanted = CLAUSES.filter(([, pattern]) => [...kinds].some((kind) => pattern.test(kind)));
  return sentences.filter(({ pointer }) => wanted.some(([start]) => pointer.startsWith(start)));
}
