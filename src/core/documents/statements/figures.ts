import { Decimal } from '../../units/money.js';
import type { Figure } from '../../statements/figure.js';
import { isMessageKey, type MessageKey, type Say } from '../messages/messages.js';
import { dateText, mwhText, numberText, percentText } from '../format.js';
import type { Language, Table, TypedCell } from '../model.js';
import type { IssuedStatement } from './issued.js';

/** What a figure is called, and what it is. */
export interface Named {
  readonly label: string;
  readonly definition: string;
}

/** A figure that is about one plant ends with this. */
const OF_PLANT = '.plant';

/**
 * The name and definition of a figure in the language of `say`; as they were issued, where the
 * catalogue does not know the figure.
 */
export function nameOf(
  kind: IssuedStatement['kind'] | 'period',
  figure: Figure,
  { say, language }: { readonly say: Say; readonly language: Language },
): Named {
  const { id, plantCode, label, formula } = figure;
  const base = plantCode === null ? id : `${baseOfPlant(id, plantCode)}${OF_PLANT}`;
  // A period says of most figures what a month does.
  const own = `${kind}.${base}`;
  const key = kind === 'period' && !isMessageKey(own) ? `carbon.${base}` : own;
  if (!isMessageKey(key)) return { label, definition: formula };
  const values = { plant: plantText(figure, { say, language }) };
  // The formula that was issued says what stood in for a residual mix.
  const standIn = `${key}.is.grid`;
  const isKey = formula.includes('standing in') && isMessageKey(standIn) ? standIn : `${key}.is`;
  return {
    label: say(key, values),
    definition: isMessageKey(isKey) ? say(isKey, values) : formula,
  };
}

/** `matchedWh.PV-1` and `PV-1.netMad` are about PV-1: what is left names the figure. */
function baseOfPlant(id: string, plantCode: string): string {
  if (id.endsWith(`.${plantCode}`)) return id.slice(0, -plantCode.length - 1);
  return id.slice(id.lastIndexOf('.') + 1);
}

function plantText(
  { id, plantCode }: Figure,
  { say, language }: { readonly say: Say; readonly language: Language },
): string {
  if (plantCode === null) return '';
  const from = id.startsWith(`${plantCode} from `)
    ? /^\d{4}-\d\d-\d\d/.exec(id.slice(plantCode.length + ' from '.length))
    : null;
  if (from === null) return plantCode;
  return say('plant.from', { plant: plantCode, date: dateText(from[0], language) });
}

/** A figure's value as a typed cell. */
export function figureCell({ value, unit }: Pick<Figure, 'value' | 'unit'>): TypedCell {
  switch (unit) {
    case 'Wh':
      return { type: 'wh', value, unit };
    case '%':
      return { type: 'pct', value: value === null ? null : String(value), unit };
    case 'MAD':
      return { type: 'mad', value, unit };
    default:
      return { type: 'decimal', value, unit };
  }
}

/** Energy on the first page, MWh. */
const SHOWN_DECIMALS = 1;

/** A figure as the first page shows it: energy rounded, a percentage cut and never rounded up. */
export function shownFigure(
  { value, unit }: Figure,
  { say, language }: { readonly say: Say; readonly language: Language },
): { readonly text: string; readonly unit: string } {
  if (value === null) return { text: say('print.notApplicable'), unit: '' };
  if (unit === 'Wh') return { text: mwhText(value, language, SHOWN_DECIMALS), unit: 'MWh' };
  if (unit !== '%') return { text: numberText(value, language), unit };
  const cut = new Decimal(value).toFixed(2, Decimal.ROUND_DOWN);
  return { text: percentText(cut, language), unit: '' };
}

/** Figures with the kind of statement that names them. */
export interface NamedFigures {
  readonly kind: IssuedStatement['kind'] | 'period';
  readonly figures: readonly Figure[];
}

