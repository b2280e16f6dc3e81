import { Decimal } from '../../units/money.js';
import type { Say } from '../messages/messages.js';
import type { Cell, Language, Table } from '../model.js';
import { figureCell, type NamedFigures, nameOf } from './figures.js';
import type { IssuedQuality, IssuedStatement } from './issued.js';

/** The priced lines of a bill, with their total. */
export function linesTable({ billing }: IssuedStatement, say: Say): Table | null {
  if (billing === undefined) return null;
  const isCut = billing.lines.some(({ from }) => from !== undefined);
  const inMwh = (column: string): string => say('column.inMwh', { column });
  const total: readonly Cell[] = [
    say('row.total'),
    null,
    null,
    null,
    null,
    null,
    billing.totalNetMad,
    null,
    billing.totalVatMad,
    billing.totalGrossMad,
  ];
  return {
    kind: 'table',
    id: 'lines',
    title: say('table.lines'),
    totalRow: true,
    columns: [
      { id: 'plant', title: say('column.plant'), type: 'code' },
      { id: 'from', title: say('column.from'), type: 'civil-date', isFileOnly: !isCut },
      { id: 'generation_wh', title: inMwh(say('column.generation')), type: 'wh' },
      { id: 'loss_factor', title: say('column.lossFactor'), type: 'decimal' },
      { id: 'delivered_wh', title: inMwh(say('column.delivered')), type: 'wh' },
      { id: 'price_mad_per_mwh', title: say('column.price'), type: 'decimal' },
      { id: 'net_mad', title: say('column.net'), type: 'mad' },
      { id: 'vat_rate_pct', title: say('column.vatRate'), type: 'pct' },
      { id: 'vat_mad', title: say('column.vat'), type: 'mad' },
      { id: 'gross_mad', title: say('column.gross'), type: 'mad' },
    ],
    rows: [
      ...billing.lines.map((line) => [
        line.plantCode,
        line.from ?? null,
        line.generationWh,
        line.lossFactor,
        line.deliveredWh,
        line.strikePriceMadPerMwh,
        line.netMad,
        line.vatRatePct,
        line.vatMad,
        line.grossMad,
      ]),
      total,
    ],
  };
}

/** What a version says otherwise than the one before; null where nothing was said before. */
export function changesTable(
  { kind, changes, figures }: NamedFigures & Pick<IssuedStatement, 'changes'>,
  words: { readonly say: Say; readonly language: Language },
): Table | null {
  if (changes.length === 0) return null;
  const { say } = words;
  const byId = new Map(figures.map((figure) => [figure.id, figure]));
  return {
    kind: 'table',
    id: 'changes',
    title: say('table.changes'),
    columns: [
      { id: 'figure', title: say('column.id'), type: 'code', isFileOnly: true },
      { id: 'label', title: say('column.figure'), type: 'text' },
      { id: 'before', title: say('column.before'), type: 'decimal' },
      { id: 'after', title: say('column.after'), type: 'decimal' },
      { id: 'unit', title: say('column.unit'), type: 'text', isFileOnly: true },
    ],
    rows: changes.map(({ id, unit, before, after }) => {
      const figure = byId.get(id);
      const label = figure === undefined ? id : nameOf(kind, figure, words).label;
      const cell = (value: number | string | null): Cell => figureCell({ value, unit });
      return [id, label, cell(before), cell(after), unit];
    }),
  };
}

/** How well the consumption is known, a line each. */
export function qualityTable(quality: IssuedQuality, say: Say): Table {
  const count = (value: number): Cell => ({ type: 'decimal', value });
  const share = (value: string | null | undefined): Cell => ({ type: 'pct', value: value ?? null });
  const rows: readonly (readonly Cell[])[] = [
    ['expectedIntervals', say('quality.expected'), count(quality.expectedIntervals)],
    ['presentIntervals', say('quality.present'), count(quality.presentIntervals)],
    ['missingIntervals', say('quality.missing'), count(quality.missingIntervals)],
    ['missingPct', say('quality.missingPct'), share(quality.missingPct)],
    ['measuredPct', say('quality.measuredPct'), share(quality.measuredPct)],
    ['calculatedPct', say('quality.calculatedPct'), share(quality.calculatedPct)],
    ['estimatedPct', say('quality.estimatedPct'), share(quality.estimatedPct)],
    ['unvalidatedPct', say('quality.unvalidatedPct'), share(quality.unvalidatedPct)],
    ['incompleteMeterHours', say('quality.incomplete'), count(quality.incompleteMeterHours)],
    ['excludedMeterHours', say('quality.excluded'), count(quality.excludedMeterHours)],
  ];
  return {
    kind: 'table',
    id: 'quality',
    title: say('table.quality'),
    columns: [
      { id: 'item', title: say('column.id'), type: 'code', isFileOnly: true },
      { id: 'label', title: say('column.item'), type: 'text' },
      { id: 'value', title: say('column.value'), type: 'decimal' },
    ],
    rows,
  };
}

/** The plants that the contract buys from. */
export function plantsTable(
  { plants = [] }: Pick<IssuedStatement, 'plants'>,
  say: Say,
): Table | null {
  if (plants.length === 0) return null;
  return {
    kind: 'table',
    id: 'plants',
    title: say('table.plants'),
    columns: [
      { id: 'plant', title: say('column.plant'), type: 'code' },
      { id: 'name', title: say('column.name'), type: 'text' },
      { id: 'technology', title: say('column.technology'), type: 'code' },
      { id: 'commissioned_on', title: say('column.commissioned'), type: 'civil-date' },
      { id: 'capacity_mw', title: say('column.capacity'), type: 'decimal' },
      { id: 'loss_factor', title: say('column.lossFactor'), type: 'decimal' },
      { id: 'direct_factor_g_per_kwh', title: say('column.directFactor'), type: 'decimal' },
    ],
    rows: plants.map((plant) => [
      plant.code,
      plant.name,
      plant.technology,
      plant.commissionedOn,
      new Decimal(plant.capacityW).dividedBy(1_000_000).toFixed(),
      plant.lossFactor,
      plant.directFactorGPerKwh,
    ]),
  };
}

/** The emission factors that the figures rest on. */
export function factorsTable(
  { factors = [] }: Pick<IssuedStatement, 'factors'>,
  say: Say,
): Table | null {
  if (factors.length === 0) return null;
  return {
    kind: 'table',
    id: 'factors',
    title: say('table.factors'),
    columns: [
      { id: 'factor', title: say('column.factor'), type: 'code' },
      { id: 'version', title: say('column.version'), type: 'decimal' },
      { id: 'title', title: say('column.name'), type: 'text' },
      { id: 'publisher', title: say('column.publisher'), type: 'text' },
      { id: 'vintage', title: say('column.vintage'), type: 'code' },
      { id: 'g_per_kwh', title: say('column.gPerKwh'), type: 'decimal' },
      { id: 'resolution', title: say('column.resolution'), type: 'code', isFileOnly: true },
      { id: 'hours', title: say('column.hoursUsed'), type: 'decimal', isFileOnly: true },
      { id: 'licence', title: say('column.licence'), type: 'text', isFileOnly: true },
      { id: 'gwp_set', title: say('column.gwpSet'), type: 'text', isFileOnly: true },
    ],
    rows: factors.map((factor) => [
      factor.code,
      factor.version,
      factor.title,
      factor.publisher,
      factor.vintage,
      factor.gPerKwh,
      factor.resolution ?? null,
      factor.hours ?? null,
      factor.licence ?? null,
      factor.gwpSet ?? null,
    ]),
  };
}
