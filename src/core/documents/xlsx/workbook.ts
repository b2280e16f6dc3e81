import { storedZip } from '../../tabular/stored-zip.js';
import { cellText, withUnit } from '../format.js';
import { sayIn } from '../messages/messages.js';
import { type Cell, type DocumentModel, type Table, tablesOf, typedCell } from '../model.js';
import { cellOf, textCell } from './cells.js';
import { collectStyles, type Styles } from './styles.js';
import { plainXml } from './xml-text.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

interface Sheet {
  readonly name: string;
  readonly xml: string;
}

/**
 * A document as a workbook (ECMA-376, SpreadsheetML): a first sheet that says what it is, then a
 * sheet for each table with typed cells, a frozen head and a filter. The same document gives the
 * same bytes: no clock, no compressor.
 */
export function documentWorkbook(document: DocumentModel): Uint8Array {
  const styles = collectStyles();
  const names = sheetNames([document.title, ...tablesOf(document).map(({ title }) => title)]);
  const sheets: readonly Sheet[] = [
    { name: names[0]!, xml: aboutSheet(document, styles) },
    ...tablesOf(document).map((table, at) => ({
      name: names[at + 1]!,
      xml: tableSheet(table, styles),
    })),
  ];
  const encoder = new TextEncoder();
  const files: readonly (readonly [name: string, xml: string])[] = [
    ['[Content_Types].xml', contentTypes(sheets.length)],
    ['_rels/.rels', packageRelations()],
    ['docProps/core.xml', coreProperties(document)],
    ['docProps/app.xml', appProperties()],
    ['xl/workbook.xml', workbookXml(sheets)],
    ['xl/_rels/workbook.xml.rels', workbookRelations(sheets.length)],
    ['xl/styles.xml', styles.xml()],
    ...sheets.map(({ xml }, at) => [`xl/worksheets/sheet${at + 1}.xml`, xml] as const),
  ];
  return storedZip(
    files.map(([name, xml]) => ({ name, bytes: encoder.encode(xml) })),
    document.identity.issuedAt,
  );
}

const NAME_MAX = 31;

/** Names that a workbook takes: short, without its own signs, each once in any case of letters. */
function sheetNames(titles: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const plain = title.replaceAll(/[[\]:*?/\\]/g, ' ').replaceAll(/^'|'$/g, ' ');
    const clean = plain.trim() === '' ? 'Sheet' : plain;
    let name = clean.slice(0, NAME_MAX);
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) {
      name = `${clean.slice(0, NAME_MAX - 1 - String(count).length)} ${count}`;
    }
    taken.add(name.toLowerCase());
    return name;
  });
}

/** `A`, …, `Z`, `AA`, …: the column at a position from 0. */
function columnName(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : `${columnName(Math.floor(at / 26) - 1)}${letter}`;
}

function tableSheet({ columns, rows }: Table, styles: Styles): string {
  const head = columns.map(({ title }, at) =>
    textCell(`${columnName(at)}1`, title, styles, { isHeader: true }),
  );
  const body = rows.map((row, at) => {
    const cells = row.map((cell, column) =>
      cellOf(`${columnName(column)}${at + 2}`, typedCell(cell, columns[column]!), styles),
    );
    return `<row r="${at + 2}">${cells.join('')}</row>`;
  });
  const last = `${columnName(columns.length - 1)}${rows.length + 1}`;
  const widths = columns.map(({ title }, at) =>
    widthOf(
      title,
      rows.map((row) => row[at]!),
    ),
  );
  return sheetXml({
    dimension: `A1:${last}`,
    view: '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>',
    widths,
    rows: [`<row r="1">${head.join('')}</row>`, ...body],
    filter: `<autoFilter ref="A1:${last}"/>`,
  });
}

