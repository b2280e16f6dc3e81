import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AssetsService } from '../../assets/assets.service.js';
import type { MeteredLoads } from '../../contracts/metered-loads.port.js';

/** A load is metered where a meter of the site's consumption is booked. */
@Injectable()
export class BookedLoadsService implements MeteredLoads {
  constructor(private readonly assets: AssetsService) {}

  async isMetered(tx: EntityManager, ledgerId: string, siteCode: string): Promise<boolean> {
    const which = { siteCode, beforeSeq: null };
    return (await this.assets.bookedMetersOf(tx, ledgerId, which)).length > 0;
  }
}
