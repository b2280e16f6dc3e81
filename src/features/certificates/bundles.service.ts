import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { validate } from 'uuid';
import {
  applyAction,
  type BundleAction,
  type BundleChange,
  type KnownBundle,
} from '../../core/certificates/actions.js';
import { type Bundle, bundleChangeRow, bundleWh } from '../../core/certificates/bundle.js';
import { TRANSITIONS } from '../../core/certificates/lifecycle.js';
import { DomainError } from '../../core/errors.js';
import { type Canonical, canonicalJson } from '../../core/ledger/canonical.js';
import { sha256, toHex } from '../../core/ledger/merkle.js';
import { sumWattHours } from '../../core/units/energy.js';
import type { Actor } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope, lockName } from '../../platform/database/ledger-scope.js';
import type { RecordStore } from '../../platform/http/record-controller.js';
import { INTAKE_LOCK } from '../imports/imports.service.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { type RecordKind, RecordsService } from '../ledger/records.service.js';
import { BundlesRepository } from './bundles.repository.js';
import { type ActionRequest, toBundleResponse } from './bundles.schemas.js';
import type { TransferConsentAttributes } from './bundles.schemas.js';
import { TransferConsentEntity } from './transfer-consent.entity.js';

/** What has become of one issuance: all its live bundles. */
export interface Issuance {
  readonly certificateId: string;
  readonly deviceCode: string;
  readonly wh: number;
  readonly bundles: readonly Bundle[];
}

/** Who uses certificates, and keeps what is in use from being given away. */
export interface Use {
  /** Refuses, by throwing, what would leave less of an issuance than is matched. */
  readonly guard: (
    tx: EntityManager,
    ledgerId: string,
    issuances: readonly Issuance[],
  ) => Promise<void>;
  /** Wh of certificates that are matched, where any are. */
  readonly matchedOf: (
    tx: EntityManager,
    ledgerId: string,
    certificateIds: readonly string[],
  ) => Promise<ReadonlyMap<string, number>>;
}

/** Who keeps the records of storage devices. */
export interface StorageKeeper {
  /** Device of a charge. @throws DomainError `storage.record_not_found` */
  readonly deviceOf: (tx: EntityManager, ledgerId: string, recordId: string) => Promise<string>;
  /** Puts cancelled bundles behind a charge. @throws DomainError `storage.charge_refused` */
  readonly certify: (
    tx: EntityManager,
    at: { readonly ledgerId: string; readonly eventId: string; readonly recordId: string },
    taken: readonly KnownBundle[],
  ) => Promise<void>;
}

const CONSENT: RecordKind<TransferConsentEntity, TransferConsentAttributes> = {
  kind: 'transfer-consent',
  entity: TransferConsentEntity,
  references: ({ receiverCode, acceptsFrom }) => [
    { field: 'receiverCode', code: receiverCode, kind: 'organisation' },
    ...acceptsFrom.map((code) => ({ field: 'acceptsFrom', code, kind: 'organisation' })),
  ],
};

