import { Decimal } from '../units/money.js';
import type { Frame } from './hours.js';
import { energyLine, flatLine, type HourlyLine, type LineFacts, sliceOf } from './lines.js';
import { peakWindowsOf, type Picker, tariffMadPerMwh, tariffOn, windowAt } from './references.js';
import type { Volumes } from './volume.js';

/**
 * What is paid beside the energy (SETTLEMENT 1.5): regulated charges on the quantity that the contract
 * names, each at the tariff that is valid on the civil day; fees per MWh delivered and per month.
 *
 * @throws DomainError `settlement.reference_missing`
 */
export function adderLines(frame: Frame, picker: Picker, volumes: Volumes): HourlyLine[] {
  const { adders, vat, rounding } = frame.elections;
  const lines: HourlyLine[] = [];
  const delivered = sliceOf(volumes.delivered);
  for (const { charge, basis, payer } of adders.regulatedCharges) {
    if (payer === 'SELLER') continue;
    const quantities = quantityOn(volumes, basis);
    const spans = tariffSpans(frame, picker, charge);
    const rowsAreOne = spans.length === 1;
    for (const [madPerKwh, hours, rows] of spans) {
      lines.push(
        energyLine(
          {
            ...{ kind: charge, label: `${charge}, on energy ${basis.toLowerCase()}` },
            ...{ party: 'CONTRACT', vatCode: vat.regulated, formula: 'Q × tariff valid at t' },
            ...{ rows, price: madPerKwh, priceUnit: 'MAD/kWh' },
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
      ...{ kind, label, party: 'CONTRACT', vatCode: vat.fees, formula: 'D × fee' },
    };
    lines.push(energyLine(facts, delivered, new Decimal(price), rounding.amount));
  };
  perMwh('BALANCING', 'Balancing', adders.balancingMadPerMwh);
  perMwh('SLEEVING', 'Sleeving by the retailer', adders.sleevingMadPerMwh);
  perMwh('ATTRIBUTES', 'Attributes', adders.attributeMadPerMwh);
  const months = new Decimal(new Set(frame.hours.map(({ month }) => month)).size);
  const perMonth = (kind: HourlyLine['kind'], label: string, price: string | null): void => {
    if (price === null) return;
    const facts: LineFacts = {
      ...{ kind, label, party: 'CONTRACT', vatCode: vat.fees, formula: 'months × fee' },
    };
    const of = { quantity: months, unit: 'month', price: new Decimal(price) } as const;
    lines.push(flatLine(facts, { ...of, priceUnit: 'MAD/month' }));
  };
  perMonth('STANDING', 'Standing charge', adders.standingMadPerMonth);
  perMonth('METERING', 'Metering', adders.meteringMadPerMonth);
  return lines;
}

function quantityOn(
  { injected, delivered, matched }: Volumes,
  basis: 'INJECTED' | 'WITHDRAWN' | 'DELIVERED',
): readonly Decimal[] {
  if (basis === 'INJECTED') return injected;
  return basis === 'DELIVERED' || matched === null ? delivered : matched;
}

type Span = readonly [madPerKwh: string, isIn: readonly boolean[], rows: readonly string[]];

/** The tariffs of a charge over the period, and the hours in which each holds. */
function tariffSpans(frame: Frame, picker: Picker, kind: 'TURT' | 'TURD' | 'TSS'): readonly Span[] {
  const rowOf = new Map(
    [...new Set(frame.hours.map(({ civilDay }) => civilDay))].map((day) => [
      day,
      tariffOn(picker, kind, day),
    ]),
  );
  const rows = [...new Set(rowOf.values())];
  return rows.map((row) => [
    row.madPerKwh,
    frame.hours.map(({ civilDay }) => rowOf.get(civilDay) === row),
    [row.id],
  ]);
}

/**
 * Excess that is sold back to the grid, at the hour's price: peak or not, by windows in UTC (ANRE 04/26
 * art. 6-7). It is the grid operator's money, shown beside the contract's.
 *
 * @param sold  Wh of each hour, within the cap.
 * @throws DomainError `settlement.reference_missing`
 */
export function excessSaleLines(
  frame: Frame,
  picker: Picker,
  sold: readonly Decimal[],
): HourlyLine[] {
  const windows = peakWindowsOf(picker);
  const isPeak = frame.hours.map(
    ({ civilDay, utcHour }) => windowAt(windows.seasons, civilDay, utcHour)?.isPeak === true,
  );
  return ([true, false] as const).flatMap((peak) => {
    const kind = peak ? 'EXCESS_PEAK' : 'EXCESS_OFF_PEAK';
    const slice = sliceOf(sold, (hour) => isPeak[hour] === peak);
    if (slice.hours.length === 0) return [];
    const row = tariffOn(picker, kind, frame.hours[0]!.civilDay);
    return [
      energyLine(
        {
          ...{
            kind: 'EXCESS_SALE',
            label: `Excess sold to the grid, ${peak ? 'peak' : 'off-peak'}`,
          },
          ...{ party: 'GRID', vatCode: null, formula: 'min(Σ x, cap) × buy-back price' },
          ...{ rows: [row.id, windows.id], price: row.madPerKwh, priceUnit: 'MAD/kWh' },
        },
        slice,
        tariffMadPerMwh(row),
        frame.elections.rounding.amount,
      ),
    ];
  });
}
