import type { PointerProblem } from '../../../errors.js';
import { Decimal } from '../../../units/money.js';
import { conflictsOf } from '../conflicts.js';
import type { Elections } from '../elections.shape.js';
import type { DayWindow, Season } from '../../../shapes/seasons.shape.js';
import { type Check, found, isZero, unless } from './check.js';
import { OBLIGATION_MISTAKES } from './obligations.js';

/**
 * What is wrong with elections when a contract is saved, or linted: what cannot be computed, and what can
 * but is surely a mistake (SETTLEMENT, ruling 13). The engine computes the latter as it is written, so
 * that contracts saved earlier go on.
 *
 * @returns Every contradiction by JSON pointer, with its rule and how to mend it; empty when there is none.
 */
export function contradictionsOf(elections: Elections): readonly PointerProblem[] {
  return [...conflictsOf(elections), ...found(MISTAKES, elections)];
}

/**
 * What rests on a metered load, of a contract whose site has no consumption meter (SETTLEMENT, ruling 13: a
 * fact of the site, not of the product).
 */
export function loadContradictionsOf({
  obligations,
  adders,
}: Elections): readonly PointerProblem[] {
  const detail = 'The site has no consumption meter: nothing says what it withdraws.';
  return [
    ...unless(
      obligations.coverageGuarantee === null,
      '/obligations/coverageGuarantee',
      'site.has_load',
      detail,
    ),
    ...adders.regulatedCharges.flatMap(({ basis }, at) =>
      unless(
        basis !== 'WITHDRAWN',
        `/adders/regulatedCharges/${at}/basis`,
        'site.has_load',
        detail,
      ),
    ),
  ];
}

const MISTAKES: readonly Check[] = [
  dates,
  capacity,
  delivery,
  excess,
  priceLinks,
  windows,
  ...OBLIGATION_MISTAKES,
  annualTerms,
  cycle,
];

function dates({ signatureDate, codDate, termEnd, contractYear, obligations, stages }: Elections) {
  const { basis, anchor } = contractYear;
  // Of a calendar anchor nothing but the year counts.
  const day = (of: string): string => (basis === 'CALENDAR' ? of.slice(0, 4) : of);
  const isWithin = anchor === null || (day(signatureDate) <= day(anchor) && anchor <= termEnd);
  const scheduled = obligations.delayDamages?.scheduledCod ?? codDate;
  return [
    ...unless(
      isWithin,
      '/contractYear/anchor',
      'anchor.in_term',
      'Contract year 1 begins outside the term.',
    ),
    ...unless(
      scheduled >= signatureDate,
      '/obligations/delayDamages/scheduledCod',
      'date.scheduled_after_signature',
      'The scheduled COD is before the signature.',
    ),
    ...unless(
      scheduled <= termEnd,
      '/obligations/delayDamages/scheduledCod',
      'date.scheduled_in_term',
      'The scheduled COD is after the end of the term.',
    ),
    ...unless(
      stages.length === 0 || stages[0]!.from <= codDate,
      '/stages/0/from',
      'stages.by_cod',
      'The first stage begins after the COD: until then the plant would have no capacity.',
    ),
    ...stages.flatMap(({ from }, at) =>
      unless(
        from <= termEnd,
        `/stages/${at}/from`,
        'stages.in_term',
        'The stage begins after the end of the term.',
      ),
    ),
  ];
}

function capacity({ stages, share, volume }: Elections) {
  return [
    ...stages.flatMap(({ mw }, at) =>
      unless(!isZero(mw), `/stages/${at}/mw`, 'stages.some_mw', 'The stage is of 0 MW.'),
    ),
    ...unless(
      !isZero(share?.value),
      '/share/value',
      'share.some',
      'The share is nothing of the plants.',
    ),
    ...unless(
      !isZero(volume.baseloadMw),
      '/volume/baseloadMw',
      'baseload.some',
      'The constant power is 0 MW.',
    ),
    ...unless(
      !isZero(volume.acqMwh),
      '/volume/acqMwh',
      'acq.some',
      'The annual contract quantity is 0 MWh.',
    ),
    ...unless(
      volume.shapeMw === null || volume.shapeMw.flat().some((mw) => !isZero(mw)),
      '/volume/shapeMw',
      'shape.some',
      'The shape is 0 MW in every hour.',
    ),
  ];
}

