import { Decimal } from '../../units/money.js';
import { type Frame, needed } from '../hours/hours.js';
import {
  centimes,
  energyAtPrice,
  flatLine,
  type HourlyLine,
  type LineFacts,
  sliceOf,
} from './lines.js';
import { isPeakAt, peakWindowsOf, type Picker, tariffOn } from '../references/references.js';
import type { TariffRow } from '../references/references.shape.js';
import { sumOf, type Volumes } from '../hours/volume.js';

/**
 * What is paid beside the energy (SETTLEMENT 1.5): regulated charges on the quantity that the contract
 * names, each at the tariff that is valid on the day; fees per MWh delivered and per month. A part of a
 * month pays its part of a month's fee, by days (ruling 7).
 *
 * @throws DomainError `settlement.reference_missing`; `settlement.series_wrong` where a charge on what
 *   is withdrawn has no load
 */
export function adderLines(frame: Frame, picker: Picker, volumes: Volumes): HourlyLine[] {
  const { adders, vat, rounding } = frame.elections;
  const lines: HourlyLine[] = [];
  const delivered = sliceOf(volumes.delivered);
  for (const { charge, basis, payer } of adders.regulatedCharges) {
    if (payer === 'SELLER') continue;
    const quantities = quantityOn(frame, volumes, basis);
    const spans = tariffSpans(frame, picker, charge);
    const rowsAreOne = spans.length === 1;
    for (const [madPerKwh, hours, rows] of spans) {
      lines.push(
        energyAtPrice(
          {
            kind: charge,
            label: `${charge}, on energy ${basis.toLowerCase()}`,
            party: 'CONTRACT',
            vatCode: vat.regulated,
            formula: 'Q × tariff valid at t',
            rows,
            price: madPerKwh,
            priceUnit: 'MAD/kWh',
          },
          rowsAreOne && quantities === volumes.delivered
            ? delivered
            : sliceOf(quantities, (hour) => hours[hour]!),
          new Decimal(madPerKwh).times(1_000),
          rounding.amount,
        ),
      );
    }
  }
  const perMwh = (kind: HourlyLine['kind'], label: string, price: string | null): void => {
    if (price === null) return;
    const facts: LineFacts = {
      kind,
      label,
      party: 'CONTRACT',
      vatCode: vat.fees,
      formula: 'D × fee',
    };
    lines.push(energyAtPrice(facts, delivered, new Decimal(price), rounding.amount));
  };
  perMwh('BALANCING', 'Balancing', adders.balancingMadPerMwh);
  perMwh('SLEEVING', 'Sleeving by the retailer', adders.sleevingMadPerMwh);
  perMwh('ATTRIBUTES', 'Attributes', adders.attributeMadPerMwh);
  const months = partsOfMonths(frame);
  const perMonth = (kind: HourlyLine['kind'], label: string, price: string | null): void => {
    if (price === null) return;
    const facts: LineFacts = {
      kind,
      label,
      party: 'CONTRACT',
      vatCode: vat.fees,
      formula: 'months × fee',
    };
    lines.push(monthlyLine(facts, new Decimal(price), months));
  };
  perMonth('STANDING', 'Standing charge', adders.standingMadPerMonth);
  perMonth('METERING', 'Metering', adders.meteringMadPerMonth);
  return lines;
}

/** Days of a month that are in the period. */
interface MonthPart {
  readonly days: readonly string[];
  readonly daysOfMonth: number;
}

function partsOfMonths({ hours }: Frame): readonly MonthPart[] {
  const days = [...new Set(hours.map(({ day }) => day))];
  return [...Map.groupBy(days, (day) => day.slice(0, 7))].map(([month, ofMonth]) => ({
    days: ofMonth,
    daysOfMonth: new Date(
      Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0),
    ).getUTCDate(),
  }));
}

/** A fee of a month: fee × days / days of the month, the product formed first. */
function monthlyLine(facts: LineFacts, fee: Decimal, months: readonly MonthPart[]): HourlyLine {
  const part = (of: Decimal): Decimal =>
    sumOf(months.map(({ days, daysOfMonth }) => of.times(days.length).dividedBy(daysOfMonth)));
  const quantity = part(new Decimal(1));
  const line = flatLine(facts, { quantity, unit: 'month', price: fee, priceUnit: 'MAD/month' });
  const exact = part(fee);
  const days = months.flatMap(({ days: all, daysOfMonth }) =>
    all.map((day) => ({ day, quantity: new Decimal(1).dividedBy(daysOfMonth) })),
  );
  return {
    ...line,
    days,
    unroundedMad: exact.toFixed(),
    amountMad: centimes(exact).toFixed(2),
  };
}

function quantityOn(
  frame: Frame,
  { injected, delivered, matched }: Volumes,
  basis: 'INJECTED' | 'WITHDRAWN' | 'DELIVERED',
): readonly Decimal[] {
  if (basis === 'INJECTED') return injected;
  return basis === 'DELIVERED' ? delivered : needed(frame, 'loadWh', matched);
}

type TariffSpan = readonly [madPerKwh: string, isIn: readonly boolean[], rows: readonly string[]];

/** The tariffs over the hours of which something is true, and the hours in which each holds. */
function tariffSpans(
  { hours }: Frame,
  picker: Picker,
  kind: TariffRow['kind'],
  isWanted: (hour: number) => boolean = () => true,
): readonly TariffSpan[] {
  const wanted = hours.map((_, hour) => isWanted(hour));
  const days = new Set(hours.filter((_, hour) => wanted[hour]).map(({ day }) => day));
  const rowOf = new Map([...days].map((day) => [day, tariffOn(picker, kind, day)]));
  const rows = [...new Set(rowOf.values())];
  return rows.map((row) => [
    row.madPerKwh,
    hours.map(({ day }, hour) => wanted[hour]! && rowOf.get(day) === row),
    [row.id],
  ]);
}

/**
 * Excess that is sold back to the grid, at the hour's price: peak or not, by windows in UTC (ANRE 04/26
 * art. 6-7). It is the grid operator's money, shown beside the contract's.
 *
 * @param sold  Wh of each hour, within the cap; below zero what is taken back of earlier sales.
 * @throws DomainError `settlement.reference_missing`
 */
export function excessSaleLines(
  frame: Frame,
  picker: Picker,
  sold: readonly Decimal[],
): HourlyLine[] {
  const grids = frame.hours.map(({ day }, hour) =>
    sold[hour]!.isZero() ? null : peakWindowsOf(picker, day),
  );
  const isPeak = frame.hours.map(({ day, utcHour }, hour) => {
    const grid = grids[hour]!;
    return grid === null ? null : isPeakAt(grid, day, utcHour);
  });
  return ([true, false] as const).flatMap((peak) => {
    const kind = peak ? 'EXCESS_PEAK' : 'EXCESS_OFF_PEAK';
    const spans = tariffSpans(frame, picker, kind, (hour) => isPeak[hour] === peak);
    return spans.map(([madPerKwh, isIn, rows]) =>
      energyAtPrice(
        {
          kind: 'EXCESS_SALE',
          label: `Excess sold to the grid, ${peak ? 'peak' : 'off-peak'}`,
          party: 'GRID',
          vatCode: null,
          formula: 'min(Σ x, cap) × buy-back price',
          rows: [...rows, ...new Set(grids.flatMap((grid, hour) => (isIn[hour] ? grid!.id : [])))],
          price: madPerKwh,
          priceUnit: 'MAD/kWh',
        },
        sliceOf(sold, (hour) => isIn[hour]!),
        new Decimal(madPerKwh).times(1_000),
        frame.elections.rounding.amount,
      ),
    );
  });
}
