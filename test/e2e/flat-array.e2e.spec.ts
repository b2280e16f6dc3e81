import { FlatArray } from '../../src/platform/database/rows/flat-array.js';
import { createTestDatabase, rows } from '../support/database.js';

describe('flat arrays', () => {
  it('arrive as they were filled', async () => {
    const database = await createTestDatabase();
    const values = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
    const bigints = new FlatArray('bigint', values.length + 1);
    values.forEach((value, at) => bigints.set(at, value));
    const integers = new FlatArray('integer', 3);
    integers.set(1, 65_535);
    integers.set(2, 2 ** 31 - 1);
    const [row] = await rows(
      database.adminUrl,
      'SELECT $1::bigint[] AS b, $2::integer[] AS i, $3::bigint[] AS none, ($1::bigint[])[2:3] AS part',
      [bigints.bytes, integers.bytes, new FlatArray('bigint', 0).bytes],
    );
    expect(row).toEqual({
      b: [...values, 0].map(String),
      i: [0, 65_535, 2 ** 31 - 1],
      none: [],
      part: ['1', String(2 ** 31 - 1)],
    });
    await database.drop();
  });
});
