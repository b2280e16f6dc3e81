import { apportion } from '../math/apportion.js';
import { sumWattHours } from '../units/energy.js';
import { Decimal } from '../units/money.js';
import type { StatementHour, StatementPlant } from './statement-hour.js';
import { marketBased2015, plantsWith, withoutEstimated } from './tiers.js';

/** The figures of Scope 2, Wh × mg/kWh each: exact. */
export interface Scope2 {
  readonly location: Decimal;
  readonly market2015: Decimal;
  readonly hourly: Decimal;
  readonly fossil: Decimal;
}

/** The figures of Scope 2 of hours (METHOD 6.1): where instruments are not applied, nothing counts as matched. */
export function scope2Of(
  hours: readonly StatementHour[],
  plants: readonly StatementPlant[],
  areInstrumentsApplied: boolean,
): Scope2 {
  const zero = new Decimal(0);
  const instrument = plants.reduce(
    (sum, plant) => sum.plus(new Decimal(plant.matchedWh).times(plant.directFactorMgPerKwh)),
    zero,
  );
  let [location, hourly, fossil] = areInstrumentsApplied
    ? [zero, instrument, instrument]
    : [zero, zero, zero];
  for (const hour of hours) {
    const residual = new Decimal(hour.loadWh - (areInstrumentsApplied ? hour.matchedWh : 0));
    const mix = hour.residualMixMgPerKwh ?? hour.gridFactorMgPerKwh;
    location = location.plus(new Decimal(hour.loadWh).times(hour.gridFactorMgPerKwh));
    hourly = hourly.plus(residual.times(mix));
    fossil = fossil.plus(residual.times(hour.fossilMgPerKwh));
  }
  const { exact: market2015 } = marketBased2015(hours, plants, areInstrumentsApplied);
  return { location, market2015, hourly, fossil };
}

/** The same with estimated load left out: plants keep their part of what is still matched. */
export function scope2WithoutEstimates(
  hours: readonly StatementHour[],
  plants: readonly StatementPlant[],
  areInstrumentsApplied: boolean,
): Scope2 {
  const measured = withoutEstimated(hours);
  const left = apportion(
    sumWattHours(measured.map(({ matchedWh }) => matchedWh)),
    Float64Array.from(plants, ({ matchedWh }) => matchedWh),
  );
  return scope2Of(measured, plantsWith(plants, left), areInstrumentsApplied);
}
