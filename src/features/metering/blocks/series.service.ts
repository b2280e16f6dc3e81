import { Injectable } from '@nestjs/common';
import { coarser, combineSeries, seriesOfBlocks } from '../../../core/metering/vee/combine.js';
import { commonIn, commonMinutes } from '../../../core/metering/blocks/interval-lengths.js';
import type { Series } from '../../../core/metering/vee/series.js';
import { DAY_MS, MINUTE_MS, utcDayOf } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { Meter } from '../../assets/assets.service.js';
import { AssetsService } from '../../assets/assets.service.js';
import { IntervalBlocksRepository } from './interval-blocks.repository.js';

/** A stretch of time, half-open. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
  /** Only what the log held before this place; null or absent = all. */
  readonly beforeSeq?: number | null;
  /** The stretch whose interval lengths the series have; absent = this one. */
  readonly lengthsOf?: { readonly startMs: number; readonly endMs: number };
}

/** Gives the readings of meters as series, virtual meters included. */
@Injectable()
export class SeriesService {
  constructor(
    private readonly assets: AssetsService,
    private readonly blocks: IntervalBlocksRepository,
  ) {}

  /**
   * Series of meters over a stretch of whole UTC days, by code. Where a meter's intervals change their
   * length in it, they have the longest: shorter ones are summed.
   */
  async of(
    tx: LedgerTx,
    meters: readonly Meter[],
    stretch: Stretch,
  ): Promise<ReadonlyMap<string, Series>> {
    const all = new Map((await this.assets.allMeters(tx)).map((one) => [one.code, one]));
    const wanted = new Set(
      meters.flatMap(({ code, formula }) => formula?.map(({ meterCode }) => meterCode) ?? [code]),
    );
    const measured = await this.measured(
      tx,
      [...wanted].map((code) => all.get(code)!),
      stretch,
    );
    return new Map(
      meters.map((meter) => {
        const { code, formula } = meter;
        if (formula === null) return [code, measured.get(code)!];
        const parts = formula.map(({ meterCode }) => measured.get(meterCode)!);
        const { lengthsOf = stretch } = stretch;
        const steps = parts.map(({ stepMs }) => stepMs / MINUTE_MS);
        const stepMs = commonMinutes([commonIn(meter, lengthsOf), ...steps]) * MINUTE_MS;
        const terms = formula.map(({ sign }, at) => ({
          series: coarser(parts[at]!, stepMs),
          sign,
        }));
        return [code, combineSeries(terms).series];
      }),
    );
  }

  private async measured(
    tx: LedgerTx,
    meters: readonly Meter[],
    { startMs, endMs, beforeSeq = null, lengthsOf = { startMs, endMs } }: Stretch,
  ): Promise<ReadonlyMap<string, Series>> {
    const { ledgerId } = tx;
    const blocks = await this.blocks.latest(tx, {
      ledgerId,
      meterCodes: meters.map(({ code }) => code),
      firstDay: utcDayOf(startMs),
      lastDay: utcDayOf(endMs - 1),
      beforeSeq,
    });
    const first = Math.floor(startMs / DAY_MS) * DAY_MS;
    return new Map(
      meters.map((meter) => [
        meter.code,
        seriesOfBlocks(
          blocks.filter(({ meterCode }) => meterCode === meter.code),
          { startMs: first, endMs, stepMs: commonIn(meter, lengthsOf) * MINUTE_MS },
        ),
      ]),
    );
  }
}
