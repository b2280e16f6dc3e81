import { safeLine } from './logger.js';

const PREFIX = `mzk_${'A'.repeat(22)}${'k'.repeat(12)}`;
const SECRET = 's3cr-t_'.repeat(6).padEnd(43, 'x');

describe('a line of the log', () => {
  it.each([
    ['a query', `{"url":"/v1/x?key=${PREFIX}.${SECRET}&a=1"}`],
    ['a path', `{"url":"/v1/${PREFIX}.${SECRET}"}`],
    ['a header', `{"authorization":"Bearer ${PREFIX}.${SECRET}"}`],
    ['escapes', `{"url":"/?k=${PREFIX.replace('_', '%5F')}%2E${SECRET}"}`],
    ['a message', `{"msg":"no such key: ${PREFIX}.${SECRET}, sorry"}`],
    ['a key that is none', `{"msg":"mzk_${SECRET}"}`],
  ])('masks a key in %s', (_, line) => {
    expect(safeLine(line)).not.toContain(SECRET);
    expect(() => JSON.parse(safeLine(line)) as unknown).not.toThrow();
  });

  it('keeps what a key is called, and what stands behind it', () => {
    const line = safeLine(`{"url":"/v1/x?key=${PREFIX}.${SECRET}&a=1"}`);
    expect(line).toBe(`{"url":"/v1/x?key=${PREFIX}…&a=1"}`);
  });

  it('writes as escapes what would move a cursor or turn the text', () => {
    const text = 'a\u007f\u009b2J\u202eb\u2028c\u2066d';
    const line = safeLine(JSON.stringify({ text }));
    expect(line).toBe('{"text":"a\\u007f\\u009b2J\\u202eb\\u2028c\\u2066d"}');
    expect(JSON.parse(line)).toEqual({ text });
  });
});
