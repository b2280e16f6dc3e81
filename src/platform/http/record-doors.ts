import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import type { Actor, Role } from '../auth/roles.js';
import { explainedProblems } from './purposes.js';

/** A record, as it is answered. */
export interface SavedRecord extends Readonly<Record<string, unknown>> {
  readonly code: string;
  readonly version: number;
  readonly eventId: string;
}

/** How a record is revised. */
export interface Revising {
  /** The version that must be the latest; absent = whichever is. */
  readonly seen?: number;
  /** Whether it is only tried. */
  readonly dryRun: boolean;
}

/** One kind of record, for those who work with any: the terminal, and requests about many kinds. */
export interface RecordDoor {
  /** As the terminal calls it: `vat-rate`. */
  readonly kind: string;
  /** In sentences: `VAT rate`. */
  readonly noun: string;
  /** Where it is posted: `/v1/vat-rates`. */
  readonly path: string;
  /** Strict schema of a new record, with its code. */
  readonly document: z.ZodObject;
  /** Who may write it; the terminal acts as the first. */
  readonly write: readonly [Role, ...Role[]];
  /** @throws DomainError `request.invalid`; as the kind's own route */
  create(actor: Actor, document: unknown): Promise<SavedRecord>;
  revise(actor: Actor, code: string, document: unknown, how: Revising): Promise<object>;
  get(ledgerId: string, code: string, version?: number): Promise<object>;
  list(ledgerId: string): Promise<readonly object[]>;
  versions(ledgerId: string, code: string): Promise<readonly object[]>;
}

/** Kinds in the order in which a ledger begins with them; the rest after them. */
const RANKS = [
  ...['organisation', 'site', 'meter', 'issuer', 'plant', 'vat-rate', 'holiday-calendar'],
  ...['tariff-grid', 'tariff', 'price-index', 'fx-series', 'contract'],
];

/** Where a kind stands among kinds: those that others refer to come first. */
export function rankOf(kind: string): number {
  const rank = RANKS.indexOf(kind);
  return rank === -1 ? RANKS.length : rank;
}

/** Every kind of record there is, by the name that the terminal uses. */
@Injectable()
export class RecordDoors {
  private readonly doors = new Map<string, RecordDoor>();

  add(door: RecordDoor): void {
    this.doors.set(door.kind, door);
  }

  /** All kinds, those that others refer to first, then by name. */
  all(): readonly RecordDoor[] {
    return [...this.doors.values()].toSorted(
      (a, b) => rankOf(a.kind) - rankOf(b.kind) || (a.kind < b.kind ? -1 : 1),
    );
  }

  /** Null for what is no kind of record. */
  find(kind: string): RecordDoor | null {
    return this.doors.get(kind) ?? null;
  }

  /** @throws DomainError `request.invalid` naming the kinds there are. */
  of(kind: string): RecordDoor {
    const found = this.find(kind);
    if (found !== null) return found;
    const kinds = this.all().map((one) => one.kind);
    throw new DomainError('request.invalid', {
      errors: [{ pointer: '/kind', rule: 'kind.known', detail: `Kinds: ${kinds.join(', ')}` }],
    });
  }
}

/**
 * Reads a document by its schema.
 *
 * @throws DomainError `request.invalid`; of what is missing it says what for.
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
): z.output<Schema> {
  const { data, error } = schema.safeParse(document);
  if (error === undefined) return data;
  const errors = explainedProblems(schema, document, error.issues);
  throw new DomainError('request.invalid', { errors });
}
