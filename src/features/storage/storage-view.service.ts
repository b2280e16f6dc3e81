import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import {
  type StorageRun,
  type StorageTerms,
  storageTermsAt,
  traceDischarges,
} from '../../core/storage/run.js';
import { formatInstant } from '../../core/time/interval.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { AssetsService, type Plant } from '../assets/assets.service.js';
import type { StorageRunEntity } from './runs/storage-run.entity.js';
import { StorageQueries, type StorageSums } from './storage.queries.js';
import { StorageRepository } from './storage.repository.js';
import { StorageTermsService } from './terms/storage-terms.service.js';
import type { BalancedRecord, StorageQuery } from './storage.schemas.js';

/** What a device's records say: listed, summed, traced; nothing is written. */
@Injectable()
export class StorageViewService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly assets: AssetsService,
    private readonly terms: StorageTermsService,
    private readonly storage: StorageRepository,
    private readonly queries: StorageQueries,
  ) {}

  /** Records of a device with what became of them, by start. */
  records(ledgerId: string, { deviceCode, from, to }: StorageQuery): Promise<BalancedRecord[]> {
    const span = { ledgerId, deviceCode, from: new Date(from), to: new Date(to) };
    return this.scope.readOver(ledgerId, stretchOf({ from, to }), async (tx) => {
      await this.deviceOf(tx, deviceCode);
      return this.queries.balanced(tx, span);
    });
  }

  /** Sums of a device over a stretch. */
  report(ledgerId: string, { deviceCode, from, to }: StorageQuery): Promise<StorageSums> {
    return this.scope.readOver(ledgerId, stretchOf({ from, to }), async (tx) => {
      await this.deviceOf(tx, deviceCode);
      return this.sums(tx, { ledgerId, deviceCode, from: new Date(from), to: new Date(to) });
    });
  }

  /** The same, inside a transaction. */
  sums(
    tx: LedgerTx,
    span: {
      readonly ledgerId: string;
      readonly deviceCode: string;
      readonly from: Date;
      readonly to: Date;
    },
  ): Promise<StorageSums> {
    return this.queries.sums(tx, span);
  }

  /** @throws DomainError `record.not_found` */
  async deviceOf(tx: LedgerTx, code: string): Promise<Plant> {
    const plants = await this.assets.allPlants(tx);
    const device = plants.find((plant) => plant.code === code);
    if (device !== undefined) return device;
    throw new DomainError('record.not_found', { kind: 'plant', recordCode: code });
  }

  /**
   * What is traced must all be there: a record that comes later would change it.
   *
   * @throws DomainError `storage.series_incomplete`
   */
  async requireComplete(
    tx: LedgerTx,
    { deviceCode, throughMs }: { readonly deviceCode: string; readonly throughMs: number },
  ): Promise<void> {
    const endMs = (await this.storage.ends(tx, [deviceCode])).get(deviceCode);
    if (endMs !== undefined && endMs >= throughMs) return;
    throw new DomainError('storage.series_incomplete', {
      deviceCode,
      through: formatInstant(throughMs),
      knownThrough: endMs === undefined ? null : formatInstant(endMs),
      fix: 'Take in the records up to that instant first, or trace to an earlier one.',
    });
  }

  /**
   * The discharges since the last run, traced.
   *
   * @throws DomainError `storage.terms_missing`
   */
  async traced(
    tx: LedgerTx,
    of: {
      readonly deviceCode: string;
      readonly last: StorageRunEntity | null;
      readonly throughAt: Date;
    },
  ): Promise<StorageRun> {
    const { ledgerId } = tx;
    const { deviceCode, last, throughAt } = of;
    const from = last?.throughAt ?? new Date(0);
    const records = await this.storage.between(tx, {
      deviceCodes: [deviceCode],
      from,
      to: throughAt,
    });
    const discharges = records.filter(
      ({ isCharging, wh, startMs }) => !isCharging && wh > 0 && startMs >= from.getTime(),
    );
    const versions = await this.terms.ofDevice(tx, deviceCode);
    const terms = discharges.map(({ startMs }): StorageTerms => {
      const found = storageTermsAt(versions, startMs);
      if (found !== null) return found;
      throw new DomainError('storage.terms_missing', {
        deviceCode,
        instant: formatInstant(startMs),
        fix: 'Create storage terms whose efficiency holds at that instant.',
      });
    });
    const parts = await this.storage.partsLeft(tx, { ledgerId, deviceCode, to: throughAt });
    return traceDischarges(parts, discharges, terms);
  }

  /** A record or bundle of which something is kept that was not sealed; null without. */
  async wrongSubject(tx: LedgerTx): Promise<string | null> {
    return (await this.queries.wrongBalance(tx)) ?? (await this.queries.wrongCharge(tx));
  }
}

const stretchOf = ({ from, to }: Pick<StorageQuery, 'from' | 'to'>) => ({
  startMs: Date.parse(from),
  endMs: Date.parse(to),
});
