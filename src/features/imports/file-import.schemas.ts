import { z } from 'zod';
import { encodingOfForm } from '../../core/tabular/text-encoding.js';
import type { ImportKind } from './import-file.entity.js';

const Count = z.int().min(0);

/** What a file did that was taken in whole, or would do. */
export const FileImportResponse = z.object({
  alreadyImported: z.boolean().describe('The same bytes came before; nothing was done'),
  isDryRun: z.boolean().describe('It was only tried: nothing was written, and there are no ids'),
  cannotBeTakenBack: z.string().describe('What committing the file makes for good'),
  importId: z.uuid().nullable(),
  fileName: z.string(),
  fileSha256: z.string(),
  encoding: z.string().describe('What its text is written in, by name'),
  rowCount: Count,
  newCount: Count,
  identicalCount: Count,
  totalWh: Count.describe('Control total of the file, Wh'),
  eventId: z.uuid().nullable(),
});
export type FileImportResponse = z.output<typeof FileImportResponse>;

/** The answer to an upload, from the register of files. */
export function toFileImport({
  file,
  alreadyImported,
  isDryRun = false,
}: {
  readonly file: Readonly<
    Omit<FileImportResponse, 'alreadyImported' | 'isDryRun' | 'cannotBeTakenBack' | 'encoding'>
  > & { readonly kind: ImportKind; readonly format: string | null };
  readonly alreadyImported: boolean;
  readonly isDryRun?: boolean;
}): FileImportResponse {
  const { fileName, fileSha256, rowCount, newCount, identicalCount, totalWh } = file;
  const isThere = alreadyImported || !isDryRun;
  return {
    alreadyImported,
    isDryRun,
    cannotBeTakenBack: FOR_GOOD[file.kind],
    importId: isThere ? file.importId : null,
    eventId: isThere ? file.eventId : null,
    fileName,
    fileSha256,
    encoding: encodingOfForm(file.format),
    rowCount,
    newCount,
    identicalCount,
    totalWh,
  };
}

/** What a file of each kind makes that no later file takes back. */
export const FOR_GOOD: Readonly<Record<ImportKind, string>> = {
  intervals: 'A value can be corrected by a later file; both versions stay in the ledger.',
  certificates:
    'A certificate is never edited or removed: only its issuer corrects it, by a withdrawal and a new one.',
  bundles:
    'A certificate that came from another registry is never edited or removed; its Wh cannot come again.',
  'storage-records':
    'A storage record is never edited or removed; a correction is a record of its own.',
  'mwh-cancellations': 'A cancelled MWh certificate is claimed for good, and cannot come again.',
};
