import type { Elections } from './elections.shape.js';
import { type Both, say, type Sentence, whereSet } from './sentences.js';

type Adders = Elections['adders'];
type Charge = Adders['regulatedCharges'][number];

const BASIS: Readonly<Record<Charge['basis'], Both>> = {
  INJECTED: ['injected', 'injectée'],
  WITHDRAWN: ['withdrawn', 'soutirée'],
  DELIVERED: ['delivered', 'livrée'],
};

const PAYER: Readonly<Record<Charge['payer'], Both>> = {
  BUYER: ['buyer', 'de l’acheteur'],
  SELLER: ['seller', 'du vendeur'],
};

type Fee = Exclude<keyof Adders, 'lossFactor' | 'regulatedCharges'>;

/** What each fee is for, and of what it is the price. */
const FEES: Readonly<Record<Fee, readonly [en: string, fr: string, unit: Both]>> = {
  balancingMadPerMwh: ['Balancing', 'L’équilibrage', ['MWh', 'MWh']],
  sleevingMadPerMwh: ['The retailer’s service', 'Le service du fournisseur', ['MWh', 'MWh']],
  standingMadPerMonth: ['The standing charge', 'L’abonnement', ['month', 'mois']],
  meteringMadPerMonth: ['Metering', 'Le comptage', ['month', 'mois']],
  attributeMadPerMwh: ['The attributes', 'Les attributs', ['MWh', 'MWh']],
};

/** What is paid beside the energy. */
export function explainAdders({ lossFactor, regulatedCharges, ...fees }: Adders): Sentence[] {
  const named = Object.entries(FEES) as [Fee, (typeof FEES)[Fee]][];
  return [
    ...whereSet(lossFactor === '0' ? null : lossFactor, (share) =>
      say(
        '/adders/lossFactor',
        `A share of ${share} is lost on the way.`,
        `Une part de ${share} est perdue en chemin.`,
      ),
    ),
    ...regulatedCharges.map(({ charge, basis, payer }, at) =>
      say(
        `/adders/regulatedCharges/${at}`,
        `${charge} on energy ${BASIS[basis][0]} is paid by the ${PAYER[payer][0]}.`,
        `${charge} sur l’énergie ${BASIS[basis][1]} est à la charge ${PAYER[payer][1]}.`,
      ),
    ),
    ...named.flatMap(([fee, [en, fr, [unitEn, unitFr]]]) =>
      whereSet(fees[fee], (mad) =>
        say(
          `/adders/${fee}`,
          `${en} costs ${mad} MAD per ${unitEn}.`,
          `${fr} : ${mad} MAD par ${unitFr}.`,
        ),
      ),
    ),
  ];
}
