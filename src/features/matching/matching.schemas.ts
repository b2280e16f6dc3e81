import { z } from 'zod';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Instant, Month, text } from '../../core/shapes/values.shape.js';
import { ELIGIBILITY_RULES } from '../../core/matching/eligibility.js';
import type { Explanation } from '../../core/matching/explain.js';
import { POLICY_NAMES } from '../../core/matching/policies/policies.js';
import { type SuspectHour, suspectSummary, undecided } from '../../core/matching/suspect.js';
import { formatInstant } from '../../core/time/interval.js';
import type { MatchingRun, RunResult, WaitingAdjustments } from './runs/matching.service.js';

export const RunRequest = z
  .strictObject({
    month: Month,
    siteCode: RecordCode.nullable().default(null).describe('null = the only site of the ledger'),
    isCorrectionRun: z
      .boolean()
      .default(false)
      .describe('Books what waits for a month that has locked'),
    acceptSuspect: z
      .boolean()
      .default(false)
      .describe(
        'Takes meter-hours that failed a check, and that nobody decided about, as they were measured; without it they are in no figure of the run, and no carbon statement rests on the run',
      ),
    reason: text(500, 3)
      .trim()
      .min(3)
      .nullable()
      .default(null)
      .describe('Why SUSPECT hours are accepted; it is sealed, and statements say it'),
  })
  .refine(({ acceptSuspect, reason }) => acceptSuspect === (reason !== null), {
    path: ['reason'],
    error: 'Accepting SUSPECT hours needs a reason, and nothing else has one.',
  })
  .meta({ id: 'RunMatchingRequest' });
export type RunRequest = z.output<typeof RunRequest>;

export const AdjustmentsQuery = z.strictObject({
  month: Month,
  siteCode: RecordCode.optional().describe('Absent = the only site of the ledger'),
});
export type AdjustmentsQuery = z.output<typeof AdjustmentsQuery>;

export const AdjustmentsResponse = z
  .object({
    month: Month,
    runId: z.uuid().describe('The last run, against which changes are counted'),
    state: z.literal(['open', 'locked', 'beyond-reach']),
    nextCorrectionRun: Instant.nullable(),
    loadChangeWh: z.int(),
    generationChangeWh: z.int(),
    hours: z.array(z.object({ hour: Instant, loadChangeWh: z.int(), generationChangeWh: z.int() })),
  })
  .meta({ id: 'PriorPeriodAdjustments' });
export type AdjustmentsResponse = z.output<typeof AdjustmentsResponse>;

export function toAdjustmentsResponse({
  run,
  state,
  hours,
}: WaitingAdjustments): AdjustmentsResponse {
  const sum = (of: 'loadChangeWh' | 'generationChangeWh'): number =>
    hours.reduce((total, hour) => total + hour[of], 0);
  return {
    month: run.month,
    runId: run.runId,
    state: state.state,
    nextCorrectionRun: state.state === 'locked' ? state.nextCorrectionRun : null,
    loadChangeWh: sum('loadChangeWh'),
    generationChangeWh: sum('generationChangeWh'),
    hours: hours.map(({ hourMs, ...change }) => ({ hour: formatInstant(hourMs), ...change })),
  };
}

export const ExplanationQuery = z.strictObject({
  hour: Instant.describe('Any instant inside the UTC hour'),
  siteCode: RecordCode.optional().describe('Absent = the only site of the ledger'),
});
export type ExplanationQuery = z.output<typeof ExplanationQuery>;

const Wh = z.int().min(0);
const Part = z.object({ what: z.string(), wh: Wh });
export const ExplanationResponse = z
  .object({
    hour: Instant,
    policy: z.literal(POLICY_NAMES),
    loadWh: Wh,
    eligibleWh: Wh,
    matchedWh: Wh,
    unmetWh: Wh,
    unusedWh: Wh,
    maximumWh: Wh.describe('The most that any policy could match of what was eligible'),
    supply: z.array(
      z.object({
        plantCode: RecordCode,
        externalId: z.string(),
        wh: Wh,
        eligibleWh: Wh,
        barred: z.array(z.object({ rule: z.literal(ELIGIBILITY_RULES), wh: Wh })),
        matchedWh: Wh,
        unusedWh: Wh,
      }),
    ),
    demand: z.array(
      z.object({
        meterCode: RecordCode,
        wh: Wh,
        matchedWh: Wh,
        unmetWh: Wh,
        isEstimated: z.boolean(),
      }),
    ),
    pairs: z.array(
      z.object({
        meterCode: RecordCode,
        plantCode: RecordCode,
        externalId: z.string(),
        wh: Wh,
        rule: z.string().describe('Which rule gave these Wh'),
      }),
    ),
    suspect: z
      .array(
        z.object({
          meterCode: RecordCode,
          wh: Wh,
          acceptedBecause: z.string().nullable().describe('Null: nobody did, it is in no figure'),
        }),
      )
      .describe('Meters whose hour failed a check and was not decided about'),
    wouldHaveCovered: z.array(Part).describe('What would have covered the rest, nearest first'),
  })
  .meta({ id: 'HourExplanation' });
export type ExplanationResponse = z.output<typeof ExplanationResponse>;

