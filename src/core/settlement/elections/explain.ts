import type { Elections } from './elections.shape.js';
import { explainPrice, say, type Sentence, when } from './explain-price.js';

/** Explains a contract back, sentence by sentence, in English and French. */
export function explainContract(elections: Elections): readonly Sentence[] {
  return [
    ...frame(elections),
    ...volume(elections),
    ...explainPrice(elections),
    ...obligations(elections),
    ...adders(elections),
    ...money(elections),
  ];
}

const FORM: Readonly<Record<Elections['deliveryForm'], readonly [string, string]>> = {
  PHYSICAL: ['Energy is delivered over the grid.', 'L’énergie est livrée par le réseau.'],
  SLEEVED: [
    'Energy is delivered through a retailer, for a fee.',
    'L’énergie est livrée par un fournisseur intermédiaire, contre rémunération.',
  ],
  VIRTUAL: [
    'Nothing is delivered: the difference between strike and market price is settled.',
    'Rien n’est livré : on règle l’écart entre le prix d’exercice et le prix de marché.',
  ],
};

function frame(elections: Elections): Sentence[] {
  const { deliveryForm, codDate, termEnd, stages, share, contractYear } = elections;
  const ramp = stages.map(({ from, mw }) => `${mw} MW (${from})`).join(', ');
  const anchor = contractYear.anchor ?? codDate;
  return [
    say('/deliveryForm', ...FORM[deliveryForm]),
    say(
      '/codDate',
      `Delivery starts on ${codDate} and ends on ${termEnd}, both included.`,
      `La livraison commence le ${codDate} et finit le ${termEnd}, inclus.`,
    ),
    say('/stages', `Power: ${ramp}.`, `Puissance : ${ramp}.`),
    say(
      '/contractYear',
      contractYear.basis === 'CALENDAR'
        ? 'Contract years are calendar years.'
        : `Contract years begin every year on ${anchor.slice(5)}, the first on ${anchor}.`,
      contractYear.basis === 'CALENDAR'
        ? 'Les années contractuelles sont civiles.'
        : `Les années contractuelles commencent chaque année le ${anchor.slice(5)}, la première le ${anchor}.`,
    ),
    ...when(share !== null, () => {
      const of = share!.basis === 'PERCENT_OF_PLANT' ? '%' : ` MW / ${share!.ofMw} MW`;
      return say(
        '/share',
        `The buyer has ${share!.value}${of} of what the plants generate.`,
        `L’acheteur a ${share!.value}${of} de la production des centrales.`,
      );
    }),
  ];
}

const PRODUCT: Readonly<Record<Elections['volume']['product'], readonly [string, string]>> = {
  PAY_AS_PRODUCED: [
    'The buyer takes all that is generated; how it is shaped is the buyer’s risk.',
    'L’acheteur prend toute la production ; son profil est à son risque.',
  ],
  PAY_AS_NOMINATED: [
    'The buyer pays what was nominated, hour by hour.',
    'L’acheteur paie l’énergie nommée, heure par heure.',
  ],
  BASELOAD: [
    'The seller delivers a constant power and buys or sells the difference.',
    'Le vendeur livre une puissance constante et achète ou vend l’écart.',
  ],
  SHAPE_12X24: [
    'The seller delivers a table of 12 months by 24 hours.',
    'Le vendeur livre un tableau de 12 mois par 24 heures.',
  ],
  SHAPE_8760: [
    'The seller delivers a series of hours that is fixed beforehand.',
    'Le vendeur livre une série d’heures fixée d’avance.',
  ],
  AS_CONSUMED: [
    'The buyer pays what it uses of the generation, hour by hour.',
    'L’acheteur paie ce qu’il consomme de la production, heure par heure.',
  ],
  COVERAGE_24_7: [
    'The buyer pays what it uses, and the seller guarantees an hourly coverage.',
    'L’acheteur paie ce qu’il consomme, et le vendeur garantit une couverture horaire.',
  ],
};

const EXCESS: Readonly<Record<Elections['volume']['excess']['rule'], readonly [string, string]>> = {
  NOT_TAKEN: ['Excess stays with the seller.', 'L’excédent reste au vendeur.'],
  BUYER_TAKES: ['The buyer takes the excess', 'L’acheteur prend l’excédent'],
  SOLD_TO_GRID: ['Excess is sold to the grid', 'L’excédent est vendu au réseau'],
  SPILLED: ['Excess is lost.', 'L’excédent est perdu.'],
};

