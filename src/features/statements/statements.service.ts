import { Injectable } from '@nestjs/common';
import { validate } from 'uuid';
import { assert, DomainError } from '../../core/errors.js';
import { type Canonical, canonicalJson, sealedJson } from '../../core/ledger/canonical.js';
import { sha256, toHex } from '../../core/ledger/merkle.js';
import type { Fault } from '../../core/ledger/verify.js';
import type { Figure } from '../../core/statements/figure.js';
import { restatementOf } from '../../core/statements/lines.js';
import { suspectSummary, undecided } from '../../core/matching/suspect.js';
import { formatInstant } from '../../core/time/interval.js';
import type { Actor } from '../../platform/auth/roles.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { INTAKE_LOCK } from '../imports/imports.service.js';
import { type MatchingRun, MatchingService } from '../matching/runs/matching.service.js';
import type { MonthView } from '../matching/runs/month-view.service.js';
import { SealingService } from './sealing.service.js';
import { StatementContentService } from './statement-content.service.js';
import type { StatementEntity } from './statement.entity.js';
import { changedFigures, saysTheSame } from './statement-versions.document.js';
import { STATEMENT_REGISTERS } from './statements.registers.js';
import { StatementsRepository } from './statements.repository.js';
import type { TenantWanted } from './tenants/tenants.service.js';
import type { Replayed, Replays } from '../ledger/replay/replay.port.js';

/** Kinds of statements. */
export type StatementKind = StatementEntity['kind'];
/** A statement as other features see it. */
export type Statement = Readonly<StatementEntity>;

/** A statement's document, as far as readers of figures need it. */
export interface StatementDocument {
  readonly statementId: string;
  readonly kind: StatementKind;
  readonly version: number;
  readonly siteCode: string;
  readonly period: { readonly month: string; readonly start: string; readonly end: string };
  readonly matching: {
    readonly runId: string;
    readonly inputSha256: string;
    readonly resultRoot: string;
  };
  readonly figures: readonly Figure[];
  readonly tenant?: { readonly code: string };
  readonly [key: string]: unknown;
}

/** Result of issuing; `isNew` is false when the last version already says the same. */
export interface IssueResult {
  readonly statement: Statement;
  readonly isNew: boolean;
}

const ROWS = 'mizan/row/statement/1';

