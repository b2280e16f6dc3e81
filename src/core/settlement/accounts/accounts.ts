import type { AccountName, ObligationAccount } from '../obligations/obligations.js';

/** What a counter of a contract year counted; MWh, exact text. */
export interface Counted {
  readonly contractYear: number;
  readonly opening: string;
  readonly amount: string;
  readonly closing: string;
  readonly notes?: ObligationAccount['notes'];
}

/**
 * The account of a counter over a period, which begins again with each contract year: opening and
 * movements are the closing (SETTLEMENT, ruling 11).
 *
 * @param counted  By contract year, in order; at least one.
 */
export function counterAccount(
  name: AccountName,
  what: string,
  counted: readonly Counted[],
): ObligationAccount {
  const movements = counted.flatMap(({ amount, contractYear }, at) => {
    const before = counted[at - 1];
    if (before === undefined) return [{ what, amount }];
    const begins = `contract year ${contractYear} begins again`;
    return [
      { what: begins, amount: negated(before.closing) },
      { what, amount },
    ];
  });
  const { closing, notes } = counted.at(-1)!;
  return {
    name,
    unit: 'MWh',
    opening: counted[0]!.opening,
    movements,
    closing,
    ...(notes === undefined ? {} : { notes }),
  };
}

const negated = (text: string): string => {
  if (text === '0') return text;
  return text.startsWith('-') ? text.slice(1) : `-${text}`;
};
