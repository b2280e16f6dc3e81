import { principalOf, type SealedActor } from '../ledger/principal.js';
import type {
  Act,
  Engagement,
  EngagementTerms,
  FixedStatement,
  ItemResult,
  Round,
  Sample,
  Thread,
} from './engagement.js';

/** An event of an engagement, as its bytes say. */
export interface EngagementEvent extends SealedActor {
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly actorRole?: string;
  readonly body: object;
}

/** Bodies by type, as they were sealed. */
interface Bodies {
  readonly 'audit.opened': EngagementTerms;
  readonly 'audit.fixed': Omit<Round, 'fixed' | 'nonce'>;
  readonly 'audit.nonce_given': { readonly round: number; readonly nonce: string };
  readonly 'audit.sampled': Omit<Sample, 'drawn' | 'results'>;
  readonly 'audit.tested': {
    readonly sampleId: string;
    readonly results: readonly Omit<ItemResult, 'by'>[];
  };
  readonly 'audit.raised': Pick<Thread, 'threadId' | 'kind' | 'text' | 'dueOn' | 'about'>;
  readonly 'audit.answered': { readonly threadId: string; readonly text: string };
  readonly 'audit.closed': { readonly threadId: string; readonly outcome: string };
  readonly 'audit.signed_off': {
    readonly statements: readonly FixedStatement[];
    readonly reportSha256: string | null;
  };
}

/**
 * Engagements as the log makes them, in the order in which they were opened.
 *
 * @param events  Of the types of `ENGAGEMENT_EVENTS`, in order.
 */
export function foldEngagements(events: readonly EngagementEvent[]): readonly Engagement[] {
  const all = new Map<string, Engagement>();
  for (const event of events) {
    const { engagementId, ...body } = event.body as { readonly engagementId: string };
    const before = all.get(engagementId);
    const after = next(before, { engagementId, event, body });
    if (after !== undefined) all.set(engagementId, after);
  }
  return [...all.values()];
}

type Step = (engagement: Engagement, body: never, by: Act) => Partial<Engagement>;

const STEPS: { readonly [Type in Exclude<keyof Bodies, 'audit.opened'>]: Step } = {
  'audit.fixed': ({ rounds }, body: Bodies['audit.fixed'], by) => ({
    rounds: [...rounds, { ...body, fixed: by, nonce: null }],
  }),
  'audit.nonce_given': ({ rounds }, { round, nonce }: Bodies['audit.nonce_given'], by) => ({
    rounds: rounds.map((one) =>
      one.round === round ? { ...one, nonce: { text: nonce, given: by } } : one,
    ),
  }),
  'audit.sampled': ({ samples }, body: Bodies['audit.sampled'], by) => ({
    samples: [...samples, { ...body, drawn: by, results: new Map() }],
  }),
  'audit.tested': ({ samples }, { sampleId, results }: Bodies['audit.tested'], by) => ({
    samples: samples.map((one) => {
      if (one.sampleId !== sampleId) return one;
      const found = results.map((result) => [result.key, { ...result, by }] as const);
      return { ...one, results: new Map([...one.results, ...found]) };
    }),
  }),
  'audit.raised': ({ threads }, body: Bodies['audit.raised'], by) => ({
    threads: [...threads, { ...body, raised: by, answers: [], closed: null }],
  }),
  'audit.answered': ({ threads }, { threadId, text }: Bodies['audit.answered'], by) => ({
    threads: threads.map((one) =>
      one.threadId === threadId ? { ...one, answers: [...one.answers, { text, by }] } : one,
    ),
  }),
  'audit.closed': ({ threads }, { threadId, outcome }: Bodies['audit.closed'], by) => ({
    threads: threads.map((one) =>
      one.threadId === threadId ? { ...one, closed: { outcome, by } } : one,
    ),
  }),
  'audit.signed_off': (_, body: Bodies['audit.signed_off'], by) => ({
    signedOff: { ...body, by },
  }),
};

function next(
  before: Engagement | undefined,
  {
    engagementId,
    event,
    body,
  }: Pick<Engagement, 'engagementId'> & {
    readonly event: EngagementEvent;
    readonly body: object;
  },
): Engagement | undefined {
  const by: Act = {
    seq: event.seq,
    eventId: event.eventId,
    principalId: principalOf(event),
    role: event.actorRole ?? '',
    at: event.recordedAt,
  };
  if (event.type === 'audit.opened') {
    const terms = body as EngagementTerms;
    return {
      engagementId,
      terms,
      opened: by,
      rounds: [],
      samples: [],
      threads: [],
      signedOff: null,
    };
  }
  const step = (STEPS as Readonly<Record<string, Step>>)[event.type];
  if (before === undefined || step === undefined) return before;
  return { ...before, ...step(before, body as never, by) };
}
