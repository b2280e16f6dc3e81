import { z } from 'zod';
import { HOUR_MS } from '../../core/time/interval.js';
import { factorMgPerKwh, factorText, isFactorText } from '../../core/units/emissions.js';
import { Decimal } from '../../core/units/money.js';
import { Instant, isValidity, text } from '../../platform/http/schemas.js';
import type { EmissionFactorEntity } from './emission-factor.entity.js';

const Factor = text(40)
  .refine(isFactorText, 'g CO2e per kWh as plain decimal text, at most 3 decimals')
  .describe('g CO2e per kWh');
const Share = z
  .string()
  .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/)
  .nullable()
  .describe('Carbon-free share of the grid, 0 to 1, at most 6 decimals; null = not published');

export const FactorAttributes = z
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
export type FactorRequest = z.output<typeof FactorAttributes>;

/** What a version of a factor holds, as the table has it. */
export type FactorColumns = Omit<
  EmissionFactorEntity,
  'ledgerId' | 'code' | 'version' | 'eventId' | 'recordedAt'
>;

/** How many values a factor must have: 1, or its hours. */
export function expectedValueCount(request: FactorRequest): number {
  if (request.resolution === 'annual') return 1;
  return (Date.parse(request.validTo) - Date.parse(request.validFrom)) / HOUR_MS;
}

export function toFactorColumns(request: FactorRequest): FactorColumns {
  const { kind, zone, basis, resolution, publisher, title, vintage, licence, values } = request;
  return {
    ...{ kind, zone, basis, resolution, publisher, title, vintage, licence },
    validFrom: new Date(request.validFrom),
    validTo: new Date(request.validTo),
    mgPerKwh: values.map(({ gPerKwh }) => factorMgPerKwh(gPerKwh)),
    cfePpm: values.map(({ cfeShare }) =>
      cfeShare === null ? null : new Decimal(cfeShare).times(1_000_000).toNumber(),
    ),
  };
}

export function toFactorResponse(row: EmissionFactorEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, kind, zone, basis, resolution, publisher } = row;
  const { title, vintage, licence, validFrom, validTo, mgPerKwh, cfePpm } = row;
  return {
    ...{ code, version, recordedAt: recordedAt.toISOString(), eventId },
    ...{ kind, zone, basis, resolution, publisher, title, vintage, licence },
    validFrom: validFrom.toISOString(),
    validTo: validTo.toISOString(),
    values: mgPerKwh.map((mg, at) => {
      const ppm = cfePpm[at] ?? null;
      const cfeShare = ppm === null ? null : new Decimal(ppm).dividedBy(1_000_000).toFixed();
      return { gPerKwh: factorText(mg), cfeShare };
    }),
  };
}
