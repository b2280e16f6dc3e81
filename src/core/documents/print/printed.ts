import { cellText } from '../format.js';
import { type Say, sayIn } from '../messages/messages.js';
import {
  type Block,
  type Chart,
  type Column,
  type DocumentModel,
  type Fact,
  type Language,
  type Table,
  typedCell,
  type TypedCell,
} from '../model.js';
import { type PrintedBars, type PrintedCurves, printedBars, printedCurves } from './charts.js';

/** A file inside a PDF. */
export interface Attached {
  readonly name: string;
  readonly mimeType: string;
  readonly description: string;
}

/** A column in print. */
interface PrintedColumn {
  readonly title: string;
  readonly isNumber: boolean;
  /** Share of the room that is left; 0 = as wide as what it holds. */
  readonly weight: number;
}

/** A table in print: nothing but text. */
interface PrintedTable {
  readonly kind: 'table';
  readonly columns: readonly PrintedColumn[];
  readonly rows: readonly (readonly string[])[];
  readonly hasTotal: boolean;
}

interface PrintedFact {
  readonly label: string;
  readonly text: string;
  readonly isCode: boolean;
}

type PrintedBlock =
  | PrintedTable
  | { readonly kind: 'facts'; readonly facts: readonly PrintedFact[] }
  | { readonly kind: 'paragraphs'; readonly texts: readonly string[] }
  | Extract<Chart, { kind: 'heat-map' }>
  | PrintedCurves
  | PrintedBars;

/** What the template sets: every text in its language, every point of a chart between 0 and 1. */
export interface PrintedDocument {
  readonly language: Language;
  readonly title: string;
  readonly subtitle: string;
  readonly status: { readonly label: string; readonly text: string } | null;
  readonly notices: readonly string[];
  readonly facts: readonly PrintedFact[];
  readonly keyFigures: DocumentModel['keyFigures'];
  readonly keyFiguresTitle: string;
  readonly sections: readonly {
    readonly title: string;
    readonly isOwnPage: boolean;
    readonly blocks: readonly PrintedBlock[];
  }[];
  readonly footer: string;
  /** With `{page}` and `{pages}`. */
  readonly pagePattern: string;
  readonly id: string;
  readonly sha256: string;
  readonly issuedAt: readonly number[];
  readonly attached: readonly Attached[];
}

/** A document as the template of the PDF takes it. Tables that only files have are left out. */
export function printedDocument(
  document: DocumentModel,
  attached: readonly Attached[],
): PrintedDocument {
  const { language, title, subtitle, status, notices, keyFigures, identity } = document;
  const say = sayIn(language);
  const sections = document.sections
    .map((section) => ({
      title: section.title,
      isOwnPage: section.isOwnPage === true,
      blocks: section.blocks.flatMap((block) => printedBlock(block, { say, language })),
    }))
    .filter(({ blocks }) => blocks.length > 0);
  return {
    language,
    title,
    subtitle,
    status,
    notices,
    facts: document.facts.map((fact) => printedFact(fact, { say, language })),
    keyFigures,
    keyFiguresTitle: say('print.keyFigures'),
    sections,
    footer: identity.footer,
    pagePattern: say('print.page', { page: '{page}', pages: '{pages}' }),
    id: identity.id,
    sha256: identity.sha256,
    issuedAt: identity.issuedAt.match(/\d+/g)!.slice(0, 6).map(Number),
    attached,
  };
}

interface Words {
  readonly say: Say;
  readonly language: Language;
}

function printedBlock(block: Block, words: Words): readonly PrintedBlock[] {
  switch (block.kind) {
    case 'table':
      return block.isFileOnly === true ? [] : [printedTable(block, words)];
    case 'facts':
      return [{ kind: 'facts', facts: block.facts.map((fact) => printedFact(fact, words)) }];
    case 'paragraphs':
    case 'heat-map':
      return [block];
    case 'duration-curve':
      return [printedCurves(block, words.language)];
    case 'month-bars':
      return block.months.length === 0 ? [] : [printedBars(block, words.language)];
  }
}

function printedFact({ label, value }: Fact, words: Words): PrintedFact {
  return { label, text: printedCell(value, words), isCode: value.type === 'code' };
}

function printedCell(cell: TypedCell, { say, language }: Words): string {
  return cellText(cell, language, say('print.notApplicable'));
}

function printedTable(table: Table, words: Words): PrintedTable {
  const shown = table.columns.flatMap((column, at) =>
    column.isFileOnly === true ? [] : [{ column, at }],
  );
  const notApplicable = words.say('print.notApplicable');
  const total = table.totalRow === true ? table.rows.length - 1 : -1;
  const rows = table.rows.map((row, line) =>
    shown.map(({ column, at }) => {
      const cell = typedCell(row[at]!, column);
      // What has no sum is empty under the line, not "not applicable".
      if (cell.value === null) return line === total ? '' : (column.nullText ?? notApplicable);
      return printedCell(cell, words);
    }),
  );
  return {
    kind: 'table',
    columns: shown.map(({ column }, at) =>
      printedColumn(
        column,
        rows.map((row) => row[at]!),
      ),
    ),
    rows,
    hasTotal: total >= 0,
  };
}

const SHORT = 18;

function printedColumn({ title, type }: Column, cells: readonly string[]): PrintedColumn {
  const isNumber =
    type !== 'text' && type !== 'code' && type !== 'civil-date' && type !== 'instant';
  const most = cells.reduce((longest, { length }) => Math.max(longest, length), 0);
  const weight = isNumber || most <= SHORT ? 0 : Math.sqrt(most);
  return { title, isNumber, weight };
}
