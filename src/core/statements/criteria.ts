/** Answers to a quality criterion. `pending` is one to criterion 3 of an open month alone. */
export const CRITERION_ANSWERS = ['met', 'not_met', 'pending', 'not_applicable'] as const;
/** One of them. */
export type CriterionAnswer = (typeof CRITERION_ANSWERS)[number];

/** Number of a quality criterion of Table 7.1 of the Scope 2 Guidance. */
export type CriterionNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** One answer, with what it rests on. */
export interface AnsweredCriterion {
  readonly criterion: CriterionNumber;
  readonly answer: CriterionAnswer;
  readonly evidence: string;
}

/** The eight answers of a class of instruments, and whether it is applied to market-based figures. */
export interface InstrumentClass {
  readonly instrumentClass: 'contract_certificates' | 'supplier_rate';
  readonly answers: readonly AnsweredCriterion[];
  readonly isApplied: boolean;
}

/** A clause that gives all attributes to the buyer alone, and the seller's attestation of it. */
export interface SoleClaim {
  readonly clause: string;
  readonly attestation: string;
  readonly attestedOn: string;
}

/** What the answers rest on. */
export interface CriteriaInputs {
  /** Every contract version of the month. Absent or null claim: nobody answered criterion 7. */
  readonly contracts: readonly {
    readonly code: string;
    readonly version: number;
    readonly soleClaim?: SoleClaim | null;
  }[];
  readonly boundary: string;
  readonly beneficiaryCode: string;
  /** Whether a residual mix is published for every hour. */
  readonly hasResidualMix: boolean;
  /** Suppliers whose rate is known. */
  readonly supplierCodes: readonly string[];
  /** Whether all that counts is cancelled or claimed for the reporter; absent: nobody looked, it is pending. */
  readonly isCancelled?: boolean;
}

const answered = (
  criterion: CriterionNumber,
  answer: CriterionAnswer,
  evidence: string,
): AnsweredCriterion => ({ criterion, answer, evidence });

/**
 * The eight quality criteria of each class of instruments of an open month (METHOD 6.3; Scope 2 Guidance,
 * Table 7.1). Unanswered is not met, and a class with an answer that is not met is not applied.
 */
export function instrumentClasses(inputs: CriteriaInputs): readonly InstrumentClass[] {
  const { contracts, boundary, beneficiaryCode, supplierCodes } = inputs;
  const unclaimed = contracts.filter(({ soleClaim }) => (soleClaim ?? null) === null);
  const claims = contracts.flatMap(({ code, version, soleClaim }) =>
    soleClaim == null
      ? []
      : [
          `${code}@${version}: ${soleClaim.clause}; ${soleClaim.attestation} (${soleClaim.attestedOn})`,
        ],
  );
  const eighth = answered(
    8,
    'met',
    inputs.hasResidualMix
      ? 'A residual mix is published and used.'
      : 'No residual mix for every hour: its absence is disclosed.',
  );
  const certificates = [
    answered(1, 'met', 'The plants’ records state the direct factor of their generation.'),
    answered(
      2,
      'met',
      'Registry ids are unique over all tracking systems, and a device has one live instrument per Wh.',
    ),
    inputs.isCancelled === true
      ? answered(
          3,
          'met',
          `Cancelled or claimed for ${beneficiaryCode}; the acts stand in the log.`,
        )
      : answered(
          3,
          'pending',
          `Reserved for ${beneficiaryCode} by the matching run; cancelled at close.`,
        ),
    answered(4, 'met', 'Produced in the hour of the consumption that they are matched with.'),
    answered(
      5,
      'met',
      `All that is matched was generated in the site’s market boundary, ${boundary}.`,
    ),
    answered(6, 'not_applicable', 'No utility rate.'),
    unclaimed.length > 0
      ? answered(
          7,
          'not_met',
          `No clause and attestation of sole claim in contract ${unclaimed
            .map(({ code, version }) => `${code}@${version}`)
            .join(', ')}.`,
        )
      : answered(7, 'met', claims.join(' · ')),
    eighth,
  ];
  const rates = supplierCodes.length === 0 ? [] : [supplierRate(supplierCodes, boundary, eighth)];
  return [classOf('contract_certificates', certificates), ...rates];
}

function supplierRate(
  supplierCodes: readonly string[],
  boundary: string,
  eighth: AnsweredCriterion,
): InstrumentClass {
  return classOf('supplier_rate', [
    answered(1, 'met', `A direct rate of ${supplierCodes.join(', ')} is recorded.`),
    answered(2, 'not_met', 'Nobody declared that it is the sole instrument of its claim.'),
    answered(3, 'not_met', 'Nothing shows what was cancelled for the reporter.'),
    answered(4, 'met', 'The rate is of the period.'),
    answered(5, 'met', `The rate is of market boundary ${boundary}.`),
    answered(6, 'not_met', 'No declaration that it is net of attributes that were sold.'),
    answered(7, 'not_applicable', 'No direct purchase.'),
    eighth,
  ]);
}

const classOf = (
  instrumentClass: InstrumentClass['instrumentClass'],
  answers: readonly AnsweredCriterion[],
): InstrumentClass => ({
  instrumentClass,
  answers,
  isApplied: answers.every(({ answer }) => answer !== 'not_met'),
});

/** Whether the certificates of a month's contracts count in market-based figures. */
export function areCertificatesApplied(classes: readonly InstrumentClass[]): boolean {
  return classes.some(
    ({ instrumentClass, isApplied }) => instrumentClass === 'contract_certificates' && isApplied,
  );
}
