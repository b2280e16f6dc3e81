import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { validate } from 'uuid';
import { bundleWh } from '../../../core/certificates/bundle.js';
import type { KnownBundle } from '../../../core/certificates/actions.js';
import { DomainError } from '../../../core/errors.js';
import {
  readStorageRecord,
  STORAGE_RECORD_FIELDS,
  type StorageRecordField,
} from '../../../core/storage/record-row.js';
import {
  STORAGE_RECORD_DOMAIN,
  type StorageRecord,
  storageRecordRow,
} from '../../../core/storage/run.js';
import { formatInstant, HOUR_MS } from '../../../core/time/interval.js';
import { sumWattHours } from '../../../core/units/energy.js';
import type { Actor } from '../../../platform/auth/roles.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { FileNamed, KeptFile } from '../../../platform/files/file-store.js';
import { readFieldRows } from '../../../platform/files/formats/field-rows.js';
import { insertRows } from '../../../platform/database/rows/refused-rows.js';
import { RowProblems } from '../../../platform/files/row-problems.js';
import { eachAs } from '../../../platform/database/rows/pages.js';
import { AssetsService, type Plant } from '../../assets/assets.service.js';
import type { ChargeKeeper } from '../../certificates/bundles/bundles.port.js';
import type { ImportContext, ImportOutcome } from '../../imports/file-intake.port.js';
import { type ImportResult, ImportsService } from '../../imports/imports.service.js';
import { StorageRepository } from '../storage.repository.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

type FileRecord = Omit<StorageRecord, 'recordId'>;

/** Records of storage devices: taken in from files, and certified by cancelled bundles. */
@Injectable()
export class StorageRecordsService implements ChargeKeeper, Replays {
  constructor(
    private readonly imports: ImportsService,
    private readonly assets: AssetsService,
    private readonly storage: StorageRepository,
  ) {}

  /** Rows of files of storage records. */
  replayed(): Replayed {
    return {
      rows: {
        [STORAGE_RECORD_DOMAIN]: (tx, event) =>
          eachAs(this.storage.ofEvent(tx, event), storageRecordRow),
      },
    };
  }

  /**
   * Takes in a file of storage records, whole or not at all: CSV with the columns
   * `device,start,end,direction,wh,external_id,validator`. The series of a device has no gap, no
   * overlap and no second version; what is known already, with the same content, is skipped.
   *
   * @throws DomainError `import.rows_rejected` and the other `import.*` codes
   */
  importFile(
    actor: Actor,
    { fileName, dryRun, signal }: FileNamed,
    bytes: Readable,
  ): Promise<ImportResult> {
    return this.imports.importFile(
      actor,
      { kind: 'storage-records', fileName, bytes, dryRun, signal },
      {
        basis: (tx) => this.assets.allPlants(tx),
        read: (plants, file, ended) => this.readRows(file, { fileName, plants, signal: ended }),
      },
      (context, read) => this.take(context, read),
    );
  }

  private async readRows(
    file: KeptFile,
    how: {
      readonly fileName: string;
      readonly plants: readonly Plant[];
      readonly signal: AbortSignal;
    },
  ): Promise<readonly FileRecord[]> {
    const { fileName, plants, signal } = how;
    const problems = new RowProblems();
    const columns = { names: STORAGE_RECORD_FIELDS };
    const read: FileRecord[] = [];
    for await (const { line, fields } of readFieldRows(
      this.imports.open(file, signal),
      fileName,
      columns,
      problems,
    )) {
      const record = readRow(line, fields, { plants, problems });
      if (record !== null) read.push(record);
    }
    if (read.length === 0 && problems.isEmpty) {
      problems.add({
        row: 1,
        column: 'file',
        value: '',
        rule: 'file.not_empty',
        detail: 'The file has no storage records.',
        fix: 'Send a file with at least one record.',
      });
    }
    problems.refuseIfAny(file);
    return read;
  }

  private async take(context: ImportContext, read: readonly FileRecord[]): Promise<ImportOutcome> {
    const { tx, file } = context;
    const problems = new RowProblems();
    const fresh = await this.fresh(tx, read, problems);
    problems.refuseIfAny(file);
    const records = fresh.map((one) => ({ ...one, recordId: this.imports.nextId() }));
    await insertRows(tx, {
      rows: records,
      insert: (rows) => this.storage.addRecords(tx, context, rows),
      cellOf: ({ sourceLine: row, startMs }) => ({
        row,
        column: 'start',
        value: formatInstant(startMs),
      }),
    });
    return {
      rowCount: read.length,
      newCount: records.length,
      changedCount: 0,
      identicalCount: read.length - records.length,
      totalWh: sumWattHours(read.map(({ wh }) => wh)),
      rowDomain: STORAGE_RECORD_DOMAIN,
      rows: records.map(storageRecordRow),
      validFrom: formatInstant(
        read.reduce((least, { startMs }) => Math.min(least, startMs), Infinity),
      ),
      validTo: formatInstant(read.reduce((most, { endMs }) => Math.max(most, endMs), -Infinity)),
    };
  }

