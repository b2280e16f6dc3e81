import { isMessageKey, type MessageKey, type Say } from '../messages/messages.js';
import type { Cell, Language, Table } from '../model.js';
import { figureCell, nameOf } from './figures.js';
import type { IssuedPeriod } from './issued-period.js';

interface Words {
  readonly say: Say;
  readonly language: Language;
}

const said = (key: string, otherwise: string, say: Say): string =>
  isMessageKey(key) ? say(key) : otherwise;

function figureName({ figures }: IssuedPeriod, id: string, words: Words): string {
  const figure = figures.find((one) => one.id === id);
  return figure === undefined ? id : nameOf('period', figure, words).label;
}

/** "Months stated …, period …, difference …" of each figure (METHOD 7.2). */
export function sumOfMonthsTable(statement: IssuedPeriod, words: Words): Table {
  const { say } = words;
  return {
    kind: 'table',
    id: 'months_and_period',
    title: say('table.sumOfMonths'),
    columns: [
      { id: 'figure', title: say('column.id'), type: 'code', isFileOnly: true },
      { id: 'label', title: say('column.figure'), type: 'text' },
      { id: 'months', title: say('column.monthsStated'), type: 'decimal' },
      { id: 'period', title: say('column.period'), type: 'decimal' },
      { id: 'difference', title: say('column.difference'), type: 'decimal' },
      { id: 'unit', title: say('column.unit'), type: 'text' },
      { id: 'because', title: say('column.because'), type: 'text', nullText: '–' },
    ],
    rows: statement.sumOfMonths.map((line) => [
      line.figure,
      figureName(statement, line.figure, words),
      line.monthsStated,
      line.period,
      line.difference,
      line.unit,
      line.because === null ? null : say('because.2015'),
    ]),
  };
}

/** Each site with what it comes to, and the whole. */
export function sitesTable({ sites, sumOfMonths }: IssuedPeriod, say: Say): Table {
  const whole = new Map(sumOfMonths.map(({ figure, period }) => [figure, period]));
  const names = ['loadWh', 'generationWh', 'matchedWh', 'residualWh'] as const;
  const emissions = ['locationBasedT', 'marketBased2015T'] as const;
  const inMwh = (column: string): string => say('column.inMwh', { column });
  const row = (code: string, of: (figure: string) => Cell): readonly Cell[] => [
    code,
    ...names.map(of),
    ...emissions.map(of),
  ];
  return {
    kind: 'table',
    id: 'sites',
    title: say('table.sites'),
    totalRow: true,
    columns: [
      { id: 'site', title: say('column.site'), type: 'code' },
      { id: 'load_wh', title: inMwh(say('column.load')), type: 'wh' },
      { id: 'generation_wh', title: inMwh(say('column.generation')), type: 'wh' },
      { id: 'matched_wh', title: inMwh(say('column.matched')), type: 'wh' },
      { id: 'residual_wh', title: inMwh(say('column.residual')), type: 'wh' },
      { id: 'location_based_t', title: say('column.locationT'), type: 'decimal' },
      { id: 'market_based_2015_t', title: say('column.market2015T'), type: 'decimal' },
    ],
    rows: [
      ...sites.map(({ code, figures }) => row(code, (figure) => figures[figure] ?? null)),
      row(say('row.total'), (figure) => {
        const value = whole.get(figure)!;
        return figure.endsWith('Wh') ? Number(value) : value;
      }),
    ],
  };
}

/** The matching run of each month, with what it gives. */
export function matchedMonthsTable({ months }: IssuedPeriod, say: Say): Table {
  const inMwh = (column: string): string => say('column.inMwh', { column });
  return {
    kind: 'table',
    id: 'months',
    title: say('table.matchedMonths'),
    columns: [
      { id: 'site', title: say('column.site'), type: 'code' },
      { id: 'month', title: say('column.month'), type: 'code' },
      { id: 'load_wh', title: inMwh(say('column.load')), type: 'wh' },
      { id: 'matched_wh', title: inMwh(say('column.matched')), type: 'wh' },
      { id: 'location_based_t', title: say('column.locationT'), type: 'decimal' },
      { id: 'market_based_2015_t', title: say('column.market2015T'), type: 'decimal' },
      { id: 'contracts', title: say('fact.contract'), type: 'code', isFileOnly: true },
      { id: 'run', title: say('column.run'), type: 'code', isFileOnly: true },
      { id: 'result_root', title: say('verify.result'), type: 'code', isFileOnly: true },
    ],
    rows: months.map(({ siteCode, month, figures, contracts, runId, resultRoot }) => [
      siteCode,
      month,
      figures['loadWh']!,
      figures['matchedWh']!,
      figures['locationBasedT']!,
      figures['marketBased2015T']!,
      contracts.join(', '),
      runId,
      resultRoot,
    ]),
  };
}

