import { z } from 'zod';
import { COVERAGE_METRICS } from '../../core/contracts/coverage-guarantee.js';
import { DomainError, type PointerProblem } from '../../core/errors.js';
import {
  contradictionsOf,
  loadContradictionsOf,
} from '../../core/settlement/elections/contradictions/contradictions.js';
import {
  DELIVERY_FORMS,
  VOLUME_PRODUCTS,
} from '../../core/settlement/elections/elections.shape.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { RecordCode, RecordName } from '../../platform/http/record-controller.js';
import { CalendarDay, decimalText, text } from '../../core/shapes/values.shape.js';
import { numeric } from '../../platform/records/record-columns.js';
import { asks, recordKind, type Reference, sealFirst } from '../../platform/records/record-kind.js';
import { ElectionsSchema } from '../../core/settlement/elections/elections.shape.js';
import { MatchingTermsSchema } from './matching-terms.schemas.js';
import { MeteredLoads } from './metered-loads.port.js';

const Attributes = z.strictObject({
  name: RecordName,
  sellerCode: RecordCode.describe('Organisation that sells, and issues the invoices'),
  buyerCode: RecordCode.describe('Organisation that buys, and whose certificates are cancelled'),
  siteCode: RecordCode.describe('Site whose consumption is matched'),
  plantCodes: z.array(RecordCode).min(1).max(200).describe('Plants whose energy it sells'),
  deliveryForm: z.literal(DELIVERY_FORMS).describe('Without elections: PHYSICAL'),
  volumeProduct: z.literal(VOLUME_PRODUCTS).describe('Without elections: PAY_AS_PRODUCED'),
  effectiveFrom: CalendarDay.describe('First civil day on which this version holds'),
  strikePriceMadPerMwh: decimalText(6, 6).describe('MAD per MWh delivered, excluding VAT'),
  vatCode: RecordCode.describe('Code of a VAT rate record'),
  currency: z.literal('MAD').describe('Of all its prices'),
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
  matching: MatchingTermsSchema.nullable()
    .default(null)
    .describe('How its energy is matched; null = pro-rata over all contracted plants and meters'),
  coverageGuarantee: z
    .strictObject({
      metric: z.literal(COVERAGE_METRICS).describe('The averaging rule; there is no default'),
      levelPct: decimalText(3, 6).describe('Per cent of consumption'),
      rateMadPerMwh: decimalText(6, 6).describe('MAD per MWh short'),
      period: z.literal(['month', 'year']).describe('Civil month, or civil year'),
      zeroLoadHour: z
        .literal(['COVERED', 'EXCLUDED'])
        .default('COVERED')
        .describe('An hour without load, under TIME_AVERAGED'),
    })
    .refine(({ levelPct }) => Number(levelPct) > 0 && Number(levelPct) <= 100, {
      error: 'above 0 and up to 100 per cent',
      path: ['levelPct'],
    })
    .nullable()
    .default(null)
    .describe('Coverage that the seller guarantees; null = none'),
  elections: ElectionsSchema.nullable()
    .default(null)
    .describe('What it is settled by; null = energy at the strike price'),
  clause: text(300, 0).nullable().default(null).describe('Where the price comes from'),
  soleClaim: z
    .strictObject({
      clause: text(300).describe('Clause under which all attributes go to the buyer alone'),
      attestation: text(300).describe('The seller’s attestation of it: document, reference'),
      attestedOn: CalendarDay.describe('Day of the attestation'),
    })
    .nullable()
    .default(null)
    .describe(
      'Answer to quality criterion 7; null = none: the certificates then count in no market-based figure',
    ),
});

function matchingReferences(
  terms: z.output<typeof MatchingTermsSchema> | null,
): readonly Reference[] {
  if (terms === null) return [];
  const { demandTiers, supplyTiers, meterTiers, eligibility } = terms;
  const plants = [
    ...(supplyTiers ?? []).flat(),
    ...meterTiers.flatMap((meter) => meter.supplyTiers.flat()),
    ...eligibility.shares.map(({ plantCode }) => plantCode),
  ];
  const meters = [...(demandTiers ?? []).flat(), ...meterTiers.map(({ meterCode }) => meterCode)];
  const field = 'matching';
  return [
    ...plants.map((code) => ({ field, code, kind: 'plant' })),
    ...meters.map((code) => ({ field, code, kind: 'meter' })),
  ];
}

