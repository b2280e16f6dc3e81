import { readFileSync } from 'node:fs';
import { action, codeOf, EXPIRY, factsOf, issued, run } from '../../../test/support/bundles.js';
import type { BundleAction, KnownBundle } from './actions.js';
import { type Bundle, bundleHash, bundleWh } from './bundle.js';
import {
  ACTIONS,
  BUNDLE_STATUSES,
  type BundleStatus,
  legalMoves,
  statusAfter,
  TRANSITIONS,
} from './lifecycle.js';

const vectors = JSON.parse(readFileSync('fixtures/vectors/certificate_lifecycle.json', 'utf8'));
const whByStatus = (bundles: readonly Bundle[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const bundle of bundles) {
    if (bundle.status === 'Bundle Split') continue;
    sums[bundle.status] = (sums[bundle.status] ?? 0) + bundleWh(bundle);
  }
  return sums;
};

describe('the cases of the reference registry', () => {
  const [from, to] = vectors.fixture.id_range as [number, number];
  const fixture = issued(to - from + 1, { rangeStart: from });
  const expected = (id: string) =>
    vectors.vectors.find((vector: { id: string }) => vector.id === id).expected;

  it('B1: a split covers the range, both ends inclusive', () => {
    const [, first, second] = run(action('split', { quantityWh: 250 }), [fixture]);
    const b1 = expected('B1');
    expect([first!.rangeStart, first!.rangeEnd, bundleWh(first!)]).toEqual([
      ...b1.child1,
      b1.quantity1,
    ]);
    expect([second!.rangeStart, second!.rangeEnd, bundleWh(second!)]).toEqual([
      ...b1.child2,
      b1.quantity2,
    ]);
  });

  it('B3: nobody is sent what they did not consent to', () => {
    const transfer = action('transfer', { target: 'OTHER' });
    expect(codeOf(() => run(transfer, [fixture], { acceptsFrom: () => new Set() }))).toBe(
      'certificate.not_accepted',
    );
    expect(run(transfer, [fixture])).toMatchObject([{ status: 'Active', ownerCode: 'OTHER' }]);
  });

  it('B4: what is cancelled stays', () => {
    const [cancelled] = run(action('cancel'), [fixture]);
    const known = { ...fixture, ...cancelled! };
    expect(codeOf(() => run(action('transfer', { target: 'X' }), [known]))).toBe(
      'certificate.transition_refused',
    );
  });

  it('B5: cancels three quarters', () => {
    expect(whByStatus(run(action('cancel', { percentage: '0.75' }), [fixture]))).toEqual(
      expected('B5'),
    );
  });

  it.each(['1.5', '0'])('B6: refuses a percentage of %s', (percentage) => {
    expect(() => run(action('cancel', { percentage }), [fixture])).toThrow();
  });

  it('N1: percentages are exact', () => {
    const hundred = [issued(100)];
    const [n1] = vectors.negative_vectors.vectors;
    expect(
      ['0.29', '0.57'].map(
        (percentage) => whByStatus(run(action('cancel', { percentage }), hundred))['Cancelled'],
      ),
    ).toEqual(n1.required);
  });

  it('N3: the halves of a split have hashes of their own', () => {
    const [, first, second] = run(action('split', { percentage: '0.5' }), [fixture]);
    expect(new Set([fixture.hash, first!.hash, second!.hash]).size).toBe(3);
    expect(bundleHash(fixture.facts, first!, fixture.hash)).toBe(first!.hash);
  });

  it('N4: a cancellation leaves the hash as it was', () => {
    const [cancelled] = run(action('cancel', { beneficiary: 'SOMEONE' }), [fixture]);
    expect(cancelled).toMatchObject({ beneficiary: 'SOMEONE', hash: fixture.hash });
    expect(bundleHash(fixture.facts, cancelled!, null)).toBe(fixture.hash);
  });

  it.each(['withdraw', 'lock', 'reserve'] as const)('N8: no %s of what is claimed', (type) => {
    const claimed = issued(10, { status: 'Claimed', beneficiary: 'SELLER' });
    const actingFor = type === 'reserve' ? 'SELLER' : 'TAQA';
    expect(codeOf(() => run(action(type, { actingFor }), [claimed]))).toBe(
      'certificate.transition_refused',
    );
  });
});

