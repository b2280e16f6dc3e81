import { z } from 'zod';
import { FACTOR_STEPS } from '../../core/carbon/factor-file.js';
import { text } from '../../core/shapes/values.shape.js';
import { TEXT_ENCODINGS } from '../../core/tabular/text-encoding.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Flag, UploadedFile } from '../../platform/http/uploads.js';
import { FACTOR_FACTS } from './emission-factor.kind.js';

export const FactorFileQuery = z.strictObject({
  code: RecordCode.describe('Code of the factor: it is created, or revised'),
  step: z
    .literal(FACTOR_STEPS)
    .describe('Minutes from one row to the next, or `month`; of finer ones the mean of the hour'),
  ...UploadedFile.shape,
  ...FACTOR_FACTS,
  licence: text(200, 0).optional().describe('Under which it may be used'),
  gases: text(60).optional().describe('Gases that it counts'),
  gwpSet: text(60).optional().describe('Potentials that gases are added by'),
  supplierCode: RecordCode.optional().describe('Of a supplier’s rate: the supplier'),
  isEstimated: Flag.describe('The publisher marks them as estimated'),
});
export type FactorFileQuery = z.output<typeof FactorFileQuery>;

const Count = z.int().min(0);
export const FactorFileResponse = z
  .strictObject({
    code: z.string(),
    version: Count.describe('Version that holds the values; of a dry run, the one before'),
    isDryRun: z.boolean().describe('It was only tried: nothing was written'),
    resolution: z.string(),
    validFrom: z.string(),
    validTo: z.string(),
    rowCount: Count.describe('Rows of the file'),
    valueCount: Count.describe('Steps of the record then: hours, or months'),
    newCount: Count.describe('Steps that had no value'),
    changedCount: Count.describe('Steps whose value or share is another'),
    identicalCount: Count.describe('Steps that say what was there'),
    gapCount: Count.describe('Steps without a value: a coarser factor stands in for them'),
    incompleteHours: Count.describe('Hours that lack a part of the file’s step'),
    roundedCount: Count.describe('Rows with more than three decimals of g/kWh, rounded half up'),
    fileSha256: z.string(),
    encoding: z.literal(TEXT_ENCODINGS).describe('What its text is written in'),
    cannotBeTakenBack: z.string().describe('What committing the file makes for good'),
  })
  .meta({ id: 'FactorFileImport' });
export type FactorFileResponse = z.output<typeof FactorFileResponse>;
