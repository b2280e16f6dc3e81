import { ladderOf, RUNGS } from './ladder.js';

const ALL = {
  hasGuards: true,
  isChained: true,
  isSigned: true,
  isStamped: true,
  isDelivered: true,
};

describe('the ladder of independence', () => {
  // prettier-ignore
  it.each([
    ['all that is built',            {},                                          'L3', false, ['on', 'on', 'on', 'on', 'off']],
    ['no time-stamp',                { isStamped: false },                        'L2', true,  ['on', 'on', 'on', 'partly', 'off']],
    ['no copy elsewhere',            { isDelivered: false },                      'L2', true,  ['on', 'on', 'on', 'partly', 'off']],
    ['neither',                      { isStamped: false, isDelivered: false },    'L2', true,  ['on', 'on', 'on', 'off', 'off']],
    ['no signature, but a stamp',    { isSigned: false },                         'L1', true,  ['on', 'on', 'off', 'on', 'off']],
    ['a log that is not the signed', { isChained: false },                        'L0', true,  ['on', 'off', 'on', 'on', 'off']],
    ['no guards',                    { hasGuards: false },                        null, true,  ['off', 'on', 'on', 'on', 'off']],
  ])('stands as high as all rungs below are on: %s', (_, off, level, canBeForked, states) => {
    const ladder = ladderOf({ ...ALL, ...off });
    expect([ladder.level, ladder.canBeForked]).toEqual([level, canBeForked]);
    expect(ladder.rungs.map(({ state }) => state)).toEqual(states);
  });

  it('says of each rung what it means, one sentence in each language', () => {
    const { rungs } = ladderOf(ALL);
    expect(rungs.map(({ rung }) => rung)).toEqual(RUNGS);
    for (const { means } of rungs) {
      for (const sentence of [means.en, means.fr]) expect(sentence).toMatch(/^\p{Lu}[^.]*\.$/u);
    }
  });
});
