import { Decimal } from '../units/money.js';
import { assert } from '../errors.js';
import { type Frame, needed, type SettlementSeries } from './hours.js';
import { energyLine, type HourlyLine, type LineFacts, sliceOf, slicesBy } from './lines.js';
import {
  basePriceOf,
  type ContractPrice,
  type PriceCurve,
  priceCurve,
  type PriceStep,
  referencePrices,
} from './price.js';
import type { Picker } from './references.js';
import { sumOf, type Volumes } from './volume.js';

/** Reference prices right around the period, for runs of negative hours that cross its bounds. */
export interface ReferenceMargin {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What the energy of a period costs, and the price that obligations use. */
export interface EnergySettlement {
  readonly lines: readonly HourlyLine[];
  /** The contract's price at the end of the period; null where it is linked to the market. */
  readonly priceNow: ContractPrice | null;
}

const ZERO = new Decimal(0);

/**
 * Prices the energy of a period by the contract's volume product and delivery form (SETTLEMENT 2, 4):
 * one line for each price that held, in order of its first hour.
 *
 * @param openingTierWh  Taken in the contract year before the period, for tiers that count by year.
 * @throws DomainError `settlement.reference_missing`, `settlement.series_wrong`
 */
export function settleEnergy(
  frame: Frame,
  picker: Picker,
  of: {
    readonly volumes: Volumes;
    readonly series: SettlementSeries;
    readonly margin: ReferenceMargin;
    readonly openingTierWh: Decimal;
  },
): EnergySettlement {
  const { price, deliveryForm, volume } = frame.elections;
  const market = marketOf(frame, of.series, of.margin);
  if (deliveryForm === 'VIRTUAL') {
    const curve = priceCurve(frame, picker, basePriceOf(frame.elections));
    const lines = [differenceLine(frame, of.volumes, { curve, market: market! })];
    return { lines, priceNow: curve.prices[curve.at.at(-1)!]! };
  }
  if (price.market !== null) {
    const line = linkedLine(frame, of.volumes, market!);
    return { lines: [line, ...imbalanceLines(frame, of.volumes, market)], priceNow: null };
  }
  if (price.tiers !== null) return tieredLines(frame, picker, of.volumes, of.openingTierWh);
  const curve = priceCurve(frame, picker, basePriceOf(frame.elections));
  const lines = [
    ...curveLines(frame, of.volumes.priced, curve),
    ...imbalanceLines(frame, of.volumes, market),
    ...(volume.product === 'BASELOAD' || volume.product.startsWith('SHAPE')
      ? sellerLines(frame, of.volumes, market)
      : []),
  ];
  return { lines, priceNow: curve.prices[curve.at.at(-1)!]! };
}

type Market = ReturnType<typeof referencePrices>;

function marketOf(
  frame: Frame,
  { referenceMadPerMwh }: SettlementSeries,
  margin: ReferenceMargin,
): Market | null {
  const { price, deliveryForm, volume } = frame.elections;
  const isNeeded = deliveryForm === 'VIRTUAL' || price.market !== null || volume.imbalance !== null;
  if (!isNeeded && referenceMadPerMwh === null) return null;
  const reference = needed(frame, 'referenceMadPerMwh', referenceMadPerMwh);
  return referencePrices(frame, reference, margin);
}

/** A line for each price that held. */
function curveLines(
  frame: Frame,
  priced: readonly Decimal[],
  { prices, at }: PriceCurve,
): HourlyLine[] {
  const slices = slicesBy(priced, (hour) => at[hour]!, prices.length);
  return prices.map((price, position) => {
    const isTest = price.steps.some(({ step }) => step === 'test-energy');
    return energyLine(
      {
        ...energyFacts(frame, isTest ? 'TEST_ENERGY' : 'ENERGY', 'A = Σ Q × K'),
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

function energyFacts(
  frame: Frame,
  kind: HourlyLine['kind'],
  formula: string,
): Omit<LineFacts, 'label'> {
  return { kind, party: 'CONTRACT', vatCode: frame.elections.vat.energy, formula };
}

function unitOf(frame: Frame): string {
  return frame.elections.price.unit === 'MAD_PER_KWH' ? 'MAD/kWh' : 'MAD/MWh';
}

/** Contract for differences: S = Q × (K − R), by the rule on negative prices. */
function differenceLine(
  frame: Frame,
  { priced }: Volumes,
  { curve, market }: { readonly curve: PriceCurve; readonly market: Market },
): HourlyLine {
  const difference = market.madPerMwh.map((reference, hour) =>
    market.isSettled[hour]!
      ? curve.prices[curve.at[hour]!]!.madPerMwh.minus(reference)
      : new Decimal(0),
  );
  return energyLine(
    {
      ...energyFacts(frame, 'DIFFERENCE', 'S = Q × (K − R)'),
      label: `Difference, ${frame.elections.price.negativeRule.rule}`,
      trace: curve.prices.flatMap(({ steps }) => steps),
    },
    sliceOf(priced),
    difference,
    frame.elections.rounding.amount,
  );
}

/** Discount to the market, or a collar: p = clip(α × R, floor, cap). */
function linkedLine(frame: Frame, { priced }: Volumes, market: Market): HourlyLine {
  const { market: link } = frame.elections.price;
  assert(link !== null, 'energy: a price that is linked to the market');
  const { alpha, floorMadPerMwh: floor, capMadPerMwh: cap } = link;
  const prices = market.madPerMwh.map((reference, hour) => {
    if (!market.isSettled[hour]!) return new Decimal(0);
    const raw = reference.times(alpha);
    const floored = floor === null ? raw : Decimal.max(raw, floor);
    const clipped = cap === null ? floored : Decimal.min(floored, cap);
    return roundedPrice(frame, clipped);
  });
  const inputs = { alpha, floor: floor ?? 'none', cap: cap ?? 'none' };
  const step: PriceStep = {
    ...{ step: 'market-link', rule: 'clip(α × R, floor, cap)', inputs, rows: [], output: 'hourly' },
  };
  return energyLine(
    {
      ...energyFacts(frame, 'ENERGY', 'p = clip(α × R, floor, cap)'),
      ...{ label: `Energy, ${link.kind === 'COLLAR' ? 'collar' : 'discount to market'}` },
      trace: [step],
    },
    sliceOf(priced),
    prices,
    frame.elections.rounding.amount,
  );
}

function roundedPrice({ elections: { rounding } }: Frame, price: Decimal): Decimal {
  return rounding.priceDp === 'UNROUNDED'
    ? price
    : price.toDecimalPlaces(rounding.priceDp, Decimal.ROUND_HALF_UP);
}

/**
 * Energy beside the nomination, outside the tolerance: the buyer pays for what came beyond it and is
 * paid for what lacked, at the reference and the spread, which goes against whoever bears it.
 */
function imbalanceLines(frame: Frame, volumes: Volumes, market: Market | null): HourlyLine[] {
  const { imbalance, product } = frame.elections.volume;
  if (imbalance === null || product !== 'PAY_AS_NOMINATED') return [];
  const spread = new Decimal(imbalance.spreadMadPerMwh).times(
    imbalance.bearer === 'SELLER' ? 1 : -1,
  );
  const beyond = volumes.delivered.map((wh, at) => {
    const nominated = volumes.priced[at]!;
    const band = nominated.times(imbalance.tolerancePct).dividedBy(100);
    const off = wh.minus(nominated);
    const outside = Decimal.max(off.abs().minus(band), 0);
    return off.isNegative() ? outside.negated() : outside;
  });
  const line = (label: string, quantities: readonly Decimal[], sign: 1 | -1): HourlyLine =>
    energyLine(
      { ...energyFacts(frame, 'IMBALANCE', 'I = D − N at R ± spread'), label },
      sliceOf(quantities),
      market!.madPerMwh.map((reference) => reference.minus(spread.times(sign))),
      frame.elections.rounding.amount,
    );
  return [
    line(
      'Imbalance, above the nomination',
      beyond.map((wh) => Decimal.max(wh, 0)),
      1,
    ),
    line(
      'Imbalance, below the nomination',
      beyond.map((wh) => Decimal.min(wh, 0)),
      -1,
    ),
  ];
}

/** What the seller buys and sells on the market to deliver a shape: shown, never billed. */
function sellerLines(frame: Frame, volumes: Volumes, market: Market | null): HourlyLine[] {
  if (market === null) return [];
  const gap = volumes.priced.map((wh, at) => wh.minus(volumes.delivered[at]!));
  const facts = (kind: HourlyLine['kind'], label: string): LineFacts => ({
    ...{ kind, label, party: 'MARKET', vatCode: null },
    formula: kind === 'SELLER_PURCHASE' ? 'Σ (Q − D)⁺ × R' : 'Σ (D − Q)⁺ × R',
  });
  const { amount } = frame.elections.rounding;
  return [
    energyLine(
      facts('SELLER_PURCHASE', 'The seller buys what lacks to the shape'),
      sliceOf(gap, (hour) => gap[hour]!.isPositive()),
      market.madPerMwh,
      amount,
    ),
    energyLine(
      facts('SELLER_SALE', 'The seller sells what is beyond the shape'),
      sliceOf(gap.map((wh) => Decimal.max(wh.negated(), 0))),
      market.madPerMwh,
      amount,
    ),
  ];
}

/**
 * Tiers by cumulative energy (SETTLEMENT 1.3): each slice at its own price, or all at the price of
 * the tier that is reached. Hours fill the tiers in order of time.
 */
function tieredLines(
  frame: Frame,
  picker: Picker,
  { priced }: Volumes,
  openingTierWh: Decimal,
): EnergySettlement {
  const { tiers } = frame.elections.price;
  assert(tiers !== null, 'energy: a price by tiers');
  const opening = tiers.per === 'YEAR' ? openingTierWh : ZERO;
  const bounds = tiers.bands.map(({ upToMwh }) =>
    upToMwh === null ? null : new Decimal(upToMwh).times(1_000_000),
  );
  const closing = opening.plus(sumOf(priced));
  const reached = bounds.findIndex((bound) => bound === null || closing.lessThanOrEqualTo(bound));
  const curves = tiers.bands.map(({ price }) => priceCurve(frame, picker, price));
  const last = curves[reached]!;
  const priceNow = last.prices[last.at.at(-1)!]!;
  if (tiers.kind === 'TOP_TIER') {
    return { lines: curveLines(frame, priced, last), priceNow };
  }
  let cumulative = opening;
  const slices = tiers.bands.map(() => priced.map(() => ZERO));
  priced.forEach((wh, hour) => {
    const from = cumulative;
    cumulative = cumulative.plus(wh);
    bounds.forEach((bound, band) => {
      const low = band === 0 ? ZERO : bounds[band - 1]!;
      const high = bound === null ? cumulative : Decimal.min(bound, cumulative);
      slices[band]![hour] = Decimal.max(high.minus(Decimal.max(low, from)), 0);
    });
  });
  const lines = slices.flatMap((slice, band) =>
    curveLines(frame, slice, curves[band]!).map((line) => ({
      ...line,
      label: `${line.label}, tier ${band + 1}`,
    })),
  );
  return { lines: lines.filter(({ quantity }) => quantity !== '0'), priceNow };
}
