import { sumWattHours } from '../units/energy.js';
import { Decimal, energyAmountMad, toCentimes, vatAmountMad } from '../units/money.js';
import type { Figure, SourceRef } from './figure.js';

/** One plant's month under a physical, pay-as-produced contract. */
export interface BilledPlant {
  readonly plantCode: string;
  /** Σ certified generation, Wh. */
  readonly generationWh: number;
  /** Share lost between the plant and the delivery point, decimal text, 0 ≤ x < 1. */
  readonly lossFactor: string;
  readonly sources: readonly SourceRef[];
  /** Of a month that another version of the contract cuts: first civil day of its part; absent otherwise. */
  readonly from?: string;
  /** What prices it, where that is not what prices the month. */
  readonly terms?: BillingTerms;
}

/** The terms that price a month. */
export interface BillingTerms {
  /** MAD per MWh delivered, decimal text. */
  readonly strikePriceMadPerMwh: string;
  readonly vatCode: string;
  /** Per cent, decimal text, in force at the end of the month of delivery. */
  readonly vatRatePct: string;
  readonly sources: readonly SourceRef[];
}

/** One priced line; amounts are text with 2 decimals. */
export interface BillingLine {
  readonly plantCode: string;
  /** First civil day of the part of the month that it is for; absent without a cut. */
  readonly from?: string;
  readonly generationWh: number;
  readonly lossFactor: string;
  /** `generation × (1 − loss factor)`, exact decimal Wh, not rounded before pricing. */
  readonly deliveredWh: string;
  readonly strikePriceMadPerMwh: string;
  readonly netMad: string;
  readonly vatCode: string;
  readonly vatRatePct: string;
  readonly vatMad: string;
  readonly grossMad: string;
}

/** A month priced. */
export interface Billing {
  readonly lines: readonly BillingLine[];
  readonly totalNetMad: string;
  readonly totalVatMad: string;
  readonly totalGrossMad: string;
  readonly figures: readonly Figure[];
}

/**
 * Prices a month of a pay-as-produced contract: one line a plant, delivered energy × strike price
 * (SETTLEMENT section 4, E01), rounded half away from zero to the centime on the line, VAT on the
 * rounded line, totals as sums of lines, so that lines add up to totals without a residue.
 *
 * @param plants  In stable id order; of a month that is cut, by part and then id.
 * @param terms   Price and VAT rate at the end of the month.
 */
export function billMonth(plants: readonly BilledPlant[], terms: BillingTerms): Billing {
  const lines = plants.map((plant) => priceLine(plant, plant.terms ?? terms));
  const total = (amounts: readonly string[]): string =>
    toCentimes(amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0)));
  const totalNetMad = total(lines.map(({ netMad }) => netMad));
  const totalVatMad = total(lines.map(({ vatMad }) => vatMad));
  const totalGrossMad = total(lines.map(({ grossMad }) => grossMad));
  const all = [...terms.sources, ...plants.flatMap(({ sources }) => sources)];
  const site = { measure: 'generation', plantCode: null, sources: all } as const;
  return {
    lines,
    totalNetMad,
    totalVatMad,
    totalGrossMad,
    figures: [
      {
        ...site,
        id: 'generationWh',
        label: 'Certified generation',
        value: sumWattHours(plants.map(({ generationWh }) => generationWh)),
        unit: 'Wh',
        formula: 'Σ certificates',
      },
      ...lines.flatMap((line, at) => {
        const { sources, terms: own = terms } = plants[at]!;
        return lineFigures(line, [...sources, ...own.sources]);
      }),
      {
        ...site,
        id: 'totalNetMad',
        label: 'Total net',
        value: totalNetMad,
        unit: 'MAD',
        formula: 'Σ net of lines',
      },
      {
        ...site,
        id: 'totalVatMad',
        label: 'Total VAT',
        value: totalVatMad,
        unit: 'MAD',
        formula: 'Σ VAT of lines',
      },
      {
        ...site,
        id: 'totalGrossMad',
        label: 'Total gross',
        value: totalGrossMad,
        unit: 'MAD',
        formula: 'Σ gross of lines',
      },
    ],
  };
}

/** A part of a month under one version of the contract. */
export interface BilledPart {
  readonly from: string;
  readonly plants: readonly BilledPlant[];
  readonly terms: BillingTerms;
}

/** Prices a month by its parts, of which there is at least one: lines of a cut month say their first day. */
export function billParts(parts: readonly BilledPart[]): Billing {
  const { terms } = parts.at(-1)!;
  if (parts.length === 1) return billMonth(parts[0]!.plants, terms);
  const plants = parts.flatMap((part) =>
    part.plants.map((plant) => ({ ...plant, from: part.from, terms: part.terms })),
  );
  const sources = [...new Set(parts.flatMap((part) => part.terms.sources))];
  return billMonth(plants, { ...terms, sources });
}

function priceLine(plant: BilledPlant, terms: BillingTerms): BillingLine {
  const delivered = new Decimal(1).minus(plant.lossFactor).times(plant.generationWh);
  const netMad = toCentimes(energyAmountMad(delivered, new Decimal(terms.strikePriceMadPerMwh)));
  const vatMad = toCentimes(vatAmountMad(new Decimal(netMad), new Decimal(terms.vatRatePct)));
  return {
    plantCode: plant.plantCode,
    ...(plant.from === undefined ? {} : { from: plant.from }),
    generationWh: plant.generationWh,
    lossFactor: plant.lossFactor,
    deliveredWh: delivered.toFixed(),
    strikePriceMadPerMwh: terms.strikePriceMadPerMwh,
    netMad,
    vatCode: terms.vatCode,
    vatRatePct: terms.vatRatePct,
    vatMad,
    grossMad: toCentimes(new Decimal(netMad).plus(vatMad)),
  };
}

function lineFigures(line: BillingLine, sources: readonly SourceRef[]): Figure[] {
  const { plantCode, from } = line;
  const part = from === undefined ? '' : ` from ${from}`;
  const parts = [
    ['generationWh', 'certified generation', line.generationWh, 'Wh', 'Σ certificates'],
    ['deliveredWh', 'delivered', line.deliveredWh, 'Wh', 'generation × (1 − loss factor)'],
    ['netMad', 'net', line.netMad, 'MAD', 'delivered MWh × strike price, to the centime'],
    ['vatMad', 'VAT', line.vatMad, 'MAD', `net × ${line.vatRatePct} %, to the centime`],
    ['grossMad', 'gross', line.grossMad, 'MAD', 'net + VAT'],
  ] as const;
  return parts.map(([name, label, value, unit, formula]) => ({
    id: `${plantCode}${part}.${name}`,
    label: `${plantCode}${part}: ${label}`,
    value,
    unit,
    formula,
    measure: 'generation' as const,
    plantCode,
    sources,
  }));
}
