import { Injectable } from '@nestjs/common';
import type { EntityManager, EntityTarget } from 'typeorm';
import { DomainError } from '../../../core/errors.js';
import { type Canonical, sealedJson } from '../../../core/ledger/canonical.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { Clock } from '../../../platform/clock.js';
import { type RecordStore } from '../../../platform/http/record-controller.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { LedgerService, type Register } from '../ledger.service.js';
import { RecordEntity, type Reference } from './record.entity.js';
import {
  selectVersions,
  type VersionColumns,
  type WhichVersions,
} from './record-versions.queries.js';

export type { Reference } from './record.entity.js';
export type { VersionColumns, WhichVersions } from './record-versions.queries.js';

/** A kind of record: where its versions live and what they refer to. */
export interface RecordKind<Row extends VersionColumns, Attributes extends object> {
  /** For example `plant`; stored, and part of the sealed domain. */
  readonly kind: string;
  readonly entity: EntityTarget<Row>;
  /** Codes that must exist, each with the kind it must be. */
  readonly references: (attributes: Attributes) => readonly Reference[];
  /**
   * Columns that came later, and what they say of versions from before. They are sealed only where
   * they say something else, so that earlier versions keep their bytes.
   */
  readonly addedLater?: Readonly<Record<string, Canonical>>;
  /** Refuses a version that does not go with the records there are, by throwing. */
  readonly refuse?: (code: string, attributes: Attributes, others: readonly Row[]) => void;
  /** Refuses a version that may not follow the one before, by throwing. */
  readonly follow?: (before: Row, attributes: Attributes) => void;
  /** Refuses a version for what other kinds of records say, by throwing. */
  readonly admit?: (tx: EntityManager, ledgerId: string, attributes: Attributes) => Promise<void>;
  /** Whether a new record of these attributes goes with any others: then they are not looked at. */
  readonly isApart?: (attributes: Attributes) => boolean;
}

/**
 * Master data as versions (LEDGER section 1): created once, revised by a new version,
 * never changed. Every version is sealed by an event.
 */
