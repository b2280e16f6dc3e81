import { Decimal } from '../units/money.js';
import type { SettlementLine } from './pricing/lines.js';
import type { Settlement } from './settle.js';
import type { VatTotal } from './pricing/vat.js';

/** What one line says otherwise than in the settlement before. */
export interface LineDelta {
  readonly kind: SettlementLine['kind'];
  readonly label: string;
  readonly unit: SettlementLine['unit'];
  readonly vatCode: string | null;
  readonly quantity: string;
  readonly amountMad: string;
}

/** What changed between two settlements, line by line. */
export interface Change {
  readonly lines: readonly LineDelta[];
  readonly totals: Settlement['totals'];
}

/** A restatement: new less old, line by line (SETTLEMENT 9). */
export interface SettlementDelta extends Change {
  /** Where another engine made the run before: what of the above is its rule, and what is data. */
  readonly parts?: DeltaParts;
}

/**
 * The two parts of a restatement (LEDGER section 12: a change of rule is never mixed with one of
 * data). Per line, and in each total, they add to the restatement exactly.
 */
export interface DeltaParts {
  /** Versions of the engine that made the run before, and of the one that made this run. */
  readonly engine: { readonly before: string; readonly now: string };
  /** The engine in hand on the input of the run before, less what the engine before made of it. */
  readonly engineChange: Change;
  /** The engine in hand on the new input, less the same engine on the input before. */
  readonly dataChange: Change;
}

/**
 * The difference between two settlements of one period: provisional and delta are the final one, to
 * 0.00. VAT of a correction takes the rate of what it corrects (INVOICING 3).
 *
 * @param before  The settlement that was documented; null for none.
 */
export function settlementDelta(before: Settlement | null, after: Settlement): Change {
  const key = ({ kind, label }: SettlementLine): string => `${kind} ${label}`;
  const ours = (settlement: Settlement | null): readonly SettlementLine[] =>
    settlement?.lines.filter(({ party }) => party === 'CONTRACT') ?? [];
  const earlier = Map.groupBy(ours(before), key);
  const later = Map.groupBy(ours(after), key);
  const keys = [...new Set([...earlier.keys(), ...later.keys()])];
  const lines = keys.flatMap((one): LineDelta[] => {
    // A charge whose tariff changes has a line for each, of one name.
    const [old, now] = [earlier.get(one) ?? [], later.get(one) ?? []];
    const { kind, label, unit, vatCode } = (now[0] ?? old[0])!;
    const sum = (of: readonly SettlementLine[], name: 'quantity' | 'amountMad'): Decimal =>
      of.reduce((all, line) => all.plus(line[name]), new Decimal(0));
    const quantity = sum(now, 'quantity').minus(sum(old, 'quantity'));
    const amount = sum(now, 'amountMad').minus(sum(old, 'amountMad'));
    if (quantity.isZero() && amount.isZero()) return [];
    const amountMad = amount.toFixed(2);
    return [{ kind, label, unit, vatCode, quantity: quantity.toFixed(), amountMad }];
  });
  return { lines, totals: totalsDelta(before?.totals ?? null, after.totals) };
}

function totalsDelta(
  before: Settlement['totals'] | null,
  after: Settlement['totals'],
): Settlement['totals'] {
  const minus = (now: string, old: string | undefined): string =>
    new Decimal(now).minus(old ?? 0).toFixed(2);
  const key = ({ vatCode, ratePct }: VatTotal): string => `${vatCode ?? ''} ${ratePct ?? ''}`;
  const earlier = new Map(before?.vat.map((one) => [key(one), one]));
  const later = new Map(after.vat.map((one) => [key(one), one]));
  const vat = [...new Set([...earlier.keys(), ...later.keys()])].toSorted().map((one): VatTotal => {
    const [old, now] = [earlier.get(one), later.get(one)];
    const { baseMad: _base, vatMad: _vat, ...of } = (now ?? old)!;
    return {
      ...of,
      baseMad: minus(now?.baseMad ?? '0', old?.baseMad),
      vatMad: minus(now?.vatMad ?? '0', old?.vatMad),
    };
  });
  return {
    netMad: minus(after.netMad, before?.netMad),
    vat,
    vatMad: minus(after.vatMad, before?.vatMad),
    grossMad: minus(after.grossMad, before?.grossMad),
  };
}
