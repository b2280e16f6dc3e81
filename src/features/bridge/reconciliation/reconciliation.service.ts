import { Injectable } from '@nestjs/common';
import { addDays } from 'date-fns/addDays';
import { MWH_WH } from '../../../core/bridge/cut.js';
import { issuancePeriods } from '../../../core/bridge/deadlines.js';
import { formatInstant } from '../../../core/time/interval.js';
import {
  civilDayOf,
  civilMonth,
  civilMonthOf,
  MOROCCO_LEGAL_TIME,
} from '../../../core/time/legal-time.js';
import { sumWattHours } from '../../../core/units/energy.js';
import { Clock } from '../../../platform/clock.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { BundlesService } from '../../certificates/bundles/bundles.service.js';
import { BridgeQueries } from './bridge.queries.js';
import type {
  Alarm,
  MwhListQuery,
  MwhListResponse,
  ReconciliationQuery,
  ReconciliationResponse,
} from '../bridge.schemas.js';
import type { TrackingSystem } from '../systems/tracking-system.kind.js';
import { TrackingSystemsService } from '../systems/tracking-systems.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** What the bridge holds, whether it adds up, and what is due. */
@Injectable()
export class ReconciliationService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly systems: TrackingSystemsService,
    private readonly bundles: BundlesService,
    private readonly queries: BridgeQueries,
    private readonly clock: Clock,
  ) {}

  /** Whether the hours of devices are what was sealed. */
  replayed(): Replayed {
    return {
      checks: [
        async (tx) => {
          const subject = await this.queries.wrongSubject(tx);
          if (subject === null) return null;
          const detail = `The instruments of ${subject} are not what was sealed.`;
          return { seq: null, check: 'bridge', detail };
        },
      ],
    };
  }

  /** MWh certificates of a plant in a system, with their parts, by number. */
  list(ledgerId: string, query: MwhListQuery): Promise<MwhListResponse['items']> {
    return this.scope.read(ledgerId, (tx) => this.queries.list(tx, query));
  }

  /**
   * Where the energy of a plant's months lives, beside what was metered; and whether the account of
   * the plant in the system adds up (METHOD 3.8, 8 property 14).
   */
  reconcile(ledgerId: string, query: ReconciliationQuery): Promise<ReconciliationResponse> {
    const { firstMonth, lastMonth } = query;
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const scope = { ledgerId, ...query };
      const hours = await this.queries.hours(tx, scope, {
        startMs: civilMonth(MOROCCO_LEGAL_TIME, firstMonth).startMs,
        endMs: civilMonth(MOROCCO_LEGAL_TIME, lastMonth).endMs,
      });
      const account = await this.queries.account(tx, scope);
      const deficitWh = account.certificates * MWH_WH - account.live;
      const carryWh = account.entered - account.live;
      return {
        ...query,
        meteredWh: hours.metered,
        hourlyWh: hours.hourly,
        carryWh: hours.carry,
        mwhWh: hours.mwh,
        uncertifiedWh:
          hours.metered === null ? null : hours.metered - hours.hourly - hours.carry - hours.mwh,
        exceedingHours: hours.exceeding,
        account: {
          enteredWh: account.entered,
          certificateCount: account.certificates,
          carryWh,
          deficitWh,
          reconciles:
            account.certificates * MWH_WH - deficitWh + carryWh === account.entered &&
            carryWh >= 0 &&
            deficitWh >= 0,
        },
      };
    });
  }

  /** Deadlines of issuance and expiries that are near, or past, of all tracking systems. */
  alarms(ledgerId: string): Promise<Alarm[]> {
    return this.scope.read(ledgerId, async (tx) => {
      const alarms: Alarm[] = [];
      for (const system of await this.systems.all(tx)) {
        for (const plantCode of system.plantCodes) {
          alarms.push(...(await this.deadlines(tx, { system, plantCode })));
          alarms.push(...(await this.expiries(tx, { system, plantCode })));
        }
      }
      return alarms.toSorted(
        (a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0) || order(a, b),
      );
    });
  }

  private async deadlines(
    tx: LedgerTx,
    { system, plantCode }: { readonly system: TrackingSystem; readonly plantCode: string },
  ): Promise<Alarm[]> {
    const { ledgerId } = tx;
    const first = await this.queries.firstHour(tx, plantCode);
    if (first === null) return [];
    const now = this.clock.now();
    const warnFrom = civilDay(addDays(now, system.alarmDays));
    const periods = issuancePeriods(system.deadlines, MOROCCO_LEGAL_TIME, {
      firstYear: first.getUTCFullYear(),
      nowMs: now.getTime(),
    });
    const alarms: Alarm[] = [];
    for (const { startMs, endMs, firstMonth, lastMonth, dueOn } of periods) {
      if (dueOn > warnFrom) continue;
      const active = await this.bundles.activeOf(tx, {
        plantCode,
        ownerCode: null,
        startMs,
        endMs,
      });
      const { carry } = await this.queries.hours(tx, { ledgerId, plantCode }, { startMs, endMs });
      const wh = sumWattHours([...active.map((one) => one.wh), carry]);
      if (wh === 0) continue;
      alarms.push({
        kind: 'issuance-deadline',
        trackingSystemCode: system.code,
        plantCode,
        firstMonth,
        lastMonth,
        dueOn,
        isPast: dueOn < civilDay(now),
        wh,
        detail: `Active hourly certificates and carry of these months; ${system.name} issues for them until ${dueOn}.`,
      });
    }
    return alarms;
  }

  private async expiries(
    tx: LedgerTx,
    { system, plantCode }: { readonly system: TrackingSystem; readonly plantCode: string },
  ): Promise<Alarm[]> {
    const { ledgerId } = tx;
    const now = this.clock.now();
    const scope = { ledgerId, trackingSystemCode: system.code, plantCode };
    const rows = await this.queries.expiring(tx, scope, addDays(now, system.alarmDays));
    return rows.map(({ expiresAt, first, last, count }) => ({
      kind: 'mwh-expiry',
      trackingSystemCode: system.code,
      plantCode,
      firstMonth: monthOf(first),
      lastMonth: monthOf(last),
      dueOn: civilDay(expiresAt),
      isPast: expiresAt <= now,
      wh: count * MWH_WH,
      detail: `${count} certificates of one MWh expire.`,
    }));
  }
}

const order = (a: Alarm, b: Alarm): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

function monthOf(instant: Date): string {
  const ms = instant.getTime();
  return civilMonthOf(MOROCCO_LEGAL_TIME, ms) ?? formatInstant(ms).slice(0, 7);
}

/** The civil day of an instant. */
function civilDay(instant: Date): string {
  return civilDayOf(MOROCCO_LEGAL_TIME, instant.getTime());
}
