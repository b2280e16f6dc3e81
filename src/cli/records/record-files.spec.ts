import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { electionsIn, revisionIn } from './record-files.js';

const folder = mkdtempSync(join(tmpdir(), 'mizan-records-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file of a revision', () => {
  const given = (content: unknown) => {
    const file = join(folder, 'one.json');
    writeFileSync(file, JSON.stringify(content));
    return () => revisionIn(file, 'meter', 'HALL-1');
  };
  const document = { name: 'Hall 1' };
  const shown = { version: 2, recordedAt: '2026-11-28T00:00:00Z', eventId: 'e' };

  it.each([
    ['the bare document', document],
    ['the record as it was created from', { code: 'HALL-1', ...document }],
    ['a row of a folder', { kind: 'meter', document: { code: 'HALL-1', ...document } }],
    ['what `show` prints', { code: 'HALL-1', ...shown, ...document }],
  ])('may be %s', (_, content) => {
    expect(given(content)()).toEqual(document);
  });

  it.each([
    ['code', { code: 'HALL-2', ...document }],
    ['kind', { kind: 'plant', document }],
  ])('of another %s is refused', (pointer, content) => {
    expect(given(content)).toThrow(
      expect.objectContaining({
        details: { errors: [expect.objectContaining({ pointer: `/${pointer}` })] },
      }),
    );
  });

  it('keeps fields that only look like those of a version, for the schema to refuse', () => {
    expect(given({ version: 2, ...document })()).toEqual({ version: 2, ...document });
    expect(given([document])()).toEqual([document]);
  });
});

describe('a file for `contract lint`', () => {
  it('may be of elections, of a contract or of a row of records', () => {
    const elections = { legalRegime: '82-21' };
    const contract = { code: 'PPA', elections };
    const files = [elections, contract, { kind: 'contract', document: contract }];
    expect(files.map(electionsIn)).toEqual([elections, elections, elections]);
  });
});
