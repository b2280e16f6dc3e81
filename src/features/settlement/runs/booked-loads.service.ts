import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AssetsService } from '../../assets/assets.service.js';
import type { MeteredLoads } from '../../contracts/metered-loads.port.js';

/** A load is metered where a meter of the site's consumption is booked. */
@Injectable()
export class BookedLoadsService implements MeteredLoads {
  constructor(private readonly assets: AssetsService) {}

  async isMetered(tx: LedgerTx, siteCode: string): Promise<boolean> {
    const which = { siteCode, beforeSeq: null };
    return (await this.assets.bookedMetersOf(tx, which)).length > 0;
  }
}
