import { duplicateMember } from './json-duplicates.js';

describe('members of JSON', () => {
  it.each([
    ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', null],
    ['{"a":1,"b":"a","a" :2}', '/a'],
    ['{"list":[{"x":1},{"x":1,"y":[],"x":2}]}', '/list/1/x'],
    [String.raw`{"a":"\"a\":1","b":1}`, null],
    [String.raw`{"a":1,"\u0061":2}`, '/a'],
    ['[["a","a"],"a"]', null],
    ['{"a":{},"b":"}","a":1}', '/a'],
    ['{"open', null],
    ['"\\', null],
  ])('%s: %s', (text, expected) => {
    expect(duplicateMember(text)).toBe(expected);
  });
});
