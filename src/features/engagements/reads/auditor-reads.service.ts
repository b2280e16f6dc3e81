import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { requireItsAuditor } from '../../../core/engagements/rules.js';
import type { HeardRead, ReadListener } from '../../../platform/auth/heard-reads.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { Clock } from '../../../platform/clock.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { Troubles } from '../../../platform/jobs/troubles.js';
import { logger, safeLine } from '../../../platform/logger.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';
import { ENGAGEMENT_REGISTERS } from '../engagements.registers.js';
import { EngagementLogService } from '../engagement/engagement-log.service.js';
import { KEPT_READ_BYTES } from './auditor-read.entity.js';
import { type AuditorRead, AuditorReadsRepository } from './auditor-reads.repository.js';

/** What is heard within so long is written together. */
const TOGETHER_MS = 1_000;
/** How long after a failure it is tried again. */
const AGAIN_MS = 15_000;
/** How many wait at the most while the table cannot be written: some MB. */
const WAITING_MAX = 10_000;
/** How many are written at once. */
const BATCH = 1_000;

const TROUBLE = 'auditor reads';

/**
 * Keeps what auditors read (decision 0070). It is written beside the requests, some together: nobody who reads waits
 * for it, and a table that cannot be written stops nobody; then `/health` says so.
 */
@Injectable()
export class AuditorReadsService implements ReadListener, Replays, BeforeApplicationShutdown {
  private waiting: (AuditorRead & { readonly ledgerId: string })[] = [];
  private lostCount = 0;
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<boolean> = Promise.resolve(true);

  constructor(
    private readonly scope: LedgerScope,
    private readonly log: EngagementLogService,
    private readonly reads: AuditorReadsRepository,
    private readonly troubles: Troubles,
    private readonly clock: Clock,
  ) {}

  replayed(): Replayed {
    return { tables: ENGAGEMENT_REGISTERS };
  }

  /** Hears of a read; one that is not an auditor's is passed over. */
  heard({ actor, readId, route, path, query, status }: HeardRead): void {
    if (actor.role !== 'auditor') return;
    if (this.waiting.length >= WAITING_MAX) {
      this.lostCount += 1;
      this.tell();
      return;
    }
    this.waiting.push({
      ledgerId: actor.ledgerId,
      readId,
      keyId: actor.id,
      principalId: actor.principalId,
      readAt: this.clock.now(),
      route,
      path: kept(path),
      query: query === null ? null : kept(query),
      status,
    });
    this.writeIn(TOGETHER_MS);
  }

  /**
   * What an auditor of an engagement read while it gives access, the latest first: what they read themselves, and no
   * one else's.
   *
   * @param before  Id of a read: only those before it.
   * @throws DomainError `engagement.not_found`, `engagement.not_its_auditor`, `engagement.read_not_found`
   */
  async list(
    { ledgerId, principalId }: Actor,
    engagementId: string,
    { before, limit }: { readonly before: string | null; readonly limit: number },
  ): Promise<readonly AuditorRead[]> {
    const engagement = await this.log.get(ledgerId, engagementId);
    requireItsAuditor(engagement, principalId);
    await this.flush();
    const { from, to } = engagement.terms.access;
    return this.scope.read(ledgerId, async (tx) => {
      const after =
        before === null ? null : await this.reads.find(tx, { principalId, readId: before });
      if (before !== null && after === null) {
        const fix = 'Name a read as the list gives it, or none.';
        throw new DomainError('engagement.read_not_found', { readId: before, fix });
      }
      const between = { from: new Date(from), to: new Date(to) };
      return this.reads.list(tx, { principalId, ...between, before: after, limit });
    });
  }

  /** Writes what waits. Gives whether all of it is written. */
  flush(): Promise<boolean> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Requests have ended: what was heard of them is written before the database goes. */
  async beforeApplicationShutdown(): Promise<void> {
    if (await this.flush()) return;
    const count = this.waiting.length + this.lostCount;
    logger.error({ count }, 'reads of auditors were not written');
  }

  private async write(): Promise<boolean> {
    while (this.waiting.length > 0) {
      const { ledgerId } = this.waiting[0]!;
      const batch = this.waiting.filter((one) => one.ledgerId === ledgerId).slice(0, BATCH);
      try {
        await this.scope.tell(ledgerId, (tx) => this.reads.add(tx, batch));
      } catch (error) {
        logger.error({ err: error }, 'reads of auditors cannot be written');
        this.tell();
        this.writeIn(AGAIN_MS);
        return false;
      }
      const written = new Set(batch);
      this.waiting = this.waiting.filter((one) => !written.has(one));
    }
    this.troubles.note(TROUBLE, this.lostCount === 0 ? null : lostText(this.lostCount));
    return true;
  }

  private tell(): void {
    const lost = this.lostCount === 0 ? '' : ` ${lostText(this.lostCount)}`;
    const text =
      `What auditors read cannot be written down: ${this.waiting.length} reads wait.${lost} ` +
      'Nobody is stopped by it; see the log of the server.';
    this.troubles.note(TROUBLE, text);
  }

  private writeIn(ms: number): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, ms);
    this.timer.unref();
  }
}

const lostText = (count: number): string =>
  `${count} reads of auditors were not written down, and never will be.`;

/** A part of an address as it is kept: without secrets, and not longer than any. */
function kept(text: string): string {
  const safe = safeLine(text.toWellFormed().replaceAll('\0', ''));
  return Buffer.byteLength(safe) <= KEPT_READ_BYTES
    ? safe
    : Buffer.from(safe)
        .subarray(0, KEPT_READ_BYTES)
        .toString('utf8')
        .replace(/\uFFFD+$/, '');
}
