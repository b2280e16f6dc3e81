import type { Lost, Mark } from './heads-file.js';

/** The end of a log, as a database has it. */
export interface StoredHead {
  readonly size: number;
  /** Lower-case hex. */
  readonly chainHash: string;
}

/**
 * How a log stands to its marker: with it, where what is missing may be declared in the log itself;
 * `behind` it, where the last events are missing; `forked` from it, where another event stands in the
 * place of the last one that was known, or it does not begin with what was signed.
 */
export type Standing =
  | { readonly kind: 'with'; readonly declared: Lost | null }
  | {
      readonly kind: 'behind' | 'forked';
      readonly head: StoredHead;
      readonly mark: Mark;
      /** How many events were signed, where the log does not begin with them; null where its end is another. */
      readonly signedSize: number | null;
    };

/**
 * Compares a log with its marker. A log that is longer is no fault: the marker follows a moment later.
 *
 * @param mark  Null where nothing is known of the ledger.
 * @param log   Chain hash of the event at a place, lower-case hex; null where there is none. And whether
 *              an event of the log declares this end lost.
 */
export async function standingOf(
  head: StoredHead,
  mark: Mark | null,
  log: {
    readonly hashAt: (seq: number) => Promise<string | null>;
    readonly declared: (mark: Mark) => Promise<Lost | null>;
    /** Root over the first events, lower-case hex; their number is at most the log's. */
    readonly rootAt: (size: number) => Promise<string>;
  },
): Promise<Standing> {
  if (mark === null || mark.size === 0) return { kind: 'with', declared: null };
  const isShorter = head.size < mark.size;
  const there = isShorter ? null : await log.hashAt(mark.size - 1);
  const isThere = there === mark.chainHash;
  if (isThere && (await isAsSigned(head, mark, log))) return { kind: 'with', declared: null };
  const declared = await log.declared(mark);
  if (declared !== null) return { kind: 'with', declared };
  const signedSize = isThere ? mark.signed!.size : null;
  return { kind: isShorter ? 'behind' : 'forked', head, mark, signedSize };
}

/** Whether the log begins with the state that was signed last: a chain can be made anew, and that not. */
async function isAsSigned(
  { size }: StoredHead,
  { signed }: Mark,
  log: { readonly rootAt: (size: number) => Promise<string> },
): Promise<boolean> {
  if (signed === undefined) return true;
  return signed.size <= size && (await log.rootAt(signed.size)) === signed.root;
}

/** What a person is told of a log that is not with its marker, in a sentence or two. */
export function standingText({
  kind,
  head,
  mark,
  signedSize,
}: Exclude<Standing, { kind: 'with' }>): string {
  const known = `${mark.size} events, the last of ${mark.recordedAt ?? 'an unknown time'}`;
  const missing =
    kind === 'behind'
      ? `the database holds ${head.size}: events ${head.size} to ${mark.size - 1} are missing`
      : signedSize === null
        ? `the database holds ${head.size}, and its event ${mark.size - 1} is another`
        : `the first ${signedSize} of the database are others than those that were signed`;
  return (
    `Ledger ${mark.name} is not what it was: the marker knows ${known}; ${missing}. ` +
    'It is read and proven, and takes nothing in.'
  );
}

/** How to mend it. */
export const STANDING_FIX =
  'Restore the newest backup, or bring back the volume of the database. If the events are lost, two ' +
  'admins go on without them: `mizan resume --reason …`, then `mizan resume --confirm` (POST /v1/ledger/resumptions, ' +
  'then /v1/ledger/resumptions/confirmations).';
