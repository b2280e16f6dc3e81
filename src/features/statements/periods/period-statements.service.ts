import { Injectable } from '@nestjs/common';
import { validate } from 'uuid';
import { type Canonical, canonicalJson, sealedJson } from '../../../core/ledger/canonical.js';
import { sha256, toHex } from '../../../core/ledger/merkle.js';
import type { Fault } from '../../../core/ledger/verify.js';
import type { Figure } from '../../../core/statements/figure.js';
import { restatementOf } from '../../../core/statements/lines.js';
import { ROOT_CHECK } from '../../../core/statements/release-checks.js';
import { changedMonths, type PinnedMonth } from '../../../core/statements/periods/month-changes.js';
import { formatInstant } from '../../../core/time/interval.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { INTAKE_LOCK } from '../../imports/imports.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';
import { MatchingService } from '../../matching/runs/matching.service.js';
import { SealingService } from '../sealing.service.js';
import type { Content } from '../carbon-content.service.js';
import { changedFigures, saysTheSame } from '../statement-versions.document.js';
import { PeriodContentService } from './period-content.service.js';
import type { PeriodStatementEntity } from './period-statement.entity.js';
import { PERIOD_STATEMENT_REGISTERS } from './period-statements.registers.js';
import { PeriodStatementsRepository } from './period-statements.repository.js';
import { type PeriodRequest, PeriodTargetsService } from './period-targets.service.js';

/** A statement of a period as other features see it. */
export type PeriodStatement = Readonly<PeriodStatementEntity>;

/** A statement of a period, as far as readers of figures need it. */
export interface PeriodDocument {
  readonly statementId: string;
  readonly kind: 'carbon';
  readonly version: number;
  readonly siteCode: string | null;
  readonly entity: { readonly code: string };
  readonly period: { readonly name: string; readonly start: string; readonly end: string };
  readonly months: readonly (PinnedMonth & {
    readonly inputSha256: string;
    readonly resultRoot: string;
  })[];
  readonly figures: readonly Figure[];
  readonly [key: string]: unknown;
}

const ROWS = 'mizan/row/period-statement/1';

