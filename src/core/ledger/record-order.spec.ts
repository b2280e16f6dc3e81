import fc from 'fast-check';
import { neededBy, type OrderedRecord, recordOrder } from './record-order.js';

const record = (code: string | null, rank: number, document: object = {}): OrderedRecord => ({
  code,
  rank,
  document: { code, ...document },
});

describe('the order in which records are created', () => {
  it('is that of who names whom, then of kinds, then as they were given', () => {
    const records = [
      record('PPA', 5, { siteCode: 'S', plantCodes: ['P'] }),
      record('B-METER', 2, { siteCode: 'S', parentCode: 'A-METER' }),
      record('P', 3, { organisationCode: 'O', name: 'PPA' }),
      record('A-METER', 2, { siteCode: 'S' }),
      record('S', 1, { organisationCode: 'O' }),
      record('O', 0),
      record(null, 0),
    ];
    expect(recordOrder(records).map((at) => records[at]!.code)).toEqual([
      'O',
      null,
      'S',
      'A-METER',
      'B-METER',
      'P',
      'PPA',
    ]);
    expect(neededBy(records)[0]).toEqual([2, 4]);
  });

  it('holds each once, also where they name each other in a circle', () => {
    const code = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    const one = fc.record({
      code,
      rank: fc.nat(3),
      document: fc.record({ parentCode: fc.option(code), codes: fc.array(code) }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (records) => {
        const order = recordOrder(records);
        expect(order.toSorted((a, b) => a - b)).toEqual([...records.keys()]);
      }),
    );
  });

  it('lets none come before one that it names, where there is no circle', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { maxLength: 10 }), (names) => {
        // Each names only records that were given before it: turned round, they come last to first.
        const records = names
          .map((named, at) =>
            record(`R${at}`, 0, { codes: named.filter((n) => n < at).map((n) => `R${n}`) }),
          )
          .toReversed();
        const place = new Map(recordOrder(records).map((at, turn) => [at, turn]));
        for (const [at, needed] of neededBy(records).entries()) {
          for (const other of needed) expect(place.get(other)!).toBeLessThan(place.get(at)!);
        }
      }),
    );
  });
});