/** The one ordered queue of what is done with certificates: an action is an event. */
@Injectable()
export class BundlesService {
  readonly consents: RecordStore<TransferConsentAttributes, TransferConsentEntity>;
  private readonly uses: Use[] = [];
  private storage: StorageKeeper | null = null;

  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly records: RecordsService,
    private readonly bundles: BundlesRepository,
    private readonly clock: Clock,
  ) {
    this.consents = records.store(CONSENT);
    ledger.registerRows(BUNDLE_CHANGE, async (tx, { ledgerId, eventId }) =>
      (await this.bundles.changesOf(tx, ledgerId, eventId)).map(bundleChangeRow),
    );
  }

  /** Says who knows how much of a certificate is in use. */
  registerUse(use: Use): void {
    this.uses.push(use);
  }

  /** Says who keeps the records that certificates are cancelled for. */
  registerStorage(keeper: StorageKeeper): void {
    this.storage = keeper;
  }

  /** Wh of certificates that are matched, where any are. */
  async matchedOf(
    tx: EntityManager,
    ledgerId: string,
    certificateIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const all = new Map<string, number>();
    for (const { matchedOf } of this.uses) {
      for (const [id, wh] of await matchedOf(tx, ledgerId, certificateIds)) {
        all.set(id, (all.get(id) ?? 0) + wh);
      }
    }
    return all;
  }

  /**
   * Does one action, whole or not at all. The same key with the same request gives the first answer
   * again. Actions of one ledger wait for each other, so the first of two wins and the second finds
   * what it left.
   *
   * @throws DomainError the codes of `applyAction`; `certificate.not_found`, `certificate.matched`,
   *   `energy.serial_overlaps` when another ledger has cancelled the same Wh,
   *   `idempotency.key_reused`; `storage.record_not_found`, `storage.charge_refused`
   */
  async act(
    actor: Actor,
    key: string,
    request: ActionRequest,
  ): Promise<{ readonly response: object; readonly isReplayed: boolean }> {
    const requestSha256 = toHex(sha256(canonicalJson(request as unknown as Canonical)));
    return this.scope.write(actor.ledgerId, async (tx) => {
      const { ledgerId } = actor;
      await lockName(tx, ledgerId, INTAKE_LOCK);
      const before = await this.bundles.actionOfKey(tx, ledgerId, key);
      if (before !== null) {
        if (before.requestSha256 === requestSha256) {
          return { response: before.response, isReplayed: true };
        }
        const fix = 'Send a new key: this one belongs to another request.';
        throw new DomainError('idempotency.key_reused', { key, fix });
      }
      const { action: type, storageRecordId: recordId, ...rest } = request;
      const storage =
        recordId === null
          ? null
          : { recordId, deviceCode: await this.storage!.deviceOf(tx, ledgerId, recordId) };
      const { changes, eventId } = await this.apply(tx, actor, { type, storage, ...rest });
      const latest = new Map(changes.map(({ bundle }) => [bundle.bundleId, bundle]));
      const response = {
        actionId: eventId,
        action: type,
        bundles: [...latest.values()].map(toBundleResponse),
      };
      await this.bundles.addAction(tx, {
        ...{ ledgerId, actionId: eventId, idempotencyKey: key, requestSha256, request, response },
        ...{ action: type, actingFor: request.actingFor, recordedAt: this.clock.now() },
      });
      return { response, isReplayed: false };
    });
  }

  /** All bundles of a certificate, by range, the split ones before their parts. */
  async ofCertificate(ledgerId: string, certificateId: string): Promise<readonly Bundle[]> {
    if (!validate(certificateId)) {
      throw new DomainError('certificate.not_found', { bundleIds: [certificateId] });
    }
    const bundles = await this.scope.read(ledgerId, (tx) =>
      this.bundles.bundles(tx, ledgerId, { certificateIds: [certificateId] }),
    );
    if (bundles.length === 0) {
      throw new DomainError('certificate.not_found', { bundleIds: [certificateId] });
    }
    return bundles.toSorted((a, b) => a.rangeStart - b.rangeStart || b.rangeEnd - a.rangeEnd);
  }

  /** Bundles of certificates that anything was done with, as they were before a place in the log. */
  touched(
    tx: EntityManager,
    ledgerId: string,
    certificateIds: readonly string[],
    beforeSeq: number | null,
  ): Promise<readonly KnownBundle[]> {
    return this.bundles.touched(tx, ledgerId, certificateIds, beforeSeq);
  }

  private async apply(
    tx: EntityManager,
    actor: Actor,
    action: BundleAction,
  ): Promise<{ readonly changes: readonly BundleChange[]; readonly eventId: string }> {
    const { ledgerId } = actor;
    const wanted = action.bundles.map(({ bundleId }) => bundleId);
    const known = await this.bundles.bundles(tx, ledgerId, { bundleIds: wanted });
    const found = new Set(known.map(({ bundleId }) => bundleId));
    const missing = wanted.filter((id) => !found.has(id));
    if (missing.length > 0) throw new DomainError('certificate.not_found', { bundleIds: missing });
    const consents = await this.records.latestOfAll(tx, ledgerId, CONSENT);
    const nowMs = this.clock.now().getTime();
    const changes = applyAction(action, known, {
      acceptsFrom: (receiver) =>
        new Set(
          consents
            .filter(({ receiverCode }) => receiverCode === receiver)
            .flatMap(({ acceptsFrom }) => acceptsFrom),
        ),
      nowMs,
      nextId: () => this.ledger.nextId(),
    });
    const eventId = this.ledger.nextId();
    const recordedAt = new Date(nowMs);
    await this.bundles.append(tx, { ledgerId, eventId, recordedAt }, changes);
    const cancelled = changes
      .filter(({ bundle }) => ['Cancelled', 'Cancelled for Storage'].includes(bundle.status))
      .map(({ bundle }) => bundle);
    await this.bundles.claimSerials(tx, ledgerId, cancelled);
    if (action.storage !== null) {
      const { recordId } = action.storage;
      await this.storage!.certify(tx, { ledgerId, eventId, recordId }, takenOf(changes, known));
    }
    const certificateIds = [...new Set(changes.map(({ bundle }) => bundle.certificateId))];
    if (TRANSITIONS[action.type].to === 'Withdrawn') {
      await this.bundles.makeRoom(tx, ledgerId, certificateIds);
    }
    // What an issuer does stands, whatever is matched: the next run gives it back.
    if (TRANSITIONS[action.type].by !== 'issuer') await this.guard(tx, ledgerId, certificateIds);
    const starts = known.map(({ facts }) => facts.production_starting_interval).toSorted();
    const ends = known.map(({ facts }) => facts.production_ending_interval).toSorted();
    await this.ledger.append(tx, actor, {
      eventId,
      type: 'certificates.acted',
      validFrom: starts[0]!,
      validTo: ends.at(-1)!,
      sourceRef: null,
      supersedes: [],
      body: { rows: BUNDLE_CHANGE, action: action as unknown as Canonical },
      rows: changes.map(bundleChangeRow),
    });
    return { changes, eventId };
  }

  /** Asks whoever uses certificates whether enough is left. */
  private async guard(
    tx: EntityManager,
    ledgerId: string,
    certificateIds: readonly string[],
  ): Promise<void> {
    const now = await this.bundles.bundles(tx, ledgerId, { certificateIds });
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
    for (const { guard } of this.uses) await guard(tx, ledgerId, issuances);
  }
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
