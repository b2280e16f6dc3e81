import { compareIds } from '../../text.js';

/** A month of a site as a period's statement pins it. */
export interface PinnedMonth {
  readonly siteCode: string;
  readonly month: string;
  readonly runId: string;
  /** Its own figures, exact, as text by name. */
  readonly figures: Readonly<Record<string, number | string>>;
}

/** A month that a later version rests on otherwise. */
export interface ChangedMonth {
  readonly siteCode: string;
  readonly month: string;
  /** Null: the version before did not hold it, or this one does not. */
  readonly runBefore: string | null;
  readonly runAfter: string | null;
  /** Figures that differ. */
  readonly figures: readonly string[];
}

/** Which months a later version of a period's statement states otherwise, by site and month. */
export function changedMonths(
  before: readonly PinnedMonth[],
  after: readonly PinnedMonth[],
): readonly ChangedMonth[] {
  const keyOf = ({ siteCode, month }: PinnedMonth): string => `${siteCode} ${month}`;
  const [old, now] = [before, after].map((all) => new Map(all.map((one) => [keyOf(one), one])));
  return [...new Set([...old!.keys(), ...now!.keys()])].toSorted(compareIds).flatMap((key) => {
    const [was, is] = [old!.get(key), now!.get(key)];
    const names = Object.keys({ ...was?.figures, ...is?.figures }).toSorted(compareIds);
    const figures = names.filter((name) => was?.figures[name] !== is?.figures[name]);
    if (was?.runId === is?.runId && figures.length === 0) return [];
    const { siteCode, month } = (is ?? was)!;
    return [
      { siteCode, month, runBefore: was?.runId ?? null, runAfter: is?.runId ?? null, figures },
    ];
  });
}
