import { Decimal, WH_PER_MWH } from '../../units/money.js';
import { sumIn } from '../hours/spans.js';
import type { Elections } from '../elections/elections.shape.js';
import { flatLine, type HourlyLine, type LineKind } from '../pricing/lines.js';
import { type ObligationBasis, totalWh, volumesAt } from './basis.js';
import { type Piece, prorated, type TermSpan } from '../parts/in-force.js';
import type { Part } from '../parts/parts.js';
import { sumOf } from '../hours/volume.js';

/** What lies below the minimum and above the maximum, each at its own price. */
export function minMaxLines(span: TermSpan, basis: ObligationBasis): HourlyLine[] {
  const isYear = basis.whole.period.run === 'RECONCILIATION';
  const period = isYear ? 'YEAR' : 'MONTH';
  const pieces = span.pieces.filter(
    ({ part }) => part.frame.elections.obligations.minMax?.period === period,
  );
  const line = (
    { part }: Piece,
    of: { readonly kind: LineKind; readonly label: string; readonly price: string },
    quantity: Decimal,
  ): HourlyLine[] =>
    quantity.isZero()
      ? []
      : [
          flatLine(
            {
              kind: of.kind,
              label: of.label,
              party: 'CONTRACT',
              vatCode: part.frame.elections.vat.energy,
              formula: 'part outside × its price',
            },
            { quantity, unit: 'MWh', price: new Decimal(of.price), priceUnit: 'MAD/MWh' },
          ),
        ];
  const minima = pieces.filter(({ part }) => minMaxOf(part).minMwh !== null);
  const takenWh = totalWh(minima, basis, 'priced');
  const minMwh = sumOf(
    minima.map(({ part, share }) => prorated(new Decimal(minMaxOf(part).minMwh!), share)),
  );
  const below = Decimal.max(minMwh.minus(takenWh.dividedBy(WH_PER_MWH)), 0);
  const lowest = minima.at(-1);
  const aboves = pieces.map((piece) => {
    const within = basis.withinMaximum.slice(
      piece.part.from + piece.from,
      piece.part.from + piece.to,
    );
    const above = sumIn(volumesAt(basis, piece).priced, piece).minus(sumOf(within));
    return { piece, mwh: above.dividedBy(WH_PER_MWH) };
  });
  const isOne = aboves.filter(({ mwh }) => !mwh.isZero()).length < 2;
  return [
    ...(lowest === undefined
      ? []
      : line(
          lowest,
          {
            kind: 'BELOW_MINIMUM',
            label: 'Below the minimum',
            price: minMaxOf(lowest.part).belowMadPerMwh,
          },
          below,
        )),
    ...aboves.flatMap(({ piece, mwh }) => {
      const { hours } = piece.part.frame;
      const days = `${hours[piece.from]!.day} to ${hours[piece.to - 1]!.day}`;
      const label = isOne ? 'Above the maximum' : `Above the maximum, ${days}`;
      const price = minMaxOf(piece.part).aboveMadPerMwh;
      return line(piece, { kind: 'ABOVE_MAXIMUM', label, price }, mwh);
    }),
  ];
}

const minMaxOf = ({ frame }: Part): NonNullable<Elections['obligations']['minMax']> =>
  frame.elections.obligations.minMax!;
