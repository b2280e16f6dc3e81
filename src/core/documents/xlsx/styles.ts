/** A style of cells: how a number is written, and what else. */
export interface CellStyle {
  /** Number format as spreadsheets know it; `@` is text, `General` none. */
  readonly format: string;
  readonly isHeader?: boolean;
  readonly isBold?: boolean;
  readonly isWrapped?: boolean;
  /** Text that begins like a formula: it stays text when somebody edits it. */
  readonly isQuoted?: boolean;
}

/** Styles of a workbook, each numbered when it is first asked for. */
export interface Styles {
  readonly idOf: (style: CellStyle) => number;
  readonly xml: () => string;
}

const FIRST_OWN_FORMAT = 164;

/** Collects the styles that cells use. Style 0 is the default, and stands for no style. */
export function collectStyles(): Styles {
  const styles: CellStyle[] = [{ format: 'General' }];
  const known = new Map([[JSON.stringify(styles[0]), 0]]);
  return {
    idOf: (style) => {
      const key = JSON.stringify(style);
      const id = known.get(key) ?? styles.length;
      if (id === styles.length) {
        styles.push(style);
        known.set(key, id);
      }
      return id;
    },
    xml: () => stylesXml(styles),
  };
}

const FONTS =
  '<fonts count="3">' +
  '<font><sz val="10"/><color rgb="FF1D2733"/><name val="Calibri"/><family val="2"/></font>' +
  '<font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Calibri"/><family val="2"/></font>' +
  '<font><b/><sz val="10"/><color rgb="FF1D2733"/><name val="Calibri"/><family val="2"/></font>' +
  '</fonts>';
const FILLS =
  '<fills count="3"><fill><patternFill patternType="none"/></fill>' +
  '<fill><patternFill patternType="gray125"/></fill>' +
  '<fill><patternFill patternType="solid"><fgColor rgb="FF12455C"/><bgColor indexed="64"/></patternFill></fill></fills>';
const BORDERS =
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>';
const BASE =
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>';
const NORMAL =
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>';

function stylesXml(styles: readonly CellStyle[]): string {
  const formats = [...new Set(styles.map(({ format }) => format))].filter(
    (format) => format !== 'General',
  );
  const idOf = (format: string): number =>
    format === 'General' ? 0 : FIRST_OWN_FORMAT + formats.indexOf(format);
  const numberFormats = formats.map(
    (format) =>
      `<numFmt numFmtId="${idOf(format)}" formatCode="${format.replaceAll('"', '&quot;')}"/>`,
  );
  const cells = styles.map((style) => cellFormatXml(style, idOf(style.format)));
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
    (formats.length === 0
      ? ''
      : `<numFmts count="${formats.length}">${numberFormats.join('')}</numFmts>`) +
    `${FONTS}${FILLS}${BORDERS}${BASE}` +
    `<cellXfs count="${styles.length}">${cells.join('')}</cellXfs>${NORMAL}</styleSheet>`
  );
}

function cellFormatXml(style: CellStyle, formatId: number): string {
  const { isHeader = false, isBold = false, isWrapped = false, isQuoted = false } = style;
  const font = isHeader ? 1 : isBold ? 2 : 0;
  const wrap =
    isWrapped || isHeader
      ? '<alignment vertical="top" wrapText="1"/>'
      : '<alignment vertical="top"/>';
  return (
    `<xf numFmtId="${formatId}" fontId="${font}" fillId="${isHeader ? 2 : 0}" borderId="0" xfId="0"` +
    ` applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"` +
    `${isQuoted ? ' quotePrefix="1"' : ''}>${wrap}</xf>`
  );
}
