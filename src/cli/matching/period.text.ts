import type { Figure } from '../../core/statements/figure.js';
import type { SumOfMonths } from '../../core/statements/periods/sum-of-months.js';
import type { View } from '../../core/statements/periods/views.js';
import type { PeriodDocument } from '../../features/statements/periods/period-statements.service.js';
import { grouped, mwh, shown, table } from '../shell/render.js';

interface Stated {
  readonly sumOfMonths: readonly SumOfMonths[];
  readonly views: readonly View[];
  readonly disclosures: readonly string[];
  readonly sites: readonly {
    readonly code: string;
    readonly figures: Readonly<Record<string, number | string>>;
  }[];
  readonly restatement: {
    readonly months: readonly { readonly siteCode: string; readonly month: string }[];
  } | null;
}

/** A statement of a period for the terminal: figures, sites, months against the period, views, notes. */
export function periodText(document: PeriodDocument): string {
  const { version, siteCode, entity, period, figures, statementId } = document;
  const stated = document as unknown as Stated;
  const of = siteCode === null ? `all sites of ${entity.code}` : `site ${siteCode}`;
  const rows = figures.map((figure: Figure) => [figure.label, ...shown(figure), figure.id]);
  const months = document.months.map(({ month }) => month);
  return [
    `CARBON STATEMENT ${period.name}, ${of}, version ${version}`,
    `Statement ${statementId}; ${period.start} to ${period.end}, months ${months[0]} to ${months.at(-1)}`,
    '',
    table(['Figure', 'Value', 'Unit', 'Id'], rows, [1]),
    '',
    ...siteLines(siteCode === null ? stated.sites : []),
    'Months against the period:',
    table(
      ['Figure', 'Months stated', 'Period', 'Difference', 'Unit'],
      stated.sumOfMonths.map((line) => [
        line.figure,
        grouped(line.monthsStated),
        grouped(line.period),
        grouped(line.difference),
        line.unit,
      ]),
      [1, 2, 3],
    ),
    '',
    ...stated.views.map(({ framework, answer, missing }) =>
      missing.length === 0
        ? `View ${framework}: ${answer}`
        : `View ${framework}: ${answer}; to be known: ${missing.join('; ')}`,
    ),
    ...(stated.restatement?.months ?? []).map(
      (one) => `Changed since the version before: ${one.siteCode} ${one.month}`,
    ),
    ...stated.disclosures.map((line) => `Note: ${line}`),
  ].join('\n');
}

function siteLines(sites: Stated['sites']): readonly string[] {
  if (sites.length === 0) return [];
  const rows = sites.map(({ code, figures }) => [
    code,
    mwh(figures['loadWh']!),
    mwh(figures['matchedWh']!),
    grouped(figures['locationBasedT']!),
    grouped(figures['marketBased2015T']!),
  ]);
  const head = ['Site', 'Consumption MWh', 'Matched MWh', 'Location t', 'Market 2015 t'];
  return [table(head, rows, [1, 2, 3, 4]), ''];
}
