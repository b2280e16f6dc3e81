import { Decimal, WH_PER_MWH } from '../../units/money.js';
import { excessSaleLines } from '../pricing/adders.js';
import { type Frame, needed } from '../hours/hours.js';
import { energyAtPrice, type HourlyLine, sliceOf } from '../pricing/lines.js';
import { excessSold, type ObligationAccount } from './obligations.js';
import type { Part } from '../parts/parts.js';
import type { Picker } from '../references/references.js';
import type { Openings } from './take-or-pay.js';
import { mwhText, sumOf, type Volumes, withoutNoise } from '../hours/volume.js';
import { counterAccount, type Counted } from '../accounts/accounts.js';
import { type Span, spansOf, sumIn } from '../hours/spans.js';
import { billedParts } from '../pricing/tiered-energy.js';

const ZERO = new Decimal(0);

/** What becomes of energy beyond the load. */
export interface ExcessSettlement {
  /** Of each part. */
  readonly lines: readonly (readonly HourlyLine[])[];
  readonly accounts: readonly ObligationAccount[];
  /** Sold, by contract year. */
  readonly counted: readonly Counted[];
  /** What the period adds to the cap on what may be sold, by contract year. */
  readonly caps: readonly Pick<Counted, 'contractYear' | 'amount'>[];
}

/**
 * Energy beyond the load: taken by the buyer, sold to the grid within the cap, or nothing. The cap of the
 * year begins again with each contract year. The annual reconciliation sells the year again, in order of
 * time within the cap of the whole year, and books what that is beyond the months (ruling 5).
 *
 * @param volumes  Of each part.
 * @throws DomainError `settlement.series_wrong` without load; `settlement.reference_missing`
 */
export function excessOf(
  parts: readonly Part[],
  picker: Picker,
  of: {
    readonly whole: Frame;
    readonly volumes: readonly Volumes[];
    readonly openings: Openings;
  },
): ExcessSettlement {
  const ruleOf = (part: Part): string => part.frame.elections.volume.excess.rule;
  parts.forEach((part, at) => {
    if (ruleOf(part) === 'BUYER_TAKES' || ruleOf(part) === 'SOLD_TO_GRID') {
      needed(part.frame, 'loadWh', of.volumes[at]!.excess);
    }
  });
  const isSold = parts.some((part) => ruleOf(part) === 'SOLD_TO_GRID');
  const sale = isSold ? sold(parts, of) : null;
  const lines = parts.map((part, at) => {
    const { frame, from, to } = part;
    if (ruleOf(part) === 'BUYER_TAKES') return taken(frame, of.volumes[at]!.excess!);
    if (ruleOf(part) !== 'SOLD_TO_GRID') return [];
    return excessSaleLines(frame, picker, sale!.all.slice(from, to));
  });
  const { accounts, counted, caps } = sale ?? { accounts: [], counted: [], caps: [] };
  return { lines, accounts, counted, caps };
}

function taken(frame: Frame, excess: readonly Decimal[]): readonly HourlyLine[] {
  const { vat, rounding, volume } = frame.elections;
  const isYear = frame.period.run === 'RECONCILIATION';
  const line = energyAtPrice(
    {
      kind: 'EXCESS',
      label: 'Excess that the buyer takes',
      party: 'CONTRACT',
      vatCode: vat.energy,
      formula: 'Σ x × price',
    },
    sliceOf(excess),
    new Decimal(volume.excess.priceMadPerMwh!),
    rounding.amount,
  );
  return isYear ? [] : [line];
}

/** What may be sold, and up to what: Wh of each hour of the period, from parts that sell. */
interface ForSale {
  readonly excess: readonly Decimal[];
  /** What each hour adds to the cap. */
  readonly cap: readonly Decimal[];
}

function forSale(parts: readonly Part[], volumes: readonly Volumes[]): ForSale {
  const terms = parts.map(({ frame }) => frame.elections.volume.excess);
  const none = (values: readonly unknown[]): readonly Decimal[] => values.map(() => ZERO);
  return {
    excess: volumes.flatMap(({ excess, injected }, at) =>
      terms[at]!.rule === 'SOLD_TO_GRID' ? excess! : none(injected),
    ),
    cap: volumes.flatMap(({ injected }, at) =>
      terms[at]!.rule === 'SOLD_TO_GRID'
        ? injected.map((wh) => wh.times(terms[at]!.capPct!).dividedBy(100))
        : none(injected),
    ),
  };
}

