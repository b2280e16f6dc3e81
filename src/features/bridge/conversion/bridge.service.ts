import { Injectable } from '@nestjs/common';
import { addMonths } from 'date-fns/addMonths';
import {
  type BridgeWh,
  type Cut,
  cutMwh,
  type MwhPart,
  mwhPartRow,
} from '../../../core/bridge/cut.js';
import type { BundleAction, BundleChange } from '../../../core/certificates/actions.js';
import { bundleWh } from '../../../core/certificates/bundle.js';
import { DomainError } from '../../../core/errors.js';
import { sealedJson } from '../../../core/ledger/canonical.js';
import { formatInstant, HOUR_MS } from '../../../core/time/interval.js';
import { civilMonth, civilMonthOf, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { sumWattHours } from '../../../core/units/energy.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { eachAs, oneAfterAnother } from '../../../platform/database/rows/pages.js';
import { BundleQueueService } from '../../certificates/bundles/bundle-queue.service.js';
import { type ActiveBundle, BundlesService } from '../../certificates/bundles/bundles.service.js';
import { INTAKE_LOCK } from '../../imports/imports.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { BridgeEntryEntity } from './bridge-entry.entity.js';
import { BridgeRepository, type BridgeScope, type DatedDeficit } from './bridge.repository.js';
import {
  type ConversionRequest,
  type ConversionResponse,
  toMwhCertificate,
} from '../bridge.schemas.js';
import { BRIDGE_REGISTERS } from '../bridge.registers.js';
import type { MwhCertificateEntity } from './mwh-certificate.entity.js';
import type { TrackingSystem } from '../systems/tracking-system.kind.js';
import { TrackingSystemsService } from '../systems/tracking-systems.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

const ROWS = 'mizan/rows/conversion/1';

/** What a conversion made of the energy that went in. */
interface Made {
  readonly certificates: readonly MwhCertificateEntity[];
  readonly parts: readonly MwhPart[];
  readonly replacedWh: number;
  readonly carryBeforeWh: number;
  readonly carryAfterWh: number;
}

/** Hourly certificates into certificates of a whole MWh: cancelled on one side, issued on the other. */
@Injectable()
export class BridgeService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly queue: BundleQueueService,
    private readonly bundles: BundlesService,
    private readonly systems: TrackingSystemsService,
    private readonly bridge: BridgeRepository,
  ) {}

  /** All tables of the bridge, and the rows of conversions. */
  replayed(): Replayed {
    return {
      tables: BRIDGE_REGISTERS,
      rows: {
        [ROWS]: (tx, event) =>
          oneAfterAnother(
            this.queue.rowsOf(tx, event),
            eachAs(this.bridge.certificatesOf(tx, event), mwhCertificateRow),
            eachAs(this.bridge.partsOf(tx, event), mwhPartRow),
          ),
      },
    };
  }

  /**
   * Cancels the free hourly certificates of an owner and a plant for a tracking system, and cuts what
   * is carried with them into certificates of one MWh (METHOD 3.7), in one event. What a run has
   * matched stays as it is.
   *
   * @throws DomainError `record.not_found`, `bridge.plant_not_registered`, `bridge.nothing_free`, and
   *   those of actions on certificates
   */
  convert(actor: Actor, request: ConversionRequest): Promise<ConversionResponse> {
    const { trackingSystemCode, plantCode } = request;
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, async (tx) => {
      const scope = { ledgerId: actor.ledgerId, trackingSystemCode, plantCode };
      const system = await this.systems.get(tx, trackingSystemCode);
      if (!system.plantCodes.includes(plantCode)) {
        const fix = 'Register the plant in a new version of the tracking system.';
        throw new DomainError('bridge.plant_not_registered', {
          trackingSystemCode,
          plantCode,
          fix,
        });
      }
      const actions = await this.actionsFor(tx, scope, request);
      let made: Made | null = null;
      let energyWh = 0;
      const { eventId } = await this.queue.apply(tx, actor, actions, {
        type: 'certificates.converted',
        rows: ROWS,
        follow: async (at, changes) => {
          const entries = entriesOf(scope, at, changes);
          energyWh = sumWattHours(entries.map(({ wh }) => wh));
          made = await this.make(tx, { scope, system, eventId: at.eventId }, entries);
          const { certificates, parts, replacedWh, carryBeforeWh, carryAfterWh } = made;
          const sums = { energyWh, replacedWh, carryBeforeWh, carryAfterWh };
          const count = { certificateCount: certificates.length };
          return {
            body: { trackingSystemCode, plantCode, ...sums, ...count },
            rows: [...certificates.map(mwhCertificateRow), ...parts.map(mwhPartRow)],
          };
        },
      });
      const { certificates, replacedWh, carryBeforeWh, carryAfterWh } = made!;
      return {
        eventId,
        trackingSystemCode,
        plantCode,
        energyWh,
        carryBeforeWh,
        replacedWh,
        carryAfterWh,
        certificates: certificates.map(toMwhCertificate),
      };
    });
  }

  /** Cancellations of what is free: whole bundles together, parts each for itself. */
  private async actionsFor(
    tx: LedgerTx,
    scope: BridgeScope,
    { firstMonth, lastMonth, actingFor, quantityWh }: ConversionRequest,
  ): Promise<readonly BundleAction[]> {
    const { plantCode, trackingSystemCode } = scope;
    const active = await this.bundles.activeOf(tx, {
      plantCode,
      ownerCode: actingFor,
      startMs: civilMonth(MOROCCO_LEGAL_TIME, firstMonth).startMs,
      endMs: civilMonth(MOROCCO_LEGAL_TIME, lastMonth).endMs,
    });
    const ids = [...new Set(active.map(({ certificateId }) => certificateId))];
    const matched = new Map(await this.queue.matchedOf(tx, ids));
    const free = freeOf(active, matched, quantityWh ?? Infinity);
    if (free.length === 0) {
      const fix = 'Name months and an owner with active certificates that no run has matched.';
      throw new DomainError('bridge.nothing_free', { plantCode, firstMonth, lastMonth, fix });
    }
    const action = (bundles: readonly Free[], wh: number | null): BundleAction => ({
      type: 'cancel',
      actingFor,
      quantityWh: wh,
      percentage: null,
      target: null,
      beneficiary: trackingSystemCode,
      storage: null,
      bundles: bundles.map(({ bundleId }) => ({ bundleId, expectedVersion: null })),
    });
    const whole = free.filter(({ takenWh, wh }) => takenWh === wh);
    const parts = free.filter(({ takenWh, wh }) => takenWh < wh);
    return [
      ...(whole.length === 0 ? [] : [action(whole, null)]),
      ...parts.map((part) => action([part], part.takenWh)),
    ];
  }

  private async make(
    tx: LedgerTx,
    of: {
      readonly scope: BridgeScope;
      readonly system: TrackingSystem;
      readonly eventId: string;
    },
    entries: readonly BridgeEntryEntity[],
  ): Promise<Made> {
    const { scope, system, eventId } = of;
    const { ledgerId } = scope;
    const carry = await this.bridge.carry(tx, scope);
    const deficits = await this.bridge.deficits(tx, scope);
    const fresh = entries.map(({ bundleId, startsAt, rangeStart, wh }) => ({
      bundleId,
      startMs: startsAt.getTime(),
      rangeStart,
      wh,
    }));
    const cuts = cutByYear([...carry, ...fresh], deficits, system.mayCarryAcrossYears);
    let number = await this.bridge.lastNumber(tx, scope);
    const parts: MwhPart[] = [];
    const certificates: MwhCertificateEntity[] = [];
    for (const cut of cuts) {
      for (const { mwhId, part } of cut.replacements) {
        parts.push({ ...part, mwhId, plantCode: scope.plantCode });
      }
      for (const group of cut.certificates) {
        const mwhId = this.ledger.nextId();
        number += 1;
        certificates.push({ ...scope, mwhId, number, eventId, ...spanOf(group, system) });
        parts.push(...group.map((part) => ({ ...part, mwhId, plantCode: scope.plantCode })));
      }
    }
    await this.bridge.addEntries(tx, entries);
    await this.bridge.addCertificates(tx, { ledgerId, eventId }, certificates, parts);
    const sum = (items: readonly { readonly wh: number }[]): number =>
      sumWattHours(items.map(({ wh }) => wh));
    return {
      certificates,
      parts,
      carryBeforeWh: sum(carry) - sum(deficits),
      replacedWh: sum(cuts.flatMap(({ replacements }) => replacements.map(({ part }) => part))),
      carryAfterWh:
        sum(cuts.flatMap((cut) => cut.carry)) - sum(cuts.flatMap((cut) => cut.deficits)),
    };
  }
}

