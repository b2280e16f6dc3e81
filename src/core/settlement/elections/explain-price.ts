import type { Elections } from './elections.shape.js';

/** One thing that a contract says, in plain words. */
export interface Sentence {
  /** The election that says it. */
  readonly pointer: string;
  readonly en: string;
  readonly fr: string;
}

/** A sentence in both languages. */
export function say(pointer: string, en: string, fr: string): Sentence {
  return { pointer, en, fr };
}

/** A sentence, where there is something to say. */
export function when(condition: boolean, sentence: () => Sentence): Sentence[] {
  return condition ? [sentence()] : [];
}

/** What a contract says of its price. */
export function explainPrice({ price: terms, rounding }: Elections): Sentence[] {
  const { base, unit, escalatorPct, index, fx, timeOfDelivery, market, tiers } = terms;
  const money = unit === 'MAD_PER_KWH' ? 'MAD/kWh' : 'MAD/MWh';
  return [
    ...when(base !== null, () =>
      say('/price/base', `The price is ${base} ${money}.`, `Le prix est de ${base} ${money}.`),
    ),
    ...when(escalatorPct !== null, () =>
      say(
        '/price/escalatorPct',
        `It rises by ${escalatorPct} % a year, compound, from contract year 2 on.`,
        `Il augmente de ${escalatorPct} % par an, composés, dès l’année contractuelle 2.`,
      ),
    ),
    ...when(index !== null, () => {
      const { series, fixedShare, baseMonth, lagMonths, adjusts } = index!;
      const often =
        adjusts === 'MONTHLY'
          ? ['every month', 'chaque mois']
          : ['on the anniversary', 'à la date anniversaire'];
      return say(
        '/price/index',
        `A share of ${fixedShare} is fixed; the rest follows ${series} against ${baseMonth}, ${lagMonths} months late, ${often[0]}.`,
        `Une part de ${fixedShare} est fixe ; le reste suit ${series} par rapport à ${baseMonth}, avec ${lagMonths} mois de décalage, ${often[1]}.`,
      );
    }),
    ...when(fx !== null, () =>
      say(
        '/price/fx',
        `A share of ${fx!.share} follows the ${fx!.currency}, against ${fx!.baseRate} MAD.`,
        `Une part de ${fx!.share} suit le ${fx!.currency}, par rapport à ${fx!.baseRate} MAD.`,
      ),
    ),
    ...when(timeOfDelivery !== null, () => {
      const windows = timeOfDelivery!.seasons
        .flatMap(({ name, windows: all }) =>
          all.map((one) => `${name} ${one.name} × ${one.factor}`),
        )
        .join(', ');
      return say(
        '/price/timeOfDelivery',
        `It depends on the time of delivery: ${windows}.`,
        `Il dépend du moment de la livraison : ${windows}.`,
      );
    }),
    ...linkAndTiers(market, tiers, money),
    ...negative(terms.negativeRule),
    say(
      '/rounding',
      `Factors are rounded to ${rounding.factorDp} decimals, the price to ${rounding.priceDp}, amounts ${rounding.amount === 'PER_LINE' ? 'once a line' : 'every hour'}.`,
      `Les coefficients sont arrondis à ${rounding.factorDp} décimales, le prix à ${rounding.priceDp}, les montants ${rounding.amount === 'PER_LINE' ? 'une fois par ligne' : 'chaque heure'}.`,
    ),
  ];
}

/** Prices that are not a base price. */
function linkAndTiers(
  market: Elections['price']['market'],
  tiers: Elections['price']['tiers'],
  money: string,
): Sentence[] {
  return [
    ...when(market !== null, () => {
      const { alpha, floorMadPerMwh, capMadPerMwh } = market!;
      const bounds = `${floorMadPerMwh ?? '−∞'} … ${capMadPerMwh ?? '+∞'} MAD/MWh`;
      return say(
        '/price/market',
        `It is ${alpha} of the market price, within ${bounds}.`,
        `Il est de ${alpha} du prix de marché, dans ${bounds}.`,
      );
    }),
    ...when(tiers !== null, () => {
      const bands = tiers!.bands
        .map(({ upToMwh, price: each }) => `≤ ${upToMwh ?? '∞'} MWh: ${each} ${money}`)
        .join('; ');
      const isSlices = tiers!.kind === 'PROGRESSIVE';
      return say(
        '/price/tiers',
        `${isSlices ? 'Each slice has its own price' : 'All energy has the price of the tier reached'}: ${bands}.`,
        `${isSlices ? 'Chaque tranche a son prix' : 'Toute l’énergie a le prix de la tranche atteinte'} : ${bands}.`,
      );
    }),
  ];
}

function negative({ rule, hours }: Elections['price']['negativeRule']): Sentence[] {
  const text: Readonly<Record<typeof rule, readonly [string, string]>> = {
    NONE: ['', ''],
    ZERO_SETTLEMENT: [
      'Hours with a negative reference price are not settled.',
      'Les heures à prix de référence négatif ne sont pas réglées.',
    ],
    REFERENCE_FLOOR_0: [
      'A negative reference price counts as zero.',
      'Un prix de référence négatif compte pour zéro.',
    ],
    SUSPEND: [
      `Runs of at least ${hours} hours with a negative price are not settled.`,
      `Les suites d’au moins ${hours} heures à prix négatif ne sont pas réglées.`,
    ],
    CURTAIL_AND_DEEM: [
      'With a negative price the plant stops, and what it could have generated is deemed.',
      'À prix négatif la centrale s’arrête, et sa production possible est réputée livrée.',
    ],
  };
  return when(rule !== 'NONE', () => say('/price/negativeRule', ...text[rule]));
}