/** A virtual contract moves money, no energy. */
function delivery({ deliveryForm, adders, volume }: Elections) {
  if (deliveryForm !== 'VIRTUAL') return [];
  const { rule } = volume.excess;
  return [
    ...unless(
      adders.regulatedCharges.length === 0,
      '/adders/regulatedCharges',
      'virtual.charges',
      'A contract for differences delivers nothing that a grid charge could be on.',
    ),
    ...unless(
      rule !== 'SOLD_TO_GRID' && rule !== 'BUYER_TAKES',
      '/volume/excess/rule',
      'virtual.excess',
      'A contract for differences delivers nothing that could be beyond the load.',
    ),
  ];
}

function excess({ volume: { product, excess: terms } }: Elections) {
  const takesAll = product === 'PAY_AS_PRODUCED' || product === 'PAY_AS_NOMINATED';
  const isShape = product === 'BASELOAD' || product.startsWith('SHAPE_');
  return [
    ...unless(
      !isShape || terms.rule === 'NOT_TAKEN',
      '/volume/excess/rule',
      'excess.of_shape',
      `${product} is paid for its shape, and what differs is the seller’s: nothing is paid or sold beside it.`,
    ),
    ...unless(
      !takesAll || (terms.rule !== 'SOLD_TO_GRID' && terms.rule !== 'SPILLED'),
      '/volume/excess/rule',
      'excess.taken',
      `${product} buys what is delivered: no excess is left to sell or to spill.`,
    ),
    ...unless(
      !isZero(terms.capPct),
      '/volume/excess/capPct',
      'excess.some_cap',
      'The cap is 0 %: nothing may be sold.',
    ),
  ];
}

function priceLinks({ price: { index, fx, market } }: Elections) {
  const isWhole = index !== null && isZero(index.fixedShare);
  return [
    ...unless(
      !isWhole || fx === null || !new Decimal(fx.share).equals(1),
      '/price/fx/share',
      'price.linked_once',
      'The whole price follows the index, and the whole price the currency: it moves twice.',
    ),
    ...unless(
      !isZero(market?.alpha),
      '/price/market/alpha',
      'market.some',
      'The price is 0 % of the reference.',
    ),
  ];
}

function windows({ price: { timeOfDelivery: tod } }: Elections) {
  const seasons: readonly Season<DayWindow>[] = tod?.seasons ?? [];
  const pointer = '/price/timeOfDelivery/seasons';
  const twice = (names: readonly string[]): string | undefined =>
    names.find((name, at) => names.indexOf(name) < at);
  const season = twice(seasons.map(({ name }) => name));
  return [
    ...unless(season === undefined, pointer, 'seasons.named', `Two seasons are named ${season}.`),
    ...seasons.flatMap(({ name, windows: all }, at) => {
      const window = twice(all.map((one) => one.name));
      const detail = `In ${name}, two windows are named ${window}.`;
      return unless(window === undefined, `${pointer}/${at}/windows`, 'windows.named', detail);
    }),
  ];
}

/** Terms that a year alone can settle, beside the obligations that the engine itself refuses. */
function annualTerms({ price, volume, cycle: { hasAnnualReconciliation } }: Elections) {
  const { tiers } = price;
  const isTop = tiers?.kind === 'TOP_TIER' && tiers.per === 'YEAR';
  const isSold = volume.excess.rule === 'SOLD_TO_GRID';
  return [
    ...unless(
      hasAnnualReconciliation || !isTop,
      '/price/tiers',
      'reconciliation.tiers',
      'The tier that a year reaches prices the whole year, and nothing prices the year again.',
    ),
    ...unless(
      hasAnnualReconciliation || !isSold,
      '/volume/excess/rule',
      'reconciliation.excess',
      'The cap on sold excess is of the year’s production, and nothing settles the year.',
    ),
  ];
}

function cycle({ cycle: terms }: Elections) {
  const { provisionalDay, finalDay, trueUpMonths, correctionWindowMonths } = terms;
  return [
    ...unless(
      provisionalDay <= finalDay,
      '/cycle/provisionalDay',
      'cycle.ordered',
      'The provisional day is after the final one.',
    ),
    ...unless(
      trueUpMonths.every((month) => month <= correctionWindowMonths),
      '/cycle/trueUpMonths',
      'true_ups.in_window',
      'A true-up is scheduled after the correction window has ended.',
    ),
  ];
}
