import type { Decimal } from '../../units/money.js';
import type { Frame } from '../hours/hours.js';
import { energyAtPrice, type HourlyLine, type LineFacts, slicesBy } from './lines.js';
import type { ContractPrice, PriceCurve } from './price.js';

/** What the energy of a period costs, and the prices that obligations use. */
export interface EnergySettlement {
  readonly lines: readonly HourlyLine[];
  /** Of the annual reconciliation: what the year costs beyond what its months were billed. */
  readonly yearLines: readonly HourlyLine[];
  /** Taken above the maximum that the contract elects, Wh: none of the lines has it. */
  readonly aboveWh: Decimal;
  /** The price of an hour; null where it is linked to the market. */
  readonly priceAt: ((hour: number) => ContractPrice) | null;
}

/** A line for each price that held. */
export function curveLines(
  frame: Frame,
  priced: readonly Decimal[],
  { prices, at }: PriceCurve,
): HourlyLine[] {
  const slices = slicesBy(priced, (hour) => at[hour]!, prices.length);
  return prices.map((price, position) => {
    return energyAtPrice(
      {
        ...energyFacts(frame, price.isTest ? 'TEST_ENERGY' : 'ENERGY', 'A = Σ Q × K'),
        label: `Energy, ${price.label}`,
        trace: price.steps,
        price: price.price.toFixed(),
        priceUnit: unitOf(frame),
      },
      slices[position]!,
      price.madPerMwh,
      frame.elections.rounding.amount,
    );
  });
}

/** What every line of energy says. */
export function energyFacts(
  frame: Frame,
  kind: HourlyLine['kind'],
  formula: string,
): Omit<LineFacts, 'label'> {
  return { kind, party: 'CONTRACT', vatCode: frame.elections.vat.energy, formula };
}

function unitOf(frame: Frame): string {
  return frame.elections.price.unit === 'MAD_PER_KWH' ? 'MAD/kWh' : 'MAD/MWh';
}
