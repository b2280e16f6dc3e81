import type { DocumentModel, Table } from '../model.js';
import { cellOf, textCell } from './cells.js';
import { collectStyles } from './styles.js';
import { documentWorkbook } from './workbook.js';

const styles = collectStyles();
const bare = (xml: string): string => xml.replaceAll(/ s="\d+"/g, '');

describe('a cell of a workbook', () => {
  it.each([
    ['whole Wh', { type: 'wh', value: 25_041_627_969 }, '<c r="A1"><v>25041627969</v></c>'],
    ['a percentage', { type: 'pct', value: '65.716748' }, '<c r="A1"><v>0.65716748</v></c>'],
    ['MAD', { type: 'mad', value: '4107992.70' }, '<c r="A1"><v>4107992.7</v></c>'],
    [
      'an instant',
      { type: 'instant', value: '2026-10-01T06:00:00Z' },
      '<c r="A1"><v>46296.25</v></c>',
    ],
    ['a civil date', { type: 'civil-date', value: '2026-10-01' }, '<c r="A1"><v>46296</v></c>'],
    ['nothing', { type: 'wh', value: null }, ''],
    [
      'more digits than a spreadsheet shows',
      { type: 'decimal', value: '1234567890.1234567' },
      '<c r="A1" t="inlineStr"><is><t xml:space="preserve">1234567890.1234567</t></is></c>',
    ],
    [
      'a code of digits',
      { type: 'code', value: '0012' },
      '<c r="A1" t="inlineStr"><is><t xml:space="preserve">0012</t></is></c>',
    ],
  ] as const)('holds %s by its type', (_, cell, xml) => {
    expect(bare(cellOf('A1', cell, styles))).toBe(xml);
  });

  it.each([
    ['=cmd|calc', '=cmd|calc'],
    ['<&">', '&lt;&amp;&quot;&gt;'],
    ['a\u0007b\ud800c', 'a_x0007_b_xD800_c'],
    ['_x0041_', '_x005F_x0041_'],
    ['\u202eRTL 😀', '\u202eRTL 😀'],
  ])('holds the text %j, and never computes it', (text, written) => {
    const xml = textCell('A1', text, styles);
    expect(xml).toContain(`>${written}</t>`);
    expect(xml).not.toContain('<f>');
  });

  it('cuts no more of a text than a cell can hold', () => {
    const xml = textCell('A1', 'x'.repeat(40_000), styles);
    expect(/>(x+)…</.exec(xml)![1]!.length).toBe(32_766);
  });
});

const table = (title: string): Table => ({
  kind: 'table',
  id: 't',
  title,
  columns: [{ id: 'a', title: 'A', type: 'text' }],
  rows: [['=1+1']],
});

const documentOf = (...titles: readonly string[]): DocumentModel => ({
  language: 'fr',
  kind: 'k',
  title: 'Relevé',
  subtitle: 'S',
  status: null,
  notices: [],
  facts: [],
  keyFigures: [],
  sections: [{ title: 'x', blocks: titles.map(table) }],
  identity: {
    id: 'i',
    version: 1,
    issuedAt: '2026-11-02T06:56:33.844Z',
    sha256: 'cc',
    fileName: 'f',
    footer: '',
  },
});

describe('a workbook', () => {
  it('has a sheet a table, under names that a workbook takes', () => {
    const long = 'A name that is longer than any sheet can have';
    const bytes = documentWorkbook(documentOf('a/b', 'A:B', long, long, ''));
    const text = Buffer.from(bytes).toString('utf8');
    expect([...text.matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
      'Relevé',
      'a b',
      'A B 2',
      'A name that is longer than any ',
      'A name that is longer than an 2',
      'Sheet',
    ]);
    expect(text).toContain('quotePrefix="1"');
    expect(text).toContain('state="frozen"');
  });

  it('has the same bytes each time, dated by the document', () => {
    const again = documentWorkbook(documentOf('a'));
    expect(Buffer.from(documentWorkbook(documentOf('a'))).equals(again)).toBe(true);
    expect(Buffer.from(again).toString('utf8')).toContain('2026-11-02T06:56:33Z');
  });
});
