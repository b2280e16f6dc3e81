import { z } from 'zod';
import { DomainError } from '../../../core/errors.js';
import { LINE_KINDS } from '../../../core/settlement/pricing/lines.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { decimalText, text } from '../../../core/shapes/values.shape.js';
import { numeric } from '../../../platform/records/record-columns.js';
import { recordKind, type RowOf } from '../../../platform/records/record-kind.js';
import { Money } from '../payables.schemas.js';

/** How invoices under a contract are read and how far they may be off. The code is the contract's. */
export const INVOICE_TERMS = recordKind({
  kind: 'invoice-terms',
  path: 'v1/invoice-terms',
  tag: 'payables',
  noun: 'invoice terms of a contract',
  id: 'InvoiceTerms',
  write: ['energy-manager', 'finance'],
  seal: 'last',
  attributes: z.strictObject({
    contractCode: RecordCode.describe('Contract whose invoices are checked'),
    items: z
      .array(
        z.strictObject({
          item: text(300).describe('Supplier’s code (BT-155), or name of the line'),
          kind: z.literal(LINE_KINDS),
        }),
      )
      .min(1)
      .max(200)
      .refine((items) => new Set(items.map(({ item }) => item)).size === items.length, {
        error: 'An item has one kind.',
      })
      .describe('What the supplier’s lines are, by code or name'),
    lineMad: Money.describe('A line may be off by this, or by the share below: whichever is more'),
    linePct: decimalText(3, 6).describe('Share of a line by which it may be off, per cent'),
    documentMad: Money.describe('The total may be off by this, or by the share below'),
    documentPct: decimalText(3, 6).describe('Share of the total by which it may be off, per cent'),
  }),
  columns: { lineMad: numeric, linePct: numeric, documentMad: numeric, documentPct: numeric },
  table: {
    isPlural: true,
    foreignKeys: {
      invoice_terms_are_of_a_contract: 'contractCode',
    },
    checks: {
      invoice_tolerances_are_not_negative:
        'line_mad >= 0 AND line_pct >= 0 AND document_mad >= 0 AND document_pct >= 0',
    },
  },
  references: { contractCode: 'contract' },
  refuse: (code, { contractCode }, others) => {
    const other = others.find((one) => one.contractCode === contractCode && one.code !== code);
    if (other === undefined) return;
    const fix = `Revise ${other.code}.`;
    throw new DomainError('invoice_terms.contract_taken', {
      contractCode,
      takenBy: other.code,
      fix,
    });
  },
});
export type InvoiceTerms = RowOf<typeof INVOICE_TERMS>;
