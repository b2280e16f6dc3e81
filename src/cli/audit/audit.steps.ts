import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Engagement, PopulationKind } from '../../core/engagements/engagement.js';
import { DomainError } from '../../core/errors.js';
import { EngagementLogService } from '../../features/engagements/engagement/engagement-log.service.js';
import {
  AnswerRequest,
  ClosureRequest,
  EngagementRequest,
  type EngagementResponse,
  NonceRequest,
  SignOffRequest,
  ThreadRequest,
  toEngagementResponse,
} from '../../features/engagements/engagement/engagements.schemas.js';
import { EngagementsService } from '../../features/engagements/engagement/engagements.service.js';
import { CompletenessService } from '../../features/engagements/review/completeness.service.js';
import { InterventionsService } from '../../features/engagements/review/interventions.service.js';
import {
  type CompletenessResponse,
  type InterventionsResponse,
  toCompletenessResponse,
  toInterventionsResponse,
} from '../../features/engagements/review/review.schemas.js';
import {
  ResultsRequest,
  SampleRequest,
  type SampleResponse,
  toSampleResponse,
} from '../../features/engagements/samples/samples.schemas.js';
import { SamplesService } from '../../features/engagements/samples/samples.service.js';
import type { Actor } from '../../platform/auth/roles.js';
import { parsed } from '../shell/arguments.js';

const TYPED_MIN = 4;

/** Steps of an engagement at the terminal: as over HTTP. */
@Injectable()
export class AuditSteps {
  constructor(
    private readonly log: EngagementLogService,
    private readonly engagements: EngagementsService,
    private readonly samples: SamplesService,
    private readonly completeness: CompletenessService,
    private readonly acts: InterventionsService,
  ) {}

  async complete({ ledgerId }: Actor, { engagementId }: Engagement): Promise<CompletenessResponse> {
    return toCompletenessResponse(await this.completeness.of(ledgerId, engagementId));
  }

  async interventions(
    { ledgerId }: Actor,
    { engagementId }: Engagement,
  ): Promise<InterventionsResponse> {
    return toInterventionsResponse(await this.acts.of(ledgerId, engagementId));
  }

  /** By an id or its beginning. @throws DomainError `engagement.not_found`, `id.ambiguous` */
  async find(ledgerId: string, typed: string): Promise<Engagement> {
    const all = await this.engagements.list(ledgerId);
    const ids = all.map(({ engagementId }) => engagementId);
    return this.log.get(ledgerId, beginning('engagement', ids, typed));
  }

  async open(
    actor: Actor,
    request: z.input<typeof EngagementRequest>,
  ): Promise<EngagementResponse> {
    return this.shown(actor, this.engagements.open(actor, parsed(EngagementRequest, request)));
  }

  async list({ ledgerId }: Actor): Promise<readonly EngagementResponse[]> {
    const names = await this.log.names(ledgerId);
    const all = await this.engagements.list(ledgerId);
    return all.map((one) => toEngagementResponse(one, names));
  }

  show(actor: Actor, engagement: Engagement): Promise<EngagementResponse> {
    return this.shown(actor, Promise.resolve(engagement));
  }

  fix(actor: Actor, { engagementId }: Engagement): Promise<EngagementResponse> {
    return this.shown(actor, this.engagements.fix(actor, engagementId));
  }

  giveNonce(actor: Actor, of: Engagement, text: string): Promise<EngagementResponse> {
    const { nonce } = parsed(NonceRequest, { nonce: text });
    return this.shown(actor, this.engagements.giveNonce(actor, of.engagementId, nonce));
  }

  raise(
    actor: Actor,
    { engagementId, samples }: Engagement,
    request: z.input<typeof ThreadRequest>,
  ): Promise<EngagementResponse> {
    const { about, ...of } = parsed(ThreadRequest, {
      ...request,
      about:
        request.about == null
          ? null
          : { ...request.about, sampleId: sampleIdIn(samples, request.about.sampleId) },
    });
    return this.shown(actor, this.engagements.raise(actor, engagementId, { ...of, about }));
  }

