import { chainHash, leafHash, NO_PREVIOUS, rowRoot, sha256, toHex } from '../ledger/merkle.js';
import {
  type Evidence,
  EVIDENCE_FORMAT,
  type EventHeader,
  type EvidenceLog,
  readHeader,
} from './evidence.js';
import { reperform } from './reperform.js';

/** One check and what came of it. */
export interface EvidenceCheck {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** Only where it was not computed again, because engines that are not here made it. */
  readonly notComputed?: true;
}

/**
 * Checks an evidence file with nothing but the file: the chain, the sealed rows, the statements'
 * hashes, and then every figure by computing it again from the rows. With the file alone an operator
 * could still have written another history: compare `chainHash` with one noted elsewhere.
 *
 * What engines that are not here made is not computed again: of that its bytes, its seal and the run
 * that it rests on are checked, and it is marked `notComputed` (LEDGER section 12).
 *
 * @returns Every check in order; the first that fails ends the list.
 */
export function verifyEvidence(evidence: Evidence): readonly EvidenceCheck[] {
  const checks: EvidenceCheck[] = [];
  const pass = (check: string, detail: string): void => {
    checks.push({ check, ok: true, detail });
  };
  const fail = (check: string, detail: string): readonly EvidenceCheck[] => [
    ...checks,
    { check, ok: false, detail },
  ];
  if (evidence.format !== EVIDENCE_FORMAT) return fail('format', `Not ${EVIDENCE_FORMAT}.`);

  const chain = verifyChain(evidence);
  if (chain.fault !== null) return fail('chain', chain.fault);
  pass('chain', `${evidence.events.length} events follow one another, head ${evidence.chainHash}`);

  const log: EvidenceLog = {
    headers: chain.headers,
    rows: evidence.events.map(({ rows }) => rows),
  };
  const wrongRows = log.headers.find((header, at) => {
    const rows = log.rows[at];
    return (
      rows !== null &&
      rows !== undefined &&
      (rows.length !== header.rowCount || toHex(rowRoot(rows)) !== header.rowRoot)
    );
  });
  if (wrongRows !== undefined) {
    return fail('rows', `Event ${wrongRows.seq} did not seal the rows beside it.`);
  }
  const rowCount = log.rows.reduce((sum, rows) => sum + (rows?.length ?? 0), 0);
  pass('rows', `${rowCount} rows are the ones that were sealed`);

  for (const text of evidence.statements) {
    const hash = toHex(sha256(text));
    const sealed = log.headers.find(
      ({ type, body }) => type === 'statement.issued' && body['sha256'] === hash,
    );
    if (sealed === undefined) return fail('statement', 'A statement is not one that was sealed.');
    const result = reperform(log, sealed, text);
    if (result.fault !== null) return fail('figures', result.fault);
    checks.push({
      ...{ check: 'statement', ok: true, detail: result.detail },
      ...(result.notComputed === true ? { notComputed: true } : {}),
    });
  }
  return checks;
}

function verifyChain(evidence: Evidence): {
  readonly headers: readonly EventHeader[];
  readonly fault: string | null;
} {
  const headers: EventHeader[] = [];
  let head = NO_PREVIOUS;
  for (const { payload } of evidence.events) {
    const header = readHeader(payload);
    if (header['@'] !== 'mizan/event/1' || header.ledgerId !== evidence.ledgerId) {
      return { headers, fault: `Event ${headers.length} is not an event of this ledger.` };
    }
    if (header.seq !== headers.length) {
      return { headers, fault: `Event ${headers.length} is missing or out of place.` };
    }
    head = chainHash(head, leafHash(payload));
    headers.push(header);
  }
  const fault =
    toHex(head) === evidence.chainHash ? null : 'The events do not lead to the head of the file.';
  return { headers, fault };
}
