import type { Elections } from './elections.shape.js';
import { type Both, say, type Sentence } from './sentences.js';

const ESTIMATES: Readonly<Record<Elections['estimatedData'], Both>> = {
  PROVISIONAL_ONLY: [
    'Estimated readings are settled provisionally only.',
    'Les relevés estimés ne sont réglés qu’à titre provisoire.',
  ],
  ACCEPT_LOAD: [
    'Estimated readings of the load are settled finally too, of the generation provisionally only.',
    'Les relevés estimés de la charge sont aussi réglés à titre définitif, ceux de la production à titre provisoire seulement.',
  ],
  REFUSE: ['Estimated readings are never settled.', 'Les relevés estimés ne sont jamais réglés.'],
};

const DISPUTE: Readonly<Record<Elections['cycle']['dispute'], Both>> = {
  PAY_ALL: [
    'A disputed invoice is paid in full, and corrected afterwards.',
    'Une facture contestée est payée en entier, puis corrigée.',
  ],
  PAY_UNDISPUTED: [
    'What is disputed of an invoice is not paid until it is settled.',
    'La part contestée d’une facture n’est payée qu’une fois le litige réglé.',
  ],
};

/** When it is settled, corrected, taxed and paid, and on what data. */
export function explainCycle({ cycle, vat, estimatedData }: Elections): Sentence[] {
  const { provisionalDay, finalDay, paymentDays, dispute, lateInterest } = cycle;
  return [
    say(
      '/cycle',
      `A month is billed provisionally on day ${provisionalDay} and finally on day ${finalDay} of the next.`,
      `Un mois est facturé provisoirement le jour ${provisionalDay} et définitivement le jour ${finalDay} du suivant.`,
    ),
    ...corrections(cycle),
    say('/estimatedData', ...ESTIMATES[estimatedData]),
    say(
      '/cycle/paymentDays',
      `Payment is due within ${paymentDays} days; later, ${lateInterest.annualPct} % a year (${lateInterest.dayCount}).`,
      `Le paiement est dû sous ${paymentDays} jours ; au-delà, ${lateInterest.annualPct} % par an (${lateInterest.dayCount}).`,
    ),
    say('/cycle/dispute', ...DISPUTE[dispute]),
    say(
      '/vat',
      `VAT: energy ${vat.energy ?? 'outside'}, regulated charges ${vat.regulated ?? 'outside'}, fees ${vat.fees ?? 'outside'}, damages ${vat.damages ?? 'outside'}.`,
      `TVA : énergie ${vat.energy ?? 'hors champ'}, charges régulées ${vat.regulated ?? 'hors champ'}, frais ${vat.fees ?? 'hors champ'}, pénalités ${vat.damages ?? 'hors champ'}.`,
    ),
  ];
}

function corrections(cycle: Elections['cycle']): readonly Sentence[] {
  const { trueUpMonths, hasAnnualReconciliation, correctionWindowMonths } = cycle;
  const { materialityMad, materialityKwh } = cycle;
  const months = trueUpMonths.join(', ');
  const trueUps: Both =
    trueUpMonths.length === 0
      ? ['There are no true-ups', 'Il n’y a pas de régularisation']
      : [
          `True-ups come after ${months} months`,
          `Les régularisations ont lieu après ${months} mois`,
        ];
  const year: Both = hasAnnualReconciliation
    ? ['each contract year is reconciled', 'chaque année contractuelle est soldée']
    : ['contract years are not reconciled', 'les années contractuelles ne sont pas soldées'];
  return [
    say(
      '/cycle/trueUpMonths',
      `${trueUps[0]}; ${year[0]}; corrections are made within ${correctionWindowMonths} months.`,
      `${trueUps[1]} ; ${year[1]} ; les corrections se font sous ${correctionWindowMonths} mois.`,
    ),
    say(
      '/cycle/materialityMad',
      `A correction below ${materialityMad} MAD and ${materialityKwh} kWh waits for the next true-up.`,
      `Une correction inférieure à ${materialityMad} MAD et ${materialityKwh} kWh attend la régularisation suivante.`,
    ),
  ];
}
