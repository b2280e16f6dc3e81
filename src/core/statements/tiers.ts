import { sumWattHours } from '../units/energy.js';
import { tonnes } from '../units/emissions.js';
import { Decimal } from '../units/money.js';
import type { StatementHour, StatementPlant } from './statement-hour.js';

/** Wh of a class of instruments at a tier of Table 6.3, with its factor and what it comes to. */
export interface TierLine {
  /** 1 certificates … 4 residual mix, 5 grid average. */
  readonly tier: 1 | 4 | 5;
  readonly instrumentClass: 'contract_certificates' | 'residual_mix' | 'grid_average';
  /** Of certificates: the plant. */
  readonly plantCode: string | null;
  readonly wh: number;
  /** g CO2e per kWh: of the fallback the unweighted mean of its hours, six decimals. */
  readonly gPerKwh: string;
  /** Rounded by itself; lines need not sum to the figure. */
  readonly emissionsT: string;
}

/** The market-based figure of the 2015 Guidance by tier, and exact. */
export interface MarketBased {
  readonly lines: readonly TierLine[];
  /** Wh × mg/kWh. */
  readonly exact: Decimal;
}

/**
 * `Σ Q × EF_instrument + (L − ΣQ) × EF_fallback` (METHOD 6.1), Q being what was matched, where the
 * certificates are applied. The fallback is the unweighted mean of the hourly factors: the residual mix
 * where every hour has one, else with the grid average standing in.
 *
 * @param hours  Of the period, each once.
 */
export function marketBased2015(
  hours: readonly StatementHour[],
  plants: readonly StatementPlant[],
  areInstrumentsApplied: boolean,
): MarketBased {
  const loadWh = sumWattHours(hours.map((hour) => hour.loadWh));
  const applied = areInstrumentsApplied ? plants : [];
  const claimedWh = sumWattHours(applied.map(({ matchedWh }) => matchedWh));
  const factors = hours.reduce(
    (sum, hour) => sum.plus(hour.residualMixMgPerKwh ?? hour.gridFactorMgPerKwh),
    new Decimal(0),
  );
  const mean = factors.dividedBy(Math.max(1, hours.length));
  const isMix = hours.every(({ residualMixMgPerKwh }) => residualMixMgPerKwh !== null);
  const lines = applied.map((plant): { readonly line: TierLine; readonly exact: Decimal } => {
    const exact = new Decimal(plant.matchedWh).times(plant.directFactorMgPerKwh);
    return {
      line: {
        tier: 1,
        instrumentClass: 'contract_certificates',
        plantCode: plant.plantCode,
        wh: plant.matchedWh,
        gPerKwh: gText(new Decimal(plant.directFactorMgPerKwh)),
        emissionsT: tonnes(exact),
      },
      exact,
    };
  });
  const restWh = loadWh - claimedWh;
  const rest = new Decimal(restWh).times(mean);
  const fallback: TierLine = {
    tier: isMix ? 4 : 5,
    instrumentClass: isMix ? 'residual_mix' : 'grid_average',
    plantCode: null,
    wh: restWh,
    gPerKwh: gText(mean),
    emissionsT: tonnes(rest),
  };
  return {
    lines: [...lines.map(({ line }) => line), fallback],
    exact: lines.reduce((sum, { exact }) => sum.plus(exact), rest),
  };
}

const gText = (mgPerKwh: Decimal): string =>
  mgPerKwh.dividedBy(1000).toDecimalPlaces(6, Decimal.ROUND_HALF_UP).toFixed();

/** Hours with estimated load left out; of what was matched at most what is left of the load. */
export function withoutEstimated(hours: readonly StatementHour[]): StatementHour[] {
  return hours.map((hour) => {
    const loadWh = hour.loadWh - hour.estimatedLoadWh;
    return {
      ...hour,
      loadWh,
      estimatedLoadWh: 0,
      matchedWh: Math.min(hour.matchedWh, loadWh),
    };
  });
}

/**
 * Plants whose matched Wh sum to what is left: each keeps its part of them, odd Wh by largest remainder.
 *
 * @param apportioned  Wh of each plant, in their order.
 */
export function plantsWith(
  plants: readonly StatementPlant[],
  apportioned: Float64Array,
): StatementPlant[] {
  return plants.map((plant, at) => ({ ...plant, matchedWh: apportioned[at]! }));
}
