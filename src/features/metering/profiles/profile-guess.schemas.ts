import { z } from 'zod';
import type { GuessAnswers } from '../../../core/metering/guess/answers.js';
import { QUALITY_NAMES } from '../../../core/metering/blocks/quality.js';
import { TEXT_ENCODINGS } from '../../../core/tabular/text-encoding.js';
import { ENERGY_UNITS, type EnergyUnit } from '../../../core/units/energy.js';
import { text } from '../../../core/shapes/values.shape.js';
import { IntervalPreview } from '../intake/interval-preview.schemas.js';

const Count = z.int().min(0);
const Mapping = z
  .string()
  .regex(/^.{1,200}=(-|[A-Za-z0-9][A-Za-z0-9._-]{0,62})$/u)
  .describe('`NAME=CODE`: a name of the source, and the meter that it is; `NAME=-` leaves it out');

/** What somebody knows of a file that it does not say. */
export const GuessQuery = z.strictObject({
  fileName: text(200).default('upload.csv'),
  zone: text(40).optional().describe('IANA name `Europe/Paris`, `MA`, `UTC` or an offset `+01:00`'),
  label: z.literal(['start', 'end']).optional().describe('What a stamp names'),
  unit: z.literal(ENERGY_UNITS as [EnergyUnit]).optional(),
  dateOrder: z.literal(['YMD', 'DMY', 'MDY']).optional(),
  decimalMark: z.literal(['.', ',']).optional(),
  quality: z.literal(QUALITY_NAMES).optional().describe('Of readings that state none'),
  column: text(100).optional().describe('Column that the readings are in'),
  map: z
    .union([Mapping.transform((one) => [one]), z.array(Mapping).max(200)])
    .optional()
    .describe('Meters by the names of the source; may be repeated'),
});
export type GuessQuery = z.output<typeof GuessQuery>;

/** Answers as the reader of tables takes them. */
export function toAnswers(query: GuessQuery): GuessAnswers {
  const { fileName: _, map, ...answers } = query;
  if (map === undefined) return answers;
  const meters = map.map((one): [string, string | null] => {
    const at = one.lastIndexOf('=');
    const code = one.slice(at + 1);
    return [one.slice(0, at), code === '-' ? null : code];
  });
  return { ...answers, meters: Object.fromEntries(meters) };
}

export const ProfileGuess = z
  .object({
    fileName: z.string(),
    encoding: z.literal(TEXT_ENCODINGS).describe('What its text is written in'),
    settings: z
      .record(z.string(), z.unknown())
      .describe('Settings of a profile, as it is created with'),
    intervalMinutes: z
      .int()
      .nullable()
      .describe('Length that the intervals of its meters must have'),
    questions: z
      .array(
        z.object({
          setting: z.string(),
          option: z.string().describe('Option of the command; the parameter has the same name'),
          taken: z.string().describe('What stands in the profile until somebody says'),
          detail: z.string(),
          isNeeded: z.boolean().describe('Whether nothing can be read before it is answered'),
        }),
      )
      .describe('What the file does not say beyond doubt'),
    meters: z.array(z.string()).describe('Names of meters in the file'),
    otherColumns: z.array(z.string()).describe('Columns that may be read instead'),
    areLocal: z.boolean().describe('Whether `start` is a local time, for want of a zone'),
    rows: z
      .array(
        z.object({
          line: z.int(),
          meter: z.string(),
          start: z.string(),
          wh: Count.nullable(),
          quality: z.literal(QUALITY_NAMES),
        }),
      )
      .describe('The first rows, as they would be read'),
    rowCount: Count.describe('Readings in what was looked at: the first mebibyte'),
    leftOut: IntervalPreview.shape.leftOut,
    problems: IntervalPreview.shape.problems.describe('The first ten rows that would be rejected'),
    rejectedCount: Count,
  })
  .meta({ id: 'ProfileGuess' });
export type ProfileGuess = z.output<typeof ProfileGuess>;
