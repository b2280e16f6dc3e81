import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { HOUR_MS } from '../../core/time/interval.js';
import { factorMgPerKwh, factorText, isFactorText } from '../../core/units/emissions.js';
import { Decimal } from '../../core/units/money.js';
import { Instant, text } from '../../core/shapes/values.shape.js';
import { isValidity } from '../../platform/http/schemas.js';
import { instant, integers } from '../../platform/records/record-columns.js';
import { recordKind, sealFirst } from '../../platform/records/record-kind.js';

const Factor = text(40)
  .refine(isFactorText, 'g CO2e per kWh as plain decimal text, at most 3 decimals')
  .describe('g CO2e per kWh');
const Share = z
  .string()
  .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/)
  .nullable()
  .describe('Carbon-free share of the grid, 0 to 1, at most 6 decimals; null = not published');

const Attributes = z
  .strictObject({
    kind: z
      .literal(['grid_average', 'residual_mix', 'fossil'])
      .describe('What it is the factor of'),
    zone: text(20).describe('Market boundary; Morocco: MA'),
    basis: z.literal(['direct', 'lifecycle']).describe('Scope 2 takes direct factors only'),
    resolution: z.literal(['annual', 'hourly']).describe('One value for all hours, or one each'),
    publisher: text(200).describe('Who publishes it'),
    title: text(300).describe('Title of the publication, as statements name it'),
    vintage: text(60).describe('Year or edition of the data'),
    licence: text(200, 0).nullable().default(null).describe('Under which it may be used'),
    validFrom: Instant.describe('UTC instant from which it holds'),
    validTo: Instant.describe('UTC instant, exclusive'),
    values: z
      .array(z.strictObject({ gPerKwh: Factor, cfeShare: Share.default(null) }))
      .min(1)
      .max(8_784)
      .describe('One value (annual), or one per UTC hour from validFrom on (hourly)'),
  })
  .superRefine(isValidity)
  .meta({ id: 'FactorAttributes' });
type Sent = z.output<typeof Attributes>;
const NAMES = Object.keys(Attributes.shape).filter((name) => name !== 'values');

/** An emission factor with its source, vintage and basis: one value, or one per hour. */
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
    mgPerKwh: integers<number[]>(),
    cfePpm: integers<(number | null)[]>(),
  },
  table: {
    checks: {
      emission_factor_kind_is_known: `kind IN ('grid_average', 'residual_mix', 'fossil')`,
      emission_factor_basis_is_known: `basis IN ('direct', 'lifecycle')`,
      emission_factor_ends_after_it_starts: 'valid_to > valid_from',
      emission_factor_has_a_value_per_step: `(
  CASE resolution
    WHEN 'annual' THEN cardinality(mg_per_kwh) = 1
    WHEN 'hourly' THEN cardinality(mg_per_kwh) * interval '1 hour' = valid_to - valid_from
  END AND cardinality(cfe_ppm) = cardinality(mg_per_kwh)) IS TRUE`,
      emission_factor_is_not_negative:
        'array_position(mg_per_kwh, NULL) IS NULL AND 0 <= ALL (mg_per_kwh)',
      emission_factor_share_is_a_share:
        '(0 <= ALL (cfe_ppm) AND 1000000 >= ALL (cfe_ppm)) IS NOT FALSE',
    },
  },
  agree: requireValues,
  complete: ({ values, validFrom, validTo, ...rest }) => ({
    ...rest,
    validFrom: new Date(validFrom),
    validTo: new Date(validTo),
    mgPerKwh: values.map(({ gPerKwh }) => factorMgPerKwh(gPerKwh)),
    cfePpm: values.map(({ cfeShare }) =>
      cfeShare === null ? null : new Decimal(cfeShare).times(1_000_000).toNumber(),
    ),
  }),
  toResponse: ({ mgPerKwh, cfePpm, ...row }) => ({
    ...sealFirst(row, NAMES),
    values: mgPerKwh.map((mg, at) => {
      const ppm = cfePpm[at] ?? null;
      const cfeShare = ppm === null ? null : new Decimal(ppm).dividedBy(1_000_000).toFixed();
      return { gPerKwh: factorText(mg), cfeShare };
    }),
  }),
});

/** How many values a factor must have: 1, or its hours. */
function expectedValueCount(request: Sent): number {
  if (request.resolution === 'annual') return 1;
  return (Date.parse(request.validTo) - Date.parse(request.validFrom)) / HOUR_MS;
}

function requireValues(request: Sent): void {
  const expected = expectedValueCount(request);
  if (request.values.length === expected) return;
  const detail = `A ${request.resolution} factor over this period has ${expected} values.`;
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '/values', rule: 'factor.one_value_per_step', detail }],
  });
}
