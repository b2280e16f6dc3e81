import { canonicalJson } from '../ledger/canonical.js';
import { EVENT_DOMAIN } from '../ledger/event.js';
import { leafHash, toHex } from '../ledger/merkle.js';
import { isIncluded } from './tree-proofs.js';

/** Form of the proof of an event, as the proof names it. */
export const EVENT_PROOF_DOMAIN = 'mizan/event-proof/1';

/** That an event stands at its place in a log of some size (RFC 9162 section 2.1.3). */
export interface EventProof {
  /** The exact text that was hashed. */
  readonly event: string;
  readonly seq: number;
  readonly size: number;
  /** From the event's sibling up, 32 bytes each. */
  readonly path: readonly Uint8Array[];
}

/** Writes a proof as canonical JSON; hashes in lower-case hex. */
export function writeEventProof({ event, seq, size, path }: EventProof): string {
  return canonicalJson({ '@': EVENT_PROOF_DOMAIN, event, hashes: path.map(toHex), seq, size });
}

/**
 * Checks a proof against a root that is trusted: everything in it is computed again.
 *
 * @returns  The event's text, or why that is not shown.
 */
export function checkEventProof(
  text: string,
  { size, root }: { readonly size: number; readonly root: Uint8Array },
): { readonly event: string } | { readonly fault: string } {
  const proof = readEventProof(text);
  if (proof === null) return { fault: 'It is no proof of an event.' };
  if (proof.size !== size) return { fault: 'It is of a log of another size.' };
  const event = JSON.parse(proof.event) as { readonly '@'?: unknown; readonly seq?: unknown };
  if (event['@'] !== EVENT_DOMAIN || event.seq !== proof.seq) {
    return { fault: 'The event stands at another place in the log.' };
  }
  const { seq, path } = proof;
  const leaf = leafHash(proof.event);
  if (!isIncluded({ index: seq, size, leaf, root }, path)) {
    return { fault: 'The event is not in the log that the checkpoint is of.' };
  }
  return { event: proof.event };
}

function readEventProof(text: string): EventProof | null {
  try {
    const read = JSON.parse(text) as {
      readonly '@': string;
      readonly event: string;
      readonly hashes: readonly string[];
      readonly seq: number;
      readonly size: number;
    };
    JSON.parse(read.event);
    const path = read.hashes.map((hash) => new Uint8Array(Buffer.from(hash, 'hex')));
    const proof = { event: read.event, seq: read.seq, size: read.size, path };
    // Written in one way only: nothing else is in it, and nothing twice.
    return writeEventProof(proof) === text ? proof : null;
  } catch {
    return null;
  }
}
