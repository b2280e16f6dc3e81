import { chainHash, leafHash, NO_PREVIOUS, rowRoot, toHex } from '../ledger/merkle.js';
import { completeness } from './completeness.js';
import { type Evidence, type EventHeader, type EvidenceLog, readHeader } from './evidence.js';
import { reperform } from './reperform.js';
import { shapeFault } from './shape.js';

/** One check and what came of it. */
export interface EvidenceCheck {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** Only where it was not computed again, because engines that are not here made it. */
  readonly notComputed?: true;
}

/** A head of the log that was noted away from the file. */
export interface NotedHead {
  readonly chainHash: string;
  /** Events in the log then; null where only the hash was noted. */
  readonly size: number | null;
}

/**
 * Checks an evidence file with nothing but the file: its shape, the chain, the sealed rows, that every
 * statement of the month that the log seals is there once and nothing else, and then every figure by
 * computing it again from the rows. With the file alone an operator could still have written another
 * history: `noted`, a head that was noted elsewhere, shows that the log was not rewritten before it.
 *
 * What engines that are not here made is not computed again: of that its bytes, its seal and the run
 * that it rests on are checked, and it is marked `notComputed` (LEDGER section 12).
 *
 * @returns Every check in order; the first that fails ends the list.
 */
export function verifyEvidence(
  evidence: Evidence,
  noted: NotedHead | null = null,
): readonly EvidenceCheck[] {
  const checks: EvidenceCheck[] = [];
  const pass = (check: string, detail: string): void => {
    checks.push({ check, ok: true, detail });
  };
  const fail = (check: string, detail: string): readonly EvidenceCheck[] => [
    ...checks,
    { check, ok: false, detail },
  ];
  const shape = shapeFault(evidence);
  if (shape !== null) return fail('format', shape);

  const chain = verifyChain(evidence);
  if (chain.fault !== null) return fail('chain', chain.fault);
  pass('chain', `${evidence.events.length} events follow one another, head ${evidence.chainHash}`);
  if (noted !== null) {
    const { fault, detail } = comparedHead(chain.heads, noted);
    if (fault !== null) return fail('head', fault);
    pass('head', detail);
  }

  const log: EvidenceLog = {
    headers: chain.headers,
    rows: evidence.events.map(({ rows }) => rows),
  };
  const wrongRows = log.headers.find((header, at) => !areSealed(header, log.rows[at] ?? null));
  if (wrongRows !== undefined) {
    return fail('rows', `Event ${wrongRows.seq} did not seal the rows beside it.`);
  }
  const rowCount = log.rows.reduce((sum, rows) => sum + (rows?.length ?? 0), 0);
  pass('rows', `${rowCount} rows are the ones that were sealed`);

  const complete = completeness(evidence, log);
  if (complete.fault !== null) return fail(complete.check, complete.fault);
  pass('completeness', complete.detail);

  for (const { sealed, text } of complete.statements) {
    const result = reperform(log, sealed, text);
    if (result.fault !== null) return fail('figures', result.fault);
    checks.push({
      check: 'statement',
      ok: true,
      detail: result.detail,
      ...(result.notComputed === true ? { notComputed: true } : {}),
    });
  }
  return checks;
}

function areSealed({ rowCount, rowRoot: root }: EventHeader, rows: readonly string[] | null) {
  return rows === null || (rows.length === rowCount && toHex(rowRoot(rows)) === root);
}

/** A noted head beside the heads of the file's log, after each of its events. */
function comparedHead(
  heads: readonly string[],
  { chainHash: noted, size }: NotedHead,
): { readonly fault: string | null; readonly detail: string } {
  const found = heads.indexOf(noted.toLowerCase()) + 1;
  const after = heads.length - found;
  const detail = `The head that was noted is that of the log after ${found} events; ${after} came after it`;
  if (found > 0 && (size === null || size === found)) return { fault: null, detail };
  if (found > 0) {
    const says = `The head that was noted after ${size} events is here the one after ${found}.`;
    return { fault: says, detail };
  }
  if (size !== null && size > heads.length) {
    const ends = `The file ends after ${heads.length} events, before the head that was noted after ${size}.`;
    return { fault: ends, detail };
  }
  const here = size === null ? undefined : heads[size - 1];
  const says =
    here === undefined
      ? `None of the ${heads.length} heads of the file is the one that was noted: another history, or a later head.`
      : `After ${size} events the head is ${here}, not the one that was noted: another history.`;
  return { fault: says, detail };
}

function verifyChain(evidence: Evidence): {
  readonly headers: readonly EventHeader[];
  /** After each event, hex. */
  readonly heads: readonly string[];
  readonly fault: string | null;
} {
  const headers: EventHeader[] = [];
  const heads: string[] = [];
  let head = NO_PREVIOUS;
  const faulty = (fault: string) => ({ headers, heads, fault });
  for (const { payload } of evidence.events) {
    const header = readHeader(payload);
    if (header['@'] !== 'mizan/event/1' || header.ledgerId !== evidence.ledgerId) {
      return faulty(`Event ${headers.length} is not an event of this ledger.`);
    }
    if (header.seq !== headers.length) {
      return faulty(`Event ${headers.length} is missing or out of place.`);
    }
    head = chainHash(head, leafHash(payload));
    headers.push(header);
    heads.push(toHex(head));
  }
  if (toHex(head) === evidence.chainHash) return { headers, heads, fault: null };
  return faulty('The events do not lead to the head of the file.');
}
