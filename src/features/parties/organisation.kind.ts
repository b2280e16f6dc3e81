import { z } from 'zod';
import { RecordName } from '../../platform/http/record-controller.js';
import { text } from '../../core/shapes/values.shape.js';
import { recordKind, type RowOf } from '../../platform/records/record-kind.js';

/** A company, with the identifiers that a Moroccan invoice carries. */
export const ORGANISATION = recordKind({
  kind: 'organisation',
  path: 'v1/organisations',
  tag: 'parties',
  noun: 'organisation',
  id: 'Organisation',
  write: ['energy-manager', 'finance'],
  attributes: z.strictObject({
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
    carbonReporting: z
      .strictObject({
        consolidationApproach: z
          .literal(['operational_control', 'financial_control', 'equity_share'])
          .describe('How it draws its boundary (GHG Protocol Corporate Standard, chapter 3)'),
        firstMonth: z.int().min(1).max(12).default(1).describe('First month of its reporting year'),
        baseYear: text(20).nullable().default(null).describe('Base year of its inventory'),
        recalculationPolicy: text(500)
          .nullable()
          .default(null)
          .describe('When it computes its base year again'),
        signatory: text(200)
          .nullable()
          .default(null)
          .describe('Who answers for it: name and office'),
      })
      .nullable()
      .default(null)
      .describe('How it reports carbon; null = not stated'),
  }),
  addedLater: { carbonReporting: null },
  table: {
    checks: {
      organisation_ice_has_15_digits: `ice ~ '^[0-9]{15}$'`,
      organisation_country_is_iso_3166: `country ~ '^[A-Z]{2}$'`,
    },
  },
});
export type Organisation = RowOf<typeof ORGANISATION>;
