import { DomainError } from '../errors.js';
import type { Direction } from './intake/intake.js';
import { commonMinutes, type DatedLengths, minutesAt } from './blocks/interval-lengths.js';

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
    if (term.siteCode !== meter.siteCode) {
      refuse(`${meterCode} stands on another site.`, 'Name meters of the same site.');
    }
    if (!holdsWhole(meter, term)) {
      const fix = `Give it intervals of ${coarsest(terms, all)} minutes, or leave that to Mizan.`;
      refuse(
        `Intervals of ${meterCode} make, at some time, no whole intervals of ${meter.code}.`,
        fix,
      );
    }
  }
}

/** Intervals that hold whole intervals of every term, minutes: those of the coarsest, or an hour. */
function coarsest(terms: readonly FormulaTerm[], all: ReadonlyMap<string, DatedLengths>): number {
  return commonMinutes(
    terms.flatMap(({ meterCode }) => {
      const { intervalMinutes, intervalChanges } = all.get(meterCode) ?? { intervalMinutes: 60 };
      return [intervalMinutes, ...(intervalChanges ?? []).map((one) => one.intervalMinutes)];
    }),
  );
}

/** Whether the intervals of one meter are, at any time, whole intervals of another. */
function holdsWhole(coarse: DatedLengths, fine: DatedLengths): boolean {
  const changes = [coarse, fine].flatMap(({ intervalChanges }) => intervalChanges ?? []);
  const instants = [-Infinity, ...changes.map(({ from }) => Date.parse(from))];
  return instants.every((ms) => minutesAt(coarse, ms) % minutesAt(fine, ms) === 0);
}

/** What a virtual meter is where nobody says: of the meters that it is made of. */
export interface VirtualDefaults {
  readonly intervalMinutes: number;
  /** Sum of what is added. */
  readonly ratedPowerW: number;
}

/**
 * What a virtual meter is where nobody says: its intervals are those of its coarsest meter, and what
 * can flow through it is what can flow through the meters that it adds.
 *
 * @param all  Meters of the ledger; those that are not there are refused when it is written.
 */
export function virtualDefaults(
  terms: readonly FormulaTerm[],
  all: readonly (Pick<PlacedMeter, 'code'> & DatedLengths & { readonly ratedPowerW: number })[],
): VirtualDefaults {
  const byCode = new Map(all.map((one) => [one.code, one]));
  const added = terms.filter(({ sign }) => sign === 1);
  const power = added.reduce(
    (sum, { meterCode }) => sum + (byCode.get(meterCode)?.ratedPowerW ?? 0),
    0,
  );
  return { intervalMinutes: coarsest(terms, byCode), ratedPowerW: Math.max(1, power) };
}

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