export function toExplanationResponse(hour: Explanation): ExplanationResponse {
  return {
    ...hour,
    supply: hour.supply.map((row) => ({ ...row, barred: [...row.barred] })),
    demand: [...hour.demand],
    pairs: [...hour.pairs],
    suspect: [...hour.suspect],
    wouldHaveCovered: [...hour.wouldHaveCovered],
  };
}

export const ComparisonRequest = z
  .strictObject({
    month: Month,
    siteCode: RecordCode.nullable().default(null).describe('null = the only site of the ledger'),
  })
  .meta({ id: 'ComparePoliciesRequest' });
export type ComparisonRequest = z.output<typeof ComparisonRequest>;

export const ComparisonResponse = z
  .object({
    month: Month,
    items: z.array(
      z.object({
        policy: z.literal(POLICY_NAMES),
        isContracted: z.boolean(),
        demandWh: Wh.nullable(),
        supplyWh: Wh.nullable(),
        matchedWh: Wh.nullable(),
        maximumWh: Wh.nullable().describe('The most that any policy could match'),
        resultRoot: z.string().nullable(),
        refusal: z.string().nullable().describe('Why the policy cannot be used'),
      }),
    ),
  })
  .meta({ id: 'PolicyComparison' });
export type ComparisonResponse = z.output<typeof ComparisonResponse>;

const SuspectCount = z.object({
  meterHours: z.int().min(0),
  wh: Wh,
  meterCodes: z.array(RecordCode),
  stretches: z
    .array(
      z.object({
        meterCode: RecordCode,
        from: Instant,
        to: Instant,
        hours: z.int().min(1),
        wh: Wh,
      }),
    )
    .describe('The first hundred, by meter, then time'),
});

const runShape = {
  runId: z.uuid(),
  siteCode: RecordCode,
  contractCode: RecordCode,
  contractVersion: z.int().min(1),
  month: Month,
  policy: z.string(),
  startsAt: Instant,
  endsAt: Instant,
  inputSha256: z.string(),
  resultRoot: z.string(),
  demandWh: Wh,
  supplyWh: Wh,
  matchedWh: Wh,
  maximumWh: Wh.nullable().describe('The most that any policy could match of what was eligible'),
  codeVersion: z.string().nullable().describe('Version of the matcher'),
  touchedHours: z.int().min(0).describe('Hours whose postings this run changed'),
  supersedes: z.uuid().nullable(),
  acceptedSuspect: z
    .array(
      z.object({
        meterCode: RecordCode,
        start: Instant,
        wh: z.array(Wh).describe('As measured, an hour each'),
        reason: z.string(),
      }),
    )
    .nullable()
    .describe('SUSPECT hours that the run takes as measured, and why'),
  recordedAt: Instant,
};

export const RunResponse = z
  .object({
    isNew: z.boolean().describe('false: nothing had changed since this run'),
    suspect: z
      .object({ undecided: SuspectCount, accepted: SuspectCount, production: SuspectCount })
      .describe(
        'Meter-hours that failed a check: left out until they are decided, taken as measured, and of the meters that plants are read by, where certificates are what is matched',
      ),
    ...runShape,
  })
  .meta({ id: 'MatchingRun' });
export type RunResponse = z.output<typeof RunResponse>;

export const RunListResponse = z
  .object({ items: z.array(z.object(runShape)) })
  .meta({ id: 'MatchingRunList' });
export type RunListResponse = z.output<typeof RunListResponse>;

function toRun(run: MatchingRun): RunListResponse['items'][number] {
  const { runId, siteCode, contractCode, contractVersion, month, policy, inputSha256 } = run;
  const { resultRoot, demandWh, supplyWh, matchedWh, touchedHours, supersedes } = run;
  const { maximumWh, codeVersion } = run;
  return {
    runId,
    siteCode,
    contractCode,
    contractVersion,
    month,
    policy,
    inputSha256,
    resultRoot,
    demandWh,
    supplyWh,
    matchedWh,
    touchedHours,
    supersedes,
    maximumWh,
    codeVersion,
    acceptedSuspect: run.acceptedSuspect?.map((one) => ({ ...one, wh: [...one.wh] })) ?? null,
    startsAt: run.startsAt.toISOString(),
    endsAt: run.endsAt.toISOString(),
    recordedAt: run.recordedAt.toISOString(),
  };
}

export function toRunResponse({ run, isNew, suspect, suspectProduction }: RunResult): RunResponse {
  const accepted = suspect.filter(({ acceptedBecause }) => acceptedBecause !== null);
  return {
    isNew,
    suspect: {
      undecided: toCount(undecided(suspect)),
      accepted: toCount(accepted),
      production: toCount(suspectProduction),
    },
    ...toRun(run),
  };
}

const STRETCHES_SHOWN = 100;

function toCount(hours: readonly SuspectHour[]): z.output<typeof SuspectCount> {
  const { meterHours, wh, meterCodes, stretches } = suspectSummary(hours);
  return {
    meterHours,
    wh,
    meterCodes: [...meterCodes],
    stretches: stretches.slice(0, STRETCHES_SHOWN),
  };
}

export function toRunListResponse(runs: readonly MatchingRun[]): RunListResponse {
  return { items: runs.map(toRun) };
}
