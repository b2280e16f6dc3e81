import { Injectable } from '@nestjs/common';
import { errorHelp, toldDetails } from '../../../core/error-help.js';
import { DomainError, type PointerProblem } from '../../../core/errors.js';
import type { VeeRuleId, VeeSeverity } from '../../../core/metering/vee/rules.js';
import { formatInstant } from '../../../core/time/interval.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { isOfService } from '../../../platform/database/refusals.js';
import { INTAKE_LOCK } from '../../imports/imports.service.js';
import { type DecidedException, type Decision, ExceptionsService } from './exceptions.service.js';

/** Exceptions that one decision is about: the open ones that touch a stretch. */
export interface DecisionFilter {
  readonly startMs: number;
  readonly endMs: number;
  /** Null = any. */
  readonly meterCode: string | null;
  readonly rule: VeeRuleId | null;
  readonly severity: VeeSeverity | null;
}

/** A decision about one finding. */
export interface DecisionRow extends Decision {
  readonly findingId: string;
}

/** Many decisions: one about all that a filter finds, or one each. */
export type ManyDecisions =
  | { readonly filter: DecisionFilter; readonly decision: Omit<Decision, 'values'> }
  | { readonly rows: readonly DecisionRow[] };

/** Most findings that are decided at once (house rule: a minute). */
export const DECISIONS_MAX = 1_000;

/** Decides about many exceptions: about all of them, or about none. */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly exceptions: ExceptionsService,
  ) {}

  /**
   * Decides about many exceptions in one transaction; each decision is an event of its own.
   *
   * @param isDryRun  Whether to do it and take it back: what would come of it.
   * @returns         What was decided, in the order of the rows; by meter, then time for a filter.
   * @throws DomainError `exception.none_open` where a filter finds none; `decisions.too_many`;
   *   `decisions.refused` with what is wrong with which row
   */
  decide(
    actor: Actor,
    many: ManyDecisions,
    { isDryRun }: { readonly isDryRun: boolean },
  ): Promise<readonly DecidedException[]> {
    const place = { ledgerId: actor.ledgerId, lock: INTAKE_LOCK };
    const work = (tx: LedgerTx): Promise<readonly DecidedException[]> =>
      this.decideIn(tx, actor, many);
    return isDryRun ? this.scope.rehearse(place, work) : this.scope.write(place, work);
  }

  private async decideIn(
    tx: LedgerTx,
    actor: Actor,
    many: ManyDecisions,
  ): Promise<readonly DecidedException[]> {
    const rows = 'rows' in many ? many.rows : await this.rowsOf(tx, many);
    if (rows.length > DECISIONS_MAX) {
      const fix = 'Name a shorter stretch, one meter or one rule.';
      throw new DomainError('decisions.too_many', {
        found: rows.length,
        allowed: DECISIONS_MAX,
        fix,
      });
    }
    const decided: DecidedException[] = [];
    const errors: PointerProblem[] = [];
    for (const [at, { findingId, ...decision }] of rows.entries()) {
      try {
        decided.push(await this.exceptions.decideIn(tx, actor, findingId, decision));
      } catch (error) {
        if (!(error instanceof DomainError) || isOfService(error)) throw error;
        errors.push(problemOf(error, at));
      }
    }
    if (errors.length === 0) return decided;
    throw new DomainError('decisions.refused', {
      rowCount: rows.length,
      refusedCount: errors.length,
      errors,
      fix: 'Mend the rows that are named and send all of them again: nothing was decided.',
    });
  }

  private async rowsOf(
    tx: LedgerTx,
    { filter, decision }: Extract<ManyDecisions, { filter: unknown }>,
  ): Promise<readonly DecisionRow[]> {
    const open = await this.exceptions.listIn(tx, { ...filter, isOpenOnly: true });
    const { rule, severity, meterCode } = filter;
    const rows = open
      .filter(
        ({ finding }) =>
          (rule === null || finding.rule === rule) &&
          (severity === null || finding.severity === severity),
      )
      .map(({ finding: { findingId } }) => ({ findingId, ...decision, values: [] }));
    if (rows.length > 0) return rows;
    const [from, to] = [formatInstant(filter.startMs), formatInstant(filter.endMs)];
    const fix = 'List what is open: `mizan exceptions MONTH`, or GET /v1/exceptions.';
    throw new DomainError('exception.none_open', { from, to, meterCode, rule, severity, fix });
  }
}

function problemOf(error: DomainError, at: number): PointerProblem {
  const { fix, ...facts } = toldDetails(error) as { readonly fix: string };
  const told = Object.entries(facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const detail = `${errorHelp(error.code)!.means} (${told.join(', ')})`;
  return { pointer: `/decisions/${at}`, rule: error.code, detail, fix };
}
