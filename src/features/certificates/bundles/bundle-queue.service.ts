import { Inject, Injectable } from '@nestjs/common';
import {
  applyAction,
  type BundleAction,
  type BundleChange,
  type KnownBundle,
} from '../../../core/certificates/actions.js';
import { bundleChangeRow, bundleWh } from '../../../core/certificates/bundle.js';
import { TRANSITIONS } from '../../../core/certificates/lifecycle.js';
import { DomainError } from '../../../core/errors.js';
import { type Canonical, canonicalJson } from '../../../core/ledger/canonical.js';
import type { EventType } from '../../../core/ledger/event.js';
import { sha256, toHex } from '../../../core/ledger/merkle.js';
import type { Fault } from '../../../core/ledger/verify.js';
import { sumWattHours } from '../../../core/units/energy.js';
import type { Actor } from '../../../platform/auth/roles.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import {
  eachAs,
  ROWS_AT_ONCE,
  type RowsOfEvent,
  wholeOf,
} from '../../../platform/database/rows/pages.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { BundlesRepository } from './bundles.repository.js';
import {
  CERTIFICATE_USES,
  type CertificateUse,
  ChargeKeeper,
  type Issuance,
} from './bundles.port.js';
import { CERTIFICATE_REGISTERS } from '../certificates.registers.js';
import { certificateFault } from './bundle-faults.queries.js';
import { toBundleResponse } from './bundles.schemas.js';
import { TransferConsentsService } from '../transfers/transfer-consents.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** What was done with bundles. */
export interface Applied {
  readonly changes: readonly BundleChange[];
  readonly eventId: string;
}

/** How an event that does something with bundles seals it, beside their changes. */
export interface Sealing {
  readonly type: EventType;
  readonly rows: string;
  /** Writes what follows from the changes; gives what the event says of it, and its further rows. */
  readonly follow: (
    at: {
      readonly eventId: string;
      readonly recordedAt: Date;
      /** Start of a certificate's production, ms. */
      readonly startOf: (certificateId: string) => number;
    },
    changes: readonly BundleChange[],
  ) => Promise<{
    readonly body: { readonly [key: string]: Canonical };
    readonly rows: readonly string[];
  }>;
}

/** The one ordered queue of what is done with bundles: in the caller's transaction, one event. */
@Injectable()
export class BundleQueueService implements Replays {
  constructor(
    private readonly ledger: LedgerService,
    private readonly consents: TransferConsentsService,
    private readonly bundles: BundlesRepository,
    private readonly storage: ChargeKeeper,
    @Inject(CERTIFICATE_USES) private readonly uses: readonly CertificateUse[],
  ) {}

  /** All tables of certificates; what was done with bundles, folded again. */
  replayed(): Replayed {
    return {
      tables: CERTIFICATE_REGISTERS,
      rows: { [BUNDLE_CHANGE]: (tx, event) => this.rowsOf(tx, event) },
      checks: [certificateFault, (tx) => this.wrongAction(tx)],
    };
  }

  /** Wh of certificates that are matched, where any are. */
  async matchedOf(
    tx: LedgerTx,
    certificateIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const all = new Map<string, number>();
    for (const use of this.uses) {
      for (const [id, wh] of await use.matchedOf(tx, certificateIds)) {
        all.set(id, (all.get(id) ?? 0) + wh);
      }
    }
    return all;
  }

  /** Device of a charge. @throws DomainError `storage.record_not_found` */
  deviceOf(tx: LedgerTx, recordId: string): Promise<string> {
    return this.storage.deviceOf(tx, recordId);
  }

