import { Decimal } from '../../units/money.js';
import type { ForwardVintage } from '../accounts/carry-forward.js';
import { type Counted } from '../accounts/accounts.js';
import { type Span } from '../hours/spans.js';
import { damagesOf, delayOf } from './guarantees.js';
import type { Frame } from '../hours/hours.js';
import { flatLine, type HourlyLine } from '../pricing/lines.js';
import { minMaxLines } from './min-max.js';
import { type MakeUpVintage, type ObligationAccount, withinCaps } from './obligations.js';
import type { Damage, ObligationBasis } from './basis.js';
import { termSpansOf } from '../parts/in-force.js';
import type { Openings } from './take-or-pay.js';
import { takeOrPayOf } from './take-or-pay.js';
import { sumOf } from '../hours/volume.js';

/** Lines and accounts that follow from a period's hourly results. */
export interface PeriodObligations {
  readonly lines: readonly HourlyLine[];
  readonly accounts: readonly ObligationAccount[];
  /** The make-up bank after the period; null where it settles no take-or-pay. */
  readonly bank: readonly MakeUpVintage[] | null;
  /** Energy carried forward after it; null where nothing is. */
  readonly forward: readonly ForwardVintage[] | null;
  /** Damages owed, MAD, by contract year. */
  readonly damages: readonly Pick<Counted, 'contractYear' | 'amount'>[];
}

/**
 * What must be taken, delivered and covered over the period, from its hourly results (SETTLEMENT 1.4):
 * obligations by the month in a month's settlement, those by the year in the annual reconciliation. Each
 * month, and each contract year, of the period stands for itself (ruling 2). They run from the COD to the
 * end of the term: of a month or year that has it in part, quantities count by days.
 */
export function periodObligations(basis: ObligationBasis): PeriodObligations {
  const { parts, whole, openings: before } = basis;
  const spans = termSpansOf(parts, whole, whole.period.run === 'RECONCILIATION' ? 'YEAR' : 'MONTH');
  const lines: HourlyLine[] = [];
  const accounts: ObligationAccount[] = [];
  let [bank, forward]: [PeriodObligations['bank'], PeriodObligations['forward']] = [null, null];
  const volumes = new Map(parts.map((part, at) => [part, basis.volumes[at]!]));
  for (const span of spans) {
    const openings = { bank: bank ?? before.bank, forward: forward ?? before.forward };
    const taken = takeOrPayOf(span, {
      volumes,
      openings,
      priceAt: ({ part }, hour) => basis.priceAt[parts.indexOf(part)]?.(hour) ?? null,
    });
    if (taken !== null) {
      ({ bank, forward } = taken);
      accounts.push(...taken.accounts);
    }
    const ofSpan = [...(taken?.lines ?? []), ...minMaxLines(span, basis)];
    lines.push(...ofSpan.map((line) => named(line, span, spans)));
  }
  const found = spans.flatMap((span) =>
    damagesOf(span, basis).map((one) => ({ ...one, label: told(one.label, span, spans) })),
  );
  const delays = parts.flatMap((part) => delayOf(part, parts));
  const damages = [...found, ...delays].toSorted((a, b) => a.contractYear - b.contractYear);
  const owed = cappedOf(whole, before, damages);
  damages.forEach((damage, at) => lines.push(damageLine(damage, owed[at]!)));
  return {
    lines,
    bank,
    forward,
    accounts: [...joined(accounts), damageAccount(whole, before, damages, owed)],
    damages: damages.map(({ contractYear }, at) => ({
      contractYear,
      amount: owed[at]!.toFixed(2),
    })),
  };
}

const told = (label: string, span: Span, spans: readonly Span[]): string =>
  spans.length === 1 ? label : `${label}, ${span.name}`;

/** A line of one of several months or years says which, and is taxed on its last day. */
function named(line: HourlyLine, span: Span, spans: readonly Span[]): HourlyLine {
  const days = [{ day: span.last.day, quantity: new Decimal(line.quantity) }];
  return { ...line, label: told(line.label, span, spans), days };
}

/** Each account once: the opening of the first, all that moved, the closing of the last. */
function joined(accounts: readonly ObligationAccount[]): readonly ObligationAccount[] {
  return [...Map.groupBy(accounts, ({ name }) => name).values()].map((ofName) => ({
    ...ofName[0]!,
    movements: ofName.flatMap(({ movements }) => movements),
    closing: ofName.at(-1)!.closing,
  }));
}

/** What of each of the damages is owed: the annual cap begins again with each contract year. */
function cappedOf(
  frame: Frame,
  openings: Openings,
  damages: readonly Damage[],
): readonly Decimal[] {
  const first = frame.hours[0]!.contractYear;
  let paidTotalMad = openings.damagesTotalMad;
  return [...Map.groupBy(damages, ({ contractYear }) => contractYear)].flatMap(
    ([contractYear, ofYear]) => {
      const owed = withinCaps(
        ofYear.map(({ quantity, rate }) => quantity.times(rate)),
        {
          ...ofYear.at(-1)!.elections.obligations.damageCaps,
          paidTotalMad,
          paidYearMad: contractYear === first ? openings.damagesYearMad : new Decimal(0),
        },
      );
      paidTotalMad = paidTotalMad.plus(sumOf(owed));
      return owed;
    },
  );
}

function damageAccount(
  frame: Frame,
  { damagesYearMad: opening }: Openings,
  damages: readonly Damage[],
  owed: readonly Decimal[],
): ObligationAccount {
  const movements: { readonly what: string; readonly amount: string }[] = [];
  let year = frame.hours[0]!.contractYear;
  let closing = opening;
  const beginAgain = (contractYear: number): void => {
    if (contractYear === year) return;
    const what = `contract year ${contractYear} begins again`;
    movements.push({ what, amount: closing.negated().toFixed(2) });
    [year, closing] = [contractYear, new Decimal(0)];
  };
  damages.forEach(({ label, contractYear }, at) => {
    beginAgain(contractYear);
    movements.push({ what: label, amount: owed[at]!.toFixed(2) });
    closing = closing.plus(owed[at]!);
  });
  beginAgain(frame.hours.at(-1)!.contractYear);
  return {
    name: 'damages',
    unit: 'MAD',
    opening: opening.toFixed(2),
    movements,
    closing: closing.toFixed(2),
  };
}

/** A credit to the buyer, within the caps. */
function damageLine(damage: Damage, owedMad: Decimal): HourlyLine {
  const { kind, label, quantity, unit, rate, formula, days, elections } = damage;
  const line = flatLine(
    { kind, label, formula, party: 'CONTRACT', vatCode: elections.vat.damages },
    { quantity, unit, price: rate.negated(), priceUnit: `MAD/${unit}` },
  );
  const isCapped = owedMad.lessThan(new Decimal(line.amountMad).negated());
  const amountMad = owedMad.negated().toFixed(2);
  return { ...line, days, amountMad, label: isCapped ? `${label}, capped` : label };
}
