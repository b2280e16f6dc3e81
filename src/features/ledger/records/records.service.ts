import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { DomainError } from '../../../core/errors.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { VersionColumns } from '../../../platform/records/record-columns.js';
import type { RecordKind } from '../../../platform/records/record-kind.js';
import { RecordKinds } from '../../../platform/records/record-kinds.js';
import type { RecordStore, RecordStores } from '../../../platform/records/record-stores.js';
import { type EventPlace, LedgerService, type Recorded } from '../ledger.service.js';
import type { Replayed, Replays } from '../replay/replay.port.js';
import { RecordEntity } from './record.entity.js';
import { selectVersions, type WhichVersions } from './record-versions.queries.js';
import { registerOf, rowDomain, rowsOf, sealedRow } from './records.registers.js';

/** A kind whose versions hold these columns. */
type KindOf<Columns extends object> = RecordKind<z.ZodObject, Columns>;

/** A version that is to be written. */
interface Next<Columns> {
  readonly code: string;
  readonly version: number;
  readonly eventId: string;
  readonly columns: Columns;
}

/**
 * Master data as versions (LEDGER section 1): created once, revised by a new version,
 * never changed. Every version is sealed by an event.
 */
@Injectable()
export class RecordsService implements OnModuleInit, RecordStores, Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly modules: ModuleRef,
    private readonly kinds: RecordKinds,
  ) {}

  /** Refuses to start while what a kind asks before it admits a version has no answer. */
  onModuleInit(): void {
    for (const { admission } of this.kinds.all) {
      if (admission !== undefined) this.modules.get<object>(admission.of, { strict: false });
    }
  }

  /** Versions of every kind of record. */
  replayed(): Replayed {
    const { all } = this.kinds;
    return {
      tables: all.map((kind) => (tx: EntityManager) => registerOf(kind, tx)),
      rows: Object.fromEntries(all.map((kind) => [rowDomain(kind), rowsOf(kind)])),
    };
  }

  /** What there is to do with one kind of record. */
  of<Attributes extends z.ZodObject, Columns extends object>(
    kind: RecordKind<Attributes, Columns>,
  ): RecordStore<z.output<Attributes>, VersionColumns & Columns> {
    this.kinds.require(kind);
    return {
      create: (actor, code, sent) => this.create(actor, kind, code, sent),
      revise: (actor, code, sent, seen) => this.revise(actor, kind, { code, sent, seen }),
      preview: (work) => this.scope.tryTogether(work),
      get: (ledgerId, code, version) =>
        this.scope.read(ledgerId, (tx) => this.latestIn(tx, kind, code, version)),
      list: (ledgerId) => this.scope.read(ledgerId, (tx) => this.latestOfAll(tx, kind)),
      versions: async (ledgerId, code) => {
        const rows = await this.scope.read(ledgerId, (tx) =>
          this.versionsOfAll(tx, kind, { code }),
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
  private async create<Attributes extends z.ZodObject, Columns extends object>(
    actor: Actor,
    kind: RecordKind<Attributes, Columns>,
    code: string,
    sent: z.output<Attributes>,
  ): Promise<VersionColumns & Columns> {
    kind.begin?.(code, sent);
    const columns = await this.complete(actor, kind, sent);
    const { ledgerId } = actor;
    return this.scope.write({ ledgerId, lock: `record ${code}` }, async (tx) => {
      if ((await this.recordOf(tx, code)) !== null) {
        const fix = 'Send a new version instead, or choose another code.';
        throw new DomainError('record.exists', { kind: kind.kind, recordCode: code, fix });
      }
      const eventId = this.ledger.nextId();
      await tx.insert(RecordEntity, { ledgerId, code, kind: kind.kind, eventId });
      return this.write(tx, actor, kind, { code, version: 1, eventId, columns });
    });
  }

  /**
   * Adds a version.
   *
   * @throws DomainError `record.not_found`, `record.version_stale`, `record.unchanged`,
   *   `record.reference_unknown`
   */
  private async revise<Attributes extends z.ZodObject, Columns extends object>(
    actor: Actor,
    kind: RecordKind<Attributes, Columns>,
    next: {
      readonly code: string;
      readonly sent: z.output<Attributes>;
      readonly seen?: readonly number[] | undefined;
    },
  ): Promise<VersionColumns & Columns> {
    const { code, sent, seen } = next;
    const columns = await this.complete(actor, kind, sent);
    return this.scope.write({ ledgerId: actor.ledgerId, lock: `record ${code}` }, async (tx) => {
      const latest = await this.latestIn(tx, kind, code);
      const { version } = latest;
      if (seen !== undefined && !seen.includes(version)) {
        const fix = 'Read the latest version, and send your changes to that.';
        throw new DomainError('record.version_stale', { recordCode: code, version, fix });
      }
      kind.follow?.(latest, columns);
      if (sealedRow(kind, { ...latest, ...columns }) === sealedRow(kind, latest)) {
        throw new DomainError('record.unchanged', { kind: kind.kind, recordCode: code, version });
      }
      const eventId = this.ledger.nextId();
      return this.write(tx, actor, kind, { code, version: version + 1, eventId, columns });
    });
  }

  /** Latest versions inside a transaction, by code. */
  latestOfAll<Columns extends object>(
    tx: LedgerTx,
    kind: KindOf<Columns>,
    which: WhichVersions = {},
  ): Promise<(VersionColumns & Columns)[]> {
    const { ledgerId } = tx;
    return selectVersions(tx, kind.entity, { ...which, ledgerId, isLatest: true });
  }

  /** Every version inside a transaction, by code, then version. */
  versionsOfAll<Columns extends object>(
    tx: LedgerTx,
    kind: KindOf<Columns>,
    which: WhichVersions = {},
  ): Promise<(VersionColumns & Columns)[]> {
    const { ledgerId } = tx;
    return selectVersions(tx, kind.entity, { ...which, ledgerId, isLatest: false });
  }

  /**
   * One version inside a transaction.
   *
   * @throws DomainError `record.not_found`
   */
  async latestIn<Columns extends object>(
    tx: LedgerTx,
    kind: KindOf<Columns>,
    code: string,
    version?: number,
  ): Promise<VersionColumns & Columns> {
    const rows = await this.versionsOfAll(tx, kind, { code });
    const row = version === undefined ? rows.at(-1) : rows.find((one) => one.version === version);
    if (row === undefined)
      throw new DomainError('record.not_found', { kind: kind.kind, recordCode: code });
    return row;
  }

  private recordOf(tx: LedgerTx, code: string): Promise<RecordEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(RecordEntity, { ledgerId, code });
  }

  /** What a version is to hold, once it agrees with itself. */
  private async complete<Attributes extends z.ZodObject, Columns extends object>(
    { ledgerId }: Actor,
    kind: RecordKind<Attributes, Columns>,
    sent: z.output<Attributes>,
  ): Promise<Columns> {
    kind.agree?.(sent);
    return kind.complete(sent, () => this.scope.read(ledgerId, (tx) => this.latestOfAll(tx, kind)));
  }

  /** Refuses a version for what it names, what other kinds say, and the others of its kind. */
  private async require<Columns extends object>(
    tx: LedgerTx,
    kind: KindOf<Columns>,
    { code, version, columns }: Next<Columns>,
  ): Promise<void> {
    for (const reference of kind.references(columns)) {
      const found = await this.recordOf(tx, reference.code);
      if (found?.kind !== reference.kind) {
        throw new DomainError('record.reference_unknown', {
          field: reference.field,
          recordCode: reference.code,
          expectedKind: reference.kind,
        });
      }
    }
    const { admission } = kind;
    if (admission !== undefined) {
      const asked = this.modules.get<object>(admission.of, { strict: false });
      await admission.admit(asked, tx, columns);
    }
    const isApart = version === 1 && kind.isApart?.(columns) === true;
    if (kind.refuse !== undefined && !isApart) {
      const all = await this.latestOfAll(tx, kind);
      const others = all.filter((one) => one.code !== code);
      kind.refuse(code, columns, others);
    }
  }

  private async write<Columns extends object>(
    tx: LedgerTx,
    actor: Actor,
    kind: KindOf<Columns>,
    next: Next<Columns>,
  ): Promise<VersionColumns & Columns> {
    await this.require(tx, kind, next);
    const { code, version, eventId, columns } = next;
    const write = async (at: EventPlace): Promise<Recorded<VersionColumns & Columns>> => {
      const row = { ...columns, ...at, code, version };
      await tx
        .createQueryBuilder()
        .insert()
        .into(kind.entity)
        .values(row as never)
        .execute();
      const written = await this.latestIn(tx, kind, code, version);
      return {
        type: 'record.versioned',
        body: { kind: kind.kind, code, version, rows: rowDomain(kind) },
        rows: [sealedRow(kind, written)],
        result: written,
      };
    };
    return this.ledger.record(tx, actor, write, eventId);
  }
}