type Free = ActiveBundle & { readonly takenWh: number };

/** What of active bundles no run has matched, the earliest first, up to a quantity. */
function freeOf(
  active: readonly ActiveBundle[],
  matched: Map<string, number>,
  mostWh: number,
): Free[] {
  let leftWh = mostWh;
  const free: Free[] = [];
  for (const bundle of active) {
    const keptWh = Math.min(matched.get(bundle.certificateId) ?? 0, bundle.wh);
    matched.set(bundle.certificateId, (matched.get(bundle.certificateId) ?? 0) - keptWh);
    const takenWh = Math.min(bundle.wh - keptWh, leftWh);
    if (takenWh <= 0) continue;
    leftWh -= takenWh;
    free.push({ ...bundle, takenWh });
  }
  return free;
}

function entriesOf(
  { ledgerId, trackingSystemCode, plantCode }: BridgeScope,
  { eventId, startOf }: { eventId: string; startOf: (certificateId: string) => number },
  changes: readonly BundleChange[],
): BridgeEntryEntity[] {
  return changes
    .filter(({ bundle }) => bundle.status === 'Cancelled')
    .map(({ bundle }) => ({
      ledgerId,
      bundleId: bundle.bundleId,
      bundleVersion: bundle.version,
      bundleStatus: bundle.status,
      trackingSystemCode,
      plantCode,
      eventId,
      certificateId: bundle.certificateId,
      startsAt: new Date(startOf(bundle.certificateId)),
      rangeStart: bundle.rangeStart,
      wh: bundleWh(bundle),
    }));
}

