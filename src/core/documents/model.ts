/** Languages that documents are written in. */
export const LANGUAGES = ['en', 'fr'] as const;
/** One of them, as its ISO 639-1 code. */
export type Language = (typeof LANGUAGES)[number];

/** What a cell holds, which decides how each format writes it. */
export type CellType =
  'text' | 'code' | 'wh' | 'decimal' | 'mad' | 'pct' | 'instant' | 'civil-date';

/** Text, whole Wh or decimal text; an instant is RFC 3339 in UTC; null = not applicable. */
export type CellValue = string | number | null;

/** A cell whose type is not its column's: figures of several units stand in one column. */
export interface TypedCell {
  readonly type: CellType;
  readonly value: CellValue;
  /** Printed behind the value; a table file has it in a column of its own. */
  readonly unit?: string;
}

/** A cell of a table. */
export type Cell = CellValue | TypedCell;

/** A column, typed once for all of its cells. */
export interface Column {
  /** Name in CSV files: the same in every language. */
  readonly id: string;
  readonly title: string;
  readonly type: CellType;
  /** Not printed: what only a table file has room for. */
  readonly isFileOnly?: boolean;
  /** What is printed where there is no value; absent = that it is not applicable. */
  readonly nullText?: string;
}

/** A table: a sheet of a workbook, a CSV file, a table in print. */
export interface Table {
  readonly kind: 'table';
  /** Names the CSV file and what a caller asks for. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Too long for paper: in table files only. */
  readonly isFileOnly?: boolean;
  /** Whether the last row is the sum of those above. */
  readonly totalRow?: boolean;
}

/** What can be said of an hour on the heat map. */
export type HourState = 'full' | 'part' | 'none' | 'no-load' | 'missing';

/** One hour on the heat map, at its place in site time. */
export interface HeatCell {
  /** Position of its civil day, from 0. */
  readonly day: number;
  /** Hour of the day that the site's clocks show, 0 to 23. */
  readonly hour: number;
  /** Second of two hours that the clocks show alike. */
  readonly isRepeat: boolean;
  /** Whether the clocks show this hour twice on that day. */
  readonly isDoubled: boolean;
  /** Share matched, thousandths, cut; null where there is no load. */
  readonly shareMille: number | null;
  readonly state: HourState;
  readonly isEstimated: boolean;
}

/** What a picture says in words: nothing is told by colours alone. */
interface Pictured {
  readonly title: string;
  /** For those who do not see it. */
  readonly alt: string;
  readonly caption: string;
}

/** The month hour by hour: days from left to right, site hours from top to bottom. */
export interface HeatMap extends Pictured {
  readonly kind: 'heat-map';
  readonly dayLabels: readonly string[];
  readonly cells: readonly HeatCell[];
  readonly legend: Readonly<
    Record<'none' | 'full' | 'part' | 'noLoad' | 'missing' | 'estimated', string>
  >;
  readonly axes: Readonly<Record<'days' | 'hours', string>>;
}

/** Hours in order of size, largest first, a line for each series. */
export interface DurationCurve extends Pictured {
  readonly kind: 'duration-curve';
  readonly axes: Readonly<Record<'energy' | 'hours', string>>;
  /** Wh of each hour, descending. */
  readonly series: readonly { readonly name: string; readonly wh: readonly number[] }[];
}

/** Bars of stacked parts, one a month. */
export interface MonthBars extends Pictured {
  readonly kind: 'month-bars';
  readonly axes: Readonly<Record<'amount', string>>;
  readonly series: readonly string[];
  /** Whether the amounts are Wh, printed as MWh; else they are MAD. */
  readonly isEnergy: boolean;
  readonly months: readonly {
    readonly label: string;
    /** Above the bar; empty for none. */
    readonly note: string;
    /** In the order of the series, each zero or more. */
    readonly parts: readonly (number | string)[];
  }[];
}

/** A picture with its data. */
export type Chart = HeatMap | DurationCurve | MonthBars;

/** Sentences, in whole. */
export interface Paragraphs {
  readonly kind: 'paragraphs';
  readonly texts: readonly string[];
}

/** Names with what they stand for. */
export interface Facts {
  readonly kind: 'facts';
  readonly facts: readonly Fact[];
}

/** One name with what it stands for. */
export interface Fact {
  readonly label: string;
  readonly value: TypedCell;
}

/** A part of a section. */
export type Block = Table | Chart | Paragraphs | Facts;

/** A heading and what stands under it. */
export interface Section {
  readonly title: string;
  /** Begins a page in print: what must not be read together with the rest. */
  readonly isOwnPage?: true;
  readonly blocks: readonly Block[];
}

/** A figure that the first page shows large. */
export interface KeyFigure {
  readonly label: string;
  /** As it is printed, rounded where its exact value stands in a table. */
  readonly text: string;
  /** Beside the number; empty for none. */
  readonly unit: string;
  readonly definition: string;
}

/** A document before any format: all that is said, in one language. */
export interface DocumentModel {
  readonly language: Language;
  /** What kind of document: the same in every language. */
  readonly kind: string;
  readonly title: string;
  readonly subtitle: string;
  /** Stands boldly on the first page and in the head of each other; null for a document that holds. */
  readonly status: { readonly label: string; readonly text: string } | null;
  /** What a reader must know first, for example what this version replaces. */
  readonly notices: readonly string[];
  readonly facts: readonly Fact[];
  readonly keyFigures: readonly KeyFigure[];
  readonly sections: readonly Section[];
  readonly identity: DocumentIdentity;
}

/** Which document it is, and the bytes that it was made from. */
export interface DocumentIdentity {
  readonly id: string;
  readonly version: number;
  /** Instant that every date of a file says, RFC 3339. */
  readonly issuedAt: string;
  /** SHA-256 of the canonical JSON, hex. */
  readonly sha256: string;
  /** Name of files without their ending. */
  readonly fileName: string;
  /** In the foot of each page. */
  readonly footer: string;
}

/** Every table of a document, in its order. */
export function tablesOf({ sections }: DocumentModel): readonly Table[] {
  return sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'table'));
}

/** A cell with its type: its own, or its column's. */
export function typedCell(cell: Cell, { type }: Pick<Column, 'type'>): TypedCell {
  return typeof cell === 'object' && cell !== null ? cell : { type, value: cell };
}
