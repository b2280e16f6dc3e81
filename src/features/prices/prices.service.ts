import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { rateInForce } from '../../core/contracts/in-force.js';
import { DomainError } from '../../core/errors.js';
import { REGULATED_CHARGES } from '../../core/settlement/elections/elections.js';
import type { References } from '../../core/settlement/references/references.js';
import {
  fxRows,
  indexRows,
  tariffRows,
  vintageFaults,
} from '../../core/settlement/references/vintages.js';
import type { RecordStore } from '../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../ledger/records/records.service.js';
import { FxSeriesEntity } from './fx-series.entity.js';
import { HolidayCalendarEntity } from './holiday-calendar.entity.js';
import { PriceIndexEntity } from './price-index.entity.js';
import type {
  FxSeriesAttributes,
  HolidayCalendarAttributes,
  PriceIndexAttributes,
  TariffAttributes,
  TariffGridAttributes,
} from './prices.schemas.js';
import { TariffEntity } from './tariff.entity.js';
import { TariffGridEntity } from './tariff-grid.entity.js';

const CHARGES: readonly string[] = [...REGULATED_CHARGES, 'EXCESS_PEAK', 'EXCESS_OFF_PEAK'];

const TARIFF: RecordKind<TariffEntity, TariffAttributes> = {
  kind: 'tariff',
  entity: TariffEntity,
  references: () => [],
};
const PRICE_INDEX: RecordKind<PriceIndexEntity, PriceIndexAttributes> = {
  kind: 'price-index',
  entity: PriceIndexEntity,
  references: () => [],
  follow: (before, attributes) => requireVintages(before.values, attributes),
};
const FX_SERIES: RecordKind<FxSeriesEntity, FxSeriesAttributes> = {
  kind: 'fx-series',
  entity: FxSeriesEntity,
  references: () => [],
};
const HOLIDAY_CALENDAR: RecordKind<HolidayCalendarEntity, HolidayCalendarAttributes> = {
  kind: 'holiday-calendar',
  entity: HolidayCalendarEntity,
  references: () => [],
};
const TARIFF_GRID: RecordKind<TariffGridEntity, TariffGridAttributes> = {
  kind: 'tariff-grid',
  entity: TariffGridEntity,
  references: () => [],
};

/** Regulated and market figures: dated, sourced, never extrapolated (MOROCCO 8). */
@Injectable()
export class PricesService {
  readonly tariffs: RecordStore<TariffAttributes, TariffEntity>;
  readonly indices: RecordStore<PriceIndexAttributes, PriceIndexEntity>;
  readonly fx: RecordStore<FxSeriesAttributes, FxSeriesEntity>;
  readonly grids: RecordStore<TariffGridAttributes, TariffGridEntity>;
  readonly holidays: RecordStore<HolidayCalendarAttributes, HolidayCalendarEntity>;

  constructor(private readonly records: RecordsService) {
    const [tariffs, fx] = [records.store(TARIFF), records.store(FX_SERIES)];
    this.tariffs = {
      ...tariffs,
      create: async (actor, code, request) =>
        tariffs.create(
          actor,
          named(code, CHARGES.includes(code), `one of ${CHARGES.join(', ')}`),
          request,
        ),
    };
    this.fx = {
      ...fx,
      create: async (actor, code, request) =>
        fx.create(actor, named(code, /^[A-Z]{3}$/.test(code), 'the currency, ISO 4217'), request),
    };
    this.grids = records.store(TARIFF_GRID);
    this.holidays = records.store(HOLIDAY_CALENDAR);
    const indices = records.store(PRICE_INDEX);
    this.indices = {
      ...indices,
      create: async (actor, code, request) => {
        requireVintages([], request);
        return indices.create(actor, code, request);
      },
    };
  }

  /**
   * The dated figures there are, as a settlement takes them. VAT rates come with the contract.
   *
   * @param gridCode  Tariff grid whose peak hours hold; null = none is asked for.
   * @param day       Civil day on which the grid must be in force.
   * @throws DomainError `record.not_found`; `settlement.reference_missing` without a grid on the day.
   */
  async references(
    tx: EntityManager,
    ledgerId: string,
    {
      gridCode,
      firstDay,
      day,
    }: { readonly gridCode: string | null; readonly firstDay: string; readonly day: string },
  ): Promise<Omit<References, 'vat'>> {
    const tariffs = await this.records.versionsOfAll(tx, ledgerId, TARIFF);
    const indices = await this.records.latestOfAll(tx, ledgerId, PRICE_INDEX);
    const fx = await this.records.latestOfAll(tx, ledgerId, FX_SERIES);
    return {
      tariffs: tariffRows(tariffs),
      indices: indexRows(indices),
      fx: fxRows(fx),
      ...(gridCode === null
        ? { peakWindows: null }
        : await this.gridsOver(tx, ledgerId, gridCode, { firstDay, day })),
    };
  }

  /** Code of the only tariff grid there is; null where there is none, or several. */
  async onlyGrid(tx: EntityManager, ledgerId: string): Promise<string | null> {
    const grids = await this.records.latestOfAll(tx, ledgerId, TARIFF_GRID);
    return grids.length === 1 ? grids[0]!.code : null;
  }

  /** Rates of exchange, the last version of each series. */
  async fxRows(tx: EntityManager, ledgerId: string): Promise<References['fx']> {
    return fxRows(await this.records.latestOfAll(tx, ledgerId, FX_SERIES));
  }

  /** A calendar of holidays as it stands. @throws DomainError `record.not_found` */
  holidayCalendar(
    tx: EntityManager,
    ledgerId: string,
    code: string,
  ): Promise<HolidayCalendarEntity> {
    return this.records.latestIn(tx, ledgerId, HOLIDAY_CALENDAR, code);
  }

  /** The grid of the last day; where another holds on an earlier one, all that hold, each with its days. */
  private async gridsOver(
    tx: EntityManager,
    ledgerId: string,
    code: string,
    { firstDay, day }: { readonly firstDay: string; readonly day: string },
  ): Promise<Pick<References, 'peakWindows' | 'grids'>> {
    await this.records.latestIn(tx, ledgerId, TARIFF_GRID, code);
    const versions = await this.records.versionsOfAll(tx, ledgerId, TARIFF_GRID, { code });
    const grid = rateInForce(versions, day);
    if (grid === null) {
      const fix = `Add a version of tariff grid ${code} that is valid on ${day}.`;
      throw new DomainError('settlement.reference_missing', {
        ...{ kind: 'tariff-grid', key: code, at: day, fix },
      });
    }
    const rowOf = ({ version, confidence, seasons }: TariffGridEntity) => ({
      ...{ id: `${code}@${version}`, confidence, seasons },
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

/** The code of a dated figure is what contracts call it. */
function named(code: string, isKnown: boolean, must: string): string {
  if (isKnown) return code;
  const errors = [
    { pointer: '/code', rule: 'code.names_the_figure', detail: `The code is ${must}.` },
  ];
  throw new DomainError('request.invalid', { errors });
}

function requireVintages(
  before: PriceIndexEntity['values'],
  { values }: PriceIndexAttributes,
): void {
  const errors = vintageFaults(before, values).map(({ index, rule, detail }) => ({
    ...{ pointer: index === null ? '/values' : `/values/${index}`, rule, detail },
  }));
  if (errors.length > 0) throw new DomainError('request.invalid', { errors });
}
