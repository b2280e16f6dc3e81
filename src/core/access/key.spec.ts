import { keyBasis, type KeyFacts, keyState, requireConfirmable } from './key.js';

const NOW = new Date('2026-11-10T09:00:00Z');
const BEFORE = new Date('2026-11-09T09:00:00Z');
const waiting: KeyFacts = {
  basis: 'second-person',
  confirmedAt: null,
  expiresAt: null,
  revokedAt: null,
};

describe('a key', () => {
  // prettier-ignore
  it.each([
    ['waits for a second person',          {},                                            'PENDING'],
    ['works once it is confirmed',         { confirmedAt: BEFORE },                       'ACTIVE'],
    ['of before works',                    { basis: 'earlier' },                          'ACTIVE'],
    ['that only reads works',              { basis: 'read-only' },                        'ACTIVE'],
    ['of the first admins works',          { basis: 'bootstrap' },                        'ACTIVE'],
    ['ends at its instant',                { confirmedAt: BEFORE, expiresAt: NOW },       'EXPIRED'],
    ['ends though nobody confirmed it',    { expiresAt: BEFORE },                         'EXPIRED'],
    ['is revoked before anything else',    { expiresAt: BEFORE, revokedAt: BEFORE },      'REVOKED'],
  ] as const)('%s', (_, facts, state) => {
    expect(keyState({ ...waiting, ...facts }, NOW)).toBe(state);
  });

  // prettier-ignore
  it.each([
    ['terminal', 'admin',          0, 'bootstrap'],
    ['terminal', 'admin',          1, 'bootstrap'],
    ['terminal', 'admin',          2, null],
    ['terminal', 'auditor',        0, null],
    ['terminal', 'finance',        1, null],
    ['someone',  'auditor',        0, 'read-only'],
    ['someone',  'admin',          0, 'second-person'],
    ['someone',  'admin',          2, 'second-person'],
    ['someone',  'operator',       2, 'second-person'],
    ['someone',  'energy-manager', 2, 'second-person'],
    ['someone',  'finance',        2, 'second-person'],
  ])('of %s for %s with %i admins: %s', (issuedBy, role, adminCount, basis) => {
    const asked = () => keyBasis({ issuedBy, role, adminCount });
    if (basis === null) expect(asked).toThrow('auth.person_required');
    else expect(asked()).toBe(basis);
  });

  // prettier-ignore
  it.each([
    ['another',  {},                        null],
    ['issuer',   {},                        'key.own_issue'],
    ['terminal', {},                        'auth.person_required'],
    ['another',  { confirmedAt: BEFORE },   'key.not_pending'],
    ['another',  { revokedAt: BEFORE },     'key.not_pending'],
    ['another',  { basis: 'read-only' },    'key.not_pending'],
  ] as const)('is confirmed by %s where it is %j: %s', (by, facts, code) => {
    const key = { ...waiting, ...facts, keyId: 'K', issuedBy: 'issuer' };
    const confirmed = expect(() => requireConfirmable(key, by, NOW));
    if (code === null) confirmed.not.toThrow();
    else confirmed.toThrow(code);
  });
});
