import { DomainError } from './core/errors.js';
import { asRefusal, failureText } from './failure.js';

const failed = (message: string, facts: object = {}): Error =>
  Object.assign(new Error(message), facts);

describe('a failure at the terminal', () => {
  it.each([
    failed('read ECONNRESET', { code: 'ECONNRESET' }),
    failed('connect ECONNREFUSED 127.0.0.1:20467', { code: 'ECONNREFUSED' }),
    failed('Connection terminated unexpectedly'),
    failed('terminating connection due to administrator command', { code: '57P01' }),
  ])('is not now, where the database went away: %s', async (error) => {
    const refusal = await asRefusal(error);
    expect(refusal).toMatchObject({ code: 'service.unavailable' });
    expect(await failureText(refusal)).toMatch(/^Refused: service\.unavailable\n/);
  });

  it('is told in its own sentence, where it has one, and with where it happened where it is ours', async () => {
    const busy = failed('listen', { code: 'EADDRINUSE', port: 3000 });
    expect(await asRefusal(busy)).toBe(busy);
    expect(await failureText(busy)).toMatch('Port 3000 is in use');
    const ours = failed('a mistake');
    expect(await asRefusal(ours)).toBe(ours);
    expect(await failureText(ours)).toMatch(/^Error: a mistake\n\s+at /);
    const refusal = new DomainError('ledger.not_found', { name: 'x', fix: 'Open it first.' });
    expect(await asRefusal(refusal)).toBe(refusal);
  });
});
