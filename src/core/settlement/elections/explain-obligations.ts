import type { Elections } from './elections.shape.js';
import { type Both, PERIOD, say, type Sentence, whereSet } from './sentences.js';

type Obligations = Elections['obligations'];
type Terms<Name extends keyof Obligations> = NonNullable<Obligations[Name]>;

const AT = '/obligations';

/** What must be taken, delivered and covered, and what it costs where it is not. */
export function explainObligations(terms: Obligations): Sentence[] {
  return [
    ...whereSet(terms.takeOrPay, takeOrPaySentence),
    ...whereSet(terms.minMax, minMaxSentence),
    ...whereSet(terms.outputGuarantee, ({ share, p50Mwh, rateMadPerMwh }) =>
      say(
        `${AT}/outputGuarantee`,
        `The seller guarantees ${share} of ${p50Mwh} MWh a year, for ${rateMadPerMwh} MAD per MWh short.`,
        `Le vendeur garantit ${share} de ${p50Mwh} MWh par an, à ${rateMadPerMwh} MAD par MWh manquant.`,
      ),
    ),
    ...whereSet(terms.availabilityGuarantee, ({ basis, levelPct, rateMadPerPoint }) => {
      const by: Both = basis === 'TIME' ? ['hours', 'heures'] : ['energy', 'énergie'];
      return say(
        `${AT}/availabilityGuarantee`,
        `The seller guarantees an availability of ${levelPct} %, by ${by[0]}, for ${rateMadPerPoint} MAD per percentage point short.`,
        `Le vendeur garantit une disponibilité de ${levelPct} %, en ${by[1]}, à ${rateMadPerPoint} MAD par point manquant.`,
      );
    }),
    ...whereSet(terms.coverageGuarantee, coverageSentence),
    ...whereSet(terms.deemedGeneration, ({ freeAllowanceMwh }) =>
      say(
        `${AT}/deemedGeneration`,
        `Curtailed energy is paid beyond ${freeAllowanceMwh} MWh a contract year.`,
        `L’énergie écrêtée est payée au-delà de ${freeAllowanceMwh} MWh par année contractuelle.`,
      ),
    ),
    ...whereSet(terms.delayDamages, ({ scheduledCod, rateMadPerMwDay, longStopDate }) =>
      say(
        `${AT}/delayDamages`,
        `A COD after ${scheduledCod} costs ${rateMadPerMwDay} MAD per MW and day, until ${longStopDate}.`,
        `Une mise en service après le ${scheduledCod} coûte ${rateMadPerMwDay} MAD par MW et jour, jusqu’au ${longStopDate}.`,
      ),
    ),
    ...caps(terms.damageCaps),
  ];
}

const MAKE_UP: Readonly<Record<Terms<'takeOrPay'>['makeUp'], Both>> = {
  NONE: ['What was paid and not taken is lost.', 'Ce qui a été payé sans être pris est perdu.'],
  PRICE_DIFFERENCE: [
    'What was paid and not taken may be taken later for the rise in price.',
    'Ce qui a été payé sans être pris peut l’être plus tard contre la hausse du prix.',
  ],
  FREE: [
    'What was paid and not taken may be taken later at no charge.',
    'Ce qui a été payé sans être pris peut l’être plus tard sans frais.',
  ],
};

const DEDUCTED: Readonly<Record<Terms<'takeOrPay'>['deductions'][number], Both>> = {
  SELLER_FAILURE: ['the seller’s failure', 'la défaillance du vendeur'],
  FORCE_MAJEURE: ['force majeure', 'la force majeure'],
};

function takeOrPaySentence(terms: Terms<'takeOrPay'>): Sentence {
  const { period, levelPct, deductions, makeUp, expiryYears, carryForward = false } = terms;
  const less = (at: 0 | 1, word: string): string =>
    deductions.length === 0
      ? ''
      : `, ${word} ${deductions.map((one) => DEDUCTED[one][at]).join(', ')}`;
  const carried: Both = carryForward
    ? [
        ' Energy taken beyond the contract quantity lessens later obligations.',
        ' L’énergie prise au-delà de la quantité contractuelle réduit les obligations suivantes.',
      ]
    : ['', ''];
  const lapses: Both =
    makeUp === 'NONE' && !carryForward
      ? ['', '']
      : [
          ` Quantities lapse after ${expiryYears} contract years.`,
          ` Les quantités expirent après ${expiryYears} années contractuelles.`,
        ];
  return say(
    `${AT}/takeOrPay`,
    `The buyer pays at least ${levelPct} % of the contract quantity a ${PERIOD[period][0]}${less(0, 'less')}. ${MAKE_UP[makeUp][0]}${carried[0]}${lapses[0]}`,
    `L’acheteur paie au moins ${levelPct} % de la quantité contractuelle par ${PERIOD[period][1]}${less(1, 'moins')}. ${MAKE_UP[makeUp][1]}${carried[1]}${lapses[1]}`,
  );
}

function minMaxSentence({ period, ...terms }: Terms<'minMax'>): Sentence {
  const { minMwh, maxMwh, belowMadPerMwh, aboveMadPerMwh } = terms;
  const limits = (words: readonly [least: string, most: string]): string =>
    [minMwh, maxMwh].flatMap((mwh, at) => (mwh === null ? [] : [`${words[at]} ${mwh}`])).join(', ');
  return say(
    `${AT}/minMax`,
    `MWh a ${PERIOD[period][0]}: ${limits(['at least', 'at most'])}. What is below costs ${belowMadPerMwh} MAD/MWh, what is above ${aboveMadPerMwh} MAD/MWh.`,
    `MWh par ${PERIOD[period][1]} : ${limits(['au moins', 'au plus'])}. Ce qui manque coûte ${belowMadPerMwh} MAD/MWh, ce qui dépasse ${aboveMadPerMwh} MAD/MWh.`,
  );
}

const METRIC: Readonly<Record<Terms<'coverageGuarantee'>['metric'], Both>> = {
  ENERGY_WEIGHTED: ['weighted by energy, hour by hour', 'pondérée par l’énergie, heure par heure'],
  TIME_AVERAGED: ['as the mean of the hours', 'en moyenne des heures'],
  VOLUMETRIC: ['by volumes of the period', 'en volumes de la période'],
};

function coverageSentence(terms: Terms<'coverageGuarantee'>): Sentence {
  const { metric, levelPct, rateMadPerMwh, period, zeroLoadHour } = terms;
  const idle: Both =
    zeroLoadHour === 'COVERED'
      ? ['count as covered', 'comptent comme couvertes']
      : ['do not count', 'ne comptent pas'];
  return say(
    `${AT}/coverageGuarantee`,
    `The seller guarantees ${levelPct} % coverage a ${PERIOD[period][0]}, ${METRIC[metric][0]}, for ${rateMadPerMwh} MAD per MWh short; hours without load ${idle[0]}.`,
    `Le vendeur garantit ${levelPct} % de couverture par ${PERIOD[period][1]}, ${METRIC[metric][1]}, à ${rateMadPerMwh} MAD par MWh manquant ; les heures sans charge ${idle[1]}.`,
  );
}

function caps({ annualMad, aggregateMad }: Obligations['damageCaps']): readonly Sentence[] {
  const isCapped = annualMad !== null || aggregateMad !== null;
  const [year, all] = [annualMad ?? '∞', aggregateMad ?? '∞'];
  return isCapped
    ? [
        say(
          `${AT}/damageCaps`,
          `Damages are at most ${year} MAD a year and ${all} MAD in all.`,
          `Les pénalités sont d’au plus ${year} MAD par an et ${all} MAD en tout.`,
        ),
      ]
    : [];
}
