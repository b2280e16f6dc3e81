import type { Elections } from '../../settlement/elections/elections.shape.js';
import type { Season } from '../../shapes/seasons.shape.js';
import type { RunInput } from '../../settlement/document.js';
import type { References } from '../../settlement/references/references.shape.js';

/** Why a figure differs (SETTLEMENT 10.4). */
export const DIFFERENCE_CLASSES = [
  ...(['QUANTITY', 'PRICE', 'INDEX', 'TARIFF_WINDOW', 'TARIFF_VALIDITY', 'LOSSES'] as const),
  ...(['OBLIGATION', 'VAT', 'ARITHMETIC', 'ROUNDING', 'DUPLICATE', 'MISSING_LINE'] as const),
  ...(['EXTRA_LINE', 'PERIOD', 'UNIT', 'KIND'] as const),
] as const;
/** One reason. */
export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number];

/** Dated figures there are, beside those that a settlement used. */
export type KnownFigures = Pick<References, 'tariffs' | 'indices' | 'fx'>;

/** A mistake that the supplier may have made: the same settlement, with that mistake in it. */
export interface Hypothesis {
  readonly class: DifferenceClass;
  readonly says: string;
  readonly input: RunInput;
}

/**
 * Mistakes worth trying on a settlement, in the order in which they are believed. Only those that its
 * elections make possible; a hypothesis proves itself by giving the supplier's figure to the centime.
 */
export function hypothesesFor(input: RunInput, known: KnownFigures): readonly Hypothesis[] {
  return [
    ...roundings(input),
    ...indices({ ...input, references: { ...input.references, indices: known.indices } }),
    ...rates({ ...input, references: { ...input.references, fx: known.fx } }),
    ...losses(input),
    ...windows(input),
    ...tariffs(input, known),
  ];
}

const withElections = (input: RunInput, part: Partial<Elections>): RunInput => ({
  ...input,
  elections: { ...input.elections, ...part },
});

const withPrice = (input: RunInput, part: Partial<Elections['price']>): RunInput =>
  withElections(input, { price: { ...input.elections.price, ...part } });

function roundings(input: RunInput): Hypothesis[] {
  const { rounding } = input.elections;
  const other = rounding.amount === 'PER_LINE' ? 'PER_INTERVAL' : 'PER_LINE';
  const rounded = (part: Partial<Elections['rounding']>): RunInput =>
    withElections(input, { rounding: { ...rounding, ...part } });
  const places = [2, 3, 4, 5, 6].filter((dp) => dp !== rounding.priceDp);
  return [
    {
      class: 'ROUNDING',
      says: `Amounts are rounded ${other === 'PER_LINE' ? 'once a line' : 'every hour'}; the contract says ${rounding.amount}.`,
      input: rounded({ amount: other }),
    },
    ...places.map((priceDp): Hypothesis => ({
      class: 'ROUNDING',
      says: `The price is rounded to ${priceDp} decimals; the contract says ${rounding.priceDp}.`,
      input: rounded({ priceDp }),
    })),
  ];
}

function indices(input: RunInput): Hypothesis[] {
  const { index, escalatorPct } = input.elections.price;
  const found: Hypothesis[] = [];
  const add = (says: string, changed: RunInput): void => {
    found.push({ class: 'INDEX', says, input: changed });
  };
  if (index !== null) {
    add('The index is not applied.', withPrice(input, { index: null }));
    const other = index.revisionPolicy === 'RESTATE' ? 'FREEZE_AS_PUBLISHED' : 'RESTATE';
    const says =
      other === 'RESTATE' ? 'as it was revised later' : 'as it was first published, not as revised';
    add(
      `The index is taken ${says}.`,
      withPrice(input, { index: { ...index, revisionPolicy: other } }),
    );
    for (const months of [-1, 1]) {
      const lagMonths = index.lagMonths + months;
      if (lagMonths < 0) continue;
      const which = months > 0 ? 'the month before' : 'the month after';
      add(
        `The index is that of ${which} the one that the contract names.`,
        withPrice(input, { index: { ...index, lagMonths } }),
      );
    }
    const adjusts = index.adjusts === 'MONTHLY' ? 'ANNIVERSARY' : 'MONTHLY';
    add(
      `The index is set ${adjusts}; the contract says ${index.adjusts}.`,
      withPrice(input, { index: { ...index, adjusts } }),
    );
  }
  if (escalatorPct !== null) {
    add('The escalator is not applied.', withPrice(input, { escalatorPct: null }));
    for (const years of [-1, 1]) {
      const anchor = input.elections.contractYear.anchor ?? input.elections.codDate;
      const moved = `${Number(anchor.slice(0, 4)) - years}${anchor.slice(4)}`;
      const contractYear = { ...input.elections.contractYear, anchor: moved };
      add(
        `The escalator is applied one year too ${years > 0 ? 'often' : 'seldom'}.`,
        withElections(input, { contractYear }),
      );
    }
  }
  return found;
}

