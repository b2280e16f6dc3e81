import type { Elections } from './elections.shape.js';
import { type Both, CLOCK, PERIOD, say, type Sentence, whereSet } from './sentences.js';

type Price = Elections['price'];

/** What a contract says of its price. */
export function explainPrice({ price: terms, rounding }: Elections): Sentence[] {
  const { base, unit, escalatorPct, index, fx, timeOfDelivery, market, tiers } = terms;
  const money = unit === 'MAD_PER_KWH' ? 'MAD/kWh' : 'MAD/MWh';
  const discount = terms.testEnergyDiscountPct;
  return [
    ...whereSet(base, (price) =>
      say('/price/base', `The price is ${price} ${money}.`, `Le prix est de ${price} ${money}.`),
    ),
    ...whereSet(escalatorPct, (pct) =>
      say(
        '/price/escalatorPct',
        `It rises by ${pct} % a year, compound, from contract year 2 on.`,
        `Il augmente de ${pct} % par an, composés, dès l’année contractuelle 2.`,
      ),
    ),
    ...whereSet(index, indexSentence),
    ...whereSet(fx, ({ currency, share, baseRate, fixing }) => {
      const fixed: Both =
        fixing === 'FIRST_DAY'
          ? ['the first day of the delivery month', 'le premier jour du mois de livraison']
          : ['the last day before the delivery month', 'la veille du mois de livraison'];
      return say(
        '/price/fx',
        `A share of ${share} follows the ${currency}, against ${baseRate} MAD, as fixed on ${fixed[0]}.`,
        `Une part de ${share} suit le ${currency}, par rapport à ${baseRate} MAD, au taux fixé ${fixed[1]}.`,
      );
    }),
    ...whereSet(timeOfDelivery, deliverySentence),
    ...whereSet(market, ({ kind, alpha, floorMadPerMwh, capMadPerMwh }) => {
      const bounds = `${floorMadPerMwh ?? '−∞'} … ${capMadPerMwh ?? '+∞'} MAD/MWh`;
      const by: Both = kind === 'COLLAR' ? ['a collar', 'un tunnel'] : ['a discount', 'une décote'];
      return say(
        '/price/market',
        `It is ${alpha} of the market price, as ${by[0]}, within ${bounds}.`,
        `Il est de ${alpha} du prix de marché, par ${by[1]}, dans ${bounds}.`,
      );
    }),
    ...whereSet(tiers, ({ kind, per, bands }) => {
      const told = bands
        .map(({ upToMwh, price: each }) => `≤ ${upToMwh ?? '∞'} MWh: ${each} ${money}`)
        .join('; ');
      const by: Both =
        kind === 'PROGRESSIVE'
          ? ['Each slice has its own price', 'Chaque tranche a son prix']
          : [
              'All energy has the price of the tier reached',
              'Toute l’énergie a le prix de la tranche atteinte',
            ];
      return say(
        '/price/tiers',
        `${by[0]}, by ${PERIOD[per][0]}: ${told}.`,
        `${by[1]}, par ${PERIOD[per][1]} : ${told}.`,
      );
    }),
    ...negative(terms.negativeRule),
    say(
      '/price/testEnergyDiscountPct',
      `Test energy, before the COD, has ${discount} % off the price.`,
      `L’énergie d’essai, avant la mise en service, a ${discount} % de remise sur le prix.`,
    ),
    roundingSentence(rounding),
  ];
}

function indexSentence(index: NonNullable<Price['index']>): Sentence {
  const { series, fixedShare, baseMonth, lagMonths, adjusts, revisionPolicy } = index;
  const [floor, cap] = [index.factorFloor, index.factorCap];
  const often: Both =
    adjusts === 'MONTHLY'
      ? ['every month', 'chaque mois']
      : ['on the anniversary', 'à la date anniversaire'];
  const revised: Both =
    revisionPolicy === 'RESTATE'
      ? [
          'figures revised later are settled again',
          'les valeurs révisées donnent lieu à régularisation',
        ]
      : ['it is frozen as first published', 'il est figé à sa première publication'];
  const within = floor === null && cap === null ? '' : ` (${floor ?? '−∞'} … ${cap ?? '+∞'})`;
  return say(
    '/price/index',
    `A share of ${fixedShare} is fixed; the rest follows ${series} against ${baseMonth}, ${lagMonths} months late, ${often[0]}${within}; ${revised[0]}.`,
    `Une part de ${fixedShare} est fixe ; le reste suit ${series} par rapport à ${baseMonth}, avec ${lagMonths} mois de décalage, ${often[1]}${within} ; ${revised[1]}.`,
  );
}

function deliverySentence({ clock, seasons }: NonNullable<Price['timeOfDelivery']>): Sentence {
  const told = seasons
    .map(({ name, fromDay, toDay, windows }) => {
      const all = windows.map(
        (one) => `${one.name} ${one.fromHour}–${one.toHour} h × ${one.factor}`,
      );
      return `${name} (${fromDay} – ${toDay}) ${all.join(', ')}`;
    })
    .join('; ');
  return say(
    '/price/timeOfDelivery',
    `It depends on the hour of delivery in ${CLOCK[clock][0]}: ${told}.`,
    `Il dépend de l’heure de livraison ${CLOCK[clock][1]} : ${told}.`,
  );
}

function negative({ rule, hours }: Price['negativeRule']): readonly Sentence[] {
  const text: Readonly<Record<typeof rule, Both | null>> = {
    NONE: null,
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
  return whereSet(text[rule], (words) => say('/price/negativeRule', ...words));
}

function roundingSentence({ factorDp, priceDp, amount }: Elections['rounding']): Sentence {
  const price: Both =
    priceDp === 'UNROUNDED'
      ? ['the price is not rounded', 'le prix n’est pas arrondi']
      : [
          `the price is rounded to ${priceDp} decimals`,
          `le prix est arrondi à ${priceDp} décimales`,
        ];
  const often: Both =
    amount === 'PER_LINE' ? ['once a line', 'une fois par ligne'] : ['every hour', 'chaque heure'];
  return say(
    '/rounding',
    `Factors are rounded to ${factorDp} decimals; ${price[0]}; amounts are rounded ${often[0]}.`,
    `Les coefficients sont arrondis à ${factorDp} décimales ; ${price[1]} ; les montants sont arrondis ${often[1]}.`,
  );
}
