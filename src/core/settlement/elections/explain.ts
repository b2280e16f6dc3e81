import { explainAdders } from './explain-adders.js';
import { explainCycle } from './explain-cycle.js';
import { explainObligations } from './explain-obligations.js';
import { explainPrice } from './explain-price.js';
import { explainVolume } from './explain-volume.js';
import type { Elections } from './elections.shape.js';
import { type Both, say, type Sentence, whereSet } from './sentences.js';

/**
 * Explains a contract back, sentence by sentence, in English and French: every election that has an effect,
 * so that whoever signs reads what will be settled.
 */
export function explainContract(elections: Elections): readonly Sentence[] {
  return [
    ...frame(elections),
    ...explainVolume(elections),
    ...explainPrice(elections),
    ...explainObligations(elections.obligations),
    ...explainAdders(elections.adders),
    ...explainCycle(elections),
  ];
}

const REGIME: Readonly<Record<Elections['legalRegime'], Both>> = {
  '13-09': [
    'The contract is made under Law 13-09 on renewable energies.',
    'Le contrat relève de la loi 13-09 relative aux énergies renouvelables.',
  ],
  '82-21': [
    'The contract is made under Law 82-21 on self-generation.',
    'Le contrat relève de la loi 82-21 relative à l’autoproduction.',
  ],
  'IPP-ONEE': [
    'The contract is that of an independent producer with ONEE.',
    'Le contrat est celui d’un producteur indépendant avec l’ONEE.',
  ],
};

const FORM: Readonly<Record<Elections['deliveryForm'], Both>> = {
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

const POINT: Readonly<Record<Elections['deliveryPoint'], Both>> = {
  PLANT_BUSBAR: [
    'Energy is counted at the busbar of the plant, before losses.',
    'L’énergie est comptée au jeu de barres de la centrale, avant pertes.',
  ],
  GRID_POINT: [
    'Energy is counted at the delivery point of the grid, after losses.',
    'L’énergie est comptée au point de livraison du réseau, après pertes.',
  ],
  SITE_METER: [
    'Energy is counted at the meter of the site, after losses.',
    'L’énergie est comptée au compteur du site, après pertes.',
  ],
};

const CALENDAR: Readonly<Record<Elections['settlementCalendar'], Both>> = {
  LEGAL_MONTH: [
    'Months are civil months of legal time.',
    'Les mois sont les mois civils de l’heure légale.',
  ],
  UTC_MONTH: ['Months are months of UTC.', 'Les mois sont les mois en UTC.'],
};

function frame(elections: Elections): Sentence[] {
  const { legalRegime, deliveryForm, deliveryPoint, settlementCalendar, share } = elections;
  const { signatureDate, codDate, termEnd, stages, contractYear, currency } = elections;
  const ramp = stages.map(({ from, mw }) => `${mw} MW (${from})`).join(', ');
  const anchor = contractYear.anchor ?? codDate;
  return [
    say('/legalRegime', ...REGIME[legalRegime]),
    say('/deliveryForm', ...FORM[deliveryForm]),
    say('/deliveryPoint', ...POINT[deliveryPoint]),
    say(
      '/signatureDate',
      `It was signed on ${signatureDate}.`,
      `Il a été signé le ${signatureDate}.`,
    ),
    say(
      '/codDate',
      `Delivery starts on ${codDate} and ends on ${termEnd}, both included.`,
      `La livraison commence le ${codDate} et finit le ${termEnd}, inclus.`,
    ),
    say('/settlementCalendar', ...CALENDAR[settlementCalendar]),
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
    ...whereSet(share, ({ basis, value, ofMw }) => {
      const of = basis === 'PERCENT_OF_PLANT' ? ' %' : ` MW / ${ofMw} MW`;
      return say(
        '/share',
        `The buyer has ${value}${of} of what the plants generate.`,
        `L’acheteur a ${value}${of} de la production des centrales.`,
      );
    }),
    say('/currency', `Amounts are in ${currency}.`, `Les montants sont en ${currency}.`),
  ];
}