@Injectable()
export class RecordsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly clock: Clock,
  ) {}

  /**
   * What a feature offers for one kind of record. Makes the kind known to the log, so that the rows
   * it sealed can be rebuilt.
   */
  store<Row extends VersionColumns, Attributes extends object>(
    kind: RecordKind<Row, Attributes>,
  ): RecordStore<Attributes, Row> {
    this.ledger.registerTables((tx) => registerOf(kind, tx));
    this.ledger.registerRows(rowDomain(kind.kind), async (tx, { ledgerId, eventId }) => {
      const rows = await tx
        .createQueryBuilder(kind.entity, 'r')
        .where('r.ledger_id = :ledgerId AND r.event_id = :eventId', { ledgerId, eventId })
        .getMany();
      return rows.map((row) => sealedRow(kind, row));
    });
    return {
      create: (actor, code, attributes) => this.create(actor, kind, code, attributes),
      revise: (actor, code, attributes, seen) =>
        this.revise(actor, kind, { code, attributes, seen }),
      preview: (work) => this.scope.tryTogether(work),
      get: (ledgerId, code, version) =>
        this.scope.read(ledgerId, (tx) => this.latestIn(tx, ledgerId, kind, code, version)),
      list: (ledgerId) => this.scope.read(ledgerId, (tx) => this.latestOfAll(tx, ledgerId, kind)),
      versions: async (ledgerId, code) => {
        const rows = await this.scope.read(ledgerId, (tx) =>
          this.versionsOfAll(tx, ledgerId, kind, { code }),
        );
        if (rows.length === 0)
          throw new DomainError('record.not_found', { kind: kind.kind, recordCode: code });
        return rows;
      },
    };
  }

  /**
   * Creates a record as version 1.
   *
   * @throws DomainError `record.exists`, `record.reference_unknown`
   */
  private create<Row extends VersionColumns, Attributes extends object>(
    actor: Actor,
    kind: RecordKind<Row, Attributes>,
    code: string,
    attributes: Attributes,
  ): Promise<Row> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: `record ${code}` }, async (tx) => {
      if ((await this.recordOf(tx, actor.ledgerId, code)) !== null) {
        const fix = 'Send a new version instead, or choose another code.';
        throw new DomainError('record.exists', { kind: kind.kind, recordCode: code, fix });
      }
      const eventId = this.ledger.nextId();
      const { ledgerId } = actor;
      await tx.insert(RecordEntity, { ledgerId, code, kind: kind.kind, eventId });
      return this.write(tx, actor, kind, { code, version: 1, eventId, attributes });
    });
  }

  /**
   * Adds a version.
   *
   * @throws DomainError `record.not_found`, `record.version_stale`, `record.unchanged`,
   *   `record.reference_unknown`
   */
  private revise<Row extends VersionColumns, Attributes extends object>(
    actor: Actor,
    kind: RecordKind<Row, Attributes>,
    next: {
      readonly code: string;
      readonly attributes: Attributes;
      readonly seen?: readonly number[] | undefined;
    },
  ): Promise<Row> {
    const { code, attributes, seen } = next;
    return this.scope.write({ ledgerId: actor.ledgerId, lock: `record ${code}` }, async (tx) => {
      const latest = await this.latestIn(tx, actor.ledgerId, kind, code);
      const { version } = latest;
      if (seen !== undefined && !seen.includes(version)) {
        const fix = 'Read the latest version, and send your changes to that.';
        throw new DomainError('record.version_stale', { recordCode: code, version, fix });
      }
      kind.follow?.(latest, attributes);
      const revised = { ...latest, ...attributes };
      if (sealedRow(kind, revised) === sealedRow(kind, latest)) {
        throw new DomainError('record.unchanged', { kind: kind.kind, recordCode: code, version });
      }
      const eventId = this.ledger.nextId();
      return this.write(tx, actor, kind, { code, version: version + 1, eventId, attributes });
    });
  }

  /** Latest versions inside a transaction, by code. */
  latestOfAll<Row extends VersionColumns, Attributes extends object>(
    tx: EntityManager,
    ledgerId: string,
    kind: RecordKind<Row, Attributes>,
    which: WhichVersions = {},
  ): Promise<Row[]> {
    return selectVersions(tx, kind.entity, { ...which, ledgerId, isLatest: true });
  }

  /** Every version inside a transaction, by code, then version. */
  versionsOfAll<Row extends VersionColumns, Attributes extends object>(
    tx: EntityManager,
    ledgerId: string,
    kind: RecordKind<Row, Attributes>,
    which: WhichVersions = {},
  ): Promise<Row[]> {
    return selectVersions(tx, kind.entity, { ...which, ledgerId, isLatest: false });
  }

  /**
   * One version inside a transaction.
   *
   * @throws DomainError `record.not_found`
   */
  async latestIn<Row extends VersionColumns, Attributes extends object>(
    tx: EntityManager,
    ledgerId: string,
    kind: RecordKind<Row, Attributes>,
    code: string,
    version?: number,
  ): Promise<Row> {
    const rows = await this.versionsOfAll(tx, ledgerId, kind, { code });
    const row = version === undefined ? rows.at(-1) : rows.find((one) => one.version === version);
    if (row === undefined)
      throw new DomainError('record.not_found', { kind: kind.kind, recordCode: code });
    return row;
  }

  private recordOf(
    tx: EntityManager,
    ledgerId: string,
    code: string,
  ): Promise<RecordEntity | null> {
    return tx.findOneBy(RecordEntity, { ledgerId, code });
  }

  private async write<Row extends VersionColumns, Attributes extends object>(
    tx: EntityManager,
    actor: Actor,
    kind: RecordKind<Row, Attributes>,
    next: {
      readonly code: string;
      readonly version: number;
      readonly eventId: string;
      readonly attributes: Attributes;
    },
  ): Promise<Row> {
    for (const reference of kind.references(next.attributes)) {
      const found = await this.recordOf(tx, actor.ledgerId, reference.code);
      if (found?.kind !== reference.kind) {
        throw new DomainError('record.reference_unknown', {
          field: reference.field,
          recordCode: reference.code,
          expectedKind: reference.kind,
        });
      }
    }
    const isApart = next.version === 1 && kind.isApart?.(next.attributes) === true;
    await kind.admit?.(tx, actor.ledgerId, next.attributes);
    if (kind.refuse !== undefined && !isApart) {
      const others = await this.latestOfAll(tx, actor.ledgerId, kind);
      kind.refuse(
        next.code,
        next.attributes,
        others.filter(({ code }) => code !== next.code),
      );
    }
    const { code, version, eventId, attributes } = next;
    const recordedAt = this.clock.now();
    const { ledgerId } = actor;
    const row = { ...attributes, ledgerId, code, version, eventId, recordedAt };
    await tx
      .createQueryBuilder()
      .insert()
      .into(kind.entity)
      .values(row as never)
      .execute();
    const written = await this.latestIn(tx, ledgerId, kind, code, version);
    await this.ledger.append(tx, actor, {
      eventId,
      type: 'record.versioned',
      validFrom: null,
      validTo: null,
      sourceRef: null,
      supersedes: [],
      body: { kind: kind.kind, code, version, rows: rowDomain(kind.kind) },
      rows: [sealedRow(kind, written)],
    });
    return written;
  }
}

/** What is known of a kind's versions: every column but the instant is in the sealed row. */
function registerOf(
  { kind, entity }: Pick<RecordKind<VersionColumns, object>, 'kind' | 'entity'>,
  tx: EntityManager,
): Register {
  const { tableName, columns } = tx.connection.getMetadata(entity);
  return {
    ...{ table: tableName, isDated: true },
    of: { types: ['record.versioned'], where: `b ->> 'kind' = '${kind}'` },
    sealed: columns
      .filter(({ propertyName }) => !NOT_SEALED.has(propertyName))
      .map(({ databaseName }) => databaseName),
  };
}

const rowDomain = (kind: string): string => `mizan/row/${kind}/1`;
const NOT_SEALED = new Set(['ledgerId', 'eventId', 'recordedAt']);

function sealedRow(
  {
    kind,
    addedLater = {},
  }: { readonly kind: string; readonly addedLater?: Record<string, Canonical> },
  row: VersionColumns,
): string {
  const attributes = Object.entries(row)
    .filter(([name]) => !NOT_SEALED.has(name))
    .map(([name, value]): [string, Canonical] => [name, toCanonical(value)])
    .filter(([name, value]) => !Object.hasOwn(addedLater, name) || addedLater[name] !== value);
  return sealedJson(rowDomain(kind), Object.fromEntries(attributes));
}

function toCanonical(value: unknown): Canonical {
  if (value instanceof Date) return value.toISOString();
  return (value ?? null) as Canonical;
}
