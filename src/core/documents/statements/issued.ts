import type { Figure } from '../../statements/figure.js';

/** A priced line of a billing statement, as it was issued. */
export interface IssuedLine {
  readonly plantCode: string;
  readonly from?: string;
  readonly generationWh: number;
  readonly deliveredWh: string;
  readonly lossFactor: string;
  readonly strikePriceMadPerMwh: string;
  readonly netMad: string;
  readonly vatRatePct: string;
  readonly vatMad: string;
  readonly grossMad: string;
}

/** What a statement says of the quality of its data, as it was issued. */
export interface IssuedQuality {
  readonly expectedIntervals: number;
  readonly presentIntervals: number;
  readonly missingIntervals: number;
  readonly incompleteMeterHours: number;
  readonly excludedMeterHours: number;
  readonly measuredPct: string | null;
  readonly calculatedPct: string | null;
  readonly estimatedPct: string | null;
  readonly unvalidatedPct: string | null;
  readonly missingPct?: string | null;
  readonly acceptedSuspect?: {
    readonly meterHours: number;
    readonly wh: number;
    readonly meterCodes: readonly string[];
    readonly reasons: readonly string[];
  };
}

/** A figure that a version says otherwise than the one before. */
export interface IssuedChange {
  readonly id: string;
  readonly unit: string;
  readonly before: number | string | null;
  readonly after: number | string | null;
}

/** The lines of a carbon statement beside its figures (METHOD 7.1); all absent from those of before. */
export interface IssuedLines {
  readonly entity?: {
    readonly code: string;
    readonly name: string;
    readonly ice: string | null;
    readonly taxId: string | null;
    readonly tradeRegister: string | null;
    readonly consolidationApproach: string | null;
    readonly baseYear: string | null;
    readonly recalculationPolicy: string | null;
    readonly signatory: string | null;
  };
  readonly ruleSet?: { readonly sha256: string };
  readonly anchor?: { readonly size: number; readonly root: string };
  readonly estimation?: { readonly wh: number; readonly meterHours: number };
  readonly exclusions?: readonly {
    readonly what: string;
    readonly count: number;
    /** Of a month that a period leaves out. */
    readonly siteCode?: string;
    readonly month?: string;
  }[];
  readonly certificates?: readonly {
    readonly plantCode: string;
    readonly trackingSystems: readonly string[];
    readonly certificateCount: number;
    readonly firstId: string | null;
    readonly lastId: string | null;
    readonly issuedWh: number;
    readonly eligibleWh: number;
    readonly matchedWh: number;
    readonly unmatchedWh: number;
    readonly beneficiary: string;
  }[];
  readonly criteria?: readonly {
    readonly instrumentClass: string;
    readonly isApplied: boolean;
    readonly answers: readonly {
      readonly criterion: number;
      readonly answer: string;
      readonly evidence: string;
    }[];
  }[];
  readonly tiers?: readonly {
    readonly tier: number;
    readonly instrumentClass: string;
    readonly plantCode: string | null;
    readonly wh: number;
    readonly gPerKwh: string;
    readonly emissionsT: string;
  }[];
  readonly apart?: readonly {
    readonly line: string;
    readonly emissionsT: string | null;
    readonly factors: readonly { readonly code: string; readonly version: number }[];
  }[];
  readonly releaseChecks?: readonly string[];
  readonly restatement?: {
    readonly engine: { readonly before: string; readonly after: string } | null;
    readonly gone: readonly string[];
    readonly come: readonly string[];
  } | null;
}

/** A statement's canonical document, as far as documents are made from it. What a kind lacks is absent. */
export interface IssuedStatement extends IssuedLines {
  readonly statementId: string;
  readonly ledgerId: string;
  readonly kind: 'carbon' | 'billing' | 'tenant';
  readonly version: number;
  readonly supersedes: string | null;
  readonly issuedAt: string;
  /** `preliminary` where figures can still change; absent on statements that hold. */
  readonly status?: string;
  readonly siteCode: string;
  readonly siteName: string;
  readonly boundary: string;
  readonly deliveryPoint: string;
  readonly meterCodes: readonly string[];
  readonly period: {
    readonly month: string;
    readonly start: string;
    readonly end: string;
    readonly hours: number;
    readonly legalTime: string;
  };
  readonly methodology: string;
  readonly standard?: string;
  readonly contract: { readonly code: string; readonly version: number; readonly name: string };
  readonly sellerCode?: string;
  readonly buyerCode?: string;
  readonly matching: {
    readonly runId: string;
    readonly policy: string;
    readonly inputSha256: string;
    readonly resultRoot: string;
  };
  readonly tenant?: {
    readonly code: string;
    readonly name: string;
    readonly gpuHours: string | null;
  };
  readonly dataQuality?: IssuedQuality;
  readonly factors?: readonly {
    readonly code: string;
    readonly version: number;
    readonly title: string;
    readonly publisher: string;
    readonly vintage: string;
    readonly gPerKwh: string | null;
    readonly resolution?: string;
    readonly hours?: number;
    readonly licence?: string | null;
    readonly gwpSet?: string | null;
  }[];
  readonly plants?: readonly {
    readonly code: string;
    readonly name: string;
    readonly technology: string;
    readonly capacityW: number;
    readonly commissionedOn: string;
    readonly lossFactor: string;
    readonly directFactorGPerKwh: string;
  }[];
  readonly billing?: {
    readonly lines: readonly IssuedLine[];
    readonly totalNetMad: string;
    readonly totalVatMad: string;
    readonly totalGrossMad: string;
  };
  readonly disclosures: readonly string[];
  readonly changes: readonly IssuedChange[];
  readonly figures: readonly Figure[];
}

/** One hour behind a statement: what the matching run that it names made of it. */
export interface IssuedHour {
  readonly hourMs: number;
  readonly loadWh: number;
  readonly generationWh: number;
  readonly matchedWh: number;
  /** Whether a part of the consumption is estimated. */
  readonly isEstimated: boolean;
  /** Whether any meter has a complete hour: else there is nothing to say of it. */
  readonly isKnown: boolean;
}

/** A month before, by the last statement of its kind that was issued before this one. */
export interface IssuedMonth {
  readonly month: string;
  readonly figures: readonly Pick<Figure, 'id' | 'value'>[];
}

/** A statement with all that its document is made from. */
export interface StatementParts {
  readonly statement: IssuedStatement;
  /** SHA-256 of its exact bytes, hex. */
  readonly sha256: string;
  /** Every hour of the month in order; null where the program in hand no longer makes them alike. */
  readonly hours: readonly IssuedHour[] | null;
  /** Months up to this one, in order, this one last. */
  readonly months: readonly IssuedMonth[];
}