function volume({ volume: { product, excess, imbalance, acqMwh } }: Elections): Sentence[] {
  const [en, fr] = EXCESS[excess.rule];
  const tail: Readonly<Record<string, readonly [string, string]>> = {
    BUYER_TAKES: [` at ${excess.priceMadPerMwh} MAD/MWh.`, ` à ${excess.priceMadPerMwh} MAD/MWh.`],
    SOLD_TO_GRID: [
      ` up to ${excess.capPct} % of the annual production.`,
      ` jusqu’à ${excess.capPct} % de la production annuelle.`,
    ],
  };
  const [moreEn, moreFr] = tail[excess.rule] ?? ['', ''];
  return [
    say('/volume/product', ...PRODUCT[product]),
    say('/volume/excess', `${en}${moreEn}`, `${fr}${moreFr}`),
    ...when(acqMwh !== null, () =>
      say(
        '/volume/acqMwh',
        `The annual contract quantity is ${acqMwh} MWh.`,
        `La quantité contractuelle annuelle est de ${acqMwh} MWh.`,
      ),
    ),
    ...when(imbalance !== null, () => {
      const { bearer, tolerancePct, spreadMadPerMwh } = imbalance!;
      const who = bearer === 'BUYER' ? ['buyer', 'l’acheteur'] : ['seller', 'le vendeur'];
      return say(
        '/volume/imbalance',
        `Beyond ${tolerancePct} % off the nomination the ${who[0]} bears the imbalance, at the reference price and ${spreadMadPerMwh} MAD/MWh.`,
        `Au-delà de ${tolerancePct} % d’écart à la nomination, ${who[1]} supporte l’écart, au prix de référence et ${spreadMadPerMwh} MAD/MWh.`,
      );
    }),
  ];
}

const PERIOD = { YEAR: ['year', 'an'], MONTH: ['month', 'mois'] } as const;

function takeOrPaySentence(terms: NonNullable<Elections['obligations']['takeOrPay']>): Sentence {
  const { period, levelPct, makeUp, expiryYears, carryForward = false } = terms;
  const [en, fr] = carryForward
    ? [
        ' Energy taken beyond the contract quantity lessens later obligations.',
        ' L’énergie prise au-delà de la quantité contractuelle réduit les obligations suivantes.',
      ]
    : ['', ''];
  return say(
    '/obligations/takeOrPay',
    `The buyer pays at least ${levelPct} % of the contract quantity a ${PERIOD[period][0]}; make-up: ${makeUp}, within ${expiryYears} years.${en}`,
    `L’acheteur paie au moins ${levelPct} % de la quantité contractuelle par ${PERIOD[period][1]} ; rattrapage : ${makeUp}, sous ${expiryYears} ans.${fr}`,
  );
}

