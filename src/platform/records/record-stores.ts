import type { z } from 'zod';
import type { Actor } from '../auth/roles.js';
import type { VersionColumns } from './record-columns.js';
import type { RecordKind } from './record-kind.js';

/** What there is to do with one kind of record. */
export interface RecordStore<Sent, Row> {
  create(actor: Actor, code: string, sent: Sent): Promise<Row>;
  /** @param seen  Versions of which one must be the latest; absent = whichever is. */
  revise(actor: Actor, code: string, sent: Sent, seen?: readonly number[]): Promise<Row>;
  /** Runs `create` or `revise` with every refusal, and takes it back. */
  preview<T>(work: () => Promise<T>): Promise<T>;
  get(ledgerId: string, code: string, version?: number): Promise<Row>;
  list(ledgerId: string): Promise<readonly Row[]>;
  versions(ledgerId: string, code: string): Promise<readonly Row[]>;
}

/** Where the versions of every kind of record are kept. */
export abstract class RecordStores {
  abstract of<Attributes extends z.ZodObject, Columns extends object>(
    kind: RecordKind<Attributes, Columns>,
  ): RecordStore<z.output<Attributes>, VersionColumns & Columns>;
}

/** What a version of a record makes for good. */
export const FOR_GOOD =
  'A version stays, and the code is never used again; what is wrong is corrected by a later version.';

/** The answer to a version that is written, or only tried: then nothing sealed it. */
export async function writtenRecord<Row>(
  { preview }: Pick<RecordStore<never, Row>, 'preview'>,
  work: () => Promise<Row>,
  of: { readonly dryRun: boolean; readonly toResponse: (row: Row) => object },
): Promise<object> {
  if (!of.dryRun) return of.toResponse(await work());
  const row = of.toResponse(await preview(work));
  return { ...row, eventId: null, isDryRun: true, cannotBeTakenBack: FOR_GOOD };
}
