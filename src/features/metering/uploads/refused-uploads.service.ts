import { Inject, Injectable } from '@nestjs/common';
import { DAY_MS } from '../../../core/time/interval.js';
import { Clock } from '../../../platform/clock.js';
import { CONFIG, type Config } from '../../../platform/config.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { FileStore } from '../../../platform/files/file-store.js';
import { ImportJobsRepository } from './import-jobs.repository.js';

/** Removes what was sent and came to nothing. */
@Injectable()
export class RefusedUploadsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly jobs: ImportJobsRepository,
    private readonly files: FileStore,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Removes uploads that were refused, cancelled or laid aside, some days after they came. A file that
   * an event names is elsewhere and stays; so do uploads that have not ended. Gives how many went.
   */
  async remove(ledgerId: string): Promise<number> {
    const { refusedDays } = this.config;
    if (refusedDays === 0) return 0;
    const before = new Date(this.clock.now().getTime() - refusedDays * DAY_MS);
    const held = await this.scope.read(ledgerId, (tx) => this.jobs.heldFiles(tx));
    return this.files.removeUnsettled({ ledgerId }, before, held);
  }
}
