import { DEPTH_MAX, unstorable } from './storable.js';

const rules = (value: unknown): string[] =>
  unstorable(value).map(({ pointer, rule }) => `${pointer} ${rule}`);

describe('what cannot be kept', () => {
  it.each([
    ['text with NUL', { a: 'x\0y' }, ['/a text.unstorable']],
    ['the first half of a pair', { a: ['ok', '\ud800'] }, ['/a/1 text.unstorable']],
    ['the second half of a pair', ['\udc00x'], ['/0 text.unstorable']],
    ['a name with NUL', { 'a\0': 1 }, [' text.unstorable']],
    ['a name to escape in a pointer', { 'a/b~': '\0' }, ['/a~1b~0 text.unstorable']],
    ['bare text', '\0', [' text.unstorable']],
  ])('names %s', (_, value, expected) => {
    expect(rules(value)).toEqual(expected);
  });

  it.each([['😀 ميزان \u{10ffff}'], [{ a: [1, null, true, { b: 'é\n\t' }] }], [null], [undefined]])(
    'lets %j pass',
    (value) => {
      expect(rules(value)).toEqual([]);
    },
  );

  it('lets bytes and streams alone', () => {
    expect(rules(Buffer.from([0]))).toEqual([]);
  });

  it('refuses nesting without end, on any stack', () => {
    const nested = (depth: number): unknown => {
      let value: unknown = 'x';
      for (let at = 0; at < depth; at += 1) value = [value];
      return value;
    };
    expect(rules(nested(DEPTH_MAX))).toEqual([]);
    expect(unstorable(nested(500_000))).toMatchObject([{ rule: 'json.too_deep' }]);
  });

  it('names a hundred of many', () => {
    expect(unstorable(Array.from({ length: 10_000 }, () => '\0'))).toHaveLength(100);
  });
});
