import type { ConfidencePct, DrawnItem } from '../sampling/monetary-unit.js';
import type { PopulationTotals, SampleUnit } from '../sampling/population.js';
import type { ControlFrequency } from '../sampling/stratified.js';

/** Standards of assurance (METHOD 7.3). ISSA 5000 takes the place of ISAE 3410 for periods from 2026-12-15 on. */
export const ASSURANCE_STANDARDS = ['ISAE3000R', 'ISAE3410', 'ISSA5000', 'ISO14064-3'] as const;
/** One of them. */
export type AssuranceStandard = (typeof ASSURANCE_STANDARDS)[number];
/** Levels of assurance. */
export const ASSURANCE_LEVELS = ['limited', 'reasonable'] as const;
/** One of them. */
export type AssuranceLevel = (typeof ASSURANCE_LEVELS)[number];

/** Events of which an engagement is made. */
export const ENGAGEMENT_EVENTS = [
  'audit.opened',
  'audit.fixed',
  'audit.nonce_given',
  'audit.sampled',
  'audit.tested',
  'audit.raised',
  'audit.answered',
  'audit.closed',
  'audit.signed_off',
] as const;
/** One type of them. */
export type EngagementEventType = (typeof ENGAGEMENT_EVENTS)[number];

/** What samples are drawn from. */
export const POPULATIONS = [
  'load',
  'certificates',
  'emissions',
  'settlement',
  'interventions',
] as const;
/** One of them. */
export type PopulationKind = (typeof POPULATIONS)[number];

/** Units in which each population is counted. */
export const POPULATION_UNITS: Readonly<Record<PopulationKind, SampleUnit>> = {
  load: 'Wh',
  certificates: 'Wh',
  emissions: 'g',
  settlement: 'centime',
  interventions: 'Wh',
};

/** Who did something in an engagement, and when. */
export interface Act {
  /** Place of its event in the log. */
  readonly seq: number;
  readonly eventId: string;
  /** Of whoever did it; never a name. */
  readonly principalId: string;
  readonly role: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What an engagement is about. */
export interface EngagementTerms {
  readonly siteCode: string;
  /** First and last civil month, `YYYY-MM`. */
  readonly months: { readonly from: string; readonly to: string };
  readonly standard: AssuranceStandard;
  readonly level: AssuranceLevel;
  /** Half-open: when the auditors may act. */
  readonly access: { readonly from: string; readonly to: string };
  readonly auditors: readonly { readonly keyId: string; readonly principalId: string }[];
}

/** A statement in scope, as it was when the state of the log was fixed. */
export interface FixedStatement {
  readonly statementId: string;
  readonly month: string;
  readonly version: number;
  readonly sha256: string;
  /** Matching run that it rests on. */
  readonly runId: string;
}

/** A state of the log that was fixed, and the nonce that was given after. */
export interface Round {
  readonly round: number;
  readonly fixed: Act;
  /** Events of the state. */
  readonly size: number;
  /** Lower-case hex. */
  readonly root: string;
  readonly kid: string;
  readonly statements: readonly FixedStatement[];
  readonly nonce: { readonly text: string; readonly given: Act } | null;
}

/** How a sample was drawn. */
export type SampleMethod =
  | {
      readonly method: 'monetary-unit';
      readonly tolerable: number;
      readonly confidencePct: ConfidencePct;
      readonly plannedCount: number;
      readonly interval: number;
      readonly start: number;
    }
  | {
      readonly method: 'stratified';
      readonly count: number;
      /** How often the control is done that is tested; null for another reason. */
      readonly frequency: ControlFrequency | null;
    };

/** An item of a sample; `because` of a stratified one is always `drawn`, without a unit. */
export type SampledItem = DrawnItem;

/** What the auditor found of an item. */
export interface ItemResult {
  readonly key: string;
  /** What it should have been, whole units, with its sign. */
  readonly audited: number;
  readonly note: string | null;
  readonly by: Act;
}

/** A sample as it was sealed. */
export interface Sample {
  /** Of what draws it; absent = 1. */
  readonly engineVersion?: number;
  readonly sampleId: string;
  readonly round: number;
  readonly drawn: Act;
  readonly population: PopulationKind;
  readonly unit: SampleUnit;
  readonly how: SampleMethod;
  /** Lower-case hex. */
  readonly seed: string;
  /** SHA-256 of the population's table, lower-case hex. */
  readonly populationSha256: string;
  readonly totals: PopulationTotals;
  readonly items: readonly SampledItem[];
  /** The last result of each item. */
  readonly results: ReadonlyMap<string, ItemResult>;
}

/** A request or a finding, with what was said to it. */
export interface Thread {
  readonly threadId: string;
  readonly kind: 'request' | 'finding';
  readonly text: string;
  /** Civil day by which an answer is asked for; null without one. */
  readonly dueOn: string | null;
  readonly about: { readonly sampleId: string; readonly key: string } | null;
  readonly raised: Act;
  readonly answers: readonly { readonly text: string; readonly by: Act }[];
  readonly closed: { readonly outcome: string; readonly by: Act } | null;
}

/** An engagement, folded from its events. */
export interface Engagement {
  readonly engagementId: string;
  readonly terms: EngagementTerms;
  readonly opened: Act;
  readonly rounds: readonly Round[];
  readonly samples: readonly Sample[];
  readonly threads: readonly Thread[];
  readonly signedOff: {
    readonly by: Act;
    readonly statements: readonly FixedStatement[];
    /** SHA-256 of the practitioner's own report, which they sign with their own key; null where none is named. */
    readonly reportSha256: string | null;
  } | null;
}

/** Where an engagement stands. */
export type EngagementState = 'OPEN' | 'FIXED' | 'SEEDED' | 'SIGNED_OFF';

/** Where an engagement stands: what comes next is fixing a state, giving a nonce, drawing and testing, nothing. */
export function stateOf({ rounds, signedOff }: Engagement): EngagementState {
  if (signedOff !== null) return 'SIGNED_OFF';
  const last = rounds.at(-1);
  if (last === undefined) return 'OPEN';
  return last.nonce === null ? 'FIXED' : 'SEEDED';
}
