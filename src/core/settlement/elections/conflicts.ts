import type { PointerProblem } from '../../errors.js';
import { Decimal } from '../../units/money.js';
import type { Elections } from './elections.shape.js';
import { type Check, found, unless } from './contradictions/check.js';
import { PRICE_CHECKS } from './price-conflicts.js';

/**
 * Elections that cannot be computed: they contradict each other, or lack what they need (SETTLEMENT 2).
 * Refused when a contract is saved, and by the engine; `contradictionsOf` knows those beside them that
 * are surely a mistake.
 *
 * @returns Every conflict by JSON pointer; empty when there is none.
 */
export function conflictsOf(elections: Elections): readonly PointerProblem[] {
  return found(CHECKS, elections);
}

const CHECKS: readonly Check[] = [
  dates,
  ramp,
  product,
  volume,
  excess,
  ...PRICE_CHECKS,
  obligations,
  takeOrPayNeeds,
  adders,
  cycle,
];

function dates({ signatureDate, codDate, termEnd, obligations: { delayDamages } }: Elections) {
  return [
    ...unless(
      signatureDate <= codDate,
      '/codDate',
      'date.after_signature',
      'The COD is before the signature.',
    ),
    ...unless(codDate < termEnd, '/termEnd', 'date.after_cod', 'The term ends before the COD.'),
    ...unless(
      delayDamages === null || delayDamages.scheduledCod <= delayDamages.longStopDate,
      '/obligations/delayDamages/longStopDate',
      'date.after_schedule',
      'The long-stop date is before the scheduled COD.',
    ),
  ];
}

/** What no product can be computed from (SETTLEMENT, ruling 13). */
function product({ deliveryForm, volume: terms }: Elections) {
  return unless(
    deliveryForm !== 'VIRTUAL' || terms.product !== 'PAY_AS_NOMINATED',
    '/volume/product',
    'virtual.nominated',
    'A contract for differences settles a quantity, and no imbalance beside a nomination.',
  );
}

function ramp({ stages, share }: Elections) {
  const isAscending = stages.every(({ from }, at) => at === 0 || stages[at - 1]!.from < from);
  return [
    ...unless(stages.length > 0, '/stages', 'stages.some', 'The ramp has no stage.'),
    ...unless(isAscending, '/stages', 'stages.ascend', 'Stages do not follow each other in time.'),
    ...unless(
      share === null || (share.basis === 'MW_SHARE') === (share.ofMw !== null),
      '/share/ofMw',
      'share.of_capacity',
      'A share in MW, and only that, names the capacity that it is of.',
    ),
    ...unless(
      share?.ofMw == null || new Decimal(share.ofMw).greaterThan(0),
      '/share/ofMw',
      'share.of_something',
      'The share is of 0 MW.',
    ),
    ...unless(
      share === null || new Decimal(share.value).lessThanOrEqualTo(share.ofMw ?? 100),
      '/share/value',
      'share.at_most_all',
      'The share is more than the whole.',
    ),
  ];
}

function volume({ volume: terms, obligations }: Elections) {
  const isShape = terms.product === 'SHAPE_12X24';
  const isNominated = terms.product === 'PAY_AS_NOMINATED';
  const fits = terms.shapeMw?.length === 12 && terms.shapeMw.every((row) => row.length === 24);
  return [
    ...unless(
      isShape ? fits : terms.shapeMw === null,
      '/volume/shapeMw',
      'shape.12x24',
      'SHAPE_12X24, and only that, has 12 rows of 24 values in MW.',
    ),
    ...unless(
      terms.baseloadMw === null || terms.product === 'BASELOAD',
      '/volume/baseloadMw',
      'baseload.only',
      'Only BASELOAD has a constant power.',
    ),
    ...unless(
      isNominated === (terms.imbalance !== null),
      '/volume/imbalance',
      'imbalance.of_nominations',
      'PAY_AS_NOMINATED, and only that, says who bears imbalance.',
    ),
    ...unless(
      terms.product !== 'COVERAGE_24_7' || obligations.coverageGuarantee !== null,
      '/obligations/coverageGuarantee',
      'coverage.named',
      'COVERAGE_24_7 needs a coverage guarantee: a named metric, level, rate and period.',
    ),
  ];
}

