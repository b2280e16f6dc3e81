import { z } from 'zod';
import type { AccountMap } from '../../core/journal/entries.js';
import type { JournalBatch } from '../../core/journal/formats.js';
import { LINE_KINDS } from '../../core/settlement/pricing/lines.js';
import { text } from '../../core/shapes/values.shape.js';
import { json } from '../../platform/records/record-columns.js';
import { recordKind, type RowOf } from '../../platform/records/record-kind.js';

const Account = z
  .string()
  .regex(/^\d{3,12}$/)
  .describe('Account number');
const DAMAGES = LINE_KINDS.filter((kind) => kind.endsWith('_DAMAGES'));

/** CGNC: what the contract costs and brings beside energy, each side on an account of its own. */
const DAMAGES_ACCOUNTS = { account: '65831', receivedAccount: '7581' } as const;
/** CGNC: the fine of law 69-21 goes to the Treasury, and is no supplier's damages. */
const TREASURY_FINES = '65833';

/**
 * Which accounts of the buyer's books take what. Defaults are those of the CGNC (INVOICING 9, marked
 * M+: have them confirmed).
 */
export const ACCOUNT_MAP = recordKind({
  kind: 'account-map',
  path: 'v1/account-maps',
  tag: 'journal',
  noun: 'map of accounts',
  id: 'AccountMap',
  write: ['finance'],
  seal: 'last',
  attributes: z.strictObject({
    journal: text(20).default('ACH').describe('Code of the journal'),
    supplierAccount: Account.default('4411').describe('Suppliers'),
    accrualAccount: Account.default('4417').describe('Invoices not received'),
    creditAccount: Account.default('3417').describe('Credit notes to be received'),
    vatAccount: Account.default('34552').describe('Recoverable VAT on charges'),
    chargeAccount: Account.default('6125').describe('Energy purchases: every kind not named below'),
    kinds: z
      .array(
        z.strictObject({
          kind: z.literal(LINE_KINDS),
          account: Account.describe('What the buyer pays'),
          receivedAccount: Account.optional().describe(
            'What the buyer receives; absent = the same',
          ),
        }),
      )
      .max(LINE_KINDS.length)
      .refine((kinds) => new Set(kinds.map(({ kind }) => kind)).size === kinds.length, {
        error: 'A kind has one account.',
      })
      .refine(
        (kinds) =>
          kinds.every(
            ({ kind, account, receivedAccount }) =>
              !DAMAGES.includes(kind) || ![account, receivedAccount].includes(TREASURY_FINES),
          ),
        { error: `${TREASURY_FINES} takes fines to the Treasury: damages are of the contract.` },
      )
      .default(DAMAGES.map((kind) => ({ kind, ...DAMAGES_ACCOUNTS })))
      .describe('Accounts of kinds of line that have their own'),
    oracle: z
      .strictObject({
        ledgerId: z
          .string()
          .regex(/^\d{1,18}$/)
          .describe('LEDGER_ID, a number'),
        source: text(25),
        category: text(25),
        segments: z
          .array(text(25))
          .min(1)
          .max(30)
          .refine((segments) => segments.filter((one) => one.includes('{account}')).length === 1, {
            error: 'One segment is {account}.',
          })
          .optional()
          .describe(
            'SEGMENT1 and on of the chart, {account} in the account’s place; absent = it alone',
          ),
      })
      .nullable()
      .default(null)
      .describe('LEDGER_ID, USER_JE_SOURCE_NAME, USER_JE_CATEGORY_NAME of Oracle; null = not used'),
  }),
  columns: { kinds: json<AccountMap['kinds']>(), oracle: json<JournalBatch['oracle']>() },
});

/** A version of a map of accounts. */
export type AccountMapVersion = RowOf<typeof ACCOUNT_MAP>;