/** What the workbook is of, on its first sheet: what a reader of print finds on page 1. */
function aboutSheet(document: DocumentModel, styles: Styles): string {
  const { title, subtitle, status, notices, facts, keyFigures, identity, language } = document;
  const say = sayIn(language);
  const lines: (readonly [string, string] | readonly [string])[] = [
    [title],
    [subtitle],
    ...(status === null ? [] : [[status.label, status.text] as const]),
    ...notices.map((notice) => [notice] as const),
    ...facts.map(
      ({ label, value }) => [label, cellText(value, language, say('print.notApplicable'))] as const,
    ),
    [say('verify.sha256'), identity.sha256],
    ...keyFigures.map(
      ({ label, text, unit, definition }) =>
        [label, say('xlsx.keyFigure', { text: withUnit(text, unit), definition })] as const,
    ),
  ];
  const rows = lines.map((line, at) => {
    const cells = line.map((text, column) =>
      textCell(`${columnName(column)}${at + 1}`, text, styles, {
        isBold: column === 0,
        // A line alone runs over the next column instead of standing in a narrow one.
        isWrapped: line.length > 1,
      }),
    );
    return `<row r="${at + 1}">${cells.join('')}</row>`;
  });
  return sheetXml({
    dimension: `A1:B${lines.length}`,
    view: '',
    widths: [34, 130],
    rows,
    filter: '',
  });
}

const WIDTH_LEAST = 9;
const WIDTH_MOST = 60;

/** Wide enough for what is in a column, within reason: beyond that its text wraps. */
function widthOf(title: string, cells: readonly Cell[]): number {
  const lengths = cells.map((cell) => {
    const value = typeof cell === 'object' && cell !== null ? cell.value : cell;
    const length = String(value ?? '').length;
    // A number is written with a separator in three digits.
    return typeof value === 'number' ? length + Math.floor(length / 3) : length;
  });
  const most = lengths.reduce((most, length) => Math.max(most, length), Math.min(title.length, 24));
  return Math.min(WIDTH_MOST, Math.max(WIDTH_LEAST, most + 3));
}

function sheetXml(sheet: {
  readonly dimension: string;
  readonly view: string;
  readonly widths: readonly number[];
  readonly rows: readonly string[];
  readonly filter: string;
}): string {
  const columns = sheet.widths.map(
    (width, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`,
  );
  return (
    `${HEAD}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
    `<dimension ref="${sheet.dimension}"/>` +
    `<sheetViews><sheetView workbookViewId="0" showGridLines="0">${sheet.view}</sheetView></sheetViews>` +
    `<sheetFormatPr defaultRowHeight="14"/><cols>${columns.join('')}</cols>` +
    `<sheetData>${sheet.rows.join('')}</sheetData>${sheet.filter}` +
    '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>' +
    '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'
  );
}

function workbookXml(sheets: readonly Sheet[]): string {
  const listed = sheets.map(
    ({ name }, at) => `<sheet name="${plainXml(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`,
  );
  return (
    `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><bookViews><workbookView/></bookViews>` +
    `<sheets>${listed.join('')}</sheets></workbook>`
  );
}

function workbookRelations(count: number): string {
  const sheets = Array.from(
    { length: count },
    (_, at) =>
      `<Relationship Id="rId${at + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
  );
  return (
    `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${sheets.join('')}` +
    `<Relationship Id="rId${count + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`
  );
}

function packageRelations(): string {
  return (
    `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">` +
    `<Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/>` +
    `<Relationship Id="rId2" Type="${PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
    `<Relationship Id="rId3" Type="${RELATIONS}/extended-properties" Target="docProps/app.xml"/></Relationships>`
  );
}

function contentTypes(count: number): string {
  const sheets = Array.from(
    { length: count },
    (_, at) =>
      `<Override PartName="/xl/worksheets/sheet${at + 1}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
  );
  return (
    `${HEAD}<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>` +
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>' +
    '<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>' +
    `${sheets.join('')}</Types>`
  );
}

function coreProperties({ title, subtitle, language, identity }: DocumentModel): string {
  const issued = identity.issuedAt.replace(/\.\d+Z$/, 'Z');
  return (
    `${HEAD}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" ` +
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<dc:title>${plainXml(title)}</dc:title><dc:subject>${plainXml(subtitle)}</dc:subject>` +
    `<dc:creator>Mizan</dc:creator><dc:identifier>${plainXml(identity.id)}</dc:identifier>` +
    `<dc:language>${language}</dc:language>` +
    `<dcterms:created xsi:type="dcterms:W3CDTF">${issued}</dcterms:created>` +
    `<dcterms:modified xsi:type="dcterms:W3CDTF">${issued}</dcterms:modified></cp:coreProperties>`
  );
}

function appProperties(): string {
  return (
    `${HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">` +
    '<Application>Mizan</Application></Properties>'
  );
}
