import { z } from 'zod';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { CalendarDay, decimalText } from '../../../core/shapes/values.shape.js';
import { LineBasisSchema } from '../../settlement/questions/settlement-trace.schemas.js';
import { InvoiceId } from '../payables.schemas.js';

const Loose = z.looseObject({});
export const CheckLineAt = z.coerce.number().int().min(1).max(10_000).describe('Place, from 1');

export const CheckLineTraceResponse = z
  .object({
    invoiceId: InvoiceId,
    number: z.string(),
    fileName: z.string(),
    fileSha256: z.string(),
    period: z.string(),
    at: z.int().min(1).describe('Place among the check’s lines, from 1'),
    line: Loose.describe('Theirs, ours, the difference taken apart, its class and cause'),
    runId: z.uuid().describe('Settlement that it was checked against'),
    runVersion: z.int().min(1),
    contractCode: RecordCode,
    contractVersion: z.int().min(1),
    ours: z
      .array(LineBasisSchema)
      .describe('Our lines behind it; trace each to its hours by its place in the run'),
  })
  .meta({ id: 'CheckLineTrace' });

export const PaymentQuery = z.strictObject({
  calendarCode: RecordCode.optional().describe('Calendar of holidays; none = weekends alone'),
  paidOn: CalendarDay.optional().describe('Civil day of payment, for interest'),
  policyRatePct: decimalText(3, 6).optional().describe('Of the central bank, for the fine'),
});
export type PaymentQuery = z.output<typeof PaymentQuery>;

export const PaymentResponse = z
  .strictObject({
    dueOn: CalendarDay.describe('By the contract: on a working day'),
    statedDueOn: CalendarDay.nullable().describe('As the document says'),
    currency: z.string().describe('ISO 4217; payable and interest are in it'),
    payableMad: z.string().describe('By the contract’s rule on disputed amounts'),
    interestMad: z.string().nullable().describe('If paid on that day'),
    fineMad: z
      .string()
      .nullable()
      .describe(
        'Law 69-21, in MAD: the buyer declares it, never the supplier; null without a rate',
      ),
  })
  .meta({ id: 'InvoicePayment' });
export type PaymentResponse = z.output<typeof PaymentResponse>;

export const CompletenessQuery = z.strictObject({ contractCode: RecordCode });
export type CompletenessQuery = z.output<typeof CompletenessQuery>;

export const CompletenessResponse = z
  .strictObject({
    items: z.array(
      z.strictObject({
        period: z.string(),
        settledNetMad: z.string().nullable().describe('null = not settled'),
        billedNetMad: z.string(),
        differenceNetMad: z.string().nullable().describe('Settled less billed: to accrue'),
        documents: z.array(z.string()),
        waitingForRate: z
          .array(z.string())
          .describe('Documents in another currency whose rate is not known: in no sum'),
        state: z.literal(['BILLED', 'NOT_BILLED', 'NOT_SETTLED', 'MISSING']),
      }),
    ),
    overlaps: z
      .array(z.strictObject({ documents: z.array(z.string()), from: z.string(), to: z.string() }))
      .describe('Invoices whose days overlap, none of them cancelled'),
  })
  .meta({ id: 'InvoiceCompleteness' });
export type CompletenessResponse = z.output<typeof CompletenessResponse>;