/** One stream, or one for each civil year of production. */
function cutByYear(
  stream: readonly BridgeWh[],
  deficits: readonly DatedDeficit[],
  mayCarryAcrossYears: boolean,
): readonly Cut[] {
  if (mayCarryAcrossYears) return [cutMwh(stream, deficits)];
  const yearOf = ({ startMs }: { readonly startMs: number }): string =>
    (civilMonthOf(MOROCCO_LEGAL_TIME, startMs) ?? formatInstant(startMs)).slice(0, 4);
  const years = [...new Set([...stream, ...deficits].map(yearOf))].toSorted();
  return years.map((year) =>
    cutMwh(
      stream.filter((one) => yearOf(one) === year),
      deficits.filter((one) => yearOf(one) === year),
    ),
  );
}

function spanOf(
  parts: readonly BridgeWh[],
  { expiryMonths }: TrackingSystem,
): Pick<MwhCertificateEntity, 'startsAt' | 'endsAt' | 'expiresAt'> {
  const startsAt = new Date(parts[0]!.startMs);
  const lastHourMs = Math.floor(parts.at(-1)!.startMs / HOUR_MS) * HOUR_MS;
  const endsAt = new Date(lastHourMs + HOUR_MS);
  return {
    startsAt,
    endsAt,
    expiresAt: expiryMonths === null ? null : addMonths(startsAt, expiryMonths),
  };
}

function mwhCertificateRow(certificate: MwhCertificateEntity): string {
  const { mwhId, trackingSystemCode, plantCode, number, startsAt, endsAt, expiresAt } = certificate;
  return sealedJson('mizan/row/mwh-certificate/1', {
    mwhId,
    trackingSystemCode,
    plantCode,
    number,
    start: formatInstant(startsAt.getTime()),
    end: formatInstant(endsAt.getTime()),
    expiresAt: expiresAt === null ? null : formatInstant(expiresAt.getTime()),
  });
}
