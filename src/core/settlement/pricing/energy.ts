import { Decimal } from '../../units/money.js';
import { assert } from '../../errors.js';
import { type Tiered, tieredLines } from './tiered-energy.js';
import { curveLines, energyFacts, type EnergySettlement } from './curve-lines.js';
import { type Frame, needed } from '../hours/hours.js';
import type { SettlementSeries } from '../hours/series.shape.js';
import { energyAtHourlyPrices, type HourlyLine, type LineFacts, sliceOf } from './lines.js';
import {
  basePriceOf,
  type ContractPrice,
  keptOfTest,
  type PriceCurve,
  priceCurve,
  type PriceStep,
  referencePrices,
} from './price.js';
import type { Part } from '../parts/parts.js';
import type { Picker } from '../references/references.js';
import { sumOf, type Volumes } from '../hours/volume.js';

/** Reference prices right around the period, for runs of negative hours that cross its bounds. */
export interface ReferenceMargin {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const ZERO = new Decimal(0);

/**
 * Prices the energy of a part of a period by the contract's volume product and delivery form (SETTLEMENT 2,
 * 4): one line for each price that held, in order of its first hour. What lies above a maximum is not in it.
 *
 * @param of  `volumes` and `margin` of the part; `tiered` of the period.
 * @throws DomainError `settlement.reference_missing`, `settlement.series_wrong`
 */
export function settleEnergy(
  part: Part,
  picker: Picker,
  of: {
    readonly volumes: Volumes;
    readonly margin: ReferenceMargin;
    readonly tiered: Tiered;
  },
): EnergySettlement {
  const { frame } = part;
  const { price, deliveryForm, volume } = frame.elections;
  const { volumes } = of;
  const market = marketOf(frame, part.series, of.margin);
  const { minMax } = frame.elections.obligations;
  const isLimited = minMax?.maxMwh != null;
  const priced = isLimited ? of.tiered.priced.slice(part.from, part.to) : volumes.priced;
  const aboveWh = isLimited ? volumes.totals.priced.minus(sumOf(priced)) : ZERO;
  const beside = [
    ...imbalanceLines(frame, volumes, market),
    ...(volume.product === 'BASELOAD' || volume.product.startsWith('SHAPE')
      ? sellerLines(frame, volumes, market)
      : []),
  ];
  if (price.market !== null) {
    const lines = [...linkedLines(frame, priced, market!), ...beside];
    return { lines, aboveWh, yearLines: [], priceAt: null };
  }
  if (price.tiers !== null) {
    const tiered = tieredLines(part, picker, of.tiered);
    return { ...tiered, lines: [...tiered.lines, ...beside], aboveWh };
  }
  const curve = priceCurve(frame, picker, basePriceOf(frame.elections));
  const priceAt = (hour: number): ContractPrice => curve.prices[curve.at[hour]!]!;
  if (deliveryForm === 'VIRTUAL') {
    const lines = [differenceLine(frame, priced, { curve, market: market! })];
    return { lines, aboveWh, yearLines: [], priceAt };
  }
  const lines = [...curveLines(frame, priced, curve), ...beside];
  return { lines, aboveWh, yearLines: [], priceAt };
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

/** Contract for differences: S = Q × (K − R), by the rule on negative prices. */
function differenceLine(
  frame: Frame,
  priced: readonly Decimal[],
  { curve, market }: { readonly curve: PriceCurve; readonly market: Market },
): HourlyLine {
  const difference = market.madPerMwh.map((reference, hour) =>
    market.isSettled[hour]!
      ? curve.prices[curve.at[hour]!]!.madPerMwh.minus(reference)
      : new Decimal(0),
  );
  return energyAtHourlyPrices(
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

/** Discount to the market, or a collar: p = clip(α × R, floor, cap); test energy on its own line. */
function linkedLines(frame: Frame, priced: readonly Decimal[], market: Market): HourlyLine[] {
  const { market: link } = frame.elections.price;
  assert(link !== null, 'energy: a price that is linked to the market');
  const { alpha, floorMadPerMwh: floor, capMadPerMwh: cap } = link;
  const kept = keptOfTest(frame.elections);
  const prices = market.madPerMwh.map((reference, hour) => {
    if (!market.isSettled[hour]!) return ZERO;
    const raw = reference.times(alpha);
    const floored = floor === null ? raw : Decimal.max(raw, floor);
    const clipped = cap === null ? floored : Decimal.min(floored, cap);
    const price = roundedPrice(frame, clipped);
    return frame.hours[hour]!.isTest ? price.times(kept) : price;
  });
  const inputs = { alpha, floor: floor ?? 'none', cap: cap ?? 'none' };
  const step: PriceStep = {
    step: 'market-link',
    rule: 'clip(α × R, floor, cap)',
    inputs,
    rows: [],
    output: 'hourly',
  };
  const discount: PriceStep = {
    step: 'test-energy',
    rule: 'price × (1 − discount)',
    rows: [],
    output: 'hourly',
    inputs: { keptShare: kept.toFixed() },
  };
  const label = link.kind === 'COLLAR' ? 'collar' : 'discount to market';
  const line = (isTest: boolean): HourlyLine =>
    energyAtHourlyPrices(
      {
        ...energyFacts(frame, isTest ? 'TEST_ENERGY' : 'ENERGY', 'p = clip(α × R, floor, cap)'),
        label: isTest ? `Test energy, ${label}` : `Energy, ${label}`,
        trace: isTest ? [step, discount] : [step],
      },
      sliceOf(priced, (hour) => frame.hours[hour]!.isTest === isTest),
      prices,
      frame.elections.rounding.amount,
    );
  const hasTest = frame.hours[0]!.isTest;
  const hasOther = !frame.hours.at(-1)!.isTest;
  return [...(hasTest ? [line(true)] : []), ...(hasOther ? [line(false)] : [])];
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
    energyAtHourlyPrices(
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
    kind,
    label,
    party: 'MARKET',
    vatCode: null,
    formula: kind === 'SELLER_PURCHASE' ? 'Σ (Q − D)⁺ × R' : 'Σ (D − Q)⁺ × R',
  });
  const { amount } = frame.elections.rounding;
  return [
    energyAtHourlyPrices(
      facts('SELLER_PURCHASE', 'The seller buys what lacks to the shape'),
      sliceOf(gap, (hour) => gap[hour]!.isPositive()),
      market.madPerMwh,
      amount,
    ),
    energyAtHourlyPrices(
      facts('SELLER_SALE', 'The seller sells what is beyond the shape'),
      sliceOf(gap.map((wh) => Decimal.max(wh.negated(), 0))),
      market.madPerMwh,
      amount,
    ),
  ];
}
