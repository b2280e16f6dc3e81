import fc from 'fast-check';
import { action, codeOf, contextOf, EXPIRY, issued } from '../../../test/support/bundles.js';
import { floorOfShare, shareOf } from '../math/exact-share.js';
import { applyAction, type BundleAction, type KnownBundle } from './actions.js';
import { bundleWh } from './bundle.js';
import { ACTIONS, type BundleStatus, TRANSITIONS } from './lifecycle.js';

/** One Wh, as the naive model keeps it. */
interface Unit {
  status: BundleStatus;
  before: BundleStatus | null;
  owner: string;
  beneficiary: string | null;
}

describe('any sequence of actions', () => {
  const PARTIES = ['SELLER', 'BUYER', 'TAQA'];
  const command = fc.record({
    type: fc.constantFrom(...ACTIONS),
    at: fc.nat({ max: 99 }),
    actingFor: fc.constantFrom(...PARTIES),
    other: fc.constantFrom(...PARTIES),
    quantityWh: fc.option(fc.integer({ min: 0, max: 30 }), { nil: null }),
    percentage: fc.option(fc.constantFrom('0.3', '0.5', '1'), { nil: null }),
    isLate: fc.boolean(),
  });

  it('does to bundles what it does to single watt-hours; a refused one does nothing', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
        const units: Unit[] = Array.from({ length: 24 }, () => ({
          status: 'Active',
          before: null,
          owner: 'SELLER',
          beneficiary: null,
        }));
        const bundles = new Map<string, KnownBundle>([['B', issued(24)]]);
        const ids = contextOf().nextId;
        for (const { type, at, actingFor, other, quantityWh, percentage, isLate } of commands) {
          const live = [...bundles.values()];
          const target = live[at % live.length]!;
          const nowMs = Date.parse(isLate ? EXPIRY : '2026-11-01T00:00:00Z');
          const one = action(type, {
            actingFor,
            quantityWh,
            percentage: quantityWh === null ? percentage : null,
            bundles: [{ bundleId: target.bundleId, expectedVersion: target.version }],
            target: type === 'transfer' ? other : null,
            beneficiary: type === 'cancel' || type === 'reserve' ? other : null,
          });
          const wanted = onUnits(units, { one, target, nowMs });
          const code = codeOf(() => {
            const changes = applyAction(one, [target], {
              acceptsFrom: () => new Set(['SELLER']),
              nowMs,
              nextId: ids,
            });
            for (const { bundle } of changes) {
              const { facts, issuerCode } = target;
              bundles.set(bundle.bundleId, { ...bundle, facts, issuerCode });
            }
          });
          expect([type, code === 'done']).toEqual([type, wanted]);
          const flat = [...bundles.values()]
            .filter(({ status }) => status !== 'Bundle Split')
            .toSorted((a, b) => a.rangeStart - b.rangeStart);
          expect(
            flat.flatMap((bundle) =>
              Array.from({ length: bundleWh(bundle) }, () => [
                bundle.status,
                bundle.statusBefore,
                bundle.ownerCode,
                bundle.beneficiary,
              ]),
            ),
          ).toEqual(units.map((unit) => [unit.status, unit.before, unit.owner, unit.beneficiary]));
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** The same on an array of single Wh, written as METHOD 3.4 says it; false = refused. */
function onUnits(
  units: Unit[],
  {
    one,
    target,
    nowMs,
  }: { readonly one: BundleAction; readonly target: KnownBundle; readonly nowMs: number },
): boolean {
  const { type, actingFor, quantityWh, percentage, beneficiary } = one;
  const first = units[target.rangeStart]!;
  const size = bundleWh(target);
  const isPast = nowMs >= Date.parse(EXPIRY);
  if (target.status === 'Bundle Split') return false;
  const party = {
    issuer: 'TAQA',
    clock: actingFor,
    beneficiary: first.beneficiary,
    owner: first.owner,
    holder: first.owner,
  }[TRANSITIONS[type].by];
  if (party !== actingFor || !TRANSITIONS[type].from.includes(first.status)) return false;
  if (
    type === 'expire'
      ? !isPast
      : isPast && ['transfer', 'reserve', 'cancel', 'cancel_for_storage', 'split'].includes(type)
  )
    return false;
  if (type === 'transfer' && actingFor !== 'SELLER') return false;
  const wh = percentage === null ? (quantityWh ?? size) : floorOfShare(size, shareOf(percentage));
  if (type === 'split')
    return quantityWh === null && percentage === null ? false : wh >= 1 && wh < size;
  if (wh < 1 || wh > size || (wh < size && first.status !== 'Active')) return false;
  for (const unit of units.slice(target.rangeStart, target.rangeStart + wh)) {
    const { to } = TRANSITIONS[type];
    const was = unit.status;
    unit.status = to === 'before' ? unit.before! : to;
    unit.before = type === 'lock' ? was : null;
    if (type === 'transfer') unit.owner = one.target!;
    if (type === 'cancel' || type === 'reserve') unit.beneficiary = beneficiary;
    if (type === 'cancel_for_storage') unit.beneficiary = one.storage!.deviceCode;
    if (type === 'transfer' || type === 'release') unit.beneficiary = null;
  }
  return true;
}