/**
 * Refuses a contract that could not be settled.
 *
 * @throws DomainError `settlement.elections_conflict`; `request.invalid` where the contract and its
 *   elections say two things, or the form needs elections and there are none.
 */
function requireAgreement(request: z.output<typeof Attributes>): void {
  const { elections, deliveryForm, volumeProduct, matching } = request;
  const form = elections?.deliveryForm ?? 'PHYSICAL';
  const product = elections?.volume.product ?? 'PAY_AS_PRODUCED';
  const says = elections === null ? 'Without elections it is' : 'The elections say';
  const errors = [
    { pointer: '/deliveryForm', isSame: deliveryForm === form, detail: `${says} ${form}.` },
    { pointer: '/volumeProduct', isSame: volumeProduct === product, detail: `${says} ${product}.` },
    {
      pointer: '/elections/share',
      isSame: elections?.share == null || (matching?.eligibility.shares.length ?? 0) === 0,
      detail: 'The matching terms share plants already: the part of a plant is stated once.',
    },
  ].filter(({ isSame }) => !isSame);
  if (errors.length > 0) {
    const rule = 'contract.agrees_with_its_elections';
    throw new DomainError('request.invalid', {
      errors: errors.map(({ pointer, detail }) => ({ pointer, rule, detail })),
    });
  }
  const conflicts = elections === null ? [] : contradictionsOf(elections);
  if (conflicts.length > 0)
    throw new DomainError('settlement.elections_conflict', { errors: inElections(conflicts) });
}

const inElections = (problems: readonly PointerProblem[]): readonly PointerProblem[] =>
  problems.map((one) => ({ ...one, pointer: `/elections${one.pointer}` }));

/** Refuses what rests on a load that nothing meters. */
async function requireLoad(
  loads: MeteredLoads,
  tx: LedgerTx,
  { elections, siteCode }: z.output<typeof Attributes>,
): Promise<void> {
  const errors = elections === null ? [] : loadContradictionsOf(elections);
  if (errors.length === 0 || (await loads.isMetered(tx, siteCode))) return;
  throw new DomainError('settlement.elections_conflict', { errors: inElections(errors) });
}

/** What versions of before do not say. */
const ADDED_LATER = {
  lateData: null,
  matching: null,
  coverageGuarantee: null,
  elections: null,
  soleClaim: null,
};

/** Attributes in the order of the answer: what came later stands last. */
const ANSWERED = [
  ...Object.keys(Attributes.shape).filter((name) => !Object.hasOwn(ADDED_LATER, name)),
  ...Object.keys(ADDED_LATER),
];

/** A version of a power purchase agreement: one strike price, physical and as produced, or elections. */
export const CONTRACT = recordKind({
  kind: 'contract',
  path: 'v1/contracts',
  tag: 'contracts',
  noun: 'contract',
  id: 'Contract',
  write: ['energy-manager', 'finance'],
  attributes: Attributes,
  columns: { strikePriceMadPerMwh: numeric },
  table: {
    foreignKeys: {
      contract_has_a_seller: 'sellerCode',
      contract_has_a_buyer: 'buyerCode',
      contract_delivers_to_a_site: 'siteCode',
    },
    checks: {
      contract_names_its_plants: 'cardinality(plant_codes) > 0',
      contract_form_is_built: `elections IS NOT NULL OR delivery_form = 'PHYSICAL' AND volume_product = 'PAY_AS_PRODUCED'`,
      contract_price_is_not_negative: 'strike_price_mad_per_mwh >= 0',
      contract_is_in_dirhams: `currency = 'MAD'`,
    },
  },
  references: {
    sellerCode: 'organisation',
    buyerCode: 'organisation',
    siteCode: 'site',
    vatCode: 'vat-rate',
    plantCodes: 'plant',
  },
  referencesWithin: ({ matching }) => matchingReferences(matching),
  addedLater: ADDED_LATER,
  agree: requireAgreement,
  admission: asks(MeteredLoads, requireLoad),
  toResponse: (row) => sealFirst(row, ANSWERED),
});
