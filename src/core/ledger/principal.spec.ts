import { foldName, nameCommitment, principalOf, principalOfEarlierKey } from './principal.js';

const LEDGER = '6d697a61-6e00-5000-8000-6c6564676572';

describe('principals', () => {
  it('of keys of before are drawn from ledger and key, as UUIDs of version 8', () => {
    const id = principalOfEarlierKey(LEDGER, 'earliestkey1');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(principalOfEarlierKey(LEDGER, 'earliestkey1')).toBe(id);
    expect(principalOfEarlierKey(LEDGER, 'earliestkey2')).not.toBe(id);
  });

  // prettier-ignore
  it.each([
    [{ actor: 'KEY', actorPrincipal: 'P' }, 'P'],
    [{ actor: 'cli' },                      'terminal'],
    [{ actor: 'clock' },                    'clock'],
    [{ actor: 'KEY' },                      principalOfEarlierKey(LEDGER, 'KEY')],
  ])('are read from what was sealed: %j', (sealed, principal) => {
    expect(principalOf({ ledgerId: LEDGER, ...sealed })).toBe(principal);
  });

  it.each([
    ['Salma Idrissi', ' salma  IDRISSI '],
    ['ÉCOLE', 'école'],
    ['Ａｎａ', 'ana'],
    ['e\u0301', 'é'],
  ])('have one name, written as %s or %s', (one, other) => {
    expect(foldName(one)).toBe(foldName(other));
  });

  it('commit to a name by salt and value', () => {
    const [salt, other] = [new Uint8Array(32), new Uint8Array(32).fill(1)];
    expect(nameCommitment(salt, 'Salma')).toMatch(/^[0-9a-f]{64}$/);
    expect(nameCommitment(salt, 'Salma')).not.toBe(nameCommitment(other, 'Salma'));
    expect(nameCommitment(salt, 'Salma')).not.toBe(nameCommitment(salt, 'Selma'));
  });
});
