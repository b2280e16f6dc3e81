import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import type { Actor, Role } from '../auth/roles.js';
import { explainedProblems } from '../http/purposes.js';
import { RecordCode } from '../http/record-controller.js';
import type { VersionColumns } from './record-columns.js';
import type { RecordKind } from './record-kind.js';
import { RecordKinds, terminalName } from './record-kinds.js';
import { RecordStores, writtenRecord } from './record-stores.js';

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

/** The kind for those who work with any. */
function doorOf(kind: RecordKind, stores: RecordStores): RecordDoor {
  const { noun, attributes, write } = kind;
  const store = stores.of(kind);
  const document = attributes.extend({ code: RecordCode });
  const answerOf = (row: VersionColumns): SavedRecord => kind.toResponse(row) as SavedRecord;
  return {
    kind: terminalName(kind),
    noun,
    path: `/${kind.path}`,
    document,
    write,
    create: async (actor, sent) => {
      const { code, ...rest } = checked(document, sent) as { code: string };
      return answerOf(await store.create(actor, code, rest));
    },
    revise: async (actor, code, sent, { seen, dryRun }) => {
      const versions = seen === undefined ? undefined : [seen];
      const revised = checked(attributes, sent);
      const work = (): Promise<VersionColumns> => store.revise(actor, code, revised, versions);
      return writtenRecord(store, work, { dryRun, toResponse: answerOf });
    },
    get: async (ledgerId, code, version) => answerOf(await store.get(ledgerId, code, version)),
    list: async (ledgerId) => (await store.list(ledgerId)).map(answerOf),
    versions: async (ledgerId, code) => (await store.versions(ledgerId, code)).map(answerOf),
  };
}

/** Every kind of record there is, by the name that the terminal uses. */
@Injectable()
export class RecordDoors {
  private readonly doors: ReadonlyMap<string, RecordDoor>;

  constructor(
    private readonly kinds: RecordKinds,
    stores: RecordStores,
  ) {
    const doors = kinds.all.map((kind) => doorOf(kind, stores));
    this.doors = new Map(doors.map((door) => [door.kind, door]));
  }

  /** All kinds, those that others refer to first, then by name. */
  all(): readonly RecordDoor[] {
    const { kinds } = this;
    return [...this.doors.values()].toSorted(
      (a, b) => kinds.rankOf(a.kind) - kinds.rankOf(b.kind) || (a.kind < b.kind ? -1 : 1),
    );
  }

  /** By what the terminal calls a kind, or its rows and refusals do; null for what is none. */
  find(kind: string): RecordDoor | null {
    return this.doors.get(kind) ?? this.doors.get(this.kinds.calledAtTerminal(kind)) ?? null;
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
