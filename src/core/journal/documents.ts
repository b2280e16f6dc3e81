import { lessLines } from '../invoicing/checks/billed.js';
import { Decimal } from '../units/money.js';
import { type BookedDocument, documentKey } from './entries.js';

/** Why a document is not in the books. */
export type NotBooked = 'VOIDED' | 'UPHELD' | 'PREPAYMENT' | 'NO_RATE';

/** A received document, as the books look at it. */
export interface ChargedDocument extends BookedDocument {
  readonly period: string;
  /**
   * Null = it stands and charges: neither voided, nor disputed whole and upheld, nor a prepayment, nor in
   * another currency whose rate is not known.
   */
  readonly fallen: NotBooked | null;
  /** Key of the document that a corrected invoice (384) stands in the place of. */
  readonly replaces: string | null;
}

/** Which documents the books are to hold, and how. */
export interface BookedAs {
  /** A corrected invoice (384) as what it changes of the one that it replaces, where that is booked. */
  readonly taken: readonly (BookedDocument & { readonly period: string })[];
  readonly left: readonly (ChargedDocument & { readonly fallen: NotBooked })[];
}

/**
 * Says which documents the books are to hold. One that was voided, or disputed whole and upheld, is not
 * in them; but where a corrected invoice was booked as the difference to it, both stay, for together they
 * are what is owed.
 *
 * @param isBooked  Whether the books hold what has a key.
 */
export function bookedAs(
  documents: readonly ChargedDocument[],
  isBooked: (key: string) => boolean,
): BookedAs {
  const replaced = new Set(
    documents.flatMap(({ fallen, replaces }) => (fallen === null ? [replaces] : [])),
  );
  const isTaken = (document: ChargedDocument): boolean => {
    const key = documentKey(document);
    return document.fallen === null || (replaced.has(key) && isBooked(key));
  };
  const taken = documents.filter(isTaken);
  const byKey = new Map(taken.map((document) => [documentKey(document), document]));
  return {
    taken: taken.map((document) => {
      const before = document.replaces === null ? undefined : byKey.get(document.replaces);
      if (before === undefined) return document;
      const minus = (of: (one: BookedDocument) => string): string =>
        new Decimal(of(document)).minus(of(before)).toFixed(2);
      return {
        ...document,
        lines: lessLines(document.lines, before.lines),
        vatMad: minus(({ vatMad }) => vatMad),
        grossMad: minus(({ grossMad }) => grossMad),
      };
    }),
    left: documents.flatMap((document) => {
      const { fallen } = document;
      return fallen === null || isTaken(document) ? [] : [{ ...document, fallen }];
    }),
  };
}
