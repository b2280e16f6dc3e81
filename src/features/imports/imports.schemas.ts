import { z } from 'zod';
import { Instant } from '../../core/shapes/values.shape.js';
import { IMPORT_KINDS, type ImportFileEntity } from './import-file.entity.js';

export const ImportId = z.uuid().describe('Id of an import');

const Count = z.int().min(0);
const importShape = {
  importId: ImportId,
  kind: z.literal(IMPORT_KINDS),
  fileName: z.string(),
  fileSha256: z.string().regex(/^[0-9a-f]{64}$/),
  byteCount: Count,
  rowCount: Count,
  newCount: Count.describe('Rows that said something new'),
  identicalCount: Count.describe('Rows already known, skipped'),
  changedCount: Count.describe('Rows that made a new revision'),
  rejectedCount: Count.describe('Rows that were set aside to be mended'),
  format: z
    .string()
    .nullable()
    .describe('Form that the file was read in, with the encoding of its text unless that is UTF-8'),
  readAs: z
    .string()
    .describe('Profile, its version and the meter named; empty for the house’s form'),
  totalWh: Count.describe('Control total of the file, Wh'),
  eventId: z.uuid().describe('Event that sealed the import'),
  recordedAt: Instant,
};

export const ImportResponse = z.object(importShape).meta({ id: 'Import' });
export type ImportResponse = z.output<typeof ImportResponse>;

export const ImportListResponse = z
  .object({ items: z.array(ImportResponse) })
  .meta({ id: 'ImportList' });
export type ImportListResponse = z.output<typeof ImportListResponse>;

export function toImportResponse(row: Readonly<ImportFileEntity>): ImportResponse {
  const { importId, kind, fileName, fileSha256, byteCount, rowCount, newCount } = row;
  const { identicalCount, changedCount, totalWh, eventId, recordedAt } = row;
  const { rejectedCount, format, readAs } = row;
  return {
    importId,
    kind,
    fileName,
    fileSha256,
    byteCount,
    rowCount,
    newCount,
    identicalCount,
    changedCount,
    totalWh,
    eventId,
    recordedAt: recordedAt.toISOString(),
    rejectedCount,
    format,
    readAs,
  };
}