function excess({ volume: { excess: terms, product }, legalRegime }: Elections) {
  const isSold = terms.rule === 'SOLD_TO_GRID';
  const takesAll = product === 'PAY_AS_PRODUCED' || product === 'PAY_AS_NOMINATED';
  return [
    ...unless(
      !isSold || legalRegime !== 'IPP-ONEE',
      '/volume/excess/rule',
      'excess.regime',
      'Excess is sold to the grid under Law 13-09 or 82-21 only.',
    ),
    ...unless(
      isSold === (terms.capPct !== null),
      '/volume/excess/capPct',
      'excess.cap',
      'SOLD_TO_GRID, and only that, has an annual cap.',
    ),
    ...unless(
      (terms.rule === 'BUYER_TAKES') === (terms.priceMadPerMwh !== null),
      '/volume/excess/priceMadPerMwh',
      'excess.price',
      'BUYER_TAKES, and only that, has a price of the excess.',
    ),
    ...unless(
      terms.rule !== 'BUYER_TAKES' || !takesAll,
      '/volume/excess/rule',
      'excess.none',
      `${product} buys what is delivered: no excess is left to take.`,
    ),
  ];
}

function obligations({ obligations: terms, cycle: { hasAnnualReconciliation } }: Elections) {
  const isAnnual =
    [terms.takeOrPay, terms.minMax, terms.coverageGuarantee].some(
      (one) => one?.period === 'YEAR',
    ) ||
    terms.outputGuarantee !== null ||
    terms.availabilityGuarantee !== null;
  const { minMax } = terms;
  return [
    ...unless(
      !isAnnual || hasAnnualReconciliation,
      '/cycle/hasAnnualReconciliation',
      'reconciliation.needed',
      'Obligations by the year need the annual reconciliation.',
    ),
    ...unless(
      minMax === null || minMax.minMwh !== null || minMax.maxMwh !== null,
      '/obligations/minMax',
      'min_max.bounds',
      'Neither a minimum nor a maximum is given.',
    ),
    ...unless(
      minMax?.minMwh == null ||
        minMax.maxMwh === null ||
        new Decimal(minMax.minMwh).lessThanOrEqualTo(minMax.maxMwh),
      '/obligations/minMax/maxMwh',
      'min_max.ordered',
      'The maximum is below the minimum.',
    ),
  ];
}

function takeOrPayNeeds({
  obligations: { takeOrPay },
  volume: { acqMwh },
  price: terms,
}: Elections) {
  if (takeOrPay === null) return [];
  return [
    ...unless(
      acqMwh !== null,
      '/volume/acqMwh',
      'take_or_pay.acq',
      'Take-or-pay needs an annual contract quantity.',
    ),
    ...unless(
      terms.market === null,
      '/obligations/takeOrPay',
      'take_or_pay.price',
      'Take-or-pay bills the deficiency at the contract’s own price, which a market link has not.',
    ),
  ];
}

function adders({ adders: terms, deliveryForm }: Elections) {
  const charges = terms.regulatedCharges.map(({ charge }) => charge);
  return [
    ...unless(
      (deliveryForm === 'SLEEVED') === (terms.sleevingMadPerMwh !== null),
      '/adders/sleevingMadPerMwh',
      'sleeving.fee',
      'SLEEVED, and only that, has a fee of the retailer.',
    ),
    ...unless(
      new Set(charges).size === charges.length,
      '/adders/regulatedCharges',
      'charges.once',
      'A regulated charge is listed twice.',
    ),
  ];
}

function cycle({ cycle: { trueUpMonths } }: Elections) {
  const isAscending = trueUpMonths.every((month, at) => at === 0 || trueUpMonths[at - 1]! < month);
  return unless(
    isAscending,
    '/cycle/trueUpMonths',
    'true_ups.ascend',
    'True-ups do not follow each other.',
  );
}
