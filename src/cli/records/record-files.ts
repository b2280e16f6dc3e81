import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DomainError } from '../../core/errors.js';
import { RECORDS_MAX } from '../../features/ledger/records/record-batch.schemas.js';
import type { GivenRecord } from '../../features/ledger/records/record-batch.service.js';
import { readJsonFile } from '../../platform/files/formats/json-text.js';
import type { RecordDoors } from '../../platform/records/record-doors.js';
import { requireFiles } from '../shell/arguments.js';

/** A record of a file, and where it stands there: `meters.json row 2`. */
export interface FiledRecord extends GivenRecord {
  readonly place: string;
}

/**
 * Reads the records of files and folders. A file holds a document, or a list of documents; each is of
 * the kind that is named, or says its kind beside it (`{"kind": …, "document": …}`), or is of the kind
 * that the file is called by: `tariff-TURT.json`, `meters.json`.
 *
 * @param kind  Of all documents that do not say theirs; null where none was named.
 * @throws DomainError `import.file_unreadable`, `import.limit_exceeded`, `request.invalid`
 */
export function readRecordFiles(
  paths: readonly string[],
  kind: string | null,
  doors: RecordDoors,
): readonly FiledRecord[] {
  const files = paths.flatMap(filesOf);
  requireFiles(...files);
  const records = files.flatMap((file) => {
    const content = readJsonFile(file);
    const named = kind ?? kindOfName(file, doors);
    if (!Array.isArray(content)) return [filed(content, { file, place: file, kind: named })];
    return content.map((one: unknown, at) =>
      filed(one, { file, place: `${file} row ${at + 1}`, kind: named }),
    );
  });
  if (records.length > 0 && records.length <= RECORDS_MAX) return records;
  const detail =
    records.length === 0
      ? `${paths.join(', ')} hold no records.`
      : `${records.length} records; ${RECORDS_MAX} are created at once.`;
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '/file', rule: 'records.count', detail }],
  });
}

/** The JSON files of a folder, by name; a file itself. */
function filesOf(path: string): readonly string[] {
  // What cannot be looked at is told of as a file that cannot be read.
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  if (!isFolder) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => join(path, name));
}

function filed(
  value: unknown,
  {
    file,
    place,
    kind,
  }: { readonly file: string; readonly place: string; readonly kind: string | null },
): FiledRecord {
  const wrapped = value as { readonly kind?: unknown; readonly document?: unknown } | null;
  if (typeof wrapped?.kind === 'string' && wrapped.document !== undefined) {
    return { kind: wrapped.kind, document: wrapped.document, place };
  }
  if (kind !== null) return { kind, document: value, place };
  const detail = `${place} does not say of which kind it is.`;
  const fix =
    'Name the kind (`mizan create meter FILE`), write `{"kind": …, "document": …}`, or call the ' +
    `file by it, as \`meters.json\`; ${basename(file)} is called by none.`;
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '/kind', rule: 'kind.named', detail, fix }],
  });
}

/** The kind that a file is called by, in singular or plural; the longest, where several fit. */
function kindOfName(file: string, doors: RecordDoors): string | null {
  const name = basename(file, '.json').toLowerCase();
  const fitting = doors
    .all()
    .flatMap(({ kind, path }) => [kind, path.replace('/v1/', '')].map((word) => ({ kind, word })))
    .filter(
      ({ word }) => name === word || name.startsWith(`${word}-`) || name.startsWith(`${word}_`),
    )
    .toSorted((a, b) => b.word.length - a.word.length);
  return fitting[0]?.kind ?? null;
}
