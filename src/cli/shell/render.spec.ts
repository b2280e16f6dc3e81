import { DomainError } from '../../core/errors.js';
import { refusalText } from './render.js';

describe('a refusal at the terminal', () => {
  it('names fifty problems, and how many more there are', () => {
    const errors = Array.from({ length: 1_115 }, (_, at) => ({
      row: at + 2,
      column: 'status',
      value: 'issued',
      rule: 'status.known',
      detail: 'Unknown status.',
      fix: 'Use one of Active.',
    }));
    const lines = (count: number): string[] =>
      refusalText(
        new DomainError('import.rows_rejected', {
          errors: errors.slice(0, count),
          errorsTotal: count,
          fileSha256: '00',
        }),
      ).split('\n');
    expect(lines(1_115).filter((line) => line.startsWith('  row '))).toHaveLength(50);
    expect(lines(1_115)).toContain('  and 1 065 more; --json names all that are kept');
    expect(lines(50).join()).not.toContain('more;');
  });
});
