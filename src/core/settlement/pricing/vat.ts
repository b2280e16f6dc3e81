import { Decimal } from '../../units/money.js';
import type { Frame } from '../hours/hours.js';
import { centimes, type HourlyLine, type VatPart } from './lines.js';
import { type Picker, vatOn } from '../references/references.js';
import { mwhText, sumOf } from '../hours/volume.js';

/** VAT of one rate, on the summed base; a null code is outside VAT. */
export interface VatTotal {
  /** Of several codes of one rate: all of them, separated by commas. */
  readonly vatCode: string | null;
  /** Where several codes have the rate; absent otherwise. */
  readonly vatCodes?: readonly string[];
  readonly ratePct: string | null;
  readonly baseMad: string;
  readonly vatMad: string;
}

/** Totals of what is between buyer and seller. */
export interface Totals {
  readonly netMad: string;
  readonly vat: readonly VatTotal[];
  readonly vatMad: string;
  readonly grossMad: string;
}

/** What of a line falls on a day. */
interface DayPart {
  readonly day: string;
  readonly quantity: Decimal;
  readonly mad: Decimal;
}

/**
 * Says of lines inside which the rate of VAT changes what of them has which rate: each hour has the rate of
 * its own day (SETTLEMENT, ruling 1).
 *
 * @throws DomainError `settlement.reference_missing`
 */
export function withVatParts(
  frame: Frame,
  picker: Picker,
  lines: readonly HourlyLine[],
): readonly HourlyLine[] {
  const known = new Map<string, string>();
  const rateOn = (code: string, day: string): string => {
    const key = `${code} ${day}`;
    const rate = known.get(key) ?? vatOn(picker, code, day).ratePct;
    known.set(key, rate);
    return rate;
  };
  return lines.map((line) => {
    const { vatCode } = line;
    if (vatCode === null || line.party !== 'CONTRACT') return line;
    const days = daysOf(frame, line);
    const rates = new Set(days.map((day) => new Decimal(rateOn(vatCode, day)).toFixed()));
    if (rates.size === 1) return line;
    const byRate = Map.groupBy(partsOf(frame, line), ({ day }) =>
      new Decimal(rateOn(vatCode, day)).toFixed(),
    );
    return { ...line, vat: vatParts(line, byRate) };
  });
}

/** Days of a line, in order; the last of the period for a line of none. */
function daysOf({ hours }: Frame, line: HourlyLine): readonly string[] {
  const days =
    line.at === undefined
      ? (line.days ?? []).map(({ day }) => day)
      : line.at.map((hour) => hours[hour]!.day);
  return days.length === 0 ? [hours.at(-1)!.day] : [...new Set(days)];
}

function partsOf({ hours }: Frame, line: HourlyLine): readonly DayPart[] {
  if (line.hourly === null) {
    const amount = new Decimal(line.amountMad);
    const days = line.days ?? [];
    const all = sumOf(days.map(({ quantity }) => quantity));
    return days.map(({ day, quantity }) => ({
      day,
      quantity,
      mad: all.isZero() ? amount : amount.times(quantity).dividedBy(all),
    }));
  }
  const { hours: of, mad, wh } = line.hourly();
  return of.map((hour, at) => ({
    day: hours[hour]!.day,
    mad: mad[at]!,
    quantity: new Decimal(mwhText(wh[at]!)),
  }));
}

/** Parts to the centime that are the line: what rounding leaves goes to the largest remainders. */
function vatParts(
  line: HourlyLine,
  byRate: ReadonlyMap<string, readonly DayPart[]>,
): readonly VatPart[] {
  const parts = [...byRate].map(([ratePct, days]) => {
    const exact = sumOf(days.map(({ mad }) => mad));
    const floor = exact.toDecimalPlaces(2, Decimal.ROUND_FLOOR);
    return {
      ratePct,
      floor,
      rest: exact.minus(floor),
      quantity: sumOf(days.map((one) => one.quantity)),
    };
  });
  const left = new Decimal(line.amountMad).minus(sumOf(parts.map(({ floor }) => floor)));
  const order = parts.toSorted((a, b) => b.rest.comparedTo(a.rest));
  const count = left.times(100).toNumber();
  return parts.map(({ ratePct, floor, quantity }) => {
    const place = order.findIndex((one) => one.ratePct === ratePct);
    const each = Math.floor(count / parts.length);
    const more = each + (place < count - each * parts.length ? 1 : 0);
    const amount = floor.plus(new Decimal(more).dividedBy(100));
    return { ratePct, quantity: quantity.toFixed(), amountMad: amount.toFixed(2) };
  });
}

/** What of a line has one rate; a null code is outside VAT. */
interface TaxedPart {
  readonly code: string | null;
  /** Of equal rates one text. */
  readonly rate: string | null;
  readonly ratePct: string | null;
  readonly amountMad: string;
}

/** Totals of what is between buyer and seller: VAT once per rate, on the summed base of its codes. */
export function totalsOf(frame: Frame, picker: Picker, lines: readonly HourlyLine[]): Totals {
  const ours = lines.filter(({ party }) => party === 'CONTRACT');
  const parts = ours.flatMap((line): TaxedPart[] => {
    const { vatCode, amountMad } = line;
    if (vatCode === null) return [{ code: null, rate: null, ratePct: null, amountMad }];
    if (line.vat !== undefined) {
      return line.vat.map((one) => ({
        code: vatCode,
        rate: one.ratePct,
        ratePct: one.ratePct,
        amountMad: one.amountMad,
      }));
    }
    const { ratePct } = vatOn(picker, vatCode, daysOf(frame, line)[0]!);
    return [{ code: vatCode, rate: new Decimal(ratePct).toFixed(), ratePct, amountMad }];
  });
  const vat = [...Map.groupBy(parts, ({ rate }) => rate).values()].map((ofRate): VatTotal => {
    const codes = [...new Set(ofRate.flatMap(({ code }) => code ?? []))].toSorted();
    const { ratePct } = ofRate[0]!;
    const base = sumOf(ofRate.map(({ amountMad }) => new Decimal(amountMad)));
    const vatMad =
      ratePct === null ? '0.00' : centimes(base.times(ratePct).dividedBy(100)).toFixed(2);
    return {
      vatCode: codes.length === 0 ? null : codes.join(', '),
      ...(codes.length > 1 ? { vatCodes: codes } : {}),
      ratePct,
      baseMad: base.toFixed(2),
      vatMad,
    };
  });
  const key = ({ vatCode, ratePct }: VatTotal): string => `${vatCode ?? ''} ${ratePct ?? ''}`;
  const net = sumOf(ours.map(({ amountMad }) => new Decimal(amountMad)));
  const tax = sumOf(vat.map(({ vatMad }) => new Decimal(vatMad)));
  return {
    netMad: net.toFixed(2),
    vat: vat.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    vatMad: tax.toFixed(2),
    grossMad: net.plus(tax).toFixed(2),
  };
}
