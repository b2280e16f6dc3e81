import { z } from 'zod';
import type { ImportChanges } from '../../../core/metering/intake/import-changes.js';
import { INTERVAL_FORMATS } from '../../../core/metering/import-profile.js';
import { QUALITY_NAMES } from '../../../core/metering/blocks/quality.js';
import { encodingOfForm, formIn } from '../../../core/tabular/text-encoding.js';
import { formatInstant } from '../../../core/time/interval.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { CalendarDay, Instant } from '../../../core/shapes/values.shape.js';
import type { IntervalFile } from './interval-file.service.js';

const Count = z.int().min(0);

const Problem = z.object({
  row: z.int(),
  column: z.string(),
  value: z.string(),
  rule: z.string(),
  detail: z.string(),
  fix: z.string(),
});

export const IntervalPreview = z
  .object({
    format: z.literal(INTERVAL_FORMATS).describe('Form that the file was read in'),
    encoding: z
      .string()
      .describe('What its text is written in, by name; each once where several files came in one'),
    delimiter: z.string().nullable(),
    readAs: z.string().describe('Profile and version; empty for the house’s own form'),
    rowCount: Count.describe('Readings that count: new + identical + changed'),
    newCount: Count,
    identicalCount: Count,
    changedCount: Count,
    rejectedCount: Count,
    totalWh: Count.describe('Control total of the file, Wh'),
    changeWh: z.int().describe('What committing adds to all meters together, Wh'),
    heldCount: Count.describe(
      'Readings below a decision that stands: not taken, and listed as exceptions to decide',
    ),
    outdatedCount: Count.describe(
      'Readings of which the source has said something newer (NEM12 UpdateDateTime, Atom updated, ' +
        'columns.updatedAt): not taken; those older than the record are listed as exceptions',
    ),
    joinedCount: Count.describe('Intervals between a counter’s readings here and in other files'),
    from: Instant.nullable(),
    to: Instant.nullable(),
    meters: z
      .array(
        z.object({
          meterCode: RecordCode,
          totalWh: Count,
          expectedCount: Count.describe('Intervals of the days that the file touches'),
          presentCount: Count.describe('Of these, present after committing'),
          incompleteDays: z.array(CalendarDay).describe('First 50 UTC days that keep a gap'),
        }),
      )
      .describe('Completeness by meter'),
    months: z
      .array(z.object({ month: z.string(), rowCount: Count, effect: z.string() }))
      .describe('Civil months that new and changed readings fall into, and what that means'),
    changes: z
      .array(
        z.object({
          meterCode: RecordCode,
          start: Instant,
          oldWh: Count.nullable(),
          newWh: Count.nullable(),
          oldQuality: z.literal(QUALITY_NAMES),
          newQuality: z.literal(QUALITY_NAMES),
          line: z.int(),
        }),
      )
      .describe('The first 100 changed readings'),
    repeatedCount: Count.describe('Rows that say what an earlier row of the file said'),
    repeated: z
      .array(
        z.object({ line: z.int(), sameAsLine: z.int(), meterCode: RecordCode, start: Instant }),
      )
      .describe('The first 100 of them; each counts once, and as identical'),
    leftOut: z
      .array(z.object({ channel: z.string(), reason: z.string(), rowCount: Count }))
      .describe('Channels of the file that are not read, and why'),
    problems: z.array(Problem).describe('The first 100 rejected rows'),
  })
  .meta({ id: 'IntervalPreview' });
export type IntervalPreview = z.output<typeof IntervalPreview>;

export const JobProblemSchema = z.object({
  code: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type JobProblem = z.output<typeof JobProblemSchema>;

/** A preview of what a file does, as it is shown. */
export function toPreview(parts: {
  readonly read: IntervalFile;
  readonly readAs: string;
  readonly counts: {
    readonly newCount: number;
    readonly identicalCount: number;
    readonly changedCount: number;
  };
  readonly described: ReturnType<ImportChanges['finish']>;
  readonly months: IntervalPreview['months'];
  readonly shown: number;
  readonly heldCount: number;
  readonly outdatedCount: number;
  readonly joinedCount: number;
}): IntervalPreview {
  const { read, readAs, counts, described, months } = parts;
  const { format, delimiter, rowCount, totalWh, bounds, repeatedCount } = read;
  return {
    format,
    encoding: encodingOfForm(formIn(format, read.encodings)),
    delimiter,
    readAs,
    rowCount,
    ...counts,
    rejectedCount: read.problems.count,
    totalWh,
    changeWh: described.changeWh,
    heldCount: parts.heldCount,
    joinedCount: parts.joinedCount,
    outdatedCount: parts.outdatedCount + read.outdatedCount,
    from: bounds === null ? null : formatInstant(bounds.startMs),
    to: bounds === null ? null : formatInstant(bounds.endMs),
    meters: described.meters.map((meter) => ({
      ...meter,
      incompleteDays: [...meter.incompleteDays],
    })),
    months: [...months],
    changes: [...described.changes],
    repeatedCount,
    repeated: [...read.repeated],
    leftOut: [...read.leftOut],
    problems: read.problems.list.slice(0, parts.shown),
  };
}
