import { Injectable } from '@nestjs/common';
import type { Engagement } from '../../core/engagements/engagement.js';
import {
  type AuditorReadsResponse,
  toAuditorReadsResponse,
} from '../../features/engagements/reads/auditor-reads.schemas.js';
import { AuditorReadsService } from '../../features/engagements/reads/auditor-reads.service.js';
import {
  ItemPlace,
  type ItemTraceResponse,
  toItemTraceResponse,
} from '../../features/engagements/samples/sample-trace.schemas.js';
import { SampleTraceService } from '../../features/engagements/samples/sample-trace.service.js';
import type { Actor } from '../../platform/auth/roles.js';
import { argument } from '../shell/arguments.js';
import { sampleIdIn } from './audit.steps.js';

const READS = 1_000;

/** What auditors read, and what sampled items rest on, at the terminal: as over HTTP. */
@Injectable()
export class AuditTraces {
  constructor(
    private readonly readLog: AuditorReadsService,
    private readonly traces: SampleTraceService,
  ) {}

  /** What the auditor read, the latest thousand. */
  async reads(actor: Actor, { engagementId }: Engagement): Promise<AuditorReadsResponse> {
    const reads = await this.readLog.list(actor, engagementId, { before: null, limit: READS });
    return toAuditorReadsResponse(engagementId, reads, READS);
  }

  /** An item's steps, by its place in the sample. */
  async trace(
    { ledgerId }: Actor,
    { engagementId, samples }: Engagement,
    of: { readonly sample: string; readonly item: string },
  ): Promise<ItemTraceResponse> {
    const sampleId = sampleIdIn(samples, of.sample);
    const item = argument('/item', ItemPlace, of.item);
    const traced = await this.traces.trace(ledgerId, engagementId, { sampleId, item });
    return toItemTraceResponse(sampleId, traced);
  }

  sampleTable({ ledgerId }: Actor, of: Engagement, typed: string): Promise<string> {
    const sampleId = sampleIdIn(of.samples, typed);
    return this.traces.table(ledgerId, of.engagementId, sampleId);
  }

  /** The proofs of a sample, as an archive. */
  async proofs(
    { ledgerId }: Actor,
    { engagementId, samples }: Engagement,
    typed: string,
  ): Promise<{ readonly sampleId: string; readonly bytes: Buffer }> {
    const sampleId = sampleIdIn(samples, typed);
    return { sampleId, bytes: await this.traces.archive(ledgerId, engagementId, sampleId) };
  }
}
