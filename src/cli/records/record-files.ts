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

/** What `show` prints of a version, and no version is given. */
const OF_THE_VERSION = ['version', 'recordedAt', 'eventId'] as const;

/**
 * The new version that a file holds: the bare document, or the record as it was created from or as `show`
 * prints it. What names the record there must be what the command names.
 *
 * @throws DomainError `import.file_unreadable`, `request.invalid`
 */
export function revisionIn(file: string, kind: string, code: string): unknown {
  const content = readJsonFile(file);
  const wrapped = content as { readonly kind?: unknown; readonly document?: unknown } | null;
  const isWrapped = typeof wrapped?.kind === 'string' && wrapped.document !== undefined;
  const given = isWrapped ? wrapped.document : content;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const { code: named, ...document } = given as Readonly<Record<string, unknown>>;
  const other =
    isWrapped && wrapped.kind !== kind
      ? { pointer: '/kind', of: wrapped.kind, not: kind }
      : named !== undefined && named !== code
        ? { pointer: '/code', of: named, not: code }
        : null;
  if (other !== null) {
    const detail = `The file is of ${JSON.stringify(other.of)}, and ${other.not} is to be revised.`;
    const fix = 'A record keeps its kind and code: name the one that the file is of.';
    throw new DomainError('request.invalid', {
      errors: [{ pointer: other.pointer, rule: 'record.named', detail, fix }],
    });
  }
  const own = OF_THE_VERSION.every((name) => name in document) ? OF_THE_VERSION : [];
  return Object.fromEntries(
    Object.entries(document).filter(([name]) => !own.some((one) => one === name)),
  );
}

/** The elections of a contract's record, where a file holds all of it; else what the file holds. */
export function electionsIn(content: unknown): unknown {
  const record = (content as { readonly document?: unknown } | null)?.document ?? content;
  const elections = (record as { readonly elections?: unknown } | null)?.elections;
  return elections ?? content;
}