  /** The records that are not known yet, each right after the one before it. */
  private async fresh(
    tx: LedgerTx,
    read: readonly FileRecord[],
    problems: RowProblems,
  ): Promise<readonly FileRecord[]> {
    const deviceCodes = [...new Set(read.map(({ deviceCode }) => deviceCode))];
    const ends = new Map(await this.storage.ends(tx, deviceCodes));
    const known = await this.storage.between(tx, {
      deviceCodes,
      from: new Date(read.reduce((least, { startMs }) => Math.min(least, startMs), Infinity)),
      to: new Date(read.reduce((most, { endMs }) => Math.max(most, endMs), 0)),
    });
    const before = new Map(known.map((one) => [`${one.deviceCode} ${one.startMs}`, one]));
    return read.filter((record) => {
      const { deviceCode, startMs, endMs, sourceLine: row } = record;
      const earlier = before.get(`${deviceCode} ${startMs}`);
      if (earlier !== undefined && isSame(earlier, record)) return false;
      const end = ends.get(deviceCode);
      const at = { row, column: 'start', value: formatInstant(startMs) };
      if (end !== undefined && startMs < end) {
        problems.add({
          ...at,
          rule: 'storage_record.never_edited',
          detail: `The series of ${deviceCode} is known to ${formatInstant(end)} with other content.`,
          fix: 'Send the original rows; what was drawn on a record cannot be undone by another.',
        });
        return false;
      }
      if (end !== undefined && startMs > end) {
        problems.add({
          ...at,
          rule: 'series.continuous',
          detail: `The record before ends at ${formatInstant(end)}: there is a gap.`,
          fix: 'Send every record in order; one of 0 Wh while the device stands idle.',
        });
      }
      ends.set(deviceCode, endMs);
      return true;
    });
  }

  /** The device of a charge that certificates can be cancelled for. */
  async deviceOf(tx: LedgerTx, recordId: string): Promise<string> {
    const record = validate(recordId) ? await this.storage.record(tx, recordId) : null;
    if (record === null || !record.isCharging) {
      const fix = 'Name a charge of a storage device; take in its records first.';
      throw new DomainError('storage.record_not_found', { recordId, fix });
    }
    return record.deviceCode;
  }

  /** Puts cancelled bundles behind a charge: of its hour and market, and no more than went in. */
  async certify(
    tx: LedgerTx,
    at: { readonly ledgerId: string; readonly eventId: string; readonly recordId: string },
    taken: readonly KnownBundle[],
  ): Promise<void> {
    const { recordId } = at;
    const record = (await this.storage.record(tx, recordId))!;
    const balance = (await this.storage.balanceOf(tx, recordId))!;
    const plants = await this.assets.allPlants(tx);
    const boundaryOf = (code: string): string => plants.find((one) => one.code === code)!.boundary;
    const hourMs = Math.floor(record.startsAt.getTime() / HOUR_MS) * HOUR_MS;
    const refuse = (detail: string): never => {
      throw new DomainError('storage.charge_refused', { recordId, detail });
    };
    if (balance.usedWh > 0) refuse('Discharges have drawn on the charge already.');
    for (const { facts } of taken) {
      const startMs = Date.parse(facts.production_starting_interval);
      if (Math.floor(startMs / HOUR_MS) * HOUR_MS !== hourMs) {
        refuse('Energy of another hour cannot have charged the device (METHOD 3.5).');
      }
      if (boundaryOf(facts.device_id) !== boundaryOf(record.deviceCode)) {
        refuse('Energy of another market boundary cannot have charged the device.');
      }
    }
    const wh = sumWattHours(taken.map(bundleWh));
    if (wh > balance.wh - balance.certifiedWh) {
      refuse(
        `Only ${balance.wh - balance.certifiedWh} Wh of the charge have no certificate behind them.`,
      );
    }
    await this.storage.addCharges(
      tx,
      at,
      taken.map((one) => ({ ...one, wh: bundleWh(one) })),
    );
  }
}

function readRow(
  line: number,
  fields: Readonly<Record<StorageRecordField, string>>,
  { plants, problems }: { readonly plants: readonly Plant[]; readonly problems: RowProblems },
): FileRecord | null {
  const device = plants.find(({ code }) => code === fields.device);
  const read =
    device === undefined
      ? {
          ...({ column: 'device', rule: 'device.known' } as const),
          detail: 'There is no such plant.',
          fix: 'Create the storage device as a plant, or correct its code.',
        }
      : readStorageRecord(fields, device);
  if (!('rule' in read)) return { ...read, sourceLine: line };
  problems.add({ ...read, row: line, value: fields[read.column] });
  return null;
}

function isSame(a: FileRecord, b: FileRecord): boolean {
  return (
    a.endMs === b.endMs &&
    a.isCharging === b.isCharging &&
    a.wh === b.wh &&
    a.externalId === b.externalId &&
    a.validator === b.validator
  );
}
