import type { Decimal } from '../../units/money.js';
import type { Elections } from '../elections/elections.shape.js';
import type { Frame } from '../hours/hours.js';
import type { HourlyLine, LineKind } from '../pricing/lines.js';
import type { ContractPrice } from '../pricing/price.js';
import type { Openings } from './take-or-pay.js';
import { sumOf, type Volumes } from '../hours/volume.js';
import type { Piece } from '../parts/in-force.js';
import type { Part } from '../parts/parts.js';

/** What the obligations of a period rest on. */
export interface ObligationBasis {
  readonly parts: readonly Part[];
  /** The hours of all parts. */
  readonly whole: Frame;
  /** Of each part. */
  readonly volumes: readonly Volumes[];
  readonly priceAt: readonly (((hour: number) => ContractPrice) | null)[];
  readonly openings: Openings;
  /** Wh of each hour that are within a maximum; all of them without one. */
  readonly withinMaximum: readonly Decimal[];
  /** Wh of each hour that were curtailed and are paid; empty without deemed generation. */
  readonly deemedWh: readonly Decimal[];
}

/** Damages of one head, before caps. */
export interface Damage {
  readonly kind: LineKind;
  readonly label: string;
  readonly quantity: Decimal;
  readonly unit: 'MWh' | 'MW·day' | 'point';
  readonly rate: Decimal;
  readonly formula: string;
  readonly contractYear: number;
  /** Of the version whose rate, caps and tax it has. */
  readonly elections: Elections;
  /** Days that it is for. */
  readonly days: NonNullable<HourlyLine['days']>;
}

/** Quantities of the part that some hours are in. */
export const volumesAt = ({ parts, volumes }: ObligationBasis, { part }: Piece): Volumes =>
  volumes[parts.indexOf(part)]!;

/**
 * Σ Wh of some hours of parts, in one sum: parts summed apart would each be rid of what divisions left, and
 * a version that cuts the month would show in the last digits.
 */
export function totalWh(
  pieces: readonly Piece[],
  basis: ObligationBasis,
  quantity: 'priced' | 'delivered' | 'injected',
): Decimal {
  return sumOf(
    pieces.flatMap((piece) => volumesAt(basis, piece)[quantity].slice(piece.from, piece.to)),
  );
}
