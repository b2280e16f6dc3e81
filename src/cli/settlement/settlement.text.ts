import type { RunResult } from '../../core/settlement/document.js';
import { Decimal } from '../../core/units/money.js';
import { table } from '../shell/render.js';

type Settled = RunResult['settlement'];

/** What a line says that is not between buyer and seller, and so in no total. */
const BESIDE = {
  CONTRACT: '',
  GRID: ' [with the grid operator, not in the total]',
  MARKET: ' [on the market, not in the total]',
} as const;

/** Lines and totals of a settlement, for a person: it adds up, and what is beside the total says so. */
export function settledText({ lines, totals }: Pick<Settled, 'lines' | 'totals'>): string[] {
  const beside = lines.filter(({ party }) => party !== 'CONTRACT');
  const sum = beside.reduce((all, { amountMad }) => all.plus(amountMad), new Decimal(0));
  return [
    table(
      ['Line', 'Quantity', 'Price', 'MAD'],
      lines.map(({ label, party, quantity, unit, price, priceUnit, amountMad }) => [
        `${label}${BESIDE[party]}`,
        `${quantity} ${unit}`,
        price === null ? 'by hour' : `${price} ${priceUnit}`,
        amountMad,
      ]),
      [1, 2, 3],
    ),
    `Net ${totals.netMad} MAD, VAT ${totals.vatMad}, gross ${totals.grossMad}`,
    ...(beside.length === 0 ? [] : [`Beside the total, with other parties: ${sum.toFixed(2)} MAD`]),
  ];
}

/** What a run changes; a change of rule on a line of its own. */
export function deltaText(delta: RunResult['delta']): readonly string[] {
  if (delta === null) return [];
  const { totals, parts } = delta;
  const sum = `Against the run before: net ${totals.netMad} MAD`;
  if (parts === undefined) return [sum];
  const { engine, engineChange, dataChange } = parts;
  return [
    sum,
    `  of the change from settlement engine ${engine.before} to ${engine.now}: net ${engineChange.totals.netMad} MAD`,
    `  of changed data: net ${dataChange.totals.netMad} MAD`,
  ];
}

const STRETCHES_SHOWN = 10;

/** Which hours rest on estimates; nothing where none does. */
export function estimatedText(
  stretches: readonly {
    readonly series: string;
    readonly from: string;
    readonly to: string;
    readonly hours: number;
  }[],
): readonly string[] {
  if (stretches.length === 0) return [];
  const rows = stretches
    .slice(0, STRETCHES_SHOWN)
    .map(({ series, from, to, hours }) => [series, from, to, String(hours)]);
  const more = stretches.length - rows.length;
  return [
    'Estimated hours:',
    table(['Series', 'From', 'To', 'Hours'], rows, [3]),
    ...(more > 0 ? [`and ${more} more stretches`] : []),
  ];
}
