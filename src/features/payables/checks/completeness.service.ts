import { Injectable } from '@nestjs/common';
import {
  type PeriodBilling,
  periodBillings,
  overlapsOf,
} from '../../../core/invoicing/complete.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { SettlementService } from '../../settlement/runs/settlement.service.js';
import { InvoiceRatesService } from '../received/invoice-rates.service.js';
import { isStanding } from '../received/supplier-invoice.document.js';
import { SupplierInvoicesService } from '../received/supplier-invoices.service.js';

/** Which periods of a contract are billed (SETTLEMENT 10.6). */
@Injectable()
export class CompletenessService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly invoices: SupplierInvoicesService,
    private readonly settlement: SettlementService,
    private readonly rates: InvoiceRatesService,
  ) {}

  of(
    ledgerId: string,
    contractCode: string,
  ): Promise<{
    readonly items: (PeriodBilling & { readonly waitingForRate: string[] })[];
    readonly overlaps: { documents: string[]; from: string; to: string }[];
  }> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const runs = await this.settlement.lastRuns(tx, contractCode);
      const all = await this.invoices.listIn(tx, { contractCode });
      const received = all.filter(isStanding);
      const settled = runs.map(({ run, document }) => ({
        period: run.period,
        netMad: document.settlement.totals.netMad,
      }));
      const dirhams = await this.rates.converter(tx);
      const converted = received.map(({ row, invoice }) => ({
        period: row.period,
        number: row.number,
        found: dirhams(invoice),
      }));
      const billed = converted.flatMap(({ period, found }) =>
        found === null ? [] : [{ period, invoice: found.invoice }],
      );
      const waiting = converted.filter(({ found }) => found === null);
      return {
        items: periodBillings(settled, billed, waiting).map((item) => ({
          ...item,
          waitingForRate: waiting
            .filter(({ period }) => period === item.period)
            .map(({ number }) => number),
        })),
        overlaps: overlapsOf(received.map(({ invoice }) => invoice)),
      };
    });
  }
}
