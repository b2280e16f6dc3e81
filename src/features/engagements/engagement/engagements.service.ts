import { Injectable } from '@nestjs/common';
import { requirePerson } from '../../../core/access/key.js';
import type {
  AssuranceLevel,
  AssuranceStandard,
  Engagement,
  FixedStatement,
  Thread,
} from '../../../core/engagements/engagement.js';
import {
  openThread,
  requireAuditor,
  requireAuditorKeys,
  requireDone,
  requireIndependent,
  requireItems,
  requireNoOpenRound,
  requireOpen,
  roundForNonce,
  sampleOf,
} from '../../../core/engagements/rules.js';
import { DomainError } from '../../../core/errors.js';
import { toHex } from '../../../core/ledger/merkle.js';
import type { Actor } from '../../../platform/auth/roles.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AssetsService } from '../../assets/assets.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { CheckpointsService } from '../../signing/checkpoints.service.js';
import { StatementsService } from '../../statements/statements.service.js';
import { EngagementLogService } from './engagement-log.service.js';

/** What an engagement is opened with. */
export interface EngagementRequest {
  readonly siteCode: string | null;
  readonly months: { readonly from: string; readonly to: string };
  readonly standard: AssuranceStandard;
  readonly level: AssuranceLevel;
  readonly access: { readonly from: string; readonly to: string };
  readonly auditorKeyIds: readonly string[];
}

/** What an auditor asks, or found. */
export type ThreadRequest = Pick<Thread, 'kind' | 'text' | 'dueOn' | 'about'>;

/** The auditor's work on a ledger, step by step: each step is an event, and after sign-off there is none. */
@Injectable()
export class EngagementsService {
  constructor(
    private readonly log: EngagementLogService,
    private readonly ledger: LedgerService,
    private readonly assets: AssetsService,
    private readonly statements: StatementsService,
    private readonly checkpoints: CheckpointsService,
  ) {}

  /**
   * Opens an engagement: what is audited, by whom, and until when.
   *
   * @throws DomainError `auth.person_required`, `engagement.key_unfit`, `engagement.not_independent`,
   *   `site.ambiguous`, `record.not_found`
   */
  async open(actor: Actor, request: EngagementRequest): Promise<Engagement> {
    requirePerson(actor.principalId, 'open an engagement');
    const { months, standard, level, access } = request;
    const keys = await this.log.keys(actor.ledgerId);
    const auditors = requireAuditorKeys(request.auditorKeyIds, {
      keys,
      accessTo: new Date(access.to),
      openedBy: actor.principalId,
    });
    const engagementId = this.ledger.nextId();
    return this.log.change(actor, engagementId, async (tx) => {
      const { code: siteCode } = await this.assets.siteOf(tx, request.siteCode);
      const terms = { siteCode, months, standard, level, access, auditors };
      await this.log.append(tx, actor, { type: 'audit.opened', engagementId, terms, body: terms });
    });
  }

  /** Every engagement of a ledger, in the order in which they were opened. */
  list(ledgerId: string): Promise<readonly Engagement[]> {
    return this.log.list(ledgerId);
  }

  /** @throws DomainError `engagement.not_found` */
  get(ledgerId: string, engagementId: string): Promise<Engagement> {
    return this.log.get(ledgerId, engagementId);
  }

  /**
   * Fixes the state of the log that is audited, signed, with the month's statements as they are in it.
   *
   * @throws DomainError as `act`; `engagement.step_out_of_order`, `engagement.statement_missing`,
   *   `signing.unavailable`
   */
  async fix(actor: Actor, engagementId: string): Promise<Engagement> {
    const engagement = await this.log.get(actor.ledgerId, engagementId);
    await this.requireActing(actor, engagement);
    requireNoOpenRound(engagement);
    const { size, root, kid } = await this.checkpoints.sign(actor.ledgerId);
    return this.act(actor, engagementId, async (tx, now) => {
      requireNoOpenRound(now);
      const statements = await this.statementsIn(tx, now, size);
      const round = now.rounds.length + 1;
      await this.log.append(tx, actor, {
        type: 'audit.fixed',
        engagementId,
        terms: now.terms,
        body: { round, size, root: toHex(root), kid, statements },
      });
    });
  }

  /**
   * Takes the auditor's nonce for the state that is fixed.
   *
   * @throws DomainError as `act`; `engagement.step_out_of_order` before a state was signed,
   *   `engagement.nonce_used`, `sampling.nonce_unusable`
   */
  giveNonce(actor: Actor, engagementId: string, nonce: string): Promise<Engagement> {
    return this.act(actor, engagementId, async (tx, engagement) => {
      const all = await this.log.all(tx);
      const earlier = all.flatMap(({ rounds }) => rounds.map((one) => one.nonce?.text ?? ''));
      const { round } = roundForNonce(engagement, nonce, new Set(earlier));
      await this.log.append(tx, actor, {
        type: 'audit.nonce_given',
        engagementId,
        terms: engagement.terms,
        body: { round, nonce },
      });
    });
  }

  /** Raises a request or a finding. @throws DomainError as `act`; `engagement.sample_not_found`, `engagement.item_not_found` */
  raise(actor: Actor, engagementId: string, request: ThreadRequest): Promise<Engagement> {
    return this.act(actor, engagementId, async (tx, engagement) => {
      const { kind, text, dueOn, about } = request;
      if (about !== null) requireItems(sampleOf(engagement, about.sampleId), [about.key]);
      const threadId = this.ledger.nextId();
      await this.log.append(tx, actor, {
        type: 'audit.raised',
        engagementId,
        terms: engagement.terms,
        body: { threadId, kind, text, dueOn, about: about === null ? null : { ...about } },
      });
    });
  }

