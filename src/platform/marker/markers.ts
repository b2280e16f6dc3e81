import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnModuleInit,
} from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { toHex } from '../../core/ledger/merkle.js';
import { CONFIG, type Config } from '../config.js';
import { LedgerScope } from '../database/ledger-scope.js';
import type { LedgerTx } from '../database/ledger-tx.js';
import { logger } from '../logger.js';
import {
  type HeadsFile,
  knownHeads,
  type Lost,
  type Mark,
  readHeads,
  writeHeads,
} from './heads-file.js';
import { declaredLost, hashAt, identifierOf, storedHead } from './log-ends.js';
import { rootAt } from './log-tree.js';
import {
  type Standing,
  STANDING_FIX,
  standingOf,
  standingText,
  type StoredHead,
} from './standing.js';

/** Writes that come within this time are marked together. */
const TOGETHER_MS = 200;
const AGAIN_MS = 5_000;

/**
 * Keeps the marker: the last end of each ledger, outside of its database. It follows the commits, and
 * never holds one up or undoes it. A log that is behind it takes nothing in (LEDGER section 12).
 */
@Injectable()
export class Markers implements OnModuleInit, BeforeApplicationShutdown {
  private loaded: HeadsFile | null | undefined;
  private readonly unmarked = new Set<string>();
  private readonly standings = new Map<string, { readonly of: string; readonly is: Standing }>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  private trouble: string | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'markerFile' | 'dataDir'>,
    private readonly scope: LedgerScope,
  ) {}

  onModuleInit(): void {
    this.scope.onWritten((ledgerId) => this.note(ledgerId));
  }

  /** What was known when the process began, or has been marked since. */
  private get known(): HeadsFile | null {
    this.loaded ??= knownHeads(this.config);
    return this.loaded;
  }

  /** What is known of a ledger; null where nothing is. */
  markOf(ledgerId: string): Mark | null {
    return this.known?.ledgers[ledgerId] ?? null;
  }

  /**
   * Requires that a log is with its marker.
   *
   * @param head  End of the log, read under its lock.
   * @throws DomainError `ledger.behind_checkpoint`
   */
  async requireWith(tx: LedgerTx, head: StoredHead): Promise<void> {
    const { ledgerId } = tx;
    const standing = await this.standingIn(tx, head);
    if (standing.kind === 'with') return;
    throw new DomainError('ledger.behind_checkpoint', {
      ledgerId,
      detail: standingText(standing),
      fix: STANDING_FIX,
      size: head.size,
      markedSize: standing.mark.size,
    });
  }

  /**
   * Requires that a log is not with its marker: a loss is declared once.
   *
   * @param head  End of the log, read under its lock.
   * @throws DomainError `ledger.not_behind`
   */
  async requireApart(tx: LedgerTx, head: StoredHead): Promise<void> {
    const { kind } = await this.standingIn(tx, head);
    if (kind === 'with') throw notBehind(tx.ledgerId);
  }

  /** How a log stands to its marker; looked up once for each marker. */
  async standingIn(tx: LedgerTx, head: StoredHead): Promise<Standing> {
    const { ledgerId } = tx;
    const mark = this.markOf(ledgerId);
    const of = mark === null ? '' : `${mark.size} ${mark.chainHash}`;
    const before = this.standings.get(ledgerId);
    // A log only grows: what was with its marker stays so while it is not shorter.
    const isKnown = before?.of === of && before.is.kind === 'with' && before.is.declared === null;
    if (isKnown && head.size >= (mark?.size ?? 0)) return before.is;
    const is = await standingOf(head, mark, {
      hashAt: (seq) => hashAt(tx, seq),
      declared: (lost) => declaredLost(tx, lost),
      rootAt: async (size) => toHex(await rootAt(tx, size)),
    });
    this.standings.set(ledgerId, { of, is });
    return is;
  }

  /** As `standingIn`, looked up anew: what was known before it was seen to be wrong does not count. */
  standingAnew(tx: LedgerTx, head: StoredHead): Promise<Standing> {
    this.standings.delete(tx.ledgerId);
    return this.standingIn(tx, head);
  }

  /** The ledgers that the marker knows. */
  ledgerIds(): readonly string[] {
    return Object.keys(this.known?.ledgers ?? {});
  }

  /** Compares all ledgers that the marker knows. */
  async compare(): Promise<void> {
    for (const ledgerId of this.ledgerIds()) {
      await this.scope.read(ledgerId, async (tx) => {
        const head = (await storedHead(tx)) ?? { size: 0, chainHash: '' };
        await this.standingIn(tx, head);
      });
    }
  }

  /** Ledgers that take nothing in because they are not with the marker, a sentence each. */
  stops(): readonly string[] {
    return [...this.standings.values()].flatMap(({ is }) =>
      is.kind === 'with' ? [] : [`${standingText(is)} ${STANDING_FIX}`],
    );
  }

  /** What is wrong with the marker itself, a sentence each. */
  warnings(): readonly string[] {
    return this.trouble === null ? [] : [this.trouble];
  }

  /** Changes what is marked of a ledger, now. @throws Error where it cannot be written */
  async change(ledgerId: string, to: (mark: Mark | null) => Mark): Promise<void> {
    await this.inTurn(async () => {
      await this.alter(ledgerId, (heads) => {
        const ledgers = { ...heads.ledgers, [ledgerId]: to(heads.ledgers[ledgerId] ?? null) };
        return { ...heads, ledgers };
      });
      this.standings.delete(ledgerId);
    });
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.settle();
  }

  /** Marks what is not marked yet: after this the database may go. */
  async settle(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.flush();
  }

  private note(ledgerId: string): void {
    this.unmarked.add(ledgerId);
    this.flushIn(TOGETHER_MS);
  }

  private flushIn(ms: number): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, ms);
    this.timer.unref();
  }

  private async flush(): Promise<void> {
    const ledgerIds = [...this.unmarked];
    if (ledgerIds.length === 0) return;
    this.unmarked.clear();
    try {
      await this.inTurn(() => this.mark(ledgerIds));
      this.trouble = null;
    } catch (error) {
      ledgerIds.forEach((ledgerId) => this.unmarked.add(ledgerId));
      if (this.trouble === null)
        logger.warn({ message: messageOf(error) }, 'the marker cannot be written');
      const { code = 'unknown' } = error as { readonly code?: string };
      this.trouble = `The marker of ledgers' ends cannot be written (${code}); it is tried again.`;
      this.flushIn(AGAIN_MS);
    }
  }

  private async mark(ledgerIds: readonly string[]): Promise<void> {
    // Compared with what other processes have marked meanwhile, not with what this one remembers.
    this.loaded = this.current();
    let { systemIdentifier } = this.loaded;
    const ends: End[] = [];
    for (const ledgerId of ledgerIds) {
      const end = await this.scope.read(ledgerId, async (tx) => {
        systemIdentifier ??= await identifierOf(tx);
        const head = await storedHead(tx);
        if (head === null) return null;
        const standing = await this.standingIn(tx, head);
        return standing.kind === 'with' ? { ledgerId, head, declared: standing.declared } : null;
      });
      // What is missing here stays marked.
      if (end !== null) ends.push(end);
    }
    const [first] = ends;
    if (first === undefined) return;
    await this.alter(first.ledgerId, (heads) => ({
      ...heads,
      systemIdentifier: heads.systemIdentifier ?? systemIdentifier,
      ledgers: ends.reduce(withEnd, heads.ledgers),
    }));
  }

  /**
   * Changes the marker as it is on the disk at that moment. Servers and commands of one database do so one after
   * the other: what one has marked, another never takes back.
   */
  private async alter(ledgerId: string, to: (heads: HeadsFile) => HeadsFile): Promise<void> {
    await this.scope.tell(ledgerId, async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('mizan marker'))`);
      await this.keep(to(this.current()));
    });
  }

  /** The marker as it is on the disk now: other processes write it too. */
  private current(): HeadsFile {
    const empty = { format: 'mizan/heads/1' as const, systemIdentifier: null, ledgers: {} };
    return readHeads(this.config.markerFile) ?? this.known ?? empty;
  }

  private async keep(heads: HeadsFile): Promise<void> {
    await writeHeads(this.config.markerFile, heads);
    this.loaded = heads;
    for (const [ledgerId, { of, is }] of this.standings) {
      const mark = heads.ledgers[ledgerId];
      // Marked from this very log: it is with its marker.
      if (
        is.kind === 'with' &&
        is.declared === null &&
        mark !== undefined &&
        of !== `${mark.size} ${mark.chainHash}`
      ) {
        this.standings.set(ledgerId, { of: `${mark.size} ${mark.chainHash}`, is });
      }
    }
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.writing.then(work);
    this.writing = turn.catch(() => {});
    return turn;
  }
}

/** The end of a log that is with its marker, and the end that it declares lost, where it does. */
interface End {
  readonly ledgerId: string;
  readonly head: StoredHead & Pick<Mark, 'name' | 'recordedAt'>;
  readonly declared: Lost | null;
}

/** What is marked, with an end. What another process has marked meanwhile may be newer: then it stays. */
function withEnd(
  ledgers: HeadsFile['ledgers'],
  { ledgerId, head, declared }: End,
): HeadsFile['ledgers'] {
  const before = ledgers[ledgerId];
  const isLost =
    declared !== null && before?.size === declared.size && before.chainHash === declared.chainHash;
  // A wish to go on has been answered with it.
  if (isLost)
    return { ...ledgers, [ledgerId]: { ...head, lost: [...(before.lost ?? []), declared] } };
  return head.size > (before?.size ?? -1)
    ? { ...ledgers, [ledgerId]: { ...before, ...head } }
    : ledgers;
}

/** There is nothing to declare lost. */
export function notBehind(ledgerId: string): DomainError<'ledger.not_behind'> {
  const fix = 'There is nothing to declare: no event that was known is missing.';
  return new DomainError('ledger.not_behind', { ledgerId, fix });
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
