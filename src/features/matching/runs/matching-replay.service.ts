import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../../core/ledger/canonical.js';
import {
  POSTING_DOMAIN,
  postingRow,
  SINGLE_POSTING_DOMAIN,
  singlePostingRow,
} from '../../../core/ledger/postings.js';
import type { Fault } from '../../../core/ledger/verify.js';
import { pairsRow } from '../../../core/matching/pairs.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { eachAs, oneAfterAnother } from '../../../platform/database/rows/pages.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';
import { EnergyBookRepository } from '../book/energy-book.repository.js';
import { MATCHING_REGISTERS } from '../matching.registers.js';
import { ROWS, runJson } from './matching-run.document.js';

/** Rebuilds what runs sealed, and compares balances and runs with it. */
@Injectable()
export class MatchingReplayService implements Replays {
  constructor(
    private readonly ledger: LedgerService,
    private readonly book: EnergyBookRepository,
  ) {}

  /** The energy book: its rows as they are and were sealed, its balances, its runs. */
  replayed(): Replayed {
    return {
      tables: MATCHING_REGISTERS,
      rows: {
        [ROWS]: (tx, event) =>
          oneAfterAnother(
            eachAs(this.book.postingsOf(tx, event), postingRow),
            eachAs(this.book.pairs.ofEvent(tx, event), pairsRow),
          ),
        [POSTING_DOMAIN]: (tx, event) => eachAs(this.book.postingsOf(tx, event), postingRow),
        [SINGLE_POSTING_DOMAIN]: (tx, event) =>
          eachAs(this.book.postingsOf(tx, event), singlePostingRow),
      },
      checks: [(tx) => this.book.unfoldedBalance(tx), (tx) => this.runsAgree(tx)],
    };
  }

  /** A run's row must say what its event says. */
  private async runsAgree(tx: LedgerTx): Promise<Fault | null> {
    for (const run of await this.book.runs(tx)) {
      const sealed = await this.ledger.bodyOf(tx, run.runId);
      if (canonicalJson(sealed['run'] ?? null) !== canonicalJson(runJson(run))) {
        const seq = await this.ledger.seqOf(tx, run.runId);
        return { seq, check: 'matching_run', detail: 'The run is not the one that was sealed.' };
      }
    }
    return null;
  }
}