/** Carbon and billing statements: issue, read. What was issued never changes. */
@Injectable()
export class StatementsService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly matching: MatchingService,
    private readonly content: StatementContentService,
    private readonly statements: StatementsRepository,
    private readonly seals: SealingService,
  ) {}

  /** Statements, and whether each says of its run what the run says. */
  replayed(): Replayed {
    return {
      tables: STATEMENT_REGISTERS,
      rows: {
        [ROWS]: async (tx, { eventId }) =>
          (await this.statements.ofEvent(tx, eventId)).map(statementRow),
      },
      checks: [(tx) => this.otherRun(tx)],
    };
  }

  /**
   * Issues a statement of a matched month. Where the last version says the same, that one is given;
   * otherwise a new version that names it.
   *
   * @throws DomainError `matching.run_not_found`, `matching.inputs_changed`,
   *   `statement.suspect_undecided`, `factor.*`, `vat.*`, `tenant.none`, `record.not_found` for who is no tenant of the site
   */
  issue(
    actor: Actor,
    kind: StatementKind,
    wanted: {
      readonly month: string;
      readonly siteCode: string | null;
      /** Of a tenant's statement: whose it is, and its GPU-hours where they are supplied. */
      readonly tenant?: TenantWanted;
    },
  ): Promise<IssueResult> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, async (tx) => {
      const { ledgerId } = actor;
      const { run, view } = await this.matching.currentRun(tx, wanted);
      const { month, tenant } = wanted;
      // What is billed rests on certificates alone.
      if (kind !== 'billing') requireDecided(view, month);
      const content = await this.contentOf(tx, { kind, run, view, tenant });
      const siteCode = view.site.code;
      const tenantCode = tenant?.code ?? null;
      const of = { ledgerId, kind, siteCode, month, tenantCode };
      const last = await this.statements.latest(tx, of);
      if (last !== null && saysTheSame(parseStatement(last), content))
        return { statement: last, isNew: false };
      const next = { kind, run, content, last, tenantCode };
      return { statement: await this.write(tx, actor, next), isNew: true };
    });
  }

  /**
   * The first statement that says otherwise of its matching run than the run does: which, made from
   * what, with which result. Asked of all, whichever engine made them.
   */
  private async otherRun(tx: LedgerTx): Promise<Fault | null> {
    const runs = await this.matching.runsIn(tx);
    const byId = new Map(runs.map((run) => [run.runId, run]));
    for (const { statementId, runId, document, eventId } of await this.statements.list(tx)) {
      const { matching } = JSON.parse(document.toString('utf8')) as StatementDocument;
      const run = byId.get(runId);
      const isSame =
        run !== undefined &&
        matching.runId === runId &&
        matching.inputSha256 === run.inputSha256 &&
        matching.resultRoot === run.resultRoot;
      if (isSame) continue;
      const seq = await this.seals.seqOf(tx, eventId);
      const detail = `Statement ${statementId} says another input or result of its run than the run.`;
      return { seq, check: 'statement_run', detail };
    }
    return null;
  }

  private contentOf(
    tx: LedgerTx,
    of: {
      readonly kind: StatementKind;
      readonly run: MatchingRun;
      readonly view: MonthView;
      readonly tenant: TenantWanted | undefined;
    },
  ): Promise<{ readonly [key: string]: Canonical }> {
    const { kind, run, view, tenant } = of;
    if (kind !== 'tenant') return this.content[kind](tx, run, view);
    assert(tenant !== undefined, 'statement: a tenant’s names its tenant');
    return this.content.tenant(tx, run, view, tenant);
  }

  /** All statements of a ledger, by month, kind, site and version. */
  listIn(tx: LedgerTx): Promise<StatementEntity[]> {
    return this.statements.list(tx);
  }

  /** As `listIn`, in a transaction of its own. */
  list(ledgerId: string): Promise<StatementEntity[]> {
    return this.scope.read(ledgerId, (tx) => this.statements.list(tx));
  }

  /** @throws DomainError `statement.not_found` */
  get(ledgerId: string, statementId: string): Promise<Statement> {
    return this.scope.read(ledgerId, (tx) => this.getIn(tx, statementId));
  }

  /** As `get`, inside a transaction. */
  async getIn(tx: LedgerTx, statementId: string): Promise<Statement> {
    const isId = validate(statementId);
    const statement = isId ? await this.statements.find(tx, statementId) : null;
    if (statement === null) throw new DomainError('statement.not_found', { statementId });
    return statement;
  }

  /** The version after one; null where it is the last. */
  nextOf(tx: LedgerTx, statementId: string): Promise<Statement | null> {
    return this.statements.nextOf(tx, statementId);
  }

  private async write(
    tx: LedgerTx,
    actor: Actor,
    next: {
      readonly kind: StatementKind;
      readonly run: { readonly runId: string; readonly siteCode: string; readonly month: string };
      readonly content: { readonly [key: string]: Canonical };
      readonly last: Statement | null;
      readonly tenantCode: string | null;
    },
  ): Promise<Statement> {
    const { kind, run, content, last, tenantCode } = next;
    const version = (last?.version ?? 0) + 1;
    const supersedes = last?.statementId ?? null;
    return this.seals.issue(tx, actor, async ({ ledgerId, statementId, eventId, recordedAt }) => {
      const text = canonicalJson({
        ...content,
        ledgerId,
        statementId,
        version,
        supersedes,
        issuedAt: formatInstant(recordedAt.getTime()),
        changes: last === null ? [] : changedFigures(parseStatement(last), content),
        ...(kind === 'carbon' ? await this.anchorOf(tx, last, content) : {}),
      });
      const statement: StatementEntity = {
        ledgerId,
        statementId,
        kind,
        version,
        supersedes,
        runId: run.runId,
        eventId,
        siteCode: run.siteCode,
        month: run.month,
        tenantCode,
        recordedAt,
        document: Buffer.from(text),
        sha256: Buffer.from(sha256(text)),
      };
      await this.statements.add(tx, statement);
      const { period } = parseStatement(statement);
      return {
        type: 'statement.issued',
        validFrom: period.start,
        validTo: period.end,
        supersedes: last === null ? [] : [last.eventId],
        body: { rows: ROWS, kind, version, statementId, sha256: toHex(statement.sha256) },
        rows: [statementRow(statement)],
        result: statement,
      };
    });
  }

  /** Where the log stood before the statement (METHOD 7.1, line 23), and why a later version says otherwise. */
  private async anchorOf(
    tx: LedgerTx,
    last: Statement | null,
    content: { readonly [key: string]: Canonical },
  ): Promise<{ readonly [key: string]: Canonical }> {
    const { size, root } = await this.seals.anchor(tx);
    return {
      anchor: { size, root },
      restatement:
        last === null
          ? null
          : restatementOf(
              parseStatement(last),
              content as unknown as Parameters<typeof restatementOf>[1],
            ),
    };
  }
}

const STRETCHES_TOLD = 10;

/** METHOD 2.5. @throws DomainError `statement.suspect_undecided` */
function requireDecided({ matched, site }: MonthView, month: string): void {
  const open = undecided(matched.suspect);
  if (open.length === 0) return;
  const { meterHours, wh: suspectWh, meterCodes, stretches } = suspectSummary(open);
  throw new DomainError('statement.suspect_undecided', {
    month,
    siteCode: site.code,
    meterHours,
    suspectWh,
    meterCodes,
    stretches: stretches.slice(0, STRETCHES_TOLD),
    fix:
      `Decide about them (\`mizan exceptions ${month}\`, \`mizan decide\`; GET /v1/exceptions, ` +
      `POST /v1/exceptions/decisions), or take them as measured: \`mizan match ${month} --accept-suspect ` +
      '--reason "…"`, or POST /v1/matching-runs with acceptSuspect and reason.',
  });
}

/** The document of a statement, from its bytes. */
export function parseStatement({ document }: Pick<Statement, 'document'>): StatementDocument {
  return JSON.parse(document.toString('utf8')) as StatementDocument;
}

/** The hash is taken of the stored bytes, so that an edited document does not match its event. */
function statementRow(statement: Statement): string {
  const { statementId, kind, siteCode, month, version, supersedes, runId, document } = statement;
  const { tenantCode } = statement;
  return sealedJson(ROWS, {
    statementId,
    kind,
    siteCode,
    month,
    version,
    supersedes,
    runId,
    // Statements of the site were sealed without it.
    ...(tenantCode === null ? {} : { tenantCode }),
    sha256: toHex(sha256(document)),
  });
}
