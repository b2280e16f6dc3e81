import { Injectable } from '@nestjs/common';
import {
  type Engagement,
  ENGAGEMENT_EVENTS,
  type EngagementEventType,
  type EngagementTerms,
} from '../../../core/engagements/engagement.js';
import { foldEngagements } from '../../../core/engagements/fold.js';
import type { AuditorKey } from '../../../core/engagements/rules.js';
import { DomainError } from '../../../core/errors.js';
import type { Canonical } from '../../../core/ledger/canonical.js';
import { formatInstant } from '../../../core/time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { Clock } from '../../../platform/clock.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AccessService } from '../../access/access.service.js';
import { PrincipalsService } from '../../access/principals.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';

/** A step to record. */
interface Step {
  readonly type: EngagementEventType;
  readonly engagementId: string;
  readonly terms: EngagementTerms;
  /** Canonical JSON, beside the engagement's id. */
  readonly body: object;
}

/** One after the other: what comes next depends on what was. */
const LOCK = 'engagements';

/** Engagements, folded from the log: they have no table of their own. */
@Injectable()
export class EngagementLogService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly access: AccessService,
    private readonly principals: PrincipalsService,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** Every engagement, in the order in which they were opened. */
  async all(tx: LedgerTx): Promise<readonly Engagement[]> {
    return foldEngagements(await this.ledger.sealedOf(tx, ENGAGEMENT_EVENTS));
  }

  list(ledgerId: string): Promise<readonly Engagement[]> {
    return this.scope.read(ledgerId, (tx) => this.all(tx));
  }

  /** @throws DomainError `engagement.not_found` */
  async get(ledgerId: string, engagementId: string): Promise<Engagement> {
    return this.scope.read(ledgerId, (tx) => this.getIn(tx, engagementId));
  }

  /** @throws DomainError `engagement.not_found` */
  async getIn(tx: LedgerTx, engagementId: string): Promise<Engagement> {
    const found = (await this.all(tx)).find((one) => one.engagementId === engagementId);
    if (found !== undefined) return found;
    const fix = 'List them: `npx mizan audit list`, or GET /v1/engagements.';
    throw new DomainError('engagement.not_found', { engagementId, fix });
  }

  /** Names of principals by id; one that was erased is not among them. */
  names(ledgerId: string): Promise<ReadonlyMap<string, string>> {
    return this.scope.read(ledgerId, (tx) => this.principals.names(tx));
  }

  /** Keys of a ledger, as far as an engagement asks for them. */
  async keys(ledgerId: string): Promise<readonly AuditorKey[]> {
    const all = await this.access.list(ledgerId);
    return all.map(({ row, state }) => ({
      keyId: row.keyId,
      principalId: row.principalId,
      role: row.role,
      expiresAt: row.expiresAt,
      state,
    }));
  }

  /** Changes an engagement under the one lock, and gives it as it is then. `work` hears null where there is none yet. */
  change(
    { ledgerId }: Actor,
    engagementId: string,
    work: (tx: LedgerTx, engagement: Engagement | null) => Promise<void>,
  ): Promise<Engagement> {
    return this.scope.write({ ledgerId, lock: LOCK }, async (tx) => {
      const all = await this.all(tx);
      await work(tx, all.find((one) => one.engagementId === engagementId) ?? null);
      return this.getIn(tx, engagementId);
    });
  }

  /** Appends a step. It is about the months in scope, so that packs of other months do not hold it. */
  async append(
    tx: LedgerTx,
    actor: Actor,
    { type, engagementId, terms, body }: Step,
  ): Promise<void> {
    const { months } = terms;
    await this.ledger.append(tx, actor, {
      type,
      validFrom: formatInstant(civilMonth(MOROCCO_LEGAL_TIME, months.from).startMs),
      validTo: formatInstant(civilMonth(MOROCCO_LEGAL_TIME, months.to).endMs),
      sourceRef: null,
      supersedes: [],
      rows: [],
      body: { ...(body as Readonly<Record<string, Canonical>>), engagementId },
    });
  }
}
