import { z } from 'zod';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Instant, Month } from '../../platform/http/schemas.js';
import { ELIGIBILITY_RULES } from '../../core/matching/eligibility.js';
import type { Explanation } from '../../core/matching/explain.js';
import { POLICY_NAMES } from '../../core/matching/policies.js';
import { formatInstant } from '../../core/time/interval.js';
import type { MatchingRun, RunResult, WaitingAdjustments } from './matching.service.js';

export const RunRequest = z
  .strictObject({
    month: Month,
    siteCode: RecordCode.nullable().default(null).describe('null = the only site of the ledger'),
    isCorrectionRun: z
      .boolean()
      .default(false)
      .describe('Books what waits for a month that has locked'),
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
    ...{ month: run.month, runId: run.runId, state: state.state },
    nextCorrectionRun: state.state === 'locked' ? state.nextCorrectionRun : null,
    ...{ loadChangeWh: sum('loadChangeWh'), generationChangeWh: sum('generationChangeWh') },
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
    ...{ loadWh: Wh, eligibleWh: Wh, matchedWh: Wh, unmetWh: Wh, unusedWh: Wh },
    maximumWh: Wh.describe('The most that any policy could match of what was eligible'),
    supply: z.array(
      z.object({
        ...{ plantCode: RecordCode, externalId: z.string(), wh: Wh, eligibleWh: Wh },
        barred: z.array(z.object({ rule: z.literal(ELIGIBILITY_RULES), wh: Wh })),
        ...{ matchedWh: Wh, unusedWh: Wh },
      }),
    ),
    demand: z.array(
      z.object({
        ...{ meterCode: RecordCode, wh: Wh, matchedWh: Wh, unmetWh: Wh, isEstimated: z.boolean() },
      }),
    ),
    pairs: z.array(
      z.object({
        ...{ meterCode: RecordCode, plantCode: RecordCode, externalId: z.string(), wh: Wh },
        rule: z.string().describe('Which rule gave these Wh'),
      }),
    ),
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
  recordedAt: Instant,
};

export const RunResponse = z
  .object({ isNew: z.boolean().describe('false: nothing had changed since this run'), ...runShape })
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
    ...{ runId, siteCode, contractCode, contractVersion, month, policy, inputSha256 },
    ...{ resultRoot, demandWh, supplyWh, matchedWh, touchedHours, supersedes },
    ...{ maximumWh, codeVersion },
    startsAt: run.startsAt.toISOString(),
    endsAt: run.endsAt.toISOString(),
    recordedAt: run.recordedAt.toISOString(),
  };
}

export function toRunResponse({ run, isNew }: RunResult): RunResponse {
  return { isNew, ...toRun(run) };
}

export function toRunListResponse(runs: readonly MatchingRun[]): RunListResponse {
  return { items: runs.map(toRun) };
}