/** Every figure with its value, unit and definition. */
export function figuresTable(
  { kind, figures }: NamedFigures,
  words: { readonly say: Say; readonly language: Language },
): Table {
  const { say } = words;
  return {
    kind: 'table',
    id: 'figures',
    title: say('table.figures'),
    columns: [
      { id: 'figure', title: say('column.id'), type: 'code', isFileOnly: true },
      { id: 'label', title: say('column.figure'), type: 'text' },
      { id: 'value', title: say('column.value'), type: 'decimal' },
      { id: 'unit', title: say('column.unit'), type: 'text', isFileOnly: true },
      { id: 'definition', title: say('column.definition'), type: 'text' },
    ],
    rows: figures.map((figure) => {
      const { label, definition } = nameOf(kind, figure, words);
      return [figure.id, label, figureCell(figure), figure.unit, definition];
    }),
  };
}

/** What each figure was made from: the things of the ledger that `trace` opens. */
export function sourcesTable({ figures }: Pick<IssuedStatement, 'figures'>, say: Say): Table {
  return {
    kind: 'table',
    id: 'sources',
    title: say('table.sources'),
    isFileOnly: true,
    columns: [
      { id: 'figure', title: say('column.id'), type: 'code' },
      { id: 'kind', title: say('column.kind'), type: 'code' },
      { id: 'source', title: say('column.source'), type: 'code' },
    ],
    rows: figures.flatMap(({ id, sources }) => sources.map((one) => [id, one.kind, one.id])),
  };
}

/** Figures that the first page shows, by kind of statement. */
export const KEY_FIGURES: Readonly<Record<IssuedStatement['kind'], readonly string[]>> = {
  carbon: [
    'contractedCfePct',
    'hoursFullyMatchedPct',
    'cfeScorePct',
    'loadWh',
    'locationBasedT',
    'marketBased2015T',
  ],
  tenant: ['coveragePct', 'loadWh', 'matchedWh', 'residualWh', 'locationBasedKg', 'marketHourlyKg'],
  billing: ['totalGrossMad', 'totalNetMad', 'totalVatMad'],
};

/** Sentences that were issued in English, and their message; `(.+)` is put in as `mark`. */
const NOTES: readonly (readonly [issued: RegExp, key: MessageKey])[] = [
  [/^PRELIMINARY: a month of the period is not closed\./, 'note.preliminaryPeriod'],
  [/^A quality criterion is not met: the certificates of (.+) count/, 'note.notAppliedIn'],
  [/^Cancelled beyond need: (.+) MWh;/, 'note.beyondNeed'],
  [/^The market-based figure of the 2015 Guidance uses the volumes and/, 'note.period2015'],
  [/^No certificate of one site counts at another/, 'note.sites'],
  [/^PRELIMINARY: the month is not closed\./, 'note.preliminary'],
  [/^A quality criterion is not met:/, 'note.notApplied'],
  [/^Surplus not cancelled: (.+) MWh;/, 'note.surplus'],
  [/^A residual mix is published for (\d+ of \d+) hours;/, 'note.partMix'],
  [/^No residual mix is published for this market;/, 'note.residualMix'],
  [/^The hourly market-based figures are an additional/, 'note.hourly'],
  [/^The market-based figure of the 2015 Guidance is annual;/, 'note.annual'],
  [/^Missing and incomplete meter-hours are in no figure;/, 'note.missing'],
  [/^A billing statement is no invoice:/, 'note.noInvoice'],
  [/^The VAT rate is marked (.+): confirm it/, 'note.vat'],
  [/^The figures of all tenants sum to the site/, 'note.tenants'],
  [/^The hourly market-based figure is an additional/, 'note.tenantHourly'],
  [/^GPU-hours are as the tenant supplied/, 'note.gpuHours'],
];

/** A disclosure in the language of `say`; as it was issued, where the catalogue does not know it. */
export function noteOf(issued: string, say: Say): string {
  for (const [pattern, key] of NOTES) {
    const found = pattern.exec(issued);
    if (found !== null) return say(key, { mark: found[1] ?? '' });
  }
  return issued;
}
