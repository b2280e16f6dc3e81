import { z } from 'zod';
import {
  type Act,
  ASSURANCE_LEVELS,
  ASSURANCE_STANDARDS,
  type Engagement,
  stateOf,
} from '../../../core/engagements/engagement.js';
import { CalendarDay, Instant, Month, text } from '../../../core/shapes/values.shape.js';
import { DAY_MS } from '../../../core/time/interval.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { KeyId } from '../../access/access.schemas.js';
import { SampleResponse, toSampleResponse } from '../samples/samples.schemas.js';

export const EngagementId = z.uuid().describe('Id of an engagement');
export const ThreadId = z.uuid().describe('Id of a request or a finding');

const Words = text(4_000).describe('For both sides to read, and sealed: no names of persons');

/** Five years: an audit of a year that is taken up again. */
const ACCESS_DAYS_MAX = 1_827;

export const EngagementRequest = z
  .strictObject({
    siteCode: RecordCode.nullable().default(null).describe('Null = the only site'),
    months: z
      .strictObject({ from: Month, to: Month })
      .refine(({ from, to }) => from <= to, {
        error: 'The last month is not before the first.',
        path: ['to'],
      })
      .refine(({ from, to }) => monthCount(from, to) <= 24, {
        error: 'At most 24 months.',
        path: ['to'],
      }),
    standard: z.literal(ASSURANCE_STANDARDS),
    level: z.literal(ASSURANCE_LEVELS),
    access: z
      .strictObject({ from: Instant, to: Instant })
      .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
        error: 'It ends after it begins.',
        path: ['to'],
      })
      .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= ACCESS_DAYS_MAX * DAY_MS, {
        error: `Access is given for ${ACCESS_DAYS_MAX} days at the most.`,
        path: ['to'],
      })
      .describe('When the auditors may act, half-open; their keys end in it'),
    auditorKeyIds: z
      .array(KeyId)
      .min(1)
      .max(16)
      .describe('Keys of role auditor. Later keys of the same name may act too'),
  })
  .meta({ id: 'EngagementRequest' });
export type EngagementRequest = z.output<typeof EngagementRequest>;

function monthCount(from: string, to: string): number {
  const [at, until] = [from, to].map(
    (month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)),
  );
  return until! - at! + 1;
}

export const NonceRequest = z
  .strictObject({
    nonce: text(64).describe('16 to 64 bytes that nobody could guess; kept in the log'),
  })
  .meta({ id: 'NonceRequest' });
export type NonceRequest = z.output<typeof NonceRequest>;

export const ThreadRequest = z
  .strictObject({
    kind: z.literal(['request', 'finding']),
    text: Words,
    dueOn: CalendarDay.nullable()
      .default(null)
      .describe('Civil day of an answer that is asked for'),
    about: z
      .strictObject({ sampleId: z.uuid(), key: text(200) })
      .nullable()
      .default(null)
      .describe('Item of a sample'),
  })
  .meta({ id: 'ThreadRequest' });
export type ThreadRequest = z.output<typeof ThreadRequest>;

export const AnswerRequest = z.strictObject({ text: Words }).meta({ id: 'AnswerRequest' });
export type AnswerRequest = z.output<typeof AnswerRequest>;

export const ClosureRequest = z.strictObject({ outcome: Words }).meta({ id: 'ClosureRequest' });
export type ClosureRequest = z.output<typeof ClosureRequest>;

export const SignOffRequest = z
  .strictObject({
    reportSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable()
      .default(null)
      .describe('SHA-256 of the practitioner’s own report, which they sign with their own key'),
  })
  .meta({ id: 'SignOffRequest' });
export type SignOffRequest = z.output<typeof SignOffRequest>;

export const ActResponse = z
  .object({
    seq: z.int().min(0).describe('Place of its event in the log'),
    principalId: z.string(),
    name: z.string().nullable().describe('Null where it was erased'),
    role: z.string(),
    at: Instant,
  })
  .meta({ id: 'EngagementAct' });