function sold(
  parts: readonly Part[],
  of: {
    readonly whole: Frame;
    readonly volumes: readonly Volumes[];
    readonly openings: Openings;
  },
): Omit<ExcessSettlement, 'lines'> & { readonly all: readonly Decimal[] } {
  const { whole, openings } = of;
  const isYear = whole.period.run === 'RECONCILIATION';
  const sale = forSale(parts, of.volumes);
  const openingWh = openings.excessSoldMwh.times(WH_PER_MWH);
  const openingCapWh = openingCapMwh(parts, openings).times(WH_PER_MWH);
  const spans = spansOf(whole, 'YEAR').map((span, at) => {
    const opening = at === 0 ? openingWh : ZERO;
    const { wh, capWh } = withinCap(sale, [span], {
      soldWh: isYear ? ZERO : opening,
      capWh: at === 0 && !isYear ? openingCapWh : ZERO,
    });
    const before = isYear && at === 0 ? soldBefore(whole, sale, span, opening) : null;
    const more = before === null ? wh : wh.map((one, hour) => one.minus(before[hour]!));
    return { span, opening, more, capWh };
  });
  const counted = spans.map(({ span, opening, more, capWh }) => ({
    contractYear: span.last.contractYear,
    opening: mwhText(opening),
    amount: mwhText(sumOf(more)),
    closing: mwhText(opening.plus(sumOf(more))),
    notes: [{ what: 'cap of the year to date', amount: mwhText(capWh) }],
  }));
  return {
    all: spans.flatMap(({ more }) => more),
    caps: spans.map(({ span }) => ({
      contractYear: span.last.contractYear,
      amount: mwhText(sumIn(sale.cap, span)),
    })),
    accounts: [counterAccount('excess sold to the grid', 'sold', counted)],
    counted,
  };
}

/**
 * The cap that earlier months of the contract year added up to, each at the percentage of its own days.
 * Settled before that was carried, they are taken at the percentage in hand.
 */
function openingCapMwh(parts: readonly Part[], openings: Openings): Decimal {
  if (openings.excessCapMwh !== undefined) return openings.excessCapMwh;
  const first = parts.find(({ frame }) => frame.elections.volume.excess.rule === 'SOLD_TO_GRID')!;
  return openings.productionMwh.times(first.frame.elections.volume.excess.capPct!).dividedBy(100);
}

/** Sold in order of time, under the cap on what was produced until the end of each part. */
function withinCap(
  { excess, cap }: ForSale,
  spans: readonly Span[],
  of: { readonly soldWh: Decimal; readonly capWh: Decimal },
): { readonly wh: readonly Decimal[]; readonly capWh: Decimal } {
  let { soldWh, capWh } = of;
  const wh = spans.flatMap((span) => {
    capWh = withoutNoise(capWh.plus(sumIn(cap, span)));
    const result = excessSold(excess.slice(span.from, span.to), { capWh, soldBeforeWh: soldWh });
    soldWh = soldWh.plus(sumOf(result));
    return result;
  });
  return { wh, capWh };
}

/**
 * In which hours the months sold what they sold: as they would on these series. Where that is not what the
 * account says, the first excess of the year is taken for it.
 */
function soldBefore(
  whole: Frame,
  sale: ForSale,
  span: Span,
  openingWh: Decimal,
): readonly Decimal[] {
  const months = billedParts(whole).filter(({ from, to }) => span.from <= from && to <= span.to);
  const { wh } = withinCap(sale, months, { soldWh: ZERO, capWh: ZERO });
  // A share may have no end as a decimal, and an account is written with one: less than 1 Wh is no difference.
  if (sumOf(wh).minus(openingWh).abs().lessThan(1)) return wh;
  let leftWh = openingWh;
  return sale.excess.slice(span.from, span.to).map((one) => {
    const part = Decimal.min(Decimal.max(one, 0), leftWh);
    leftWh = leftWh.minus(part);
    return part;
  });
}
