import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDecisions } from './decisions-file.js';

describe('a file of decisions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-decisions-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['commas and UTF-8', ',', 'utf8', 'utf-8'],
    ['semicolons and Latin-1, as a French spreadsheet writes it', ';', 'latin1', 'windows-1252'],
    ['tabs and UTF-16', '\t', 'utf16le', 'utf-16le'],
  ] as const)('is read with %s', async (_, mark, written, encoding) => {
    const file = join(folder, 'decisions.csv');
    const lines = [
      ['finding', 'action', 'reason', 'start', 'wh'],
      ['01a2', 'accept', 'Arrêt de l’usine'.replace('’', "'"), '', ''],
      ['01a3', 'override', 'Relevé', '2026-10-01T00:00Z', '12'],
    ];
    const text = lines.map((line) => line.join(mark)).join('\r\n');
    writeFileSync(file, Buffer.from(written === 'utf16le' ? `\ufeff${text}` : text, written));
    const told: string[] = [];
    const read = await readDecisions(file, (one) => void told.push(one));
    expect(read).toEqual([
      { finding: '01a2', action: 'accept', reason: "Arrêt de l'usine", values: [], row: 2 },
      {
        finding: '01a3',
        action: 'override',
        reason: 'Relevé',
        values: [{ start: '2026-10-01T00:00Z', wh: 12 }],
        row: 3,
      },
    ]);
    expect(told).toEqual([encoding]);
  });
});
