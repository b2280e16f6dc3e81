import { z } from 'zod';
import type { OrganisationEntity } from './organisation.entity.js';

export const OrganisationAttributes = z.strictObject({
  name: z.string().min(1).max(200),
  legalForm: z.string().max(60).nullable().default(null),
  ice: z
    .string()
    .regex(/^\d{15}$/)
    .nullable()
    .default(null)
    .describe('Identifiant commun de l’entreprise, 15 digits (CGI art. 145-VIII)'),
  taxId: z.string().max(40).nullable().default(null).describe('Identifiant fiscal (IF)'),
  tradeRegister: z.string().max(80).nullable().default(null).describe('RC number and court town'),
  address: z.string().max(300).nullable().default(null),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .describe('ISO 3166-1 alpha-2'),
});
export type OrganisationAttributes = z.output<typeof OrganisationAttributes>;

export function toOrganisationResponse(row: OrganisationEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, legalForm, ice, taxId } = row;
  const { tradeRegister, address, country } = row;
  const identifiers = { legalForm, ice, taxId, tradeRegister, address, country };
  return { code, version, recordedAt: recordedAt.toISOString(), eventId, name, ...identifiers };
}
