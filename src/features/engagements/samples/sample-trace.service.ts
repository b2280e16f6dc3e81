import { Injectable } from '@nestjs/common';
import type { Engagement, Round, Sample } from '../../../core/engagements/engagement.js';
import { sampleOf } from '../../../core/engagements/rules.js';
import {
  SAMPLE_TYP,
  type SampleProofs,
  sampleProofsText,
  type TracedItem,
} from '../../../core/engagements/sample-proofs.js';
import {
  type PlacedStep,
  proofName,
  type TraceStep,
} from '../../../core/engagements/sample-trace.js';
import { DomainError } from '../../../core/errors.js';
import { toHex } from '../../../core/ledger/merkle.js';
import { sampleTable } from '../../../core/engagements/sample-table.js';
import { compareIds } from '../../../core/text.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { type ZipSource, zipped } from '../../../platform/files/packed/zip-writer.js';
import { type Checkpoint, CheckpointsService } from '../../signing/checkpoints.service.js';
import { LogProofsService } from '../../signing/log-proofs.service.js';
import { SigningKeysService } from '../../signing/signing-keys.service.js';
import { EngagementLogService } from '../engagement/engagement-log.service.js';
import type { TraceSession } from './hour-steps.service.js';
import { SampleStepsService } from './sample-steps.service.js';

/** An item with its steps and their proofs. */
export interface ItemTrace {
  readonly checkpoint: Checkpoint;
  readonly item: TracedItem;
  /** By name. */
  readonly proofs: ReadonlyMap<string, string>;
}

/** An item with its steps, before their places in the log are known. */
type ItemSteps = Omit<TracedItem, 'steps'> & { readonly steps: readonly TraceStep[] };

/** Traces sampled items, each step with its place in the log and a proof of it under the state that is audited. */
@Injectable()
export class SampleTraceService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly log: EngagementLogService,
    private readonly steps: SampleStepsService,
    private readonly checkpoints: CheckpointsService,
    private readonly proofs: LogProofsService,
    private readonly keys: SigningKeysService,
  ) {}

  /**
   * One item, by its place in the sample from 1 on.
   *
   * @throws DomainError `engagement.not_found`, `engagement.sample_not_found`, `engagement.item_not_found`,
   *   `engine.not_here`, `signing.unavailable`
   */
  async trace(
    ledgerId: string,
    engagementId: string,
    { sampleId, item }: { readonly sampleId: string; readonly item: number },
  ): Promise<ItemTrace> {
    const { sample, round, checkpoint } = await this.known(ledgerId, engagementId, sampleId);
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const session = await this.steps.begin(tx, round);
      const one = await this.stepsOf(session, sample, item);
      const { items, proofs } = await this.proven(tx, checkpoint, [one]);
      return { checkpoint, proofs, item: items[0]! };
    });
  }

  /**
   * The proofs of every item of a sample, with the sample and its results, as an archive that is checked away from the
   * ledger (SAMPLING section 8).
   *
   * @throws DomainError as `trace`
   */
  async archive(ledgerId: string, engagementId: string, sampleId: string): Promise<Buffer> {
    const { sample, round, checkpoint } = await this.known(ledgerId, engagementId, sampleId);
    const { items, proofs } = await this.scope.readHeavy(ledgerId, async (tx) => {
      const session = await this.steps.begin(tx, round);
      const all: ItemSteps[] = [];
      for (const [at] of sample.items.entries()) {
        all.push(await this.stepsOf(session, sample, at + 1));
      }
      return this.proven(tx, checkpoint, all);
    });
    const { population, seed, populationSha256 } = sample;
    const { size, root, kid, note } = checkpoint;
    const listing: SampleProofs = {
      ledgerId,
      engagementId,
      sampleId,
      population,
      seed,
      nonce: round.nonce!.text,
      populationSha256,
      checkpoint: { size, root: toHex(root), kid },
      items,
    };
    const text = sampleProofsText(listing);
    const keys = await this.keys.list(ledgerId);
    const key = keys.find((one) => one.kid === kid)!;
    const jws = await this.keys.detached(key, SAMPLE_TYP, Buffer.from(text));
    const files = new Map([
      ...proofs,
      ['sample.jws', jws],
      ['checkpoint', note],
      ['sample.csv', sampleTable(sample)],
      ['sample.json', text],
    ]);
    const sources = [...files].map(([path, text]): ZipSource => ({
      path,
      read: () => Buffer.from(text),
    }));
    return zipped(sources.toSorted((a, b) => compareIds(a.path, b.path)));
  }

  /** A sample as its table, with the results so far. @throws DomainError `engagement.not_found`, `engagement.sample_not_found` */
  async table(ledgerId: string, engagementId: string, sampleId: string): Promise<string> {
    return sampleTable(sampleOf(await this.log.get(ledgerId, engagementId), sampleId));
  }

  private async known(
    ledgerId: string,
    engagementId: string,
    sampleId: string,
  ): Promise<{
    readonly engagement: Engagement;
    readonly sample: Sample;
    readonly round: Round;
    readonly checkpoint: Checkpoint;
  }> {
    const engagement = await this.log.get(ledgerId, engagementId);
    const sample = sampleOf(engagement, sampleId);
    const round = engagement.rounds.find((one) => one.round === sample.round)!;
    const checkpoint = await this.checkpoints.signed(ledgerId, round);
    return { engagement, sample, round, checkpoint };
  }

  /** @throws DomainError `engagement.item_not_found` */
  private async stepsOf(session: TraceSession, sample: Sample, item: number): Promise<ItemSteps> {
    const drawn = sample.items[item - 1];
    if (drawn === undefined) {
      const fix = `Name one of 1 to ${sample.items.length}, its place in the sample.`;
      throw new DomainError('engagement.item_not_found', { key: String(item), fix });
    }
    return { item, ...drawn, steps: await this.steps.of(session, sample, drawn) };
  }

  /** Items with the places of their steps, and a proof of each place: the rows of an event are read once for all. */
  private async proven(
    tx: LedgerTx,
    checkpoint: Checkpoint,
    items: readonly ItemSteps[],
  ): Promise<Pick<ItemTrace, 'proofs'> & { readonly items: readonly TracedItem[] }> {
    const places = items.flatMap(({ steps }) => steps.map(({ place }) => place));
    const made = (await this.proofs.many(tx, checkpoint, places)).values();
    const proofs = new Map<string, string>();
    const placed = (step: TraceStep): PlacedStep => {
      const { seq, text } = made.next().value!;
      const proof = proofName(seq, step.place.row);
      proofs.set(proof, text);
      return { ...step, seq, proof };
    };
    return { items: items.map((one) => ({ ...one, steps: one.steps.map(placed) })), proofs };
  }
}
