import { Injectable } from '@nestjs/common';
import { HOUR_MS } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { type FactorVersion, FactorsService } from '../../factors/factors.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { parseStatement, StatementsService } from '../../statements/statements.service.js';

/** The grid's factor that a carbon statement rests on, hour by hour. */
@Injectable()
export class HourFactorsService {
  constructor(
    private readonly statements: StatementsService,
    private readonly factors: FactorsService,
  ) {}

  /** mg CO2e/kWh of each hour of a month, in order. */
  async gridOf(tx: LedgerTx, statementId: string, { inputs }: MonthView): Promise<number[]> {
    const factor = await this.gridFactor(tx, statementId);
    const hourCount = (inputs.endMs - inputs.startMs) / HOUR_MS;
    const first = (inputs.startMs - factor.validFrom.getTime()) / HOUR_MS;
    return Array.from({ length: hourCount }, (_, at) => {
      const place = factor.resolution === 'hourly' ? first + at : 0;
      return factor.mgPerKwh[place]!;
    });
  }

  /** The version that the statement's location-based figure names. */
  async gridFactor(tx: LedgerTx, statementId: string): Promise<FactorVersion> {
    const { figures } = parseStatement(await this.statements.getIn(tx, statementId));
    const figure = figures.find(({ id }) => id === 'locationBasedT')!;
    const { id } = figure.sources.find(({ kind }) => kind === 'factor')!;
    const at = id.lastIndexOf('@');
    return this.factors.version(tx, id.slice(0, at), Number(id.slice(at + 1)));
  }
}
