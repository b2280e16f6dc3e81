import { Injectable } from '@nestjs/common';
import { rateInForce } from '../../core/contracts/in-force.js';
import { DomainError } from '../../core/errors.js';
import type { References } from '../../core/settlement/references/references.shape.js';
import { fxRows, indexRows, tariffRows } from '../../core/settlement/references/vintages.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { FX_SERIES } from './fx-series.kind.js';
import { HOLIDAY_CALENDAR, type HolidayCalendar } from './holiday-calendar.kind.js';
import { PRICE_INDEX } from './price-index.kind.js';
import { TARIFF } from './tariff.kind.js';
import { TARIFF_GRID, type TariffGrid } from './tariff-grid.kind.js';

/** Regulated and market figures: dated, sourced, never extrapolated (MOROCCO 8). */
@Injectable()
export class PricesService {
  constructor(private readonly records: RecordsService) {}

  /**
   * The dated figures there are, as a settlement takes them. VAT rates come with the contract.
   *
   * @param gridCode  Tariff grid whose peak hours hold; null = none is asked for.
   * @param day       Civil day on which the grid must be in force.
   * @throws DomainError `record.not_found`; `settlement.reference_missing` without a grid on the day.
   */
  async references(
    tx: LedgerTx,
    {
      gridCode,
      firstDay,
      day,
    }: { readonly gridCode: string | null; readonly firstDay: string; readonly day: string },
  ): Promise<Omit<References, 'vat'>> {
    const tariffs = await this.records.versionsOfAll(tx, TARIFF);
    const indices = await this.records.latestOfAll(tx, PRICE_INDEX);
    const fx = await this.records.latestOfAll(tx, FX_SERIES);
    return {
      tariffs: tariffRows(tariffs),
      indices: indexRows(indices),
      fx: fxRows(fx),
      ...(gridCode === null
        ? { peakWindows: null }
        : await this.gridsOver(tx, gridCode, { firstDay, day })),
    };
  }

  /** Code of the only tariff grid there is; null where there is none, or several. */
  async onlyGrid(tx: LedgerTx): Promise<string | null> {
    const grids = await this.records.latestOfAll(tx, TARIFF_GRID);
    return grids.length === 1 ? grids[0]!.code : null;
  }

  /** Rates of exchange, the last version of each series. */
  async fxRows(tx: LedgerTx): Promise<References['fx']> {
    return fxRows(await this.records.latestOfAll(tx, FX_SERIES));
  }

  /** A calendar of holidays as it stands. @throws DomainError `record.not_found` */
  holidayCalendar(tx: LedgerTx, code: string): Promise<HolidayCalendar> {
    return this.records.latestIn(tx, HOLIDAY_CALENDAR, code);
  }

  /** The grid of the last day; where another holds on an earlier one, all that hold, each with its days. */
  private async gridsOver(
    tx: LedgerTx,
    code: string,
    { firstDay, day }: { readonly firstDay: string; readonly day: string },
  ): Promise<Pick<References, 'peakWindows' | 'grids'>> {
    await this.records.latestIn(tx, TARIFF_GRID, code);
    const versions = await this.records.versionsOfAll(tx, TARIFF_GRID, { code });
    const grid = rateInForce(versions, day);
    if (grid === null) {
      const fix = `Add a version of tariff grid ${code} that is valid on ${day}.`;
      throw new DomainError('settlement.reference_missing', {
        kind: 'tariff-grid',
        key: code,
        at: day,
        fix,
      });
    }
    const rowOf = ({ version, confidence, seasons }: TariffGrid) => ({
      id: `${code}@${version}`,
      confidence,
      seasons,
    });
    if (rateInForce(versions, firstDay) === grid) return { peakWindows: rowOf(grid) };
    const grids = versions
      .filter(
        ({ validFrom, validTo }) => validFrom <= day && (validTo === null || firstDay < validTo),
      )
      .map((one) => ({ ...rowOf(one), from: one.validFrom, to: one.validTo }));
    return { peakWindows: null, grids };
  }
}
