import type { Figure } from '../../statements/figure.js';
import type { EstimatedBy } from '../../statements/periods/estimates.js';
import type { ChangedMonth } from '../../statements/periods/month-changes.js';
import type { SumOfMonths } from '../../statements/periods/sum-of-months.js';
import type { View } from '../../statements/periods/views.js';
import type { PeriodKind } from '../../time/reporting-period.js';
import type { IssuedLines, IssuedStatement } from './issued.js';

type Sums = Readonly<Record<string, number | string>>;

/** A carbon statement of a period as it was issued, as far as documents are made from it. */
export interface IssuedPeriod
  extends
    Omit<IssuedLines, 'estimation' | 'restatement'>,
    Pick<
      IssuedStatement,
      | 'statementId'
      | 'ledgerId'
      | 'version'
      | 'supersedes'
      | 'issuedAt'
      | 'status'
      | 'methodology'
      | 'standard'
      | 'dataQuality'
      | 'factors'
      | 'plants'
      | 'disclosures'
      | 'changes'
    > {
  readonly kind: 'carbon';
  /** Null: of all sites of the entity. */
  readonly siteCode: string | null;
  readonly entity: NonNullable<IssuedLines['entity']>;
  readonly sites: readonly {
    readonly code: string;
    readonly name: string;
    readonly boundary: string;
    readonly deliveryPoint: string;
    readonly meterCodes: readonly string[];
    readonly figures: Sums;
  }[];
  readonly period: {
    readonly name: string;
    readonly kind: PeriodKind;
    readonly firstMonth: string;
    readonly lastMonth: string;
    readonly start: string;
    readonly end: string;
    readonly hours: number;
    readonly legalTime: string;
  };
  readonly months: readonly {
    readonly siteCode: string;
    readonly month: string;
    readonly contracts: readonly string[];
    readonly runId: string;
    readonly resultRoot: string;
    readonly figures: Sums;
  }[];
  readonly sumOfMonths: readonly SumOfMonths[];
  readonly estimation: {
    readonly wh: number;
    readonly meterHours: number;
    readonly byMethod: readonly EstimatedBy[];
    readonly effects: readonly {
      readonly figure: string;
      readonly stated: string | null;
      readonly withoutEstimates: string | null;
      readonly effect: string | null;
    }[];
  };
  readonly views: readonly View[];
  readonly restatement:
    (NonNullable<IssuedLines['restatement']> & { readonly months: readonly ChangedMonth[] }) | null;
  readonly figures: readonly Figure[];
}
