import { DomainError } from '../errors.js';
import type { Direction } from './intake.js';
import type { DatedLengths } from './interval-lengths.js';

/** One term of a virtual meter: what it adds or takes away. */
export interface FormulaTerm {
  readonly meterCode: string;
  readonly sign: 1 | -1;
}

/** Where a meter stands among the others. */
export interface PlacedMeter extends DatedLengths {
  readonly code: string;
  readonly siteCode: string;
  readonly direction: Direction;
  readonly parentCode: string | null;
  readonly isBooked: boolean;
  readonly formula: readonly FormulaTerm[] | null;
}

/**
 * Refuses a meter that would count energy twice or hang nowhere: parents are real meters of the same
 * site, no meter stands above itself, and of the meters on one path at most one is booked.
 *
 * @param meter   The meter as it would be.
 * @param others  All other meters of the ledger.
 * @throws DomainError `meter.hierarchy_invalid`
 */
export function requirePlace(meter: PlacedMeter, others: readonly PlacedMeter[]): void {
  const all = new Map([...others, meter].map((one) => [one.code, one]));
  const refuse = (detail: string, fix: string): never => {
    throw new DomainError('meter.hierarchy_invalid', { meterCode: meter.code, detail, fix });
  };
  if (meter.formula !== null) requireFormula(meter, all, refuse);
  const parent = meter.parentCode === null ? undefined : all.get(meter.parentCode);
  if (parent !== undefined) {
    if (parent.siteCode !== meter.siteCode) {
      refuse(`${parent.code} stands on another site.`, 'Choose a parent of the same site.');
    }
    if (parent.formula !== null) {
      refuse(`${parent.code} is a virtual meter.`, 'Choose a parent that measures.');
    }
  }
  for (const one of all.values()) {
    const path = pathOf(one, all);
    if (path === null) refuse(`${one.code} would stand above itself.`, 'Choose another parent.');
    const booked = path!.filter(({ isBooked }) => isBooked).map(({ code }) => code);
    if (booked.length > 1 && path!.some(({ code }) => code === meter.code)) {
      const detail = `${booked.join(' and ')} are booked, and the energy of one passes through the other.`;
      refuse(detail, 'Set isBooked to false on all but one level.');
    }
  }
}

function requireFormula(
  meter: PlacedMeter,
  all: ReadonlyMap<string, PlacedMeter>,
  refuse: (detail: string, fix: string) => never,
): void {
  const terms = meter.formula!;
  const codes = new Set(terms.map(({ meterCode }) => meterCode));
  if (codes.size !== terms.length) refuse('A meter stands in the formula twice.', 'Name it once.');
  for (const { meterCode } of terms) {
    const term = all.get(meterCode);
    if (term === undefined || meterCode === meter.code || term.formula !== null) {
      return refuse(`${meterCode} is not a meter that measures.`, 'Name meters that measure.');
    }
    if (lengthsText(term) !== lengthsText(meter) || term.siteCode !== meter.siteCode) {
      refuse(
        `${meterCode} has another site or interval length.`,
        'Name meters of the same site and interval length.',
      );
    }
  }
}

const lengthsText = ({ intervalMinutes, intervalChanges }: DatedLengths): string =>
  JSON.stringify([
    intervalMinutes,
    (intervalChanges ?? []).map((change) => [change.from, change.intervalMinutes]),
  ]);

/** A meter and all above it, from below; null when they go round in a circle. */
function pathOf(
  meter: PlacedMeter,
  all: ReadonlyMap<string, PlacedMeter>,
): readonly PlacedMeter[] | null {
  const path: PlacedMeter[] = [];
  for (let at: PlacedMeter | undefined = meter; at !== undefined;) {
    if (path.includes(at)) return null;
    path.push(at);
    at = at.parentCode === null ? undefined : all.get(at.parentCode);
  }
  return path;
}
