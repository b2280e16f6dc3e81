import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { RunResult } from '../../../core/settlement/document.js';
import { runOrderFault, waitsUntil } from '../../../core/settlement/parts/run-order.js';
import { civilDayOf, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { Decimal } from '../../../core/units/money.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { Disputes } from './disputes.port.js';
import type { SettlementBasis } from './settlement-input.service.js';
import { type Latest, parseRun, type SettlementRun } from './settlement.document.js';

/** A settled period that is not written yet. */
export interface Computed {
  readonly basis: SettlementBasis;
  readonly result: RunResult;
  readonly last: SettlementRun | null;
  readonly earlier: readonly Latest[];
  /** Months before in the contract year that no run settles: the accounts open without them. */
  readonly unsettledMonths: readonly string[];
}

/** Which run may be written now: order, correction window, materiality (SETTLEMENT 9). */
@Injectable()
export class RunOrderService {
  constructor(private readonly disputes: Disputes) {}

  /** @throws DomainError `settlement.run_refused` */
  async require(tx: LedgerTx, computed: Computed): Promise<void> {
    const { basis, last, earlier } = computed;
    const { input, period, months, contract } = basis;
    const refuse = (reason: string): never => {
      throw new DomainError('settlement.run_refused', { run: input.run, period, reason });
    };
    const lastDay = civilDayOf(MOROCCO_LEGAL_TIME, input.endMs - 1);
    const of = { contractCode: contract.code, period };
    const isInDispute = await this.disputes.isInDispute(tx, of);
    const fault = runOrderFault(input.run, last, {
      lastDay,
      asOf: input.asOf,
      isInDispute,
      windowMonths: input.elections.cycle.correctionWindowMonths,
    });
    if (fault !== null) refuse(fault);
    if (input.run === 'TRUE_UP' && last !== null) {
      const day = waiting(computed, last, lastDay);
      if (day !== null) refuse(`The difference is below materiality: it waits until ${day}.`);
    }
    if (input.run !== 'RECONCILIATION') return;
    const open = months
      .map(({ month }) => month)
      .filter((month) =>
        earlier.every(({ run }) => run.period !== month || run.run === 'PROVISIONAL'),
      );
    const verb = open.length === 1 ? 'is' : 'are';
    if (open.length > 0) refuse(`${open.join(', ')} ${verb} not settled finally.`);
  }
}

/** Until when a small correction waits; null where it is booked at once. */
function waiting(
  { basis: { input }, result }: Computed,
  last: SettlementRun,
  lastDay: string,
): string | null {
  const { materialityMad, materialityKwh, trueUpMonths } = input.elections.cycle;
  const { delta } = result;
  const deltaMwh = (delta?.lines ?? [])
    .filter(({ unit }) => unit === 'MWh')
    .reduce((sum, { quantity }) => sum.plus(new Decimal(quantity).abs()), new Decimal(0));
  return waitsUntil({
    deltaMad: delta?.totals.netMad ?? '0',
    deltaKwh: deltaMwh.times(1_000).toFixed(),
    materialityMad,
    materialityKwh,
    trueUpMonths,
    lastDay,
    asOf: input.asOf,
    settledOn: parseRun(last).input.asOf,
  });
}
