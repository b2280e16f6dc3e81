import { Injectable } from '@nestjs/common';
import { addDays } from 'date-fns/addDays';
import { addMonths } from 'date-fns/addMonths';
import { isAfter } from 'date-fns/isAfter';
import { isBefore } from 'date-fns/isBefore';
import { parseISO } from 'date-fns/parseISO';
import { subDays } from 'date-fns/subDays';
import { DomainError } from '../../core/errors.js';
import {
  type Evidence,
  EVIDENCE_FORMAT,
  type EvidenceEvent,
  type EventHeader,
  readHeader,
} from '../../core/evidence/evidence.js';
import { type EvidenceCheck, verifyEvidence } from '../../core/evidence/verify-evidence.js';
import { watchJson } from '../../core/tabular/json-size.js';
import type { EventType } from '../../core/ledger/event.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { StatementsService } from '../statements/statements.service.js';

/** A month's statements with everything that they can be checked with, as one file. */
@Injectable()
export class EvidenceService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly statements: StatementsService,
  ) {}

  /**
   * Gathers the evidence of a month: its statements, the log up to now, and the rows behind them.
   *
   * @throws DomainError `statement.not_found` when the month has no statement.
   */
  async gather(ledgerId: string, month: string, siteCode: string | null): Promise<Evidence> {
    const all = await this.statements.list(ledgerId);
    const statements = all.filter(
      (one) => one.month === month && (siteCode === null || one.siteCode === siteCode),
    );
    const [first] = statements;
    if (first === undefined) throw new DomainError('statement.not_found', { statementId: month });
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const events: EvidenceEvent[] = [];
      let chainHash = '';
      for await (const event of this.ledger.allEvents(tx, ledgerId)) {
        const payload = event.payload.toString('utf8');
        const header = readHeader(payload);
        const isNeeded = matters(header, month);
        events.push({ payload, rows: isNeeded ? await this.ledger.rowsOf(tx, event) : null });
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
   * @throws DomainError `evidence.invalid` when the document is no evidence file at all;
   *                     `import.limit_exceeded` when a text in it is too deep, or all are too many.
   */
  verify(document: unknown): readonly EvidenceCheck[] {
    if (!isEvidence(document)) {
      const detail = `Not an evidence file: ${EVIDENCE_FORMAT} is expected.`;
      throw new DomainError('evidence.invalid', { check: 'format', detail });
    }
    try {
      requireSmallTexts(document);
      return verifyEvidence(document);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'import.limit_exceeded') throw error;
      const detail = `The file cannot be read as evidence: ${String(error)}`;
      return [{ check: 'format', ok: false, detail }];
    }
  }
}

/** Events that matter to the months that they are about. */
const OF_A_TIME: ReadonlySet<string> = new Set<EventType>([
  ...(['import.committed', 'certificates.acted', 'statement.issued', 'storage.traced'] as const),
  ...(['certificates.converted'] as const),
  ...(['readings.validated', 'readings.estimated', 'exception.decided'] as const),
]);

/** Records matter to every month; files and runs to the months they touch. */
function matters({ type, validFrom, validTo, body }: EventHeader, month: string): boolean {
  if (type === 'record.versioned') return true;
  if (type === 'matching.run') return (body['run'] as { month?: unknown }).month === month;
  if (!OF_A_TIME.has(type)) return false;
  if (validFrom === null || validTo === null) return false;
  // A civil month starts or ends within hours of the UTC month; a day more on each side is harmless.
  const start = parseISO(`${month}-01T00:00:00Z`);
  const isAfterStart = isAfter(parseISO(validTo), subDays(start, 1));
  return isAfterStart && isBefore(parseISO(validFrom), addDays(addMonths(start, 1), 1));
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
  for (const { payload, rows } of events) {
    require(payload);
    for (const row of rows ?? []) require(row);
  }
  for (const text of statements) require(text);
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