/** Carbon statements of quarters, years and reporting years, and of all sites of an organisation. */
@Injectable()
export class PeriodStatementsService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly targets: PeriodTargetsService,
    private readonly matching: MatchingService,
    private readonly content: PeriodContentService,
    private readonly statements: PeriodStatementsRepository,
    private readonly seals: SealingService,
  ) {}

  /** Statements of periods, and whether each says of its runs what the runs say. */
  replayed(): Replayed {
    return {
      tables: PERIOD_STATEMENT_REGISTERS,
      rows: {
        [ROWS]: async (tx, { eventId }) =>
          (await this.statements.ofEvent(tx, eventId)).map(statementRow),
      },
      checks: [(tx) => this.otherRun(tx)],
    };
  }

  /**
   * Issues a carbon statement of a period. Where the last version says the same, that one is given;
   * otherwise a new version that names it, with the months that changed.
   *
   * @throws DomainError `period.invalid`, `period.no_reporting_year`, `site.ambiguous`,
   *   `statement.sites_missing`, `statement.months_missing`, `factor.*`, `statement.check_failed`
   */
  issue(
    actor: Actor,
    request: PeriodRequest,
  ): Promise<{ readonly statement: PeriodStatement; readonly isNew: boolean }> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, async (tx) => {
      const wanted = await this.targets.wantedOf(tx, request);
      const content = await this.content.carbon(tx, wanted);
      const siteCode = wanted.isOfEntity ? null : wanted.sites[0]!.code;
      const of = { siteCode, entityCode: request.entityCode, period: wanted.period.name };
      const last = await this.statements.latest(tx, of);
      if (last !== null && saysTheSame(parsePeriodStatement(last), content)) {
        return { statement: last, isNew: false };
      }
      return { statement: await this.write(tx, actor, { of, content, last }), isNew: true };
    });
  }

  /** All of a ledger, by period, what they are about and version. */
  list(ledgerId: string): Promise<readonly PeriodStatement[]> {
    return this.scope.read(ledgerId, (tx) => this.statements.list(tx));
  }

  /** One by its id; null where it is none of a period. */
  async findIn(tx: LedgerTx, statementId: string): Promise<PeriodStatement | null> {
    return validate(statementId) ? this.statements.find(tx, statementId) : null;
  }

  /** The version after one; null where it is the last. */
  nextOf(tx: LedgerTx, statementId: string): Promise<PeriodStatement | null> {
    return this.statements.nextOf(tx, statementId);
  }

  private async write(
    tx: LedgerTx,
    actor: Actor,
    next: {
      readonly of: Pick<PeriodStatement, 'siteCode' | 'entityCode' | 'period'>;
      readonly content: Content;
      readonly last: PeriodStatement | null;
    },
  ): Promise<PeriodStatement> {
    const { of, content, last } = next;
    const version = (last?.version ?? 0) + 1;
    const supersedes = last?.statementId ?? null;
    const { size, root } = await this.seals.anchor(tx);
    return this.seals.issue(tx, actor, async ({ ledgerId, statementId, eventId, recordedAt }) => {
      const text = canonicalJson({
        ...content,
        releaseChecks: [...(content['releaseChecks'] as string[]), ROOT_CHECK],
        ledgerId,
        statementId,
        version,
        supersedes,
        issuedAt: formatInstant(recordedAt.getTime()),
        anchor: { size, root },
        ...sinceLast(last, content),
      });
      const statement: PeriodStatementEntity = {
        ledgerId,
        statementId,
        siteCode: of.siteCode,
        entityCode: of.entityCode,
        period: of.period,
        version,
        supersedes,
        document: Buffer.from(text),
        sha256: Buffer.from(sha256(text)),
        eventId,
        recordedAt,
      };
      await this.statements.add(tx, statement);
      const { period } = parsePeriodStatement(statement);
      return {
        type: 'period_statement.issued',
        validFrom: period.start,
        validTo: period.end,
        supersedes: last === null ? [] : [last.eventId],
        body: { rows: ROWS, version, statementId, sha256: toHex(statement.sha256) },
        rows: [statementRow(statement)],
        result: statement,
      };
    });
  }

  /** The first statement that says otherwise of one of its runs than the run does. */
  private async otherRun(tx: LedgerTx): Promise<Fault | null> {
    const byId = new Map((await this.matching.runsIn(tx)).map((run) => [run.runId, run]));
    for (const statement of await this.statements.list(tx)) {
      const { months } = parsePeriodStatement(statement);
      const wrong = months.find(({ runId, inputSha256, resultRoot }) => {
        const run = byId.get(runId);
        return run?.inputSha256 !== inputSha256 || run.resultRoot !== resultRoot;
      });
      if (wrong === undefined) continue;
      const seq = await this.seals.seqOf(tx, statement.eventId);
      const detail = `Statement ${statement.statementId} says another input or result of the run of ${wrong.month} than the run.`;
      return { seq, check: 'period_statement_run', detail };
    }
    return null;
  }
}

/** What a version says of the one before: figures, sources and months that are others. */
function sinceLast(
  last: PeriodStatement | null,
  content: Content,
): { readonly [key: string]: Canonical } {
  if (last === null) return { changes: [], restatement: null };
  const before = parsePeriodStatement(last);
  const now = content as unknown as PeriodDocument;
  const months = changedMonths(before.months, now.months);
  return {
    changes: changedFigures(before, content),
    restatement: {
      ...(restatementOf(before, now) as Content),
      months: months.map((one) => ({ ...one, figures: [...one.figures] })),
    },
  };
}

/** The document of a statement of a period, from its bytes. */
export function parsePeriodStatement({
  document,
}: Pick<PeriodStatement, 'document'>): PeriodDocument {
  return JSON.parse(document.toString('utf8')) as PeriodDocument;
}

/** The hash is taken of the stored bytes, so that an edited document does not match its event. */
function statementRow(statement: PeriodStatement): string {
  const { statementId, siteCode, entityCode, period, version, supersedes, document } = statement;
  return sealedJson(ROWS, {
    statementId,
    siteCode,
    entityCode,
    period,
    version,
    supersedes,
    sha256: toHex(sha256(document)),
  });
}