  /** Canonical rows of the changes that an event made, in their order. */
  rowsOf(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<readonly string[]> {
    return eachAs(this.bundles.changesOf(tx, event), bundleChangeRow);
  }

  /**
   * Does actions, all of them or none, and seals them in one event.
   *
   * @param actions  No bundle in two of them.
   * @param sealing  Absent: an event of the actions alone.
   * @throws DomainError the codes of `applyAction`; `certificate.not_found`, `certificate.matched`,
   *   `energy.serial_overlaps`, `storage.charge_refused`
   */
  async apply(
    tx: LedgerTx,
    actor: Actor,
    actions: readonly BundleAction[],
    sealing?: Sealing,
  ): Promise<Applied> {
    return this.ledger.record(tx, actor, async (at) => {
      const known = await this.load(tx, actions);
      const acceptsFrom = await this.consents.acceptances(tx);
      const context = {
        acceptsFrom,
        nowMs: at.recordedAt.getTime(),
        nextId: () => this.ledger.nextId(),
      };
      const changes = actions.flatMap((action) =>
        applyAction(
          action,
          action.bundles.map(({ bundleId }) => known.get(bundleId)!),
          context,
        ),
      );
      await this.bundles.append(tx, at, changes);
      await this.settle(tx, at, { actions, changes, known: [...known.values()] });
      const facts = [...known.values()].map((bundle) => bundle.facts);
      const issuances = new Map(
        [...known.values()].map((bundle) => [bundle.certificateId, bundle.facts]),
      );
      const startOf = (certificateId: string): number =>
        Date.parse(issuances.get(certificateId)!.production_starting_interval);
      const starts = facts.map((one) => one.production_starting_interval).toSorted();
      const ends = facts.map((one) => one.production_ending_interval).toSorted();
      const more = (await sealing?.follow({ ...at, startOf }, changes)) ?? {
        body: { action: actions[0] as unknown as Canonical },
        rows: [],
      };
      return {
        type: sealing?.type ?? 'certificates.acted',
        validFrom: starts[0]!,
        validTo: ends.at(-1)!,
        body: { rows: sealing?.rows ?? BUNDLE_CHANGE, ...more.body },
        rows: [...changes.map(bundleChangeRow), ...more.rows],
        result: { changes, eventId: at.eventId },
      };
    });
  }

  /** The first answer to an action that is not what its event and its changes say. */
  private async wrongAction(tx: LedgerTx): Promise<Fault | null> {
    const { ledgerId } = tx;
    for (const row of await this.bundles.actions(tx)) {
      const event = { ledgerId, eventId: row.actionId, rowCount: ROWS_AT_ONCE };
      const changes = await wholeOf(this.bundles.changesOf(tx, event));
      const same = (a: object, b: object): boolean =>
        canonicalJson(a as Canonical) === canonicalJson(b as Canonical);
      const isSame =
        row.requestSha256 === toHex(sha256(canonicalJson(row.request as Canonical))) &&
        same(row.response, actionResponse(row.actionId, row.action, changes));
      if (isSame) continue;
      const seq = await this.ledger.seqOf(tx, row.actionId);
      const detail = 'What was answered to an action is not what it did.';
      return { seq, check: 'certificate_action', detail };
    }
    return null;
  }

  private async load(
    tx: LedgerTx,
    actions: readonly BundleAction[],
  ): Promise<ReadonlyMap<string, KnownBundle>> {
    const wanted = actions.flatMap(({ bundles }) => bundles.map(({ bundleId }) => bundleId));
    const loaded = await this.bundles.bundles(tx, { bundleIds: wanted });
    const known = new Map(loaded.map((bundle) => [bundle.bundleId, bundle]));
    const missing = wanted.filter((id) => !known.has(id));
    if (missing.length > 0) throw new DomainError('certificate.not_found', { bundleIds: missing });
    return known;
  }

  /** What follows from changes wherever they come from. */
  private async settle(
    tx: LedgerTx,
    { ledgerId, eventId }: { readonly ledgerId: string; readonly eventId: string },
    done: {
      readonly actions: readonly BundleAction[];
      readonly changes: readonly BundleChange[];
      readonly known: readonly KnownBundle[];
    },
  ): Promise<void> {
    const { actions, changes, known } = done;
    const cancelled = changes
      .filter(({ bundle }) => ['Cancelled', 'Cancelled for Storage'].includes(bundle.status))
      .map(({ bundle }) => bundle);
    await this.bundles.claimSerials(tx, cancelled);
    for (const { storage } of actions) {
      if (storage === null) continue;
      const at = { ledgerId, eventId, recordId: storage.recordId };
      await this.storage.certify(tx, at, takenOf(changes, known));
    }
    const certificateIds = [...new Set(changes.map(({ bundle }) => bundle.certificateId))];
    const types = actions.map(({ type }) => TRANSITIONS[type]);
    if (types.some(({ to }) => to === 'Withdrawn')) {
      await this.bundles.makeRoom(tx, certificateIds);
    }
    // What an issuer does stands, whatever is matched: the next run gives it back.
    if (types.some(({ by }) => by !== 'issuer')) await this.guard(tx, certificateIds);
  }

  /** Asks whoever uses certificates whether enough is left. */
  private async guard(tx: LedgerTx, certificateIds: readonly string[]): Promise<void> {
    const now = await this.bundles.bundles(tx, { certificateIds });
    const issuances = certificateIds.map((certificateId): Issuance => {
      const all = now.filter((bundle) => bundle.certificateId === certificateId);
      const live = all.filter(({ status }) => status !== 'Bundle Split');
      return {
        certificateId,
        deviceCode: all[0]!.facts.device_id,
        wh: sumWattHours(live.map(bundleWh)),
        bundles: live,
      };
    });
    for (const use of this.uses) await use.guard(tx, issuances);
  }
}

/** What is answered to an action: the bundles as they are after it. */
export function actionResponse(
  actionId: string,
  action: string,
  changes: readonly BundleChange[],
): { readonly actionId: string; readonly action: string; readonly bundles: object[] } {
  const latest = new Map(changes.map(({ bundle }) => [bundle.bundleId, bundle]));
  return { actionId, action, bundles: [...latest.values()].map(toBundleResponse) };
}

/** The bundles that are cancelled for storage, with the facts of their issuance. */
function takenOf(
  changes: readonly BundleChange[],
  known: readonly KnownBundle[],
): readonly KnownBundle[] {
  const issuances = new Map(known.map((bundle) => [bundle.certificateId, bundle]));
  return changes
    .filter(({ bundle }) => bundle.status === 'Cancelled for Storage')
    .map(({ bundle }) => {
      const { facts, issuerCode } = issuances.get(bundle.certificateId)!;
      return { ...bundle, facts, issuerCode };
    });
}

const BUNDLE_CHANGE = 'mizan/row/bundle-change/1';
