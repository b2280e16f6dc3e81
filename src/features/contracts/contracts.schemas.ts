import { z } from 'zod';
import { RecordCode } from '../../platform/http/record-controller.js';
import { decimalText } from '../../platform/http/schemas.js';
import type { ContractEntity } from './contract.entity.js';
import type { VatRateEntity } from './vat-rate.entity.js';

export const ContractAttributes = z.strictObject({
  name: z.string().min(1).max(200),
  sellerCode: RecordCode,
  buyerCode: RecordCode,
  siteCode: RecordCode,
  plantCodes: z.array(RecordCode).min(1).max(200),
  deliveryForm: z.literal('PHYSICAL'),
  volumeProduct: z.literal('PAY_AS_PRODUCED'),
  effectiveFrom: z.iso.date().describe('First civil day on which this version holds'),
  strikePriceMadPerMwh: decimalText(6, 6).describe('MAD per MWh delivered, excluding VAT'),
  vatCode: RecordCode.describe('Code of a VAT rate record'),
  currency: z.literal('MAD'),
  lateData: z
    .strictObject({
      lockDays: z.int().min(0).max(366).describe('Days after the end of a month on which it locks'),
      correctionRunMonths: z
        .array(z.int().min(1).max(120))
        .max(12)
        .describe('Months after its end on which corrections are booked, ascending'),
      reachMonths: z.int().min(0).max(120).describe('Months up to which corrections are booked'),
    })
    .refine(
      ({ correctionRunMonths: runs }) => runs.every((run, at) => at === 0 || runs[at - 1]! < run),
      {
        error: 'Correction runs ascend.',
      },
    )
    .nullable()
    .default(null)
    .describe('Windows for late data; null = months stay open until they are closed'),
  clause: z.string().max(300).nullable().default(null).describe('Where the price comes from'),
});
export type ContractAttributes = z.output<typeof ContractAttributes>;

export const VatRateAttributes = z.strictObject({
  ratePct: decimalText(3, 2).describe('Per cent'),
  validFrom: z.iso.date().describe('First civil day'),
  validTo: z.iso.date().nullable().default(null).describe('Day after the last; null = open'),
  source: z.string().min(1).max(300),
  confidence: z.literal(['V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+']),
});
export type VatRateAttributes = z.output<typeof VatRateAttributes>;

export function toContractResponse(row: ContractEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, sellerCode, buyerCode, siteCode } = row;
  const { plantCodes, deliveryForm, volumeProduct, effectiveFrom } = row;
  const { strikePriceMadPerMwh, vatCode, currency, clause, lateData } = row;
  return {
    ...{ code, version, recordedAt: recordedAt.toISOString(), eventId, name },
    ...{ sellerCode, buyerCode, siteCode, plantCodes, deliveryForm, volumeProduct },
    ...{ effectiveFrom, strikePriceMadPerMwh, vatCode, currency, clause, lateData },
  };
}

export function toVatRateResponse(row: VatRateEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId } = row;
  const { ratePct, validFrom, validTo, source, confidence } = row;
  const rate = { ratePct, validFrom, validTo, source, confidence };
  return { code, version, recordedAt: recordedAt.toISOString(), eventId, ...rate };
}
