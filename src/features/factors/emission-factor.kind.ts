import { z } from 'zod';
import { FACTOR_KINDS, FACTOR_RUNGS } from '../../core/carbon/factor.js';
import { FACTOR_VALUES_MAX, monthStarts } from '../../core/carbon/factor-file.js';
import { DomainError } from '../../core/errors.js';
import { Instant, Month, text } from '../../core/shapes/values.shape.js';
import { formatInstant, HOUR_MS, parseInstant } from '../../core/time/interval.js';
import { civilMonth, civilMonthOf, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { factorMgPerKwh, factorText, isFactorText } from '../../core/units/emissions.js';
import { Decimal } from '../../core/units/money.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { isValidity } from '../../platform/http/schemas.js';
import { instant, integers, texts } from '../../platform/records/record-columns.js';
import { recordKind, type RowOf, sealFirst } from '../../platform/records/record-kind.js';

const Value = text(40)
  .refine(isFactorText, 'g CO2e per kWh as plain decimal text, at most 3 decimals')
  .nullable()
  .describe('g CO2e per kWh; of an hourly one null = the publisher has none for that hour');
const Share = z
  .string()
  .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/)
  .nullable()
  .describe('Carbon-free share of the grid, 0 to 1, at most 6 decimals; null = not published');

/** What a factor says of itself beside its values; a file's query says the same. */
export const FACTOR_FACTS = {
  kind: z.literal(FACTOR_KINDS).describe('What it is the factor of'),
  zone: text(20).describe('Market boundary; Morocco: MA'),
  basis: z.literal(['direct', 'lifecycle']).describe('Scope 2 takes direct factors only'),
  publisher: text(200).describe('Who publishes it'),
  title: text(300).describe('Title of the publication, as statements name it'),
  vintage: text(60).describe('Year or edition of the data'),
  licence: text(200, 0).nullable().default(null).describe('Under which it may be used'),
  gases: text(60)
    .nullable()
    .default(null)
    .describe('Gases that it counts, for example CO2 CH4 N2O'),
  gwpSet: text(60)
    .nullable()
    .default(null)
    .describe('Global warming potentials that gases are added by, for example IPCC AR6, 100 years'),
  isEstimated: z.boolean().default(false).describe('The publisher marks its values as estimated'),
  supplierCode: RecordCode.nullable()
    .default(null)
    .describe('Of a supplier’s rate: the organisation whose rate it is'),
};

const Attributes = z
  .strictObject({
    ...FACTOR_FACTS,
    resolution: z
      .literal(FACTOR_RUNGS)
      .describe('One value for all hours, one for each civil month, or one for each UTC hour'),
    validFrom: Instant.describe('UTC instant from which it holds'),
    validTo: Instant.describe('UTC instant, exclusive'),
    fileSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable()
      .default(null)
      .describe('Of the file that its last values came with'),
    values: z
      .array(
        z.strictObject({
          gPerKwh: Value,
          cfeShare: Share.default(null),
          month: Month.nullable()
            .default(null)
            .describe('Of a monthly one: the month of the value'),
        }),
      )
      .min(1)
      .max(FACTOR_VALUES_MAX)
      .describe('One value (annual), one per month, or one per UTC hour from validFrom on'),
  })
  .superRefine(isValidity)
  .meta({ id: 'FactorAttributes' });
type Sent = z.output<typeof Attributes>;
const NAMES = Object.keys(Attributes.shape).filter((name) => name !== 'values');

