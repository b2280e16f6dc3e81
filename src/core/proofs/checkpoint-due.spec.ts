import { isCheckpointDue, type Unsigned } from './checkpoint-due.js';

const NOW = Date.parse('2026-11-10T09:00:00Z');
const HOUR = 3_600_000;
const signed = { size: 10, signedSize: 8, sinceMs: NOW - 60_000, actSeq: null };

describe('when a log is signed without anybody asking', () => {
  // prettier-ignore
  const CASES: readonly (readonly [string, Partial<Unsigned>, boolean])[] = [
    ['it grew, and was signed a minute ago',                 {},                                     false],
    ['it grew, and was signed an hour ago',                  { sinceMs: NOW - HOUR },                true],
    ['a millisecond less than an hour ago',                  { sinceMs: NOW - HOUR + 1 },            false],
    ['it did not grow, however long ago',                    { size: 8, sinceMs: NOW - 99 * HOUR },  false],
    ['a statement was issued since',                         { actSeq: 8 },                          true],
    ['a statement was issued, and signed since',             { actSeq: 7 },                          false],
    ['nothing was ever signed, and it was opened just now',  { signedSize: 0 },                      false],
    ['nothing was ever signed, and it was opened long ago',  { signedSize: 0, sinceMs: NOW - HOUR }, true],
    ['nothing was ever signed, with a statement first',      { signedSize: 0, actSeq: 0 },           true],
    ['it is shorter than what was signed',                   { size: 7, actSeq: 6 },                 false],
    ['it was signed under a clock that was ahead',           { sinceMs: NOW + HOUR },                true],
  ];

  it.each(CASES)('%s', (_, change, isDue) => {
    expect(isCheckpointDue({ ...signed, ...change }, NOW)).toBe(isDue);
  });
});
