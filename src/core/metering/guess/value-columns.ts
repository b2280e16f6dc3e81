import type { EnergyUnit } from '../../units/energy.js';
import { writtenNumber } from '../../units/written-number.js';
import type { ImportProfile } from '../import-profile.js';
import { isNumber, type TableShape } from './table-shape.js';
import { wordsOf } from './time-columns.js';

/** How a table writes numbers, and whether that is beyond doubt. */
export interface GuessedMarks extends Pick<ImportProfile, 'decimalMark' | 'groupMark'> {
  readonly isOpen: boolean;
}

/** A column that may hold the readings. */
export interface ValueColumn {
  readonly field: number;
  readonly name: string;
  /** Null where neither header nor cells say it. */
  readonly unit: EnergyUnit | null;
  /** What the header says of the direction. */
  readonly direction: 'consumption' | 'generation' | null;
  readonly isCounter: boolean;
  /** How much speaks for it. */
  readonly score: number;
}

const UNITS: readonly (readonly [pattern: RegExp, unit: EnergyUnit])[] = [
  [/\b(mwh|megawatt ?hours?|megawattstunden?)\b/, 'mwh'],
  [/\b(kwh|kilowatt ?hours?|kilowattheures?|kilowattstunden?)\b/, 'kwh'],
  [/\b(wh|watt ?hours?)\b/, 'wh'],
  [/\b(mw|megawatts?)\b/, 'mw'],
  [/\b(kw|kilowatts?)\b/, 'kw'],
  [/\b(w|watts?)\b/, 'w'],
];
const ENERGY =
  /\b(energy|energie|énergie|energia|energía|energi|usage|consumption|consommation|consumo|verbrauch|verbruik|forbruk|forbrug|kulutus|load|demand|bezug|afname|volume|reading|value|valeur|valor|valore|wert|waarde|active|activa|ativa|attiva|actual|generation|production|produccion|producción|producao|produzione|erzeugung|opwekking|soutirage|delivered|import|quantity|yield|power|puissance|leistung|potencia|potenza|p)\b/;
const NO_ENERGY =
  /(\bcost|price|prix|precio|preis|prijs|\btax\b|\brate\b|charge|\$|€|£|p\/kwh|amount|montant|betrag|temp|°c|°f|humid|wind speed|irradian|reactiv|réactiv|\bk?varh?\b|\bvah?\b|\bq\b|forecast|pr[eé]vision|prognose|previs|programa|schedul|factor|facteur|cos|voltage|tension|spannung|\bvolt|current|courant|\bstrom\b|\bamp|\bhz\b|frequen|\brrp\b|\bco2\b|\bpos\b|\bid\b|ratio|multiplier|quality|status|code|longitude|latitude|average|peak|max|min\b|resolution|rating)/;
const GENERATION =
  /\b(generation|generated|production|produced|export|exported|injectie|injection|einspeisung|teruglevering|vertida|excedente|feed in|feedin|return|returned|erzeugung|producción|produccion|pv|solar|yield|received|b1|opwekking)\b/;
const CONSUMPTION =
  /\b(consumption|consumed|consommation|consumo|consumida|import|imported|usage|verbrauch|verbruik|bezug|afname|forbruk|forbrug|load|demand|soutirage|delivered|e1|grid)\b/;
const COUNTER =
  /\b(index|counter|register|zählerstand|zaehlerstand|meterstand|stand|cumul\w*|total(?:i[sz]ed)?|lifetime|total yield|total energy|odometer|into the load|meter reading|lecture|lectura|read value)\b/;

