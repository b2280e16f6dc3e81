import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import {
  type Evidence,
  EVIDENCE_FORMAT,
  type EvidenceEvent,
  readHeader,
} from '../../core/evidence/evidence.js';
import { matters } from '../../core/evidence/members.js';
import {
  type EvidenceCheck,
  type NotedHead,
  verifyEvidence,
} from '../../core/evidence/verify-evidence.js';
import { watchJson } from '../../core/tabular/json-size.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { VerificationService } from '../ledger/replay/verification.service.js';
import { StatementsService } from '../statements/statements.service.js';

/** A month's statements with everything that they can be checked with, as one file. */
@Injectable()
export class EvidenceService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly replay: VerificationService,
    private readonly statements: StatementsService,
  ) {}

  /**
   * Gathers the evidence of a month: its statements, the log up to now, and the rows behind them.
   *
   * @throws DomainError `statement.not_found` when the month has no statement; `site.ambiguous` when it
   *   has statements of several sites and none is named.
   */
  async gather(ledgerId: string, month: string, siteCode: string | null): Promise<Evidence> {
    const all = await this.statements.list(ledgerId);
    const statements = all.filter(
      (one) => one.month === month && (siteCode === null || one.siteCode === siteCode),
    );
    const [first] = statements;
    if (first === undefined) throw new DomainError('statement.not_found', { statementId: month });
    const siteCodes = [...new Set(statements.map((one) => one.siteCode))].toSorted();
    if (siteCodes.length > 1) {
      const fix = 'Name the site: an evidence file is of one.';
      throw new DomainError('site.ambiguous', { siteCodes, fix });
    }
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const events: EvidenceEvent[] = [];
      let chainHash = '';
      for await (const event of this.ledger.allEvents(tx)) {
        const payload = event.payload.toString('utf8');
        const header = readHeader(payload);
        const isNeeded = matters(header, month);
        events.push({ payload, rows: isNeeded ? await this.replay.rowsOf(tx, event) : null });
        chainHash = event.chainHash.toString('hex');
      }
      return {
        format: EVIDENCE_FORMAT,
        ledgerId,
        siteCode: first.siteCode,
        month,
        statements: statements.map(({ document }) => document.toString('utf8')),
        events,
        chainHash,
      };
    });
  }

  /**
   * Checks an evidence file; needs no ledger.
   *
   * @param noted  A head that was noted elsewhere, to compare with; null for none.
   * @throws DomainError `evidence.invalid` when the document is no evidence file at all;
   *                     `import.limit_exceeded` when a text in it is too deep, or all are too many.
   */
  verify(document: unknown, noted: NotedHead | null = null): readonly EvidenceCheck[] {
    if (!isEvidence(document)) {
      const detail = `Not an evidence file: ${EVIDENCE_FORMAT} is expected.`;
      throw new DomainError('evidence.invalid', { check: 'format', detail });
    }
    try {
      requireSmallTexts(document);
      return verifyEvidence(document, noted);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'import.limit_exceeded') throw error;
      const detail = `The file cannot be read as evidence: ${String(error)}`;
      return [{ check: 'format', ok: false, detail }];
    }
  }
}

/** What the texts of an evidence file may be together: they are parsed, and their values are held. */
const TEXT_LIMITS = { depth: 32, values: 20_000_000 } as const;

/** The file's own limits do not see into its texts, which are JSON in their turn. */
function requireSmallTexts({ events, statements }: Evidence): void {
  const watch = watchJson(TEXT_LIMITS);
  const require = (text: unknown): void => {
    const excess = typeof text === 'string' ? watch.whole(text) : null;
    if (excess !== null) throw new DomainError('import.limit_exceeded', { ...excess });
  };
  // What is no list is said by the check of the file's shape.
  const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  for (const event of listed(events) as readonly Partial<EvidenceEvent>[]) {
    require(event?.payload);
    for (const row of listed(event?.rows)) require(row);
  }
  for (const text of listed(statements)) require(text);
}

function isEvidence(document: unknown): document is Evidence {
  return (
    typeof document === 'object' &&
    document !== null &&
    'format' in document &&
    document.format === EVIDENCE_FORMAT &&
    'events' in document &&
    Array.isArray(document.events)
  );
}
