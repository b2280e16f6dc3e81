import { type NumberMarks, PLAIN_MARKS, writtenNumber } from './written-number.js';

const comma: NumberMarks = { decimal: ',', group: null };
const spaced: NumberMarks = { decimal: ',', group: ' ' };
const english: NumberMarks = { decimal: '.', group: ',' };
const swiss: NumberMarks = { decimal: '.', group: "'" };

describe('numbers as sources write them', () => {
  // prettier-ignore
  it.each<[string, NumberMarks, string | null]>([
    ['12', PLAIN_MARKS, '12'],          ['.362', PLAIN_MARKS, '.362'],
    ['5.', PLAIN_MARKS, '5.'],          ['+1', PLAIN_MARKS, '1'],
    ['-.5', PLAIN_MARKS, '-.5'],        ['0E-20', PLAIN_MARKS, '0e-20'],
    ['1.5e3', PLAIN_MARKS, '1.5e3'],    ['1E+2', PLAIN_MARKS, '1e+2'],
    ['.', PLAIN_MARKS, null],           ['e3', PLAIN_MARKS, null],
    ['1e', PLAIN_MARKS, null],          ['1e1000', PLAIN_MARKS, null],
    ['--1', PLAIN_MARKS, null],         ['1.2.3', PLAIN_MARKS, null],
    ['1,5', PLAIN_MARKS, null],         ['1,234.5', PLAIN_MARKS, null],
    ['1 234', PLAIN_MARKS, null],       ['NaN', PLAIN_MARKS, null],
    ['0x10', PLAIN_MARKS, null],        ['', PLAIN_MARKS, null],
    ['1,5', comma, '1.5'],              [',5', comma, '.5'],
    ['1.528,537', comma, '1528.537'],   ['1.528.537', comma, '1528537'],
    ['-1.528,5', comma, '-1528.5'],     ['1.528', comma, null],
    ['1.52,5', comma, null],            ['1528.5,3', comma, null],
    ['1,528.5', comma, null],           ['1.5', comma, null],
    ['1 528,5', spaced, '1528.5'],      ['1\u00a0528', spaced, '1528'],
    ['1\u202f528\u202f537,25', spaced, '1528537.25'], ['15 28', spaced, null],
    ['1.528,5', spaced, null],
    ['1,234.5', english, '1234.5'],     ['1,234', english, '1234'],
    ['1234.5', english, '1234.5'],      ['1,23', english, null],
    ['1.234,5', english, null],         ["1'234.5", swiss, '1234.5'],
    ['1\u2019234', swiss, '1234'],
    ['1,234', { decimal: ',', group: '.' }, '1.234'], ['1.234', { decimal: ',', group: '.' }, '1234'],
  ])('%j with %j is %j', (text, marks, expected) => {
    expect(writtenNumber(text, marks)).toBe(expected);
  });
});
