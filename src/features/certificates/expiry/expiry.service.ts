import { Injectable } from '@nestjs/common';
import { addDays } from 'date-fns/addDays';
import type { Actor } from '../../../platform/auth/roles.js';
import { Clock } from '../../../platform/clock.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { BundlesQueries, type ExpiringBundle } from '../bundles/bundles.queries.js';
import { BundleQueueService } from '../bundles/bundle-queue.service.js';
import { BundlesService } from '../bundles/bundles.service.js';

/** Energy of one plant that expires on one UTC day. */
export interface Expiring {
  /** UTC day, `YYYY-MM-DD`. */
  readonly expiresOn: string;
  readonly plantCode: string;
  readonly bundleCount: number;
  readonly wh: number;
  /** Of it, matched by a run and not cancelled: cancel it for the buyer before it expires. */
  readonly matchedWh: number;
}

/** What a sweep did. */
export interface ExpirySweep {
  readonly expiredCount: number;
  readonly expiredWh: number;
  /** Past their time, and kept because a run has matched them. */
  readonly kept: readonly Expiring[];
}

// One action names at most so many bundles.
const PAGE = 10_000;

/** Certificates whose time comes, and what is done when it has come. */
@Injectable()
export class ExpiryService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly bundles: BundlesService,
    private readonly queue: BundleQueueService,
    private readonly queries: BundlesQueries,
    private readonly clock: Clock,
  ) {}

  /** What expires within so many days, or already should have, by day and plant. */
  expiring(ledgerId: string, withinDays: number): Promise<readonly Expiring[]> {
    return this.scope.read(ledgerId, async (tx) => {
      const before = addDays(this.clock.now(), withinDays);
      const due = await this.queries.expiring(tx, before);
      const ids = due.map(({ certificateId }) => certificateId);
      return summed(due, await this.queue.matchedOf(tx, ids));
    });
  }

  /**
   * Expires every live bundle whose time has come, but what a run has matched. Doing it again finds
   * nothing left to do.
   */
  async sweep(actor: Actor): Promise<ExpirySweep> {
    const { ledgerId } = actor;
    const now = this.clock.now();
    const { due, matched } = await this.scope.read(ledgerId, async (tx) => {
      const found = await this.queries.expiring(tx, now);
      const ids = found.map(({ certificateId }) => certificateId);
      return { due: found, matched: await this.queue.matchedOf(tx, ids) };
    });
    const free = due.filter(({ certificateId }) => !matched.has(certificateId));
    for (let from = 0; from < free.length; from += PAGE) {
      const page = free.slice(from, from + PAGE);
      await this.bundles.act(actor, `expiry-${now.toISOString()}-${page[0]!.bundleId}`, {
        action: 'expire',
        actingFor: 'clock',
        quantityWh: null,
        percentage: null,
        target: null,
        beneficiary: null,
        storageRecordId: null,
        bundles: page.map(({ bundleId }) => ({ bundleId, expectedVersion: null })),
      });
    }
    return {
      expiredCount: free.length,
      expiredWh: free.reduce((sum, { wh }) => sum + wh, 0),
      kept: summed(
        due.filter(({ certificateId }) => matched.has(certificateId)),
        matched,
      ),
    };
  }
}

function summed(
  bundles: readonly ExpiringBundle[],
  matched: ReadonlyMap<string, number>,
): Expiring[] {
  const groups = new Map<string, Expiring>();
  const counted = new Set<string>();
  for (const { expiresAt, plantCode, certificateId, wh } of bundles) {
    const expiresOn = expiresAt.slice(0, 10);
    const key = `${expiresOn} ${plantCode}`;
    const known = groups.get(key) ?? { expiresOn, plantCode, bundleCount: 0, wh: 0, matchedWh: 0 };
    // Matched Wh are of the whole certificate: once, however many bundles it has.
    const matchedWh = counted.has(certificateId) ? 0 : (matched.get(certificateId) ?? 0);
    counted.add(certificateId);
    groups.set(key, {
      expiresOn,
      plantCode,
      bundleCount: known.bundleCount + 1,
      wh: known.wh + wh,
      matchedWh: known.matchedWh + matchedWh,
    });
  }
  return [...groups.values()];
}
