import { Injectable } from '@nestjs/common';
import { assert, DomainError } from '../../core/errors.js';
import type { Actor } from '../../platform/auth/roles.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import {
  type PeriodDocument,
  parsePeriodStatement,
  type PeriodStatement,
  PeriodStatementsService,
} from './periods/period-statements.service.js';
import {
  parseStatement,
  type Statement,
  type StatementDocument,
  type StatementKind,
  StatementsService,
} from './statements.service.js';
import type { TenantWanted } from './tenants/tenants.service.js';

/** A statement of a month of one site, or of a period. */
export type AnyStatement = Statement | PeriodStatement;

/** What is asked for: a month of one site, or a carbon statement of a period. */
export interface AnyWanted {
  readonly kind: StatementKind;
  readonly month: string | null;
  readonly period: string | null;
  readonly siteCode: string | null;
  readonly entityCode: string | null;
  readonly tenant?: TenantWanted;
}

/** Statements of months and of periods, as one. */
@Injectable()
export class AllStatementsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly months: StatementsService,
    private readonly periods: PeriodStatementsService,
  ) {}

  /** @throws DomainError as `StatementsService.issue` and `PeriodStatementsService.issue` */
  issue(
    actor: Actor,
    { kind, month, period, siteCode, entityCode, tenant }: AnyWanted,
  ): Promise<{ readonly statement: AnyStatement; readonly isNew: boolean }> {
    const name = month ?? period;
    assert(name !== null, 'statement: of a month or of a period');
    if (entityCode === null && isMonth(name)) {
      const of = { month: name, siteCode };
      return this.months.issue(actor, kind, tenant === undefined ? of : { ...of, tenant });
    }
    return this.periods.issue(actor, { period: name, siteCode, entityCode });
  }

  /** Of months by month, kind, site and version; then of periods. */
  async list(ledgerId: string): Promise<readonly AnyStatement[]> {
    return [...(await this.months.list(ledgerId)), ...(await this.periods.list(ledgerId))];
  }

  /** @throws DomainError `statement.not_found` */
  get(ledgerId: string, statementId: string): Promise<AnyStatement> {
    return this.scope.read(ledgerId, (tx) => this.getIn(tx, statementId));
  }

  /** As `get`, inside a transaction. */
  async getIn(tx: LedgerTx, statementId: string): Promise<AnyStatement> {
    return (await this.periods.findIn(tx, statementId)) ?? this.months.getIn(tx, statementId);
  }

  /** The version after one; null where it is the last, or there is none. */
  async nextOf(tx: LedgerTx, statement: AnyStatement): Promise<AnyStatement | null> {
    return isOfPeriod(statement)
      ? this.periods.nextOf(tx, statement.statementId)
      : this.months.nextOf(tx, statement.statementId);
  }

  /** As `getIn`; null where there is none. */
  async findIn(tx: LedgerTx, statementId: string): Promise<AnyStatement | null> {
    try {
      return await this.getIn(tx, statementId);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'statement.not_found') return null;
      throw error;
    }
  }
}

const isMonth = (name: string): boolean => /^\d{4}-\d\d$/.test(name);

/** Whether a statement is of a period, or of all sites of an organisation. */
export function isOfPeriod(statement: AnyStatement): statement is PeriodStatement {
  return 'period' in statement;
}

/** The document of any statement, from its bytes. */
export function parseAny(statement: AnyStatement): StatementDocument | PeriodDocument {
  return isOfPeriod(statement) ? parsePeriodStatement(statement) : parseStatement(statement);
}
