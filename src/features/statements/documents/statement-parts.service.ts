import { Injectable } from '@nestjs/common';
import type {
  IssuedHour,
  IssuedMonth,
  IssuedStatement,
  StatementParts,
} from '../../../core/documents/statements/issued.js';
import { DomainError } from '../../../core/errors.js';
import type { MonthHour } from '../../../core/matching/match-hour.js';
import { tenantSeries } from '../../../core/statements/tenants.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AssetsService } from '../../assets/assets.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { MatchingService } from '../../matching/runs/matching.service.js';
import { StatementsRepository } from '../statements.repository.js';
import { parseStatement, type Statement } from '../statements.service.js';

/** How many months a document looks back over, its own among them. */
const MONTHS = 12;

/** What a document of a statement is made of, beside what the statement says itself. */
@Injectable()
export class StatementPartsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly repository: StatementsRepository,
    private readonly matching: MatchingService,
    private readonly assets: AssetsService,
  ) {}

  /** The statement with the hours of its run and the months before it, as they were when it was sealed. */
  partsOf(ledgerId: string, statement: Statement): Promise<StatementParts> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const months = await this.monthsBefore(tx, statement);
      return { ...bare(statement), hours: await this.hoursOf(tx, statement), months };
    });
  }

  /** By month, the last statement of the same kind about the same that was sealed no later than this one. */
  private async monthsBefore(tx: LedgerTx, statement: Statement): Promise<IssuedMonth[]> {
    const { kind, siteCode, tenantCode, month } = statement;
    const first = monthsAway(month, 1 - MONTHS);
    const alike = await this.repository.upTo(tx, { kind, siteCode, tenantCode, month, first });
    const seq = (await this.ledger.seqOf(tx, statement.eventId))!;
    const last = new Map<string, Statement>();
    // Versions of a month come in their order: a later one takes the place of the one before.
    for (const one of alike) {
      if ((await this.ledger.seqOf(tx, one.eventId))! <= seq) last.set(one.month, one);
    }
    return [...last].map(([each, one]) => ({ month: each, figures: parseStatement(one).figures }));
  }

  /** The hours of the run that the statement names; null where this program makes others of it. */
  private async hoursOf(tx: LedgerTx, statement: Statement): Promise<IssuedHour[] | null> {
    if (statement.kind === 'billing') return null;
    const { matching, figures } = parseStatement(statement);
    const view = await this.matching.viewOfRun(tx, matching.runId).catch(unlessOtherEngine);
    if (view === null) return null;
    const site = view.matched.hours.map(siteHour);
    const hours =
      statement.tenantCode === null
        ? site
        : await this.tenantHours(tx, view, statement.tenantCode, site);
    const total = (of: 'loadWh' | 'matchedWh'): number =>
      hours.reduce((sum, hour) => sum + hour[of], 0);
    const isAlike = (['loadWh', 'matchedWh'] as const).every(
      (id) => figures.find((figure) => figure.id === id)?.value === total(id),
    );
    return isAlike ? hours : null;
  }

  /** A tenant's part of each hour; what was generated is the site's, and not shared out. */
  private async tenantHours(
    tx: LedgerTx,
    view: Awaited<ReturnType<MatchingService['viewOfRun']>>,
    code: string,
    site: readonly IssuedHour[],
  ): Promise<IssuedHour[]> {
    const tenants = await this.assets.tenantsOf(tx, view.site.code);
    if (!tenants.some((tenant) => tenant.code === code)) return [];
    const series = tenantSeries(view.matched.hours, tenants, code);
    return site.map((hour, at) => ({
      ...hour,
      loadWh: series[at]!.loadWh,
      matchedWh: series[at]!.matchedWh,
    }));
  }
}

/** What a statement says by itself. */
export function bare(statement: Statement): StatementParts {
  return {
    statement: parseStatement(statement) as unknown as IssuedStatement,
    sha256: statement.sha256.toString('hex'),
    hours: null,
    months: [],
  };
}

function siteHour({ hourMs, loadWh, generationWh, matchedWh, demand }: MonthHour): IssuedHour {
  const isEstimated = demand.some((row) => row.isEstimated);
  return { hourMs, loadWh, generationWh, matchedWh, isEstimated, isKnown: demand.length > 0 };
}

function unlessOtherEngine(error: unknown): null {
  if (error instanceof DomainError && error.code === 'engine.not_here') return null;
  throw error;
}

/** The civil month so many months from another one. */
function monthsAway(month: string, count: number): string {
  const [year, at] = month.split('-').map(Number) as [number, number];
  const months = year * 12 + at - 1 + count;
  const [toYear, toMonth] = [Math.floor(months / 12), (months % 12) + 1];
  return `${String(toYear).padStart(4, '0')}-${String(toMonth).padStart(2, '0')}`;
}