/** Unit that a name says, in brackets or as a word. */
export function unitIn(text: string): EnergyUnit | null {
  const words = wordsOf(text);
  return UNITS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** Columns that may hold the readings, the likeliest first. */
export function valueColumns(
  shape: TableShape,
  taken: ReadonlySet<number>,
  marks: GuessedMarks,
): ValueColumn[] {
  const unitField = unitColumn(shape, taken);
  const stated = statedUnit(shape) ?? unitInNames(shape, taken);
  return shape.names
    .flatMap((name, field): ValueColumn[] => {
      const cells = shape.data.map((row) => row.cells[field] ?? '').filter((cell) => cell !== '');
      const numbers = cells.filter(isNumber).length;
      if (taken.has(field) || name === '' || numbers === 0 || numbers < cells.length * 0.8)
        return [];
      const words = wordsOf(name);
      const below = shape.others[0]?.cells[field] ?? '';
      const own = unitIn(name) ?? (below === '' ? null : unitIn(below));
      const unit = own ?? (unitField === null ? null : commonUnit(shape, unitField)) ?? stated;
      const isId = cells.every((cell) => /^\d{7,}$/.test(cell));
      const isConstant = cells.length > 3 && cells.every((cell) => cell === cells[0]);
      const score =
        (own === null ? 0 : 6) +
        (ENERGY.test(words) ? 4 : 0) +
        (CONSUMPTION.test(words) ? 1 : 0) -
        (NO_ENERGY.test(words) || NO_ENERGY.test(name.toLowerCase()) ? 12 : 0) -
        (isId ? 12 : 0) -
        (isConstant ? 3 : 0) -
        (cells.length < shape.data.length / 2 ? 3 : 0) +
        (own === 'kwh' || own === 'mwh' || own === 'wh' ? 2 : 0);
      const direction = GENERATION.test(words)
        ? 'generation'
        : CONSUMPTION.test(words)
          ? 'consumption'
          : null;
      const isCounter =
        isCounting(cells, marks, COUNTER.test(words)) && !/^k?m?w$/.test(unit ?? '');
      return [{ field, name, unit, direction, isCounter, score }];
    })
    .filter(({ score }) => score > -6)
    .toSorted((a, b) => b.score - a.score || a.field - b.field);
}

/** Whether readings only ever grow, by little against where they stand. */
function isCounting(cells: readonly string[], marks: GuessedMarks, isNamed: boolean): boolean {
  const values = cells.map((cell) =>
    Number(
      writtenNumber(cell, { decimal: marks.decimalMark, group: marks.groupMark }) ?? Number.NaN,
    ),
  );
  if (values.length < (isNamed ? 2 : 6) || values.some(Number.isNaN)) return false;
  const steps = values.slice(1).map((value, at) => value - values[at]!);
  const isRising = steps.every((step) => step >= 0) && steps.some((step) => step > 0);
  const isFalling = steps.every((step) => step <= 0) && steps.some((step) => step < 0);
  const largest = Math.max(...steps.map(Math.abs));
  return (isRising || isFalling) && (isNamed || Math.min(...values) > 20 * largest);
}

/** The column whose cells are all units. */
export function unitColumn(shape: TableShape, taken: ReadonlySet<number>): number | null {
  const field = shape.names.findIndex((_, at) => {
    const cells = shape.data.map((row) => row.cells[at] ?? '').filter((cell) => cell !== '');
    return (
      !taken.has(at) &&
      cells.length > 0 &&
      cells.every((cell) => cell.length < 20 && !isNumber(cell) && unitIn(cell) !== null)
    );
  });
  return field < 0 ? null : field;
}

function commonUnit(shape: TableShape, field: number): EnergyUnit | null {
  const units = new Set(
    shape.data.map((row) => unitIn(row.cells[field] ?? '')).filter((unit) => unit !== null),
  );
  return units.size === 1 ? [...units][0]! : null;
}

/** A unit that every row has in brackets behind what it is: `Active Import (kW)`. */
function unitInNames({ names, data }: TableShape, taken: ReadonlySet<number>): EnergyUnit | null {
  for (const field of names.keys()) {
    if (taken.has(field)) continue;
    const units = new Set(
      data.map(({ cells }) => unitIn(/[([](\w{1,3})[)\]]$/.exec(cells[field] ?? '')?.[1] ?? '')),
    );
    const [unit = null] = units;
    if (units.size === 1 && unit !== null) return unit;
  }
  return null;
}

/** A unit that stands alone in a cell above the header. */
function statedUnit({ preamble }: TableShape): EnergyUnit | null {
  const cells = preamble.flatMap(({ cells: all }) => all);
  const units = cells.filter((cell) => /^\(?\[?[kM]?Wh?\]?\)?$/i.test(cell)).map(unitIn);
  const inText = cells.flatMap(
    (cell) => unitIn(/\b(?:unit|unité|einheit|unidad|eenheid)\b.*$/i.exec(cell)?.[0] ?? '') ?? [],
  );
  const found = new Set([...units, ...inText].filter((unit) => unit !== null));
  return found.size === 1 ? [...found][0]! : null;
}

/** How numbers are written, from all cells that are numbers. */
export function marksIn(shape: TableShape, taken: ReadonlySet<number>): GuessedMarks {
  const cells = shape.data.flatMap(({ cells: all }) =>
    all.filter((cell, field) => !taken.has(field) && isNumber(cell) && /[.,]/.test(cell)),
  );
  const has = (pattern: RegExp): boolean => cells.some((cell) => pattern.test(cell));
  // A mark that stands twice in a number groups it; so does one before the other.
  const commaGroups = has(/,\d{3}[,.]/) && !has(/,\d{1,2}$|,\d{4,}/);
  const pointGroups = has(/\.\d{3}[.,]/) && !has(/\.\d{1,2}$|\.\d{4,}/);
  const spaceGroups = shape.data.some(({ cells: all }) =>
    all.some(
      (cell, field) => !taken.has(field) && /^\d{1,3}([ \u00a0\u202f]\d{3})+([.,]\d+)?$/.test(cell),
    ),
  );
  const group = spaceGroups ? (' ' as const) : null;
  if (commaGroups) return { decimalMark: '.', groupMark: ',', isOpen: false };
  if (pointGroups) return { decimalMark: ',', groupMark: group ?? '.', isOpen: false };
  const [comma, point] = [has(/,/), has(/\./)];
  // Between quotes in a file that commas divide, thousands are grouped as Americans do.
  const isAmerican = shape.delimiter === ',' && !has(/^[+-]?0,|,\d{1,2}$|,\d{4,}|\d{4,},/);
  if (comma && isAmerican) return { decimalMark: '.', groupMark: ',', isOpen: !point };
  if (comma && !point) {
    // 1,528 alone may be either; a leading zero or another length tells.
    const isClear = has(/^[+-]?0,|,\d{1,2}$|,\d{4,}|\d{4,},/) || shape.delimiter === ';';
    return { decimalMark: ',', groupMark: group, isOpen: !isClear };
  }
  return { decimalMark: '.', groupMark: group, isOpen: false };
}