export type ActResponse = z.output<typeof ActResponse>;

const FixedStatementResponse = z
  .object({
    statementId: z.uuid(),
    month: Month,
    version: z.int().min(1),
    sha256: z.string(),
    runId: z.uuid(),
  })
  .meta({ id: 'FixedStatement' });

export const EngagementResponse = z
  .object({
    engagementId: EngagementId,
    state: z
      .string()
      .describe('OPEN, FIXED (a state is signed), SEEDED (a nonce is given), SIGNED_OFF'),
    siteCode: RecordCode,
    months: z.object({ from: Month, to: Month }),
    standard: z.string(),
    level: z.string(),
    access: z.object({ from: Instant, to: Instant }),
    auditors: z.array(
      z.object({ keyId: z.string(), principalId: z.string(), name: z.string().nullable() }),
    ),
    opened: ActResponse,
    rounds: z.array(
      z.object({
        round: z.int().min(1),
        fixed: ActResponse,
        size: z.int().min(1).describe('Events of the state that was signed'),
        root: z.string().describe('Its root, hex'),
        kid: z.string(),
        statements: z.array(FixedStatementResponse),
        nonce: z.object({ text: z.string(), given: ActResponse }).nullable(),
      }),
    ),
    samples: z.array(SampleResponse),
    threads: z.array(
      z.object({
        threadId: ThreadId,
        kind: z.string().describe('request or finding'),
        text: z.string(),
        dueOn: z.string().nullable(),
        about: z.object({ sampleId: z.uuid(), key: z.string() }).nullable(),
        raised: ActResponse,
        answers: z.array(z.object({ text: z.string(), by: ActResponse })),
        closed: z.object({ outcome: z.string(), by: ActResponse }).nullable(),
      }),
    ),
    signedOff: z
      .object({
        by: ActResponse,
        statements: z.array(FixedStatementResponse),
        reportSha256: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Engagement' });
export type EngagementResponse = z.output<typeof EngagementResponse>;

export const EngagementListResponse = z
  .object({ items: z.array(EngagementResponse) })
  .meta({ id: 'EngagementList' });
export type EngagementListResponse = z.output<typeof EngagementListResponse>;

/** Names of principals by id. */
export type Names = ReadonlyMap<string, string>;

export function toActResponse({ seq, principalId, role, at }: Act, names: Names): ActResponse {
  return { seq, principalId, name: names.get(principalId) ?? null, role, at };
}

export function toEngagementResponse(engagement: Engagement, names: Names): EngagementResponse {
  const { engagementId, terms, opened, rounds, samples, threads, signedOff } = engagement;
  const { siteCode, months, standard, level, access } = terms;
  const act = (by: Act): ActResponse => toActResponse(by, names);
  return {
    engagementId,
    state: stateOf(engagement),
    siteCode,
    months,
    standard,
    level,
    access,
    auditors: terms.auditors.map(({ keyId, principalId }) => ({
      keyId,
      principalId,
      name: names.get(principalId) ?? null,
    })),
    opened: act(opened),
    rounds: rounds.map(({ round, fixed, size, root, kid, statements, nonce }) => ({
      round,
      fixed: act(fixed),
      size,
      root,
      kid,
      statements: [...statements],
      nonce: nonce === null ? null : { text: nonce.text, given: act(nonce.given) },
    })),
    samples: samples.map((one) => toSampleResponse(one, names)),
    threads: threads.map(({ raised, answers, closed, ...of }) => ({
      ...of,
      raised: act(raised),
      answers: answers.map(({ text: said, by }) => ({ text: said, by: act(by) })),
      closed: closed === null ? null : { outcome: closed.outcome, by: act(closed.by) },
    })),
    signedOff:
      signedOff === null
        ? null
        : {
            by: act(signedOff.by),
            statements: [...signedOff.statements],
            reportSha256: signedOff.reportSha256,
          },
  };
}
