import type { Elections } from './elections.shape.js';
import { type Both, CLOCK, say, type Sentence, whereSet } from './sentences.js';

type Volume = Elections['volume'];

const PRODUCT: Readonly<Record<Volume['product'], Both>> = {
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

/** What a contract says of its quantities. */
export function explainVolume({ volume }: Elections): Sentence[] {
  const { product, baseloadMw, shapeMw, clock, excess, imbalance, acqMwh } = volume;
  return [
    say('/volume/product', ...PRODUCT[product]),
    ...(product === 'BASELOAD' ? [baseload(baseloadMw)] : []),
    ...whereSet(shapeMw, (table) => {
      const rows = table.map((row, at) => `${at + 1}: ${stretches(row)}`).join('; ');
      const [en, fr] = CLOCK[clock];
      return say(
        '/volume/shapeMw',
        `MW by month and hours of ${en}: ${rows}.`,
        `MW par mois et par heure, ${fr} : ${rows}.`,
      );
    }),
    say('/volume/excess', ...excessWords(excess)),
    ...whereSet(acqMwh, (mwh) =>
      say(
        '/volume/acqMwh',
        `The annual contract quantity is ${mwh} MWh.`,
        `La quantité contractuelle annuelle est de ${mwh} MWh.`,
      ),
    ),
    ...whereSet(imbalance, ({ bearer, tolerancePct, spreadMadPerMwh }) => {
      const who = bearer === 'BUYER' ? ['buyer', 'l’acheteur'] : ['seller', 'le vendeur'];
      return say(
        '/volume/imbalance',
        `Beyond ${tolerancePct} % off the nomination the ${who[0]} bears the imbalance, at the reference price and ${spreadMadPerMwh} MAD/MWh.`,
        `Au-delà de ${tolerancePct} % d’écart à la nomination, ${who[1]} supporte l’écart, au prix de référence et ${spreadMadPerMwh} MAD/MWh.`,
      );
    }),
  ];
}

function baseload(mw: string | null): Sentence {
  return mw === null
    ? say(
        '/volume/baseloadMw',
        'The constant power is that of the stage reached.',
        'La puissance constante est celle de l’étape atteinte.',
      )
    : say(
        '/volume/baseloadMw',
        `The constant power is ${mw} MW.`,
        `La puissance constante est de ${mw} MW.`,
      );
}

/** A row of a shape, equal hours together: `0–6 h 10, 6–24 h 12`. */
function stretches(row: readonly string[]): string {
  const starts = row.flatMap((mw, hour) => (row[hour - 1] === mw ? [] : [hour]));
  return starts
    .map((from, at) => `${from}–${starts[at + 1] ?? row.length} h ${row[from]}`)
    .join(', ');
}

function excessWords({ rule, priceMadPerMwh, capPct }: Volume['excess']): Both {
  const words: Readonly<Record<typeof rule, Both>> = {
    NOT_TAKEN: ['Excess stays with the seller.', 'L’excédent reste au vendeur.'],
    BUYER_TAKES: [
      `The buyer takes the excess at ${priceMadPerMwh} MAD/MWh.`,
      `L’acheteur prend l’excédent à ${priceMadPerMwh} MAD/MWh.`,
    ],
    SOLD_TO_GRID: [
      `Excess is sold to the grid up to ${capPct} % of the annual production.`,
      `L’excédent est vendu au réseau jusqu’à ${capPct} % de la production annuelle.`,
    ],
    SPILLED: ['Excess is lost.', 'L’excédent est perdu.'],
  };
  return words[rule];
}
