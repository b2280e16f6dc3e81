import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { type FactorsFound, FactorsService } from '../../factors/factors.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { parseStatement, StatementsService } from '../../statements/statements.service.js';

/** The grid's factors that a carbon statement rests on, hour by hour. */
@Injectable()
export class HourFactorsService {
  constructor(
    private readonly statements: StatementsService,
    private readonly factors: FactorsService,
  ) {}

  /**
   * The factor of each hour from `startMs` up to `endMs`, of a month that was stated: from the versions that the
   * statement's location-based figure names, in the order that it took them in (METHOD 6.2).
   */
  async gridOf(
    tx: LedgerTx,
    statementId: string,
    {
      site,
      startMs,
      endMs,
    }: Pick<MonthView, 'site'> & Pick<MonthView['inputs'], 'startMs' | 'endMs'>,
  ): Promise<FactorsFound> {
    const { figures } = parseStatement(await this.statements.getIn(tx, statementId));
    const figure = figures.find(({ id }) => id === 'locationBasedT')!;
    const named = figure.sources
      .filter(({ kind }) => kind === 'factor')
      .map(({ id }) => {
        const at = id.lastIndexOf('@');
        return { code: id.slice(0, at), version: Number(id.slice(at + 1)) };
      });
    return this.factors.foundOf(tx, named, {
      kind: 'grid_average',
      zone: site.boundary,
      startMs,
      endMs,
    });
  }
}