/** Months that a version rests on otherwise than the one before. */
export function changedMonthsTable({ restatement }: IssuedPeriod, say: Say): Table | null {
  const months = restatement?.months ?? [];
  if (months.length === 0) return null;
  return {
    kind: 'table',
    id: 'changed_months',
    title: say('table.changedMonths'),
    columns: [
      { id: 'site', title: say('column.site'), type: 'code' },
      { id: 'month', title: say('column.month'), type: 'code' },
      { id: 'figures', title: say('column.figures'), type: 'code' },
      { id: 'run_before', title: say('column.runBefore'), type: 'code', isFileOnly: true },
      { id: 'run_after', title: say('column.runAfter'), type: 'code', isFileOnly: true },
    ],
    rows: months.map(({ siteCode, month, figures, runBefore, runAfter }) => [
      siteCode,
      month,
      figures.join(', '),
      runBefore,
      runAfter,
    ]),
  };
}

const MISSING: Readonly<Record<string, MessageKey>> = {
  'cancellation for the reporter of what is only reserved': 'view.missing.cancellation',
  'whether the energy source of storage and of other plants is renewable': 'view.missing.source',
  'the carbon-free share of the grid in every hour': 'view.missing.gridShare',
};

/** What each framework's rule comes to, and what it leaves out. */
export function viewsTable({ views }: IssuedPeriod, say: Say): Table {
  return {
    kind: 'table',
    id: 'views',
    title: say('table.views'),
    columns: [
      { id: 'framework', title: say('column.framework'), type: 'text' },
      { id: 'answer', title: say('column.answer'), type: 'text' },
      { id: 'rule', title: say('column.rule'), type: 'text' },
      { id: 'leaves_out', title: say('column.leavesOut'), type: 'text' },
      { id: 'missing', title: say('column.missing'), type: 'text', nullText: '–' },
    ],
    rows: views.map(({ framework, answer, rule, leavesOut, missing }) => [
      said(`view.${framework}`, framework, say),
      said(`view.answer.${answer}`, answer, say),
      said(`view.rule.${framework}`, rule, say),
      said(`view.leavesOut.${framework}`, leavesOut.join('; '), say),
      missing.map((one) => (MISSING[one] === undefined ? one : say(MISSING[one]))).join('; ') ||
        null,
    ]),
  };
}

/** Every number of the views. */
export function viewLinesTable({ views }: IssuedPeriod, say: Say): Table {
  return {
    kind: 'table',
    id: 'view_lines',
    title: say('table.view.lines'),
    columns: [
      { id: 'framework', title: say('column.framework'), type: 'text' },
      { id: 'line', title: say('column.item'), type: 'text' },
      { id: 'plant', title: say('column.plant'), type: 'code', nullText: '–' },
      { id: 'value', title: say('column.value'), type: 'text' },
      { id: 'unit', title: say('column.unit'), type: 'text', isFileOnly: true },
    ],
    rows: views.flatMap(({ framework, lines }) =>
      lines.map(({ line, plantCode, value, unit }): readonly Cell[] => [
        said(`view.${framework}`, framework, say),
        said(`view.line.${line}`, line, say),
        plantCode,
        unit === '' ? value : figureCell({ value, unit }),
        unit,
      ]),
    ),
  };
}

/** Estimated intervals by method (line 18). */
export function methodsTable({ estimation }: IssuedPeriod, say: Say): Table {
  return {
    kind: 'table',
    id: 'estimates',
    title: say('table.methods'),
    columns: [
      { id: 'method', title: say('column.method'), type: 'text' },
      { id: 'intervals', title: say('column.intervals'), type: 'decimal' },
      { id: 'wh', title: say('column.energy'), type: 'wh' },
    ],
    rows: estimation.byMethod.map(({ method, intervals, wh }) => [
      said(`estimate.${method}`, method, say),
      intervals,
      wh,
    ]),
  };
}

/** What estimates do to each result (line 18). */
export function effectsTable(statement: IssuedPeriod, words: Words): Table {
  const { say } = words;
  return {
    kind: 'table',
    id: 'estimate_effects',
    title: say('table.effects'),
    columns: [
      { id: 'figure', title: say('column.id'), type: 'code', isFileOnly: true },
      { id: 'label', title: say('column.figure'), type: 'text' },
      { id: 'stated', title: say('column.value'), type: 'decimal' },
      { id: 'without', title: say('column.withoutEstimates'), type: 'decimal' },
      { id: 'effect', title: say('column.effect'), type: 'decimal' },
    ],
    rows: statement.estimation.effects.map(({ figure, stated, withoutEstimates, effect }) => [
      figure,
      figureName(statement, figure, words),
      stated,
      withoutEstimates,
      effect,
    ]),
  };
}
