import { joined, requireDeclared } from './replayed.document.js';
import type { Register, RowReader } from './replay.port.js';

const reader: RowReader = () => Promise.resolve([]);
const register = (table: string): Register => ({ table, of: null, sealed: [] });

describe('what services know of the log', () => {
  it('is put together in their order', async () => {
    const check = () => Promise.resolve(null);
    const files = () => Promise.resolve([]);
    const all = joined([
      { tables: [register('a')], rows: { 'row/a': reader } },
      { tables: [register('b'), register('c')], checks: [check], files },
      {},
    ]);
    expect(all.tables).toEqual([register('a'), register('b'), register('c')]);
    expect([...all.rows.keys()]).toEqual(['row/a']);
    expect([all.checks, all.files]).toEqual([[check], [files]]);
  });

  it('is refused where two rebuild the same rows', () => {
    const twice = [{ rows: { 'row/a': reader } }, { rows: { 'row/a': reader } }];
    expect(() => joined(twice)).toThrow('rows of row/a are rebuilt by one service');
  });

  it('speaks of every table once', () => {
    const registers = [register('a'), register('b')];
    expect(() => requireDeclared(registers, ['a', 'b'])).not.toThrow();
    expect(() => requireDeclared(registers, ['a', 'b', 'c'])).toThrow(
      'nobody says what is known of c',
    );
    expect(() => requireDeclared([...registers, register('a')], ['a'])).toThrow(
      'a is declared once',
    );
  });
});
