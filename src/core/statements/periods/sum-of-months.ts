import { Decimal } from '../../units/money.js';
import type { ExactSums } from './period-month.js';

/** "Months stated …, period …, difference …" of one figure (METHOD 7.2, "Σ months = year"). */
export interface SumOfMonths {
  readonly figure: string;
  /** `Wh` whole, or `t CO2e` before rounding: twelve decimals at most. */
  readonly unit: 'Wh' | 't CO2e';
  readonly monthsStated: string;
  readonly period: string;
  /** Period less months, of what is printed. */
  readonly difference: string;
  /** Why there may be one; null where there is none by rule. */
  readonly because: string | null;
}

const BECAUSE_2015 = 'surplus of some months applied to others, mean factor of the period';

const whText = (wh: number): Decimal => new Decimal(wh);
const tonnesText = (exact: Decimal): Decimal =>
  exact.dividedBy('1e12').toDecimalPlaces(12, Decimal.ROUND_HALF_UP);

/** Each figure by its months and of the period; only the 2015 one may differ. */
export function sumOfMonths(months: ExactSums, period: ExactSums): readonly SumOfMonths[] {
  const line = (
    figure: string,
    unit: SumOfMonths['unit'],
    of: (sums: ExactSums) => Decimal,
    because: string | null = null,
  ): SumOfMonths => {
    const [stated, whole] = [of(months), of(period)];
    return {
      figure,
      unit,
      monthsStated: stated.toFixed(),
      period: whole.toFixed(),
      difference: whole.minus(stated).toFixed(),
      because,
    };
  };
  return [
    line('loadWh', 'Wh', ({ loadWh }) => whText(loadWh)),
    line('generationWh', 'Wh', ({ generationWh }) => whText(generationWh)),
    line('matchedWh', 'Wh', ({ matchedWh }) => whText(matchedWh)),
    line('residualWh', 'Wh', ({ loadWh, matchedWh }) => whText(loadWh - matchedWh)),
    line('excessWh', 'Wh', ({ generationWh, matchedWh }) => whText(generationWh - matchedWh)),
    line('locationBasedT', 't CO2e', ({ location }) => tonnesText(location)),
    line('marketBased2015T', 't CO2e', ({ market2015 }) => tonnesText(market2015), BECAUSE_2015),
    line('marketHourlyT', 't CO2e', ({ hourly }) => tonnesText(hourly)),
    line('marketHourlyFossilT', 't CO2e', ({ fossil }) => tonnesText(fossil)),
  ];
}

/** The first line that does not close, in words; null where all do. */
export function unclosedLine(lines: readonly SumOfMonths[]): string | null {
  const wrong = lines.find(({ monthsStated, period, difference, because }) => {
    const closes = new Decimal(monthsStated).plus(difference).equals(period);
    return !closes || (because === null && !new Decimal(difference).isZero());
  });
  if (wrong === undefined) return null;
  const { figure, unit, monthsStated, period } = wrong;
  return `${figure}: the months state ${monthsStated} ${unit}, the period ${period} ${unit}.`;
}
