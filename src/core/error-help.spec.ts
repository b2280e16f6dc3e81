import { ERROR_CODES, errorHelp, toldDetails } from './error-help.js';
import { DomainError } from './errors.js';

describe('help of public codes', () => {
  it.each(ERROR_CODES)('says in sentences what %s means and what helps', (code) => {
    const { means, fix } = errorHelp(code)!;
    expect(means).toMatch(/^[A-Z].*\.$/);
    expect(fix).toMatch(/^[A-Z].*\.$/);
    // Who calls over HTTP has no terminal.
    expect(fix).not.toContain('mizan ');
  });

  it('is null for what is no code', () => {
    expect(['toString', 'no.such', ''].map(errorHelp)).toEqual([null, null, null]);
  });

  it('stands in where a refusal names no way on, and nowhere else', () => {
    const bare = new DomainError('key.not_found', { keyId: 'K' });
    expect(toldDetails(bare)).toEqual({ keyId: 'K', fix: errorHelp('key.not_found')!.fix });
    const own = new DomainError('key.last_admin', { keyId: 'K', fix: 'Own.' });
    expect(toldDetails(own)).toEqual({ keyId: 'K', fix: 'Own.' });
  });
});
