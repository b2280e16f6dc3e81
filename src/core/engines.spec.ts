import {
  ENGINES,
  engineStamp,
  engineVersionOf,
  isMadeHere,
  notComputedHere,
  requireMadeHere,
} from './engines.js';

describe('versions of engines', () => {
  it('are written from the second on, so that nothing made before changes', () => {
    expect(Object.values(ENGINES)).toEqual([5, 3, 1, 2, 2, 2]);
    expect(engineStamp('settlement')).toEqual({ engineVersion: 5 });
    expect(engineStamp('billing')).toEqual({});
  });

  // prettier-ignore
  it.each([
    ['says none',        {},                       '1',     false],
    ['says the first',   { engineVersion: 1 },     '1',     false],
    ['says this one',    { engineVersion: 5 },     '5',     true],
    ['says a later one', { engineVersion: 6 },     '6',     false],
    ['says none at all', { engineVersion: 0 },     '0',     false],
    ['says a text',      { engineVersion: '1' },   '"1"',   false],
    ['says null',        { engineVersion: null },  'null',  false],
    ['says a fraction',  { engineVersion: 1.5 },   '1.5',   false],
  ])('know a document that %s', (_, document, version, isHere) => {
    expect([engineVersionOf(document), isMadeHere('settlement', document)]).toEqual([
      version,
      isHere,
    ]);
    const required = expect(() => requireMadeHere('settlement', document));
    if (isHere) required.not.toThrow();
    else required.toThrow('engine.not_here');
  });

  it('are counted by version where nothing is computed again', () => {
    const made = [{}, { engineVersion: 5 }, { engineVersion: 0 }, { engineVersion: 1 }];
    expect(notComputedHere('settlement', 'run', made)).toEqual([
      '2 runs made by settlement engine 1: not computed again here',
      '1 run made by settlement engine 0: not computed again here',
    ]);
  });
});
