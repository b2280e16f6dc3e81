import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  mwhKey,
  type MwhReference,
  type MwhSource,
} from '../../../core/certificates/mwh-columns.js';
import {
  readSourceRow,
  SOURCE_FIELDS,
  type SourceField,
  type StatedSource,
} from '../../../core/bridge/source-row.js';
import { sealedJson } from '../../../core/ledger/canonical.js';
import { MWH_WH } from '../../../core/bridge/cut.js';
import { formatInstant } from '../../../core/time/interval.js';
import { sumWattHours } from '../../../core/units/energy.js';
import type { Actor } from '../../../platform/auth/roles.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { toSafeInteger } from '../../../platform/database/rows/columns.js';
import type { FileNamed, KeptFile } from '../../../platform/files/file-store.js';
import { readFieldRows } from '../../../platform/files/formats/field-rows.js';
import { insertRows } from '../../../platform/database/rows/refused-rows.js';
import { RowProblems } from '../../../platform/files/row-problems.js';
import { eachAs } from '../../../platform/database/rows/pages.js';
import { AssetsService } from '../../assets/assets.service.js';
import type { MwhSources } from '../../certificates/certificates/mwh-sources.port.js';
import type { ImportContext, ImportOutcome } from '../../imports/file-intake.port.js';
import { type ImportResult, ImportsService } from '../../imports/imports.service.js';
import { MwhSourcesRepository } from './mwh-sources.repository.js';
import { TrackingSystemsService } from '../systems/tracking-systems.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

const ROWS = 'mizan/row/mwh-source/1';

interface KnownCodes {
  readonly plantCodes: readonly string[];
  readonly systemCodes: readonly string[];
}

type FileSources = ReadonlyMap<string, StatedSource & { readonly sourceLine: number }>;

/** MWh certificates of other systems, cancelled so that hourly ones can be made from them. */
@Injectable()
export class MwhSourcesService implements MwhSources, Replays {
  constructor(
    private readonly imports: ImportsService,
    private readonly assets: AssetsService,
    private readonly systems: TrackingSystemsService,
    private readonly sources: MwhSourcesRepository,
  ) {}

  /** Rows of files of cancellations. */
  replayed(): Replayed {
    return {
      rows: { [ROWS]: (tx, event) => eachAs(this.sources.ofEvent(tx, event), sourceRow) },
    };
  }

  /**
   * Takes in a file of cancellations, whole or not at all: CSV with the columns
   * `tracking_system,mwh_certificate,plant,start,end,mwh,cancelled_on,proof`. What is known, with the
   * same content, is skipped.
   *
   * @throws DomainError `import.rows_rejected` and the other `import.*` codes;
   *   `energy.serial_overlaps` where another ledger on the server has taken one in
   */
  importFile(
    actor: Actor,
    { fileName, dryRun, signal }: FileNamed,
    bytes: Readable,
  ): Promise<ImportResult> {
    return this.imports.importFile(
      actor,
      { kind: 'mwh-cancellations', fileName, bytes, dryRun, signal },
      {
        basis: async (tx) => ({
          plantCodes: (await this.assets.allPlants(tx)).map(({ code }) => code),
          systemCodes: (await this.systems.all(tx)).map(({ code }) => code),
        }),
        read: (known, file, ended) => this.readRows(file, { fileName, known, signal: ended }),
      },
      (context, read) => this.take(context, read),
    );
  }

  private async readRows(
    file: KeptFile,
    how: { readonly fileName: string; readonly known: KnownCodes; readonly signal: AbortSignal },
  ): Promise<FileSources> {
    const problems = new RowProblems();
    const read = new Map<string, StatedSource & { readonly sourceLine: number }>();
    const bytes = this.imports.open(file, how.signal);
    const columns = { names: SOURCE_FIELDS };
    for await (const { line, fields } of readFieldRows(bytes, how.fileName, columns, problems)) {
      const source = readSourceRow(fields, how.known);
      const at = (column: SourceField) => ({ row: line, column, value: fields[column] });
      if ('rule' in source) problems.add({ ...at(source.column), ...source });
      else if (read.has(mwhKey(source))) {
        problems.add({
          ...at('mwh_certificate'),
          rule: 'mwh.once_in_file',
          detail: 'The file names it twice.',
          fix: 'Keep one row of the two.',
        });
      } else read.set(mwhKey(source), { ...source, sourceLine: line });
    }
    if (read.size === 0 && problems.isEmpty) {
      problems.add({
        row: 1,
        column: 'file',
        value: '',
        rule: 'file.not_empty',
        detail: 'The file has no certificates.',
        fix: 'Send a file with at least one.',
      });
    }
    problems.refuseIfAny(file);
    return read;
  }

  private async take(context: ImportContext, read: FileSources): Promise<ImportOutcome> {
    const { tx, file } = context;
    const problems = new RowProblems();
    const before = await this.sources.find(tx, [...read.values()]);
    const fresh = [...read].filter(([key, source]) => {
      const earlier = before.get(key);
      if (earlier === undefined) return true;
      if (sourceRow({ ...earlier, sourceLine: 0 }) === sourceRow({ ...source, sourceLine: 0 })) {
        return false;
      }
      problems.add({
        row: source.sourceLine,
        column: 'mwh_certificate',
        value: source.mwhCertificateId,
        rule: 'mwh.never_edited',
        detail: 'It is known with other content.',
        fix: 'Send the original row.',
      });
      return false;
    });
    problems.refuseIfAny(file);
    const rows = fresh.map(([, source]) => source);
    await insertRows(tx, {
      rows,
      insert: (some) => this.sources.add(tx, context.eventId, some),
      cellOf: ({ sourceLine: row, mwhCertificateId: value }) => ({
        row,
        column: 'mwh_certificate',
        value,
      }),
    });
    const all = [...read.values()];
    return {
      rowCount: all.length,
      newCount: rows.length,
      changedCount: 0,
      identicalCount: all.length - rows.length,
      totalWh: sumWattHours(all.map(({ mwh }) => mwh * MWH_WH)),
      rowDomain: ROWS,
      rows: rows.map(sourceRow),
      validFrom: formatInstant(Math.min(...all.map(({ startMs }) => startMs))),
      validTo: formatInstant(Math.max(...all.map(({ endMs }) => endMs))),
    };
  }

  /** Cancelled MWh certificates by their keys, with what of each is left. */
  async find(
    tx: LedgerTx,
    wanted: readonly MwhReference[],
  ): Promise<ReadonlyMap<string, MwhSource>> {
    const found = await this.sources.find(tx, wanted);
    return new Map(
      [...found].map(([key, source]) => [
        key,
        { ...source, leftWh: source.mwh * MWH_WH - toSafeInteger(source.usedWh) },
      ]),
    );
  }
}

function sourceRow(source: StatedSource & { readonly sourceLine: number }): string {
  const { trackingSystemCode, mwhCertificateId, plantCode, mwh, cancelledOn, proof } = source;
  return sealedJson(ROWS, {
    trackingSystemCode,
    mwhCertificateId,
    plantCode,
    mwh,
    cancelledOn,
    proof,
    start: formatInstant(source.startMs),
    end: formatInstant(source.endMs),
    sourceLine: source.sourceLine,
  });
}
