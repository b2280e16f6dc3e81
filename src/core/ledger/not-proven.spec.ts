import {
  looselyDatedNote,
  noEvidenceNote,
  unsealedColumnsNote,
  unsealedKeysNote,
} from './not-proven.js';

describe('what verification does not prove', () => {
  // prettier-ignore
  it.each([
    [unsealedKeysNote, 0, null],
    [unsealedKeysNote, 1, 'Not proven: 1 key issued before its secret was sealed'],
    [unsealedKeysNote, 2, 'Not proven: 2 keys issued before their secrets were sealed'],
    [looselyDatedNote, 0, null],
    [looselyDatedNote, 1, 'Not proven to the second: when 1 row was recorded (within 15 minutes of its event)'],
    [looselyDatedNote, 30, 'Not proven to the second: when 30 rows were recorded (within 15 minutes of their events)'],
  ])('is said by %p of %p', (note, count, sentence) => {
    expect(note(count)).toBe(sentence);
  });

  it('is named, column by column and table by table', () => {
    expect([unsealedColumnsNote([]), noEvidenceNote([])]).toEqual([null, null]);
    expect(unsealedColumnsNote(['a.b', 'c.d'])).toBe(
      'Not proven, as no event seals them (docs/decisions/0026): a.b, c.d',
    );
    expect(noEvidenceNote(['a', 'b', 'c'])).toBe(
      'No evidence, and not verified: what a, b and c say of work, answers and time-stamps',
    );
    expect(noEvidenceNote(['a'])).toMatch(/what a say/);
  });
});
