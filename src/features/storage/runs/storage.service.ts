import { Injectable } from '@nestjs/common';
import { issuedCertificateRow } from '../../../core/certificates/certificate.js';
import { allocationRow, type KeptAllocation, type StorageRun } from '../../../core/storage/run.js';
import { formatInstant } from '../../../core/time/interval.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import {
  eachAs,
  oneAfterAnother,
  ROWS_AT_ONCE,
  wholeOf,
} from '../../../platform/database/rows/pages.js';
import type { Plant } from '../../assets/assets.service.js';
import { INTAKE_LOCK } from '../../imports/imports.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { StorageRunEntity } from './storage-run.entity.js';
import { StorageCertificatesService } from './storage-certificates.service.js';
import { STORAGE_REGISTERS } from '../storage.registers.js';
import { StorageRepository } from '../storage.repository.js';
import type { StorageRunRequest } from '../storage.schemas.js';
import { StorageViewService } from '../storage-view.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** Result of a run; `isNew` is false when there was nothing more to trace. */
export interface StorageRunResult {
  readonly run: StorageRunEntity;
  readonly allocations: readonly KeptAllocation[];
  readonly isNew: boolean;
}

const ROWS = 'mizan/rows/storage/1';

/** Traces what storage devices give back to what went into them, and certifies it again. */
@Injectable()
export class StorageService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly views: StorageViewService,
    private readonly issuing: StorageCertificatesService,
    private readonly storage: StorageRepository,
  ) {}

  /** All tables of storage; tracings, and balances folded again. */
  replayed(): Replayed {
    return {
      tables: STORAGE_REGISTERS,
      rows: {
        [ROWS]: (tx, event) =>
          oneAfterAnother(
            eachAs(this.storage.allocationsOf(tx, event), allocationRow),
            eachAs(this.issuing.ofEvent(tx, event), issuedCertificateRow),
          ),
      },
      checks: [
        async (tx) => {
          const subject = await this.views.wrongSubject(tx);
          if (subject === null) return null;
          const detail = `What is kept of the storage record or bundle ${subject} is not what was sealed.`;
          return { seq: null, check: 'storage', detail };
        },
      ],
    };
  }

  /**
   * Traces the discharges of a device that start before an instant and were not traced before, and
   * issues a certificate for each part behind which a cancelled one stands (METHOD 3.6). Nothing left
   * to trace: nothing is written, and the last run is given.
   *
   * @throws DomainError `record.not_found`, `storage.series_incomplete`, `storage.terms_missing`
   */
  trace(actor: Actor, { deviceCode, through }: StorageRunRequest): Promise<StorageRunResult> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, async (tx) => {
      const { ledgerId } = actor;
      const device = await this.views.deviceOf(tx, deviceCode);
      const last = await this.storage.latestRun(tx, deviceCode);
      const throughAt = new Date(through);
      if (last !== null && last.throughAt >= throughAt) {
        const event = { ledgerId, eventId: last.runId, rowCount: ROWS_AT_ONCE };
        const allocations = await wholeOf(this.storage.allocationsOf(tx, event));
        return { run: last, allocations, isNew: false };
      }
      await this.views.requireComplete(tx, {
        deviceCode,
        throughMs: throughAt.getTime(),
      });
      const traced = await this.views.traced(tx, { deviceCode, last, throughAt });
      return this.write(tx, actor, { device, last, throughAt, traced });
    });
  }

  private async write(
    tx: LedgerTx,
    actor: Actor,
    of: {
      readonly device: Plant;
      readonly last: StorageRunEntity | null;
      readonly throughAt: Date;
      readonly traced: StorageRun;
    },
  ): Promise<StorageRunResult> {
    const { device, last, throughAt, traced } = of;
    return this.ledger.record(tx, actor, async (at) => {
      const { eventId: runId, recordedAt } = at;
      const { dischargeWh, certifiedWh, unbackedWh, lossWh } = traced;
      const run: StorageRunEntity = {
        ledgerId: at.ledgerId,
        runId,
        deviceCode: device.code,
        fromAt: last?.throughAt ?? null,
        throughAt,
        dischargeWh,
        certifiedWh,
        unbackedWh,
        lossWh,
        recordedAt,
      };
      const certificates = await this.issuing.issue(tx, at, device, traced.allocations);
      const certificateOf = new Map(
        certificates.map(({ allocationAt, certificateId }) => [allocationAt, certificateId]),
      );
      const kept = traced.allocations.map((one, place): KeptAllocation => {
        const { discharge, part, terms, chargeWh } = one;
        return {
          allocationId: this.ledger.nextId(),
          dischargeId: discharge.recordId,
          chargeId: part.record.recordId,
          bundleId: part.backing?.bundleId ?? null,
          chargeWh,
          dischargeWh: one.dischargeWh,
          termsCode: terms.code,
          termsVersion: terms.version,
          certificateId: certificateOf.get(place) ?? null,
        };
      });
      await this.storage.addRun(tx, run, kept);
      return {
        type: 'storage.traced',
        validFrom: formatInstant(
          kept.length === 0 ? throughAt.getTime() : traced.allocations[0]!.discharge.startMs,
        ),
        validTo: formatInstant(throughAt.getTime()),
        body: {
          rows: ROWS,
          deviceCode: device.code,
          dischargeWh,
          certifiedWh,
          unbackedWh,
          lossWh,
        },
        rows: [...kept.map(allocationRow), ...certificates.map(issuedCertificateRow)],
        result: { run, allocations: kept, isNew: true },
      };
    });
  }
}
