import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import {
  DATED_COLUMNS,
  type DatedKind,
  type DatedRow,
  mergedFigures,
  readDatedRow,
} from '../../core/settlement/references/dated-file.js';
import type { Actor } from '../../platform/auth/roles.js';
import { encodingOf } from '../../platform/files/formats/text-bytes.js';
import type { TextEncoding } from '../../core/tabular/text-encoding.js';
import { readFieldRows } from '../../platform/files/formats/field-rows.js';
import { type FileNamed, FileStore, type KeptFile } from '../../platform/files/file-store.js';
import { ReadingAttempts } from '../../platform/files/reading-attempts.js';
import { RowProblems } from '../../platform/files/row-problems.js';
import { pointerProblems } from '../../platform/http/problems.js';
import type { RecordKind } from '../../platform/records/record-kind.js';
import type { RecordStore } from '../../platform/records/record-stores.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { FX_SERIES } from './fx-series.kind.js';
import { HOLIDAY_CALENDAR } from './holiday-calendar.kind.js';
import { PRICE_INDEX } from './price-index.kind.js';
import type { DatedFiguresQuery, DatedFiguresResponse } from './prices.schemas.js';
import { TARIFF } from './tariff.kind.js';

/** A table and the record that its rows go to. */
export type DatedFile = DatedFiguresQuery & Pick<FileNamed, 'signal'>;

type Store = RecordStore<Readonly<Record<string, unknown>>, { readonly version: number }>;

const KINDS: Readonly<Record<DatedKind, RecordKind>> = {
  tariff: TARIFF,
  'price-index': PRICE_INDEX,
  'fx-series': FX_SERIES,
  'holiday-calendar': HOLIDAY_CALENDAR,
};

/** Takes in dated figures from tables. */
@Injectable()
export class DatedFiguresService {
  constructor(
    private readonly records: RecordsService,
    private readonly files: FileStore,
    private readonly attempts: ReadingAttempts,
  ) {}

  /**
   * Adds the rows of a file to a record: creates it, or revises it. Rows that are there already change
   * nothing. A tariff gets a version for each row; all are checked before the first is written, and
   * sending the file again goes on where a broken connection ended it. A dry run checks all of them and
   * writes none.
   *
   * @throws DomainError `import.rows_rejected` and the other `import.*` codes; as the record's own writes.
   */
  async importFile(
    actor: Actor,
    { kind, code, fileName, source, confidence, dryRun, signal }: DatedFile,
    bytes: Readable,
  ): Promise<DatedFiguresResponse> {
    const file = await this.files.keep(bytes, actor);
    const { ledgerId } = actor;
    const { rows, encoding } = await this.attempts.take({ ledgerId, file, signal }, (ended) =>
      this.read(file, { kind, fileName, signal: ended }),
    );
    const store = this.records.of(KINDS[kind]);
    const before = await versionsOf(store, actor.ledgerId, code);
    const { documents, newCount } = mergedFigures(kind, before, rows);
    let version = before.length;
    const name = kind === 'price-index' ? { name: code } : {};
    const all = documents.map((one) => checked(kind, { ...name, ...one, source, confidence }));
    for (const attributes of dryRun ? [] : all) {
      const row =
        version === 0
          ? await store.create(actor, code, attributes)
          : await store.revise(actor, code, attributes);
      ({ version } = row);
    }
    if (!dryRun) await this.files.settle(file.sha256, actor);
    return {
      code,
      rowCount: rows.length,
      newCount,
      encoding,
      version,
      isDryRun: dryRun,
      cannotBeTakenBack: 'Versions of a record stay; a wrong row is corrected by a later version.',
    };
  }

  private async read(
    file: KeptFile,
    how: { readonly kind: DatedKind; readonly fileName: string; readonly signal: AbortSignal },
  ): Promise<{ readonly rows: readonly DatedRow[]; readonly encoding: TextEncoding }> {
    const { kind, fileName, signal } = how;
    const problems = new RowProblems();
    const columns = { names: DATED_COLUMNS[kind] };
    const rows: DatedRow[] = [];
    for await (const { line, fields } of readFieldRows<string>(
      this.files.open(file.sha256, signal),
      fileName,
      columns,
      problems,
    )) {
      const read = readDatedRow(kind, fields);
      if ('row' in read) rows.push(read.row);
      else problems.add({ row: line, value: fields[read.fault.column] ?? '', ...read.fault });
    }
    problems.refuseIfAny(file);
    if (rows.length === 0) {
      const detail = 'The file has no row.';
      throw new DomainError('import.file_unreadable', { file: fileName, detail });
    }
    const { sha256 } = file;
    const text = this.files.open(sha256, signal) as AsyncIterable<Buffer>;
    return { rows, encoding: await encodingOf(text) };
  }
}

/** What a version holds, by the schema that the API checks it by. @throws `request.invalid` */
function checked(kind: DatedKind, document: object): Readonly<Record<string, unknown>> {
  const { data, error } = KINDS[kind].attributes.safeParse(document);
  if (error === undefined) return data;
  throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
}

/** All versions of a record; none where it is not there. */
async function versionsOf(
  store: Store,
  ledgerId: string,
  code: string,
): Promise<readonly Record<string, unknown>[]> {
  try {
    return (await store.versions(ledgerId, code)) as unknown as Record<string, unknown>[];
  } catch (error) {
    if (error instanceof DomainError && error.code === 'record.not_found') return [];
    throw error;
  }
}