function obligations({ obligations: terms }: Elections): Sentence[] {
  const { takeOrPay, minMax, outputGuarantee, availabilityGuarantee } = terms;
  const { coverageGuarantee, deemedGeneration, delayDamages, damageCaps } = terms;
  const at = '/obligations';
  return [
    ...when(takeOrPay !== null, () => takeOrPaySentence(takeOrPay!)),
    ...when(minMax !== null, () => {
      const { period, minMwh, maxMwh } = minMax!;
      return say(
        `${at}/minMax`,
        `Between ${minMwh ?? 0} and ${maxMwh ?? '∞'} MWh a ${PERIOD[period][0]}; what is outside has its own price.`,
        `Entre ${minMwh ?? 0} et ${maxMwh ?? '∞'} MWh par ${PERIOD[period][1]} ; le reste a son propre prix.`,
      );
    }),
    ...when(outputGuarantee !== null, () =>
      say(
        `${at}/outputGuarantee`,
        `The seller guarantees ${outputGuarantee!.share} of ${outputGuarantee!.p50Mwh} MWh a year, for ${outputGuarantee!.rateMadPerMwh} MAD per MWh short.`,
        `Le vendeur garantit ${outputGuarantee!.share} de ${outputGuarantee!.p50Mwh} MWh par an, à ${outputGuarantee!.rateMadPerMwh} MAD par MWh manquant.`,
      ),
    ),
    ...when(availabilityGuarantee !== null, () =>
      say(
        `${at}/availabilityGuarantee`,
        `The seller guarantees an availability of ${availabilityGuarantee!.levelPct} % (${availabilityGuarantee!.basis}).`,
        `Le vendeur garantit une disponibilité de ${availabilityGuarantee!.levelPct} % (${availabilityGuarantee!.basis}).`,
      ),
    ),
    ...when(coverageGuarantee !== null, () => {
      const { metric, levelPct, rateMadPerMwh, period } = coverageGuarantee!;
      return say(
        `${at}/coverageGuarantee`,
        `The seller guarantees ${levelPct} % coverage a ${PERIOD[period][0]}, measured ${metric}, for ${rateMadPerMwh} MAD per MWh short.`,
        `Le vendeur garantit ${levelPct} % de couverture par ${PERIOD[period][1]}, mesurée ${metric}, à ${rateMadPerMwh} MAD par MWh manquant.`,
      );
    }),
    ...when(deemedGeneration !== null, () =>
      say(
        `${at}/deemedGeneration`,
        `Curtailed energy is paid beyond ${deemedGeneration!.freeAllowanceMwh} MWh a contract year.`,
        `L’énergie écrêtée est payée au-delà de ${deemedGeneration!.freeAllowanceMwh} MWh par année contractuelle.`,
      ),
    ),
    ...when(delayDamages !== null, () =>
      say(
        `${at}/delayDamages`,
        `A COD after ${delayDamages!.scheduledCod} costs ${delayDamages!.rateMadPerMwDay} MAD per MW and day, until ${delayDamages!.longStopDate}.`,
        `Une mise en service après le ${delayDamages!.scheduledCod} coûte ${delayDamages!.rateMadPerMwDay} MAD par MW et jour, jusqu’au ${delayDamages!.longStopDate}.`,
      ),
    ),
    ...when(damageCaps.annualMad !== null || damageCaps.aggregateMad !== null, () =>
      say(
        `${at}/damageCaps`,
        `Damages are at most ${damageCaps.annualMad ?? '∞'} MAD a year and ${damageCaps.aggregateMad ?? '∞'} MAD in all.`,
        `Les pénalités sont d’au plus ${damageCaps.annualMad ?? '∞'} MAD par an et ${damageCaps.aggregateMad ?? '∞'} MAD en tout.`,
      ),
    ),
  ];
}

function adders({ adders: terms }: Elections): Sentence[] {
  return [
    ...when(terms.lossFactor !== '0', () =>
      say(
        '/adders/lossFactor',
        `A share of ${terms.lossFactor} is lost on the way.`,
        `Une part de ${terms.lossFactor} est perdue en chemin.`,
      ),
    ),
    ...terms.regulatedCharges.map(({ charge, basis, payer }, at) =>
      say(
        `/adders/regulatedCharges/${at}`,
        `${charge} on energy ${basis.toLowerCase()} is paid by the ${payer.toLowerCase()}.`,
        `${charge} sur l’énergie ${{ INJECTED: 'injectée', WITHDRAWN: 'soutirée', DELIVERED: 'livrée' }[basis]} est à la charge ${payer === 'BUYER' ? 'de l’acheteur' : 'du vendeur'}.`,
      ),
    ),
  ];
}

function money({ cycle, vat }: Elections): Sentence[] {
  const { provisionalDay, finalDay, trueUpMonths, paymentDays } = cycle;
  const { correctionWindowMonths, lateInterest } = cycle;
  return [
    say(
      '/cycle',
      `A month is billed provisionally on day ${provisionalDay} and finally on day ${finalDay} of the next; true-ups after ${trueUpMonths.join(', ')} months, corrections within ${correctionWindowMonths}.`,
      `Un mois est facturé provisoirement le jour ${provisionalDay} et définitivement le jour ${finalDay} du suivant ; régularisations après ${trueUpMonths.join(', ')} mois, corrections sous ${correctionWindowMonths}.`,
    ),
    say(
      '/cycle/paymentDays',
      `Payment is due within ${paymentDays} days; later, ${lateInterest.annualPct} % a year (${lateInterest.dayCount}).`,
      `Le paiement est dû sous ${paymentDays} jours ; au-delà, ${lateInterest.annualPct} % par an (${lateInterest.dayCount}).`,
    ),
    say(
      '/vat',
      `VAT: energy ${vat.energy ?? 'outside'}, regulated charges ${vat.regulated ?? 'outside'}, fees ${vat.fees ?? 'outside'}, damages ${vat.damages ?? 'outside'}.`,
      `TVA : énergie ${vat.energy ?? 'hors champ'}, charges régulées ${vat.regulated ?? 'hors champ'}, frais ${vat.fees ?? 'hors champ'}, pénalités ${vat.damages ?? 'hors champ'}.`,
    ),
  ];
}
