import { looselyDatedNote, unsealedColumnsNote, unsealedKeysNote } from './not-proven.js';

describe('what verification does not prove', () => {
  // prettier-ignore
  it.each([
    [unsealedKeysNote, 0, null],
    [unsealedKeysNote, 1, 'Not proven: 1 key issued before its secret was sealed'],
    [unsealedKeysNote, 2, 'Not proven: 2 keys issued before their secrets were sealed'],
    [looselyDatedNote, 0, null],
    [looselyDatedNote, 1, 'Not proven to the second: when 1 row was recorded (within 15 minutes of its event)'],
    [looselyDatedNote, 30, 'Not proven to the second: when 30 rows were recorded (within 15 minutes of their events)'],
    [unsealedColumnsNote, 0, null],
    [unsealedColumnsNote, 1, 'Not proven: 1 column that no event seals (docs/decisions/0026)'],
    [unsealedColumnsNote, 12, 'Not proven: 12 columns that no event seals (docs/decisions/0026)'],
  ])('is said by %p of %p', (note, count, sentence) => {
    expect(note(count)).toBe(sentence);
  });
});
