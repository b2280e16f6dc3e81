import { z } from 'zod';
import { RecordName } from '../../platform/http/record-controller.js';
import type { OrganisationEntity } from './organisation.entity.js';
import { text } from '../../platform/http/schemas.js';

export const OrganisationAttributes = z.strictObject({
  name: RecordName,
  legalForm: text(60, 0).nullable().default(null).describe('As on its documents: SA, SARL'),
  ice: z
    .string()
    .regex(/^\d{15}$/)
    .nullable()
    .default(null)
    .describe('Identifiant commun de l’entreprise, 15 digits (CGI art. 145-VIII)'),
  taxId: text(40, 0).nullable().default(null).describe('Identifiant fiscal (IF)'),
  tradeRegister: text(80, 0).nullable().default(null).describe('RC number and court town'),
  address: text(300, 0).nullable().default(null).describe('Postal, as on its documents'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .describe('Country that it is registered in, ISO 3166-1 alpha-2: MA'),
});
export type OrganisationAttributes = z.output<typeof OrganisationAttributes>;

export function toOrganisationResponse(row: OrganisationEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, legalForm, ice, taxId } = row;
  const { tradeRegister, address, country } = row;
  const identifiers = { legalForm, ice, taxId, tradeRegister, address, country };
  return { code, version, recordedAt: recordedAt.toISOString(), eventId, name, ...identifiers };
}