  /**
   * Answers a request or a finding: the house, or the auditor who goes on asking.
   *
   * @throws DomainError `auth.person_required`, `engagement.thread_not_found`, `engagement.thread_closed`,
   *   `engagement.signed_off`; for an auditor as `act`
   */
  answer(
    actor: Actor,
    engagementId: string,
    { threadId, text }: { readonly threadId: string; readonly text: string },
  ): Promise<Engagement> {
    const work: Work = async (tx, engagement) => {
      openThread(engagement, threadId);
      await this.log.append(tx, actor, {
        type: 'audit.answered',
        engagementId,
        terms: engagement.terms,
        body: { threadId, text },
      });
    };
    if (actor.role === 'auditor') return this.act(actor, engagementId, work);
    requirePerson(actor.principalId, 'answer an auditor');
    return this.log.change(actor, engagementId, async (tx) => {
      const engagement = await this.log.getIn(tx, engagementId);
      requireOpen(engagement);
      await work(tx, engagement);
    });
  }

  /** Closes a request or a finding with its outcome. @throws DomainError as `act`; `engagement.thread_…` */
  close(
    actor: Actor,
    engagementId: string,
    { threadId, outcome }: { readonly threadId: string; readonly outcome: string },
  ): Promise<Engagement> {
    return this.act(actor, engagementId, async (tx, engagement) => {
      openThread(engagement, threadId);
      await this.log.append(tx, actor, {
        type: 'audit.closed',
        engagementId,
        terms: engagement.terms,
        body: { threadId, outcome },
      });
    });
  }

  /**
   * Signs off: the work is done, and nothing of the engagement changes from here on. It is no conclusion, which the
   * practitioner gives in a report that they sign with their own key (METHOD 7.3).
   *
   * @param reportSha256  Of that report; null where none is named.
   * @throws DomainError as `act`; `engagement.work_open`, `engagement.step_out_of_order`
   */
  signOff(actor: Actor, engagementId: string, reportSha256: string | null): Promise<Engagement> {
    return this.act(actor, engagementId, async (tx, engagement) => {
      requireDone(engagement);
      const { statements, size, root } = engagement.rounds.at(-1)!;
      await this.log.append(tx, actor, {
        type: 'audit.signed_off',
        engagementId,
        terms: engagement.terms,
        body: { reportSha256, size, root, statements: statements.map((one) => ({ ...one })) },
      });
    });
  }

  /**
   * Does one step as an auditor of the engagement.
   *
   * @throws DomainError `auth.person_required`, `engagement.not_found`, `engagement.not_its_auditor`,
   *   `engagement.not_now`, `engagement.key_unfit`, `engagement.not_independent`, `engagement.signed_off`
   */
  async act(actor: Actor, engagementId: string, work: Work): Promise<Engagement> {
    await this.requireActing(actor, await this.log.get(actor.ledgerId, engagementId));
    return this.log.change(actor, engagementId, async (tx, engagement) => {
      requireAuditor(engagement!, actor.principalId, this.log.now());
      await work(tx, engagement!);
    });
  }

  private async requireActing(actor: Actor, engagement: Engagement): Promise<void> {
    const { principalId, id, ledgerId } = actor;
    requirePerson(principalId, 'audit');
    requireAuditor(engagement, principalId, this.log.now());
    const keys = await this.log.keys(ledgerId);
    const accessTo = new Date(engagement.terms.access.to);
    requireAuditorKeys([id], { keys, accessTo, openedBy: null });
    requireIndependent(principalId, keys);
  }

  /** The last carbon statement of each month in scope, as the log had them at a size. */
  private async statementsIn(
    tx: LedgerTx,
    { terms }: Engagement,
    size: number,
  ): Promise<FixedStatement[]> {
    const { siteCode, months } = terms;
    const latest = new Map<string, FixedStatement>();
    for (const one of await this.statements.listIn(tx)) {
      const isMeant = one.kind === 'carbon' && one.siteCode === siteCode;
      if (!isMeant || one.month < months.from || one.month > months.to) continue;
      if ((latest.get(one.month)?.version ?? 0) >= one.version) continue;
      if ((await this.ledger.seqOf(tx, one.eventId))! >= size) continue;
      const { statementId, month, version, runId } = one;
      latest.set(month, { statementId, month, version, runId, sha256: toHex(one.sha256) });
    }
    const missing = monthsOf(months).filter((month) => !latest.has(month));
    if (missing.length === 0) return monthsOf(months).map((month) => latest.get(month)!);
    const fix = 'Have each month of the scope stated first: `npx mizan statement MONTH`.';
    throw new DomainError('engagement.statement_missing', { months: missing, fix });
  }
}

/** One step, inside its transaction. */
export type Work = (tx: LedgerTx, engagement: Engagement) => Promise<void>;

/** Civil months from one to another. */
export function monthsOf({ from, to }: { readonly from: string; readonly to: string }): string[] {
  const [year, month] = from.split('-').map(Number) as [number, number];
  const all: string[] = [];
  for (let at = 0; (all.at(-1) ?? '') < to; at += 1) {
    all.push(new Date(Date.UTC(year, month - 1 + at, 1)).toISOString().slice(0, 7));
  }
  return all;
}
