import { z } from 'zod';
import { explainedProblems } from './purposes.js';

const Site = z.strictObject({
  name: z.string().describe('What people call it'),
  legalTime: z.literal(['MA', 'FR']).describe('Whose clocks it keeps.'),
  boxes: z.array(z.strictObject({ widthMm: z.int().describe('Inner width') })).default([]),
  note: z.string(),
});

const problems = (value: unknown) =>
  explainedProblems(Site, value, Site.safeParse(value).error!.issues);

describe('problems of a document', () => {
  it('say what is missing, and what it is needed for', () => {
    const found = problems({ boxes: [{}] });
    expect(found.map(({ pointer, detail, fix }) => [pointer, detail, fix])).toEqual([
      ['/name', 'It is missing: What people call it.', 'Add "name".'],
      ['/legalTime', 'It is missing: Whose clocks it keeps.', 'Add "legalTime": "MA" or "FR".'],
      ['/boxes/0/widthMm', 'It is missing: Inner width.', 'Add "widthMm".'],
      ['/note', 'It is missing.', 'Add "note".'],
    ]);
  });

  it('name the fields that there are beside one that is not', () => {
    const value = { name: 'x', legalTime: 'MA', note: '', boxes: [{ widthMm: 1, width: 2 }] };
    expect(problems(value)).toMatchObject([
      { pointer: '/boxes/0', rule: 'unrecognized_keys', fix: 'Its fields: widthMm.' },
    ]);
  });

  it('leave what is there and wrong as it was', () => {
    const [first] = problems({ name: null, legalTime: 'MA', note: '' });
    expect(first).toMatchObject({ pointer: '/name', rule: 'invalid_type' });
    expect(first!.detail).not.toContain('missing');
  });
});
