import type { PointerProblem } from '../../errors.js';
import { Decimal } from '../../units/money.js';
import { type Check, unless } from './contradictions/check.js';
import type { Elections } from './elections.shape.js';
import type { DayWindow, Season } from '../../shapes/seasons.shape.js';

function price({ price: terms, deliveryForm }: Elections) {
  const { base, market, tiers } = terms;
  const sources = [base !== null, market !== null, tiers !== null].filter(Boolean).length;
  const names = ['escalatorPct', 'index', 'fx', 'timeOfDelivery'] as const;
  const onBase = names.filter((name) => terms[name] !== null);
  return [
    ...unless(
      sources === 1,
      '/price',
      'price.one_source',
      'The price is a base price, or tiers, or linked to the market: one of them.',
    ),
    ...unless(
      market === null || onBase.length === 0,
      `/price/${onBase[0] ?? ''}`,
      'price.needs_base',
      'A price that is linked to the market has no base to escalate, index or shape.',
    ),
    ...unless(
      deliveryForm !== 'VIRTUAL' || base !== null,
      '/price/base',
      'price.strike',
      'A contract for differences needs a strike price.',
    ),
    ...unless(
      market === null ||
        (market.kind === 'COLLAR') ===
          (market.floorMadPerMwh !== null || market.capMadPerMwh !== null),
      '/price/market',
      'collar.bounds',
      'COLLAR, and only that, has a floor or a cap.',
    ),
    ...unless(
      market?.floorMadPerMwh == null ||
        market.capMadPerMwh === null ||
        new Decimal(market.floorMadPerMwh).lessThanOrEqualTo(market.capMadPerMwh),
      '/price/market/capMadPerMwh',
      'collar.ordered',
      'The cap is below the floor.',
    ),
  ];
}

function priceShape({ price: { tiers, timeOfDelivery: tod, index } }: Elections) {
  const bounds = tiers?.bands.map(({ upToMwh }) => upToMwh) ?? [];
  const areOrdered = bounds.every((bound, at) => {
    if (at === bounds.length - 1) return bound === null;
    const before = at === 0 ? 0 : bounds[at - 1]!;
    return bound !== null && new Decimal(bound).greaterThan(before);
  });
  return [
    ...unless(
      areOrdered,
      '/price/tiers/bands',
      'tiers.ascend',
      'Upper bounds ascend, and the last band has none.',
    ),
    ...(tod === null ? [] : tilingProblems('/price/timeOfDelivery/seasons', tod.seasons)),
    ...unless(
      index?.factorFloor == null ||
        index.factorCap === null ||
        new Decimal(index.factorFloor).lessThanOrEqualTo(index.factorCap),
      '/price/index/factorCap',
      'index.ordered',
      'The cap of the factor is below its floor.',
    ),
  ];
}

/** Figures that nothing can be computed from (SETTLEMENT, ruling 13). */
function factors({ price: { escalatorPct, fx }, currency }: Elections) {
  return [
    ...unless(
      escalatorPct === null || new Decimal(escalatorPct).greaterThan(-100),
      '/price/escalatorPct',
      'escalator.above',
      'The price falls by 100 % a year or more: nothing, or less than nothing, is left of it.',
    ),
    ...unless(
      fx === null || new Decimal(fx.baseRate).greaterThan(0),
      '/price/fx/baseRate',
      'fx.base',
      'The base rate is 0: no rate can be measured by it.',
    ),
    ...unless(
      fx === null || fx.currency !== currency,
      '/price/fx/currency',
      'fx.foreign',
      `The price is in ${currency}: a share of it cannot follow ${currency}.`,
    ),
  ];
}

/** Seasons tile the year, and windows the day, without gap or overlap. */
export function tilingProblems(
  pointer: string,
  seasons: readonly Season<DayWindow>[],
): readonly PointerProblem[] {
  const days = Array.from({ length: 366 }, (_, at) =>
    new Date(Date.UTC(2024, 0, 1 + at)).toISOString().slice(5, 10),
  );
  const within = (value: string | number, from: string | number, to: string | number): boolean =>
    from <= to ? from <= value && value <= to : from <= value || value <= to;
  const day = days.find(
    (one) => seasons.filter(({ fromDay, toDay }) => within(one, fromDay, toDay)).length !== 1,
  );
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return [
    ...unless(day === undefined, pointer, 'seasons.tile', `${day} is in no season, or in two.`),
    ...seasons.flatMap(({ name, windows }, at) => {
      const hour = hours.find(
        (one) =>
          windows.filter(({ fromHour, toHour }) => within(one, fromHour, (toHour + 23) % 24))
            .length !== 1,
      );
      const detail = `In ${name}, hour ${hour} is in no window, or in two.`;
      return unless(hour === undefined, `${pointer}/${at}/windows`, 'windows.tile', detail);
    }),
  ];
}

function negativePrices({ price: terms, deliveryForm, obligations }: Elections) {
  const { rule, hours } = terms.negativeRule;
  const hasReference = deliveryForm === 'VIRTUAL' || terms.market !== null;
  return [
    ...unless(
      (rule === 'SUSPEND') === (hours !== null),
      '/price/negativeRule/hours',
      'negative.hours',
      'SUSPEND, and only that, says from how many hours on.',
    ),
    ...unless(
      rule === 'NONE' || hasReference,
      '/price/negativeRule/rule',
      'negative.reference',
      'A rule on negative prices needs a reference price: a virtual contract or a market link.',
    ),
    ...unless(
      rule !== 'CURTAIL_AND_DEEM' || obligations.deemedGeneration !== null,
      '/obligations/deemedGeneration',
      'negative.deemed',
      'CURTAIL_AND_DEEM needs deemed generation.',
    ),
    ...unless(
      obligations.deemedGeneration === null || terms.market === null,
      '/obligations/deemedGeneration',
      'deemed.price',
      'Deemed generation is paid at the contract’s own price, which a market link has not.',
    ),
  ];
}

/** Conflicts of the elections on the price. */
export const PRICE_CHECKS: readonly Check[] = [price, priceShape, factors, negativePrices];
