import { Injectable } from '@nestjs/common';
import { validate } from 'uuid';
import type { KnownBundle } from '../../../core/certificates/actions.js';
import type { Bundle } from '../../../core/certificates/bundle.js';
import { DomainError } from '../../../core/errors.js';
import { type Canonical, canonicalJson } from '../../../core/ledger/canonical.js';
import { sha256, toHex } from '../../../core/ledger/merkle.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { Clock } from '../../../platform/clock.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { INTAKE_LOCK } from '../../imports/imports.service.js';
import { actionResponse, BundleQueueService } from './bundle-queue.service.js';
import { type ActiveBundle, BundlesQueries, type WantedBundles } from './bundles.queries.js';
import { BundlesRepository } from './bundles.repository.js';
import type { ActionRequest } from './bundles.schemas.js';

export type { ActiveBundle } from './bundles.queries.js';

const ACTION_STAYS =
  'An action is never edited; another one may lead back, and both stay in the ledger.';
/** What some actions make that no other takes back. */
const ACTION_FOR_GOOD: Partial<Record<ActionRequest['action'], string>> = {
  cancel: 'A cancelled certificate stays cancelled: its Wh are used up, and cannot be used again.',
  claim: 'A claim stays: the Wh are claimed by their beneficiary for good.',
  transfer: 'A transfer stays: only the receiver can give it back, by a transfer of its own.',
  withdraw: 'What an issuer withdrew stays withdrawn; it comes again as another certificate only.',
  expire: 'What expired stays expired.',
  split: 'Parts of a certificate are not joined again.',
};

/** Certificates: what is done with them, once per key, and what has become of them. */
@Injectable()
export class BundlesService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly queue: BundleQueueService,
    private readonly bundles: BundlesRepository,
    private readonly clock: Clock,
    private readonly queries: BundlesQueries,
  ) {}

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
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<{ readonly response: object; readonly isReplayed: boolean }> {
    if (dryRun) {
      const { response, isReplayed } = await this.scope.tryTogether(() =>
        this.act(actor, key, request),
      );
      const cannotBeTakenBack = ACTION_FOR_GOOD[request.action] ?? ACTION_STAYS;
      return { response: { ...response, isDryRun: true, cannotBeTakenBack }, isReplayed };
    }
    const requestSha256 = toHex(sha256(canonicalJson(request as unknown as Canonical)));
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, async (tx) => {
      const { ledgerId } = actor;
      const before = await this.bundles.actionOfKey(tx, key);
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
          : { recordId, deviceCode: await this.queue.deviceOf(tx, recordId) };
      const { changes, eventId } = await this.queue.apply(tx, actor, [{ type, storage, ...rest }]);
      const response = actionResponse(eventId, type, changes);
      await this.bundles.addAction(tx, {
        ledgerId,
        actionId: eventId,
        idempotencyKey: key,
        requestSha256,
        request,
        response,
        action: type,
        actingFor: request.actingFor,
        recordedAt: this.clock.now(),
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
      this.bundles.bundles(tx, { certificateIds: [certificateId] }),
    );
    if (bundles.length === 0) {
      throw new DomainError('certificate.not_found', { bundleIds: [certificateId] });
    }
    return bundles.toSorted((a, b) => a.rangeStart - b.rangeStart || b.rangeEnd - a.rangeEnd);
  }

  /** Active bundles of an owner and a plant over a period, by start and range. */
  activeOf(tx: LedgerTx, wanted: WantedBundles): Promise<ActiveBundle[]> {
    return this.queries.activeOf(tx, wanted);
  }

  /** Bundles of certificates that anything was done with, as they were before a place in the log. */
  touched(
    tx: LedgerTx,
    certificateIds: readonly string[],
    beforeSeq: number | null,
  ): Promise<readonly KnownBundle[]> {
    return this.bundles.touched(tx, certificateIds, beforeSeq);
  }
}