/** An emission factor with its source, vintage and basis: one value, or one per month or hour. */
export const EMISSION_FACTOR = recordKind({
  kind: 'emission-factor',
  path: 'v1/factors',
  tag: 'factors',
  noun: 'emission factor',
  id: 'Factor',
  write: ['energy-manager'],
  attributes: Attributes,
  columns: {
    validFrom: instant,
    validTo: instant,
    values: null,
    mgPerKwh: integers<(number | null)[]>(),
    cfePpm: integers<(number | null)[]>(),
    stepStarts: texts,
  },
  table: {
    foreignKeys: { supplier_factor_names_an_organisation: 'supplierCode' },
    checks: {
      emission_factor_kind_is_known: `kind IN (${FACTOR_KINDS.map((kind) => `'${kind}'`).join(', ')})`,
      emission_factor_basis_is_known: `basis IN ('direct', 'lifecycle')`,
      emission_factor_ends_after_it_starts: 'valid_to > valid_from',
      emission_factor_has_a_value_per_step: `(
  CASE resolution
    WHEN 'annual' THEN cardinality(mg_per_kwh) = 1 AND cardinality(step_starts) = 0
    WHEN 'monthly' THEN cardinality(mg_per_kwh) = cardinality(step_starts)
    WHEN 'hourly' THEN cardinality(mg_per_kwh) * interval '1 hour' = valid_to - valid_from
      AND cardinality(step_starts) = 0
  END AND cardinality(cfe_ppm) = cardinality(mg_per_kwh)) IS TRUE`,
      emission_factor_is_not_negative: `(0 <= ALL (mg_per_kwh)) IS NOT FALSE
  AND (resolution = 'hourly' OR array_position(mg_per_kwh, NULL) IS NULL)`,
      emission_factor_share_is_a_share:
        '(0 <= ALL (cfe_ppm) AND 1000000 >= ALL (cfe_ppm)) IS NOT FALSE',
      supplier_factor_names_its_supplier: `(kind = 'supplier') = (supplier_code IS NOT NULL)`,
    },
  },
  references: { supplierCode: 'organisation' },
  addedLater: {
    gases: null,
    gwpSet: null,
    isEstimated: false,
    supplierCode: null,
    fileSha256: null,
    stepStarts: [],
  },
  agree: requireValues,
  complete: ({ values, validFrom, validTo, ...rest }) => ({
    ...rest,
    validFrom: new Date(validFrom),
    validTo: new Date(validTo),
    mgPerKwh: values.map(({ gPerKwh }) => (gPerKwh === null ? null : factorMgPerKwh(gPerKwh))),
    cfePpm: values.map(({ cfeShare }) =>
      cfeShare === null ? null : new Decimal(cfeShare).times(1_000_000).toNumber(),
    ),
    stepStarts: startsOf(values)?.map(formatInstant) ?? [],
  }),
  toResponse: ({ mgPerKwh, cfePpm, stepStarts, ...row }) => ({
    ...sealFirst(row, NAMES),
    values: mgPerKwh.map((mg, at) => {
      const start = stepStarts[at];
      return {
        gPerKwh: mg === null ? null : factorText(mg),
        cfeShare: shareText(cfePpm[at] ?? null),
        month: start === undefined ? null : civilMonthOf(MOROCCO_LEGAL_TIME, parseInstant(start)!),
      };
    }),
  }),
});

/** A version of a factor, as its table has it. */
export type FactorVersion = RowOf<typeof EMISSION_FACTOR>;

/** A carbon-free share held in millionths, as text. */
export function shareText(ppm: number | null): string | null {
  return ppm === null ? null : new Decimal(ppm).dividedBy(1_000_000).toFixed();
}

/** First instants of the months of values; null where none names one. */
function startsOf(values: Sent['values']): readonly number[] | null {
  if (values.every(({ month }) => month === null)) return null;
  return monthStarts(values.map(({ month }) => month ?? ''));
}

function requireValues(request: Sent): void {
  const { kind, supplierCode, resolution, values } = request;
  if ((kind === 'supplier') !== (supplierCode !== null)) {
    const detail = 'A supplier’s rate, and only that, names its supplier.';
    refuse('/supplierCode', 'factor.names_its_supplier', detail);
  }
  const isHourly = resolution === 'hourly';
  const hole = isHourly ? -1 : values.findIndex(({ gPerKwh }) => gPerKwh === null);
  if (hole >= 0) {
    refuse(`/values/${hole}/gPerKwh`, 'factor.has_a_value', 'Only an hourly factor has holes.');
  }
  if (resolution === 'monthly') return requireMonths(request);
  const named = values.findIndex(({ month }) => month !== null);
  if (named >= 0) {
    const detail = `A value of ${resolution === 'annual' ? 'an annual' : 'an hourly'} factor names no month.`;
    refuse(`/values/${named}/month`, 'factor.month_of_monthly', detail);
  }
  const spanMs = parseInstant(request.validTo)! - parseInstant(request.validFrom)!;
  const expected = isHourly ? spanMs / HOUR_MS : 1;
  if (values.length === expected) return;
  const detail = `A ${resolution} factor over this period has ${expected} values.`;
  refuse('/values', 'factor.one_value_per_step', detail);
}

/** Months follow each other, and the validity is theirs. */
function requireMonths({ values, validFrom, validTo }: Sent): void {
  const unnamed = values.findIndex(({ month }) => month === null);
  if (unnamed >= 0) {
    refuse(`/values/${unnamed}/month`, 'factor.month_of_monthly', 'It names no month.');
  }
  const months = values.map(({ month }) => month!);
  const starts = monthStarts(months);
  if (starts === null) {
    refuse('/values', 'factor.one_value_per_step', 'Its months do not follow each other.');
  }
  const { endMs } = civilMonth(MOROCCO_LEGAL_TIME, months.at(-1)!);
  const [from, to] = [formatInstant(starts[0]!), formatInstant(endMs)];
  if (parseInstant(validFrom) === starts[0] && parseInstant(validTo) === endMs) return;
  const detail = `Its months last from ${from} to ${to}, and so must it.`;
  refuse('/validFrom', 'factor.months_are_its_validity', detail);
}

function refuse(pointer: string, rule: string, detail: string): never {
  throw new DomainError('request.invalid', { errors: [{ pointer, rule, detail }] });
}