function rates(input: RunInput): Hypothesis[] {
  const { fx, base } = input.elections.price;
  const found: Hypothesis[] = [];
  if (fx !== null) {
    const fixing = fx.fixing === 'FIRST_DAY' ? 'LAST_DAY_BEFORE' : 'FIRST_DAY';
    found.push(
      {
        class: 'PRICE',
        says: 'The part in foreign currency is not adjusted.',
        input: withPrice(input, { fx: null }),
      },
      {
        class: 'PRICE',
        says: `The exchange rate is that of ${fixing}; the contract says ${fx.fixing}.`,
        input: withPrice(input, { fx: { ...fx, fixing } }),
      },
    );
  }
  if (base !== null && input.elections.price.timeOfDelivery !== null) {
    found.push({
      class: 'TARIFF_WINDOW',
      says: 'The factors of the time of delivery are not applied.',
      input: withPrice(input, { timeOfDelivery: null }),
    });
  }
  return found;
}

function losses(input: RunInput): Hypothesis[] {
  const { adders, deliveryPoint } = input.elections;
  if (Number(adders.lossFactor) === 0) return [];
  const other = deliveryPoint === 'PLANT_BUSBAR' ? 'GRID_POINT' : 'PLANT_BUSBAR';
  return [
    {
      class: 'LOSSES',
      says: `Energy is counted ${other === 'PLANT_BUSBAR' ? 'before' : 'after'} losses; the contract says ${deliveryPoint}.`,
      input: withElections(input, { deliveryPoint: other }),
    },
    {
      class: 'LOSSES',
      says: 'No losses are taken off.',
      input: withElections(input, { adders: { ...adders, lossFactor: '0' } }),
    },
  ];
}

function windows(input: RunInput): Hypothesis[] {
  const { timeOfDelivery } = input.elections.price;
  if (timeOfDelivery === null) return [];
  return [1, -1].map((hours): Hypothesis => ({
    class: 'TARIFF_WINDOW',
    says: `The windows of the time of delivery are an hour ${hours > 0 ? 'late' : 'early'}: probably stale zone data.`,
    input: withPrice(input, {
      timeOfDelivery: {
        ...timeOfDelivery,
        seasons: timeOfDelivery.seasons.map((season) => shifted(season, hours)),
      },
    }),
  }));
}

type FactorSeason = NonNullable<Elections['price']['timeOfDelivery']>['seasons'][number];

/** A season whose windows are moved round the clock. */
function shifted(season: FactorSeason, hours: number): Season<FactorSeason['windows'][number]> {
  if (season.windows.length === 1) return season;
  const move = (hour: number): number => (hour + hours + 24) % 24;
  return {
    ...season,
    windows: season.windows.map((window) => {
      const toHour = move(window.toHour % 24);
      return { ...window, fromHour: move(window.fromHour), toHour: toHour === 0 ? 24 : toHour };
    }),
  };
}

function tariffs(input: RunInput, known: KnownFigures): Hypothesis[] {
  const used = input.references.tariffs;
  return used.flatMap((row) =>
    known.tariffs
      .filter(({ kind, id }) => kind === row.kind && id !== row.id)
      .map((other): Hypothesis => ({
        class: 'TARIFF_VALIDITY',
        says: `${row.kind} is taken at ${other.madPerKwh} MAD/kWh (${other.id}), which holds from ${other.from}${other.to === null ? '' : ` to ${other.to}`}.`,
        input: {
          ...input,
          references: {
            ...input.references,
            tariffs: used.map((one) =>
              one === row ? { ...row, madPerKwh: other.madPerKwh } : one,
            ),
          },
        },
      })),
  );
}
