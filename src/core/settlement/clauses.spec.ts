import { clausesOf } from './clauses.js';
import { LINE_KINDS, type LineKind } from './pricing/lines.js';

const POINTERS = ['/product', '/volume/product', '/price/baseMadPerMwh', '/adders', '/obligations'];
const sentences = [...POINTERS, '/rounding'].map((pointer) => ({ pointer, en: 'x', fr: 'x' }));
const pointersOf = (...kinds: readonly LineKind[]): readonly string[] =>
  clausesOf(sentences, new Set(kinds)).map(({ pointer }) => pointer);

describe('clauses behind lines', () => {
  it('are those that each kind of line rests on, as the contract orders them', () => {
    expect(pointersOf('ENERGY')).toEqual([
      '/volume/product',
      '/price/baseMadPerMwh',
      '/adders',
      '/rounding',
    ]);
    expect(pointersOf('DEEMED')).toEqual(['/price/baseMadPerMwh', '/obligations', '/rounding']);
    expect(pointersOf('TURT', 'SELLER_SALE')).toEqual(['/volume/product', '/adders', '/rounding']);
    expect(pointersOf('DELAY_DAMAGES')).toEqual(['/obligations', '/rounding']);
    expect(pointersOf()).toEqual([]);
  });

  it('are told of every kind of line, and never of the product', () => {
    for (const kind of LINE_KINDS) expect(pointersOf(kind).length).toBeGreaterThan(1);
    expect(pointersOf(...LINE_KINDS)).toEqual(sentences.slice(1).map(({ pointer }) => pointer));
  });
});