  answer(
    actor: Actor,
    engagement: Engagement,
    said: { readonly threadId: string; readonly text: string },
  ): Promise<EngagementResponse> {
    const { text } = parsed(AnswerRequest, { text: said.text });
    const threadId = threadIdIn(engagement, said.threadId);
    const { engagementId } = engagement;
    return this.shown(actor, this.engagements.answer(actor, engagementId, { threadId, text }));
  }

  close(
    actor: Actor,
    engagement: Engagement,
    said: { readonly threadId: string; readonly outcome: string },
  ): Promise<EngagementResponse> {
    const { outcome } = parsed(ClosureRequest, { outcome: said.outcome });
    const threadId = threadIdIn(engagement, said.threadId);
    const { engagementId } = engagement;
    return this.shown(actor, this.engagements.close(actor, engagementId, { threadId, outcome }));
  }

  signOff(
    actor: Actor,
    { engagementId }: Engagement,
    sha256: string | null,
  ): Promise<EngagementResponse> {
    const { reportSha256 } = parsed(SignOffRequest, { reportSha256: sha256 });
    return this.shown(actor, this.engagements.signOff(actor, engagementId, reportSha256));
  }

  /** A population as its table. */
  table({ ledgerId }: Actor, { engagementId }: Engagement, kind: PopulationKind): Promise<string> {
    return this.samples.table(ledgerId, engagementId, { kind, round: null });
  }

  async draw(actor: Actor, of: Engagement, request: object): Promise<SampleResponse> {
    const wanted = parsed(SampleRequest, request);
    const { sample } = await this.samples.draw(actor, of.engagementId, wanted);
    return toSampleResponse(sample, await this.log.names(actor.ledgerId));
  }

  /** A sample by its id or the beginning. */
  async sample(actor: Actor, { samples }: Engagement, typed: string): Promise<SampleResponse> {
    const sampleId = sampleIdIn(samples, typed);
    const found = samples.find((one) => one.sampleId === sampleId);
    if (found === undefined) throw noSample(typed);
    return toSampleResponse(found, await this.log.names(actor.ledgerId));
  }

  async record(
    actor: Actor,
    engagement: Engagement,
    of: { readonly sampleId: string; readonly results: readonly object[] },
  ): Promise<SampleResponse> {
    const { results } = parsed(ResultsRequest, { results: of.results });
    const sampleId = sampleIdIn(engagement.samples, of.sampleId);
    const after = await this.samples.record(actor, engagement.engagementId, { sampleId, results });
    return this.sample(actor, after, sampleId);
  }

  private async shown(actor: Actor, step: Promise<Engagement>): Promise<EngagementResponse> {
    return toEngagementResponse(await step, await this.log.names(actor.ledgerId));
  }
}

function noSample(sampleId: string): DomainError {
  const fix = 'See the samples: `npx mizan audit show ENGAGEMENT`.';
  return new DomainError('engagement.sample_not_found', { sampleId, fix });
}

/** Id of a sample by what was typed of it. @throws DomainError `id.ambiguous` */
export const sampleIdIn = (samples: Engagement['samples'], typed: string): string =>
  beginning(
    'sample',
    samples.map((one) => one.sampleId),
    typed,
  );

const threadIdIn = ({ threads }: Engagement, typed: string): string =>
  beginning(
    'request or finding',
    threads.map((one) => one.threadId),
    typed,
  );

/** The one id that begins so; what begins none is given back, for whoever looks it up to refuse. */
function beginning(kind: string, ids: readonly string[], typed: string): string {
  const word = typed.toLowerCase();
  const found = word.length < TYPED_MIN ? [] : ids.filter((id) => id.startsWith(word));
  if (found.length <= 1) return found[0] ?? typed;
  const fix = 'Type more of it.';
  throw new DomainError('id.ambiguous', { kind, typed, candidates: found, fix });
}
