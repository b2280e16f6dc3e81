import { isMadeHere } from '../engines.js';
import { type RunBefore, type RunInput, settledPeriod } from './document.js';
import type { LineKind } from './pricing/lines.js';
import { formatInstant, HOUR_MS } from '../time/interval.js';
import type { LegalTimeRule } from '../time/legal-time.js';
import { Decimal } from '../units/money.js';

/** An hour behind a settlement. */
export interface SettledHour {
  readonly start: string;
  readonly generationWh: number | null;
  readonly loadWh: number | null;
  readonly isEstimated: boolean;
  /** MAD of each line that has hours, by its kind and label; not rounded unless elected. */
  readonly mad: Readonly<Record<string, string>>;
}

/**
 * What is owed on actual readings, and on estimates. The two sum to the net total. Null where hours are
 * estimated and another engine made the run: only that engine can tell what they came to.
 */
export interface Owed {
  readonly onActualMad: string | null;
  readonly onEstimatesMad: string | null;
}

/**
 * The hours behind the contract's lines of a settlement, in order (SETTLEMENT 10.5).
 *
 * @param kinds  Kinds of lines to show; null = all.
 */
export function hoursBehind(
  input: RunInput,
  rules: readonly LegalTimeRule[],
  kinds: ReadonlySet<LineKind> | null,
): readonly SettledHour[] {
  const { settlement, hourlyMad } = settledPeriod(input, rules);
  const amounts = hourlyMad();
  const shown = settlement.lines.flatMap(({ kind, label, party }, at) => {
    const hourly = amounts[at] ?? null;
    const isShown = party === 'CONTRACT' && (kinds === null || kinds.has(kind));
    return isShown && hourly !== null ? [{ name: `${kind}: ${label}`, hourly }] : [];
  });
  const { generationWh, loadWh } = input.series;
  return generationWh.map((wh, hour) => ({
    start: formatInstant(input.startMs + hour * HOUR_MS),
    generationWh: wh,
    loadWh: loadWh?.[hour] ?? null,
    isEstimated: isEstimated(input, hour),
    mad: summed(shown.map(({ name, hourly }) => [name, hourly[hour]!])),
  }));
}

/** A charge whose tariff changes has a line for each, of one name. */
function summed(amounts: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...Map.groupBy(amounts, ([name]) => name)].map(([name, ofName]) => [
      name,
      ofName.length === 1
        ? ofName[0]![1]
        : ofName.reduce((sum, [, mad]) => sum.plus(mad), new Decimal(0)).toFixed(),
    ]),
  );
}

const isEstimated = ({ series }: RunInput, hour: number): boolean =>
  (series.estimatedGeneration?.[hour] ?? false) || (series.estimatedLoad?.[hour] ?? false);

/**
 * Splits what is owed by whether its hours are actual or estimated; lines without hours are actual.
 * A run that another engine made is not computed: its total is taken as it stands.
 */
export function owedOf(run: RunBefore, rules: readonly LegalTimeRule[]): Owed {
  const { input } = run;
  if (!isMadeHere('settlement', run)) {
    const hasEstimates = input.series.generationWh.some((_, hour) => isEstimated(input, hour));
    if (hasEstimates) return { onActualMad: null, onEstimatesMad: null };
    return { onActualMad: run.settlement.totals.netMad, onEstimatesMad: '0.00' };
  }
  const { settlement, hourlyMad } = settledPeriod(input, rules);
  const amounts = hourlyMad();
  const estimated = settlement.lines.reduce((sum, { party }, at) => {
    const hourly = party === 'CONTRACT' ? (amounts[at] ?? null) : null;
    const ofLine = hourly?.filter((_, hour) => isEstimated(input, hour)) ?? [];
    return ofLine.reduce((all, mad) => all.plus(mad), sum);
  }, new Decimal(0));
  const onEstimates = estimated.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
  return {
    onActualMad: new Decimal(settlement.totals.netMad).minus(onEstimates).toFixed(2),
    onEstimatesMad: onEstimates.toFixed(2),
  };
}
