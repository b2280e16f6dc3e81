import { z } from 'zod';
import { QUALITY_NAMES } from '../../../core/metering/blocks/quality.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { CalendarDay, Instant } from '../../../platform/http/schemas.js';
import type { ImportResult } from '../../imports/imports.service.js';
import type { StoredBlock } from '../blocks/interval-blocks.service.js';

export const UtcDay = CalendarDay.describe('UTC day, 24 hours long');

const Count = z.int().min(0);
/** What came of an import, and how many readings it did not take. */
export interface IntervalResult extends ImportResult {
  readonly heldCount: number;
  readonly outdatedCount: number;
}

export const IntervalImportResponse = z
  .object({
    alreadyImported: z.boolean().describe('The same bytes came before; nothing was done'),
    jobId: z.uuid().optional(),
    importId: z.uuid(),
    format: z.string().nullable().describe('Form that the file was read in'),
    readAs: z.string(),
    rejectedCount: Count.describe('Rows that were set aside'),
    fileName: z.string(),
    fileSha256: z.string(),
    rowCount: Count,
    newCount: Count,
    identicalCount: Count,
    changedCount: Count,
    heldCount: Count.describe('Readings below a decision that stands: not taken, to be decided'),
    outdatedCount: Count.describe('Readings older than what the source said since: not taken'),
    totalWh: Count.describe('Control total of the file, Wh'),
    eventId: z.uuid(),
  })
  .meta({ id: 'IntervalImport' });
export type IntervalImportResponse = z.output<typeof IntervalImportResponse>;

export function toIntervalImportResponse(result: IntervalResult): IntervalImportResponse {
  const { importId, fileName, fileSha256, rowCount, newCount } = result.file;
  const { identicalCount, changedCount, totalWh, eventId } = result.file;
  return {
    alreadyImported: result.alreadyImported,
    format: result.file.format,
    readAs: result.file.readAs,
    rejectedCount: result.file.rejectedCount,
    ...{ importId, fileName, fileSha256, rowCount, newCount },
    ...{ identicalCount, changedCount, totalWh, eventId },
    ...{ heldCount: result.heldCount, outdatedCount: result.outdatedCount },
  };
}

export const BlockListResponse = z
  .object({
    items: z.array(
      z.object({
        meterCode: RecordCode,
        utcDay: UtcDay,
        revision: z.int().min(1),
        intervalMinutes: z.int(),
        wh: z
          .array(Count.nullable())
          .describe('Wh per interval; null = missing, 0 = measured zero'),
        quality: z.array(z.literal(QUALITY_NAMES)),
        eventId: z.uuid(),
        recordedAt: Instant,
      }),
    ),
  })
  .meta({ id: 'BlockList' });
export type BlockListResponse = z.output<typeof BlockListResponse>;

export function toBlockListResponse(blocks: readonly StoredBlock[]): BlockListResponse {
  return {
    items: blocks.map((block) => ({
      meterCode: block.meterCode,
      utcDay: block.utcDay,
      revision: block.revision,
      intervalMinutes: block.intervalMinutes,
      wh: block.wh,
      quality: block.quality.map((code) => QUALITY_NAMES[code]!),
      eventId: block.eventId,
      recordedAt: block.recordedAt.toISOString(),
    })),
  };
}