describe('the closed table', () => {
  const table = new Set(legalMoves().map(([type, from, to]) => `${from} ${type} ${to}`));

  it.each(ACTIONS)('%s leads where it says, and nowhere else', (type) => {
    for (const status of BUNDLE_STATUSES) {
      const before: BundleStatus | null = status === 'Locked' ? 'Reserved' : null;
      const after = statusAfter(type, status, before);
      const { by, from } = TRANSITIONS[type];
      const actingFor = by === 'issuer' ? 'TAQA' : by === 'beneficiary' ? 'ME' : 'SELLER';
      const one = action(type, {
        actingFor,
        target: type === 'transfer' ? 'X' : null,
        quantityWh: type === 'split' ? 4 : null,
      });
      const known = issued(10, { status, statusBefore: before, beneficiary: 'ME' });
      const nowMs = type === 'expire' ? Date.parse(EXPIRY) : Date.parse('2026-11-01T00:00:00Z');
      const code = codeOf(() => run(one, [known], { nowMs }));
      expect([status, code]).toEqual([
        status,
        from.includes(status) ? 'done' : 'certificate.transition_refused',
      ]);
      if (after !== null) expect(table.has(`${status} ${type} ${after}`)).toBe(true);
    }
  });

  it('has no way out of a final status', () => {
    const final = new Set(['Expired', 'Withdrawn', 'Bundle Split', 'Cancelled for Storage']);
    expect(legalMoves().filter(([, from]) => final.has(from))).toEqual([]);
  });
});

describe('what else is refused', () => {
  // prettier-ignore
  it.each<[string, string, BundleAction, Partial<KnownBundle>, string]>([
    ['an owner of something else',        'certificate.not_owner',           action('cancel', { actingFor: 'OTHER' }), {}, ''],
    ['an issuer of something else',       'certificate.not_owner',           action('withdraw', { actingFor: 'SELLER' }), {}, ''],
    ['a claim by someone else',           'certificate.not_owner',           action('claim'), { status: 'Cancelled', beneficiary: 'ME' }, ''],
    ['a version that is not the last',    'certificate.version_changed',     action('cancel', { bundles: [{ bundleId: 'B', expectedVersion: 3 }] }), {}, ''],
    ['more than there is',                'certificate.quantity_wrong',      action('cancel', { quantityWh: 11 }), {}, ''],
    ['nothing',                           'certificate.quantity_wrong',      action('cancel', { quantityWh: 0 }), {}, ''],
    ['a share that is less than one Wh',  'certificate.quantity_wrong',      action('cancel', { percentage: '0.05' }), {}, ''],
    ['a split of everything',             'certificate.quantity_wrong',      action('split', { quantityWh: 10 }), {}, ''],
    ['a quantity and a percentage',       'certificate.action_incomplete',   action('cancel', { quantityWh: 5, percentage: '0.5' }), {}, ''],
    ['a split of unknown size',           'certificate.action_incomplete',   action('split'), {}, ''],
    ['a transfer to nobody',              'certificate.action_incomplete',   action('transfer'), {}, ''],
    ['a claim for a beneficiary',         'certificate.action_incomplete',   action('claim', { beneficiary: 'X' }), {}, ''],
    ['part of what is reserved',          'certificate.transition_refused',  action('cancel', { quantityWh: 5 }), { status: 'Reserved' }, ''],
    ['expiry before its time',            'certificate.not_expired',         action('expire'), {}, ''],
    ['a cancellation after expiry',       'certificate.expired',             action('cancel'), {}, EXPIRY],
  ])('%s', (_, code, one, more, now) => {
    const nowMs = Date.parse(now === '' ? '2026-11-01T00:00:00Z' : now);
    expect(codeOf(() => run(one, [issued(10, more)], { nowMs }))).toBe(code);
  });

  it('takes a quantity of several bundles together, in their order', () => {
    const bundles = [
      issued(10, { bundleId: 'B3', facts: factsOf('PV', 2), rangeStart: 20 }),
      issued(10, { bundleId: 'B1', facts: factsOf('PV', 0), rangeStart: 0 }),
      issued(10, { bundleId: 'B2', facts: factsOf('PV', 1), rangeStart: 10 }),
    ];
    const named = bundles.map(({ bundleId }) => ({ bundleId, expectedVersion: 0 }));
    const changed = run(action('cancel', { bundles: named, percentage: '0.5' }), bundles);
    expect(
      changed
        .filter(({ status }) => status === 'Cancelled')
        .map(({ rangeStart, rangeEnd }) => [rangeStart, rangeEnd]),
    ).toEqual([
      [0, 9],
      [10, 14],
    ]);
    expect(changed.find(({ bundleId }) => bundleId === 'B3')).toBeUndefined();
  });
});
