import {
  Body,
  Controller,
  Get,
  Headers,
  Inject,
  Param,
  Post,
  Query,
  Res,
  type Type,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Actor, CurrentActor, type Role, Roles } from '../auth/roles.js';
import type { VersionColumns } from '../records/record-columns.js';
import type { RecordKind } from '../records/record-kind.js';
import { type RecordStore, RecordStores, writtenRecord } from '../records/record-stores.js';
import { Instant, text } from '../../core/shapes/values.shape.js';
import { INTEGER_MAX } from './schemas.js';
import { DryRunQuery, previewShape } from './uploads.js';

/** Code of a record: letters, digits, dot, underscore and hyphen, at most 40. */
export const RecordCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/)
  .describe('Code of the record, unique in the ledger, never re-used');

/** Name of a record. */
export const RecordName = text(200).describe('What people call it, on lists and statements');

const VersionQuery = z.strictObject({
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(INTEGER_MAX)
    .optional()
    .describe('An earlier version'),
});

/** In the description of an answer. */
const ETag = { description: 'Strong; for `If-Match`', schema: { type: 'string' as const } };

/** A version never changes, so its number is a strong validator (RFC 9110 section 8.8.1). */
function tagged<Row extends VersionColumns>(reply: FastifyReply, row: Row): Row {
  void reply.header('etag', `"v${row.version}"`);
  return row;
}

/**
 * Versions that an `If-Match` names; absent and `*` name any. A tag that is not ours, or a weak one,
 * which never matches (RFC 9110 section 13.1.1), names none.
 */
function versionsOf(match: string | undefined): readonly number[] | undefined {
  if (match === undefined || match.trim() === '*') return undefined;
  const tags = match.split(',').map((tag) => /^"v(\d{1,10})"$/.exec(tag.trim())?.[1]);
  return tags.filter((version) => version !== undefined).map(Number);
}

const READ: readonly Role[] = ['operator', 'energy-manager', 'finance', 'auditor'];

function schemasOf({ id, attributes, answer = {} }: RecordKind) {
  const Response = z
    .object({
      code: RecordCode,
      version: z.int().min(1),
      recordedAt: Instant,
      eventId: z.uuid().nullable().describe('Event that sealed this version; null of a preview'),
      ...attributes.shape,
      ...answer,
      ...previewShape,
    })
    .meta({ id });
  return {
    CreateRequest: attributes.extend({ code: RecordCode }).meta({ id: `Create${id}Request` }),
    ReviseRequest: attributes.meta({ id: `Revise${id}Request` }),
    Response,
    ListResponse: z.object({ items: z.array(Response) }).meta({ id: `${id}List` }),
  };
}

type Schemas = ReturnType<typeof schemasOf>;

/** What was sent for a version: what it holds, read by its schema. */
type Sent = Readonly<Record<string, unknown>>;

/** The three routes that read a kind of record. */
function readingController(kind: RecordKind, { Response, ListResponse }: Schemas) {
  class Reading {
    readonly store: RecordStore<Sent, VersionColumns>;

    constructor(@Inject(RecordStores) stores: RecordStores) {
      this.store = stores.of(kind);
    }

    @Get()
    @Roles(...READ)
    @ApiOperation({ summary: `List the latest version of every ${kind.noun}, by code.` })
    @ApiOkResponse({ standardSchema: ListResponse })
    async list(@CurrentActor() actor: Actor): Promise<object> {
      return { items: (await this.store.list(actor.ledgerId)).map((row) => kind.toResponse(row)) };
    }

    @Get(':code')
    @Roles(...READ)
    @ApiOperation({ summary: `Read one ${kind.noun}: its latest version, or an earlier one.` })
    @ApiOkResponse({ standardSchema: Response, headers: { ETag } })
    async read(
      @CurrentActor() actor: Actor,
      @Param('code', { schema: RecordCode }) code: string,
      @Query({ schema: VersionQuery }) { version }: z.output<typeof VersionQuery>,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<object> {
      return kind.toResponse(tagged(reply, await this.store.get(actor.ledgerId, code, version)));
    }

    @Get(':code/versions')
    @Roles(...READ)
    @ApiOperation({ summary: `List all versions of one ${kind.noun}, oldest first.` })
    @ApiOkResponse({ standardSchema: ListResponse })
    async versions(
      @CurrentActor() actor: Actor,
      @Param('code', { schema: RecordCode }) code: string,
    ): Promise<object> {
      return {
        items: (await this.store.versions(actor.ledgerId, code)).map((row) => kind.toResponse(row)),
      };
    }
  }
  return Reading;
}

/**
 * Makes the five routes that every kind of record has: list, create, read, revise, versions. One
 * piece of code for all kinds, so that they cannot drift apart.
 */
export function recordController(kind: RecordKind): Type {
  const schemas = schemasOf(kind);
  const { CreateRequest, ReviseRequest, Response } = schemas;
  class Records extends readingController(kind, schemas) {
    @Post()
    @Roles(...kind.write)
    @ApiOperation({ summary: `Create a ${kind.noun} as version 1.` })
    @ApiCreatedResponse({ standardSchema: Response })
    async create(
      @CurrentActor() actor: Actor,
      @Body({ schema: CreateRequest }) request: Sent & { readonly code: string },
      @Query({ schema: DryRunQuery }) { dryRun }: DryRunQuery,
    ): Promise<object> {
      const { code, ...sent } = request;
      const work = (): Promise<VersionColumns> => this.store.create(actor, code, sent);
      return writtenRecord(this.store, work, { dryRun, toResponse: (row) => kind.toResponse(row) });
    }

    @Post(':code/versions')
    @Roles(...kind.write)
    @ApiOperation({ summary: `Add a version of a ${kind.noun}. Earlier versions are kept.` })
    @ApiHeader({ name: 'If-Match', required: false, description: 'ETag of the version last seen' })
    @ApiCreatedResponse({ standardSchema: Response, headers: { ETag } })
    async revise(
      @CurrentActor() actor: Actor,
      @Param('code', { schema: RecordCode }) code: string,
      @Body({ schema: ReviseRequest }) sent: Sent,
      @Headers('if-match') match: string | undefined,
      @Query({ schema: DryRunQuery }) { dryRun }: DryRunQuery,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<object> {
      const seen = versionsOf(match);
      const work = (): Promise<VersionColumns> => this.store.revise(actor, code, sent, seen);
      const toResponse = (row: VersionColumns): object =>
        kind.toResponse(dryRun ? row : tagged(reply, row));
      return writtenRecord(this.store, work, { dryRun, toResponse });
    }
  }
  // The description names operations by their class: `TariffController_create`.
  Object.defineProperty(Records, 'name', { value: `${kind.id}Controller` });
  ApiTags(kind.tag)(Records);
  Controller(kind.path)(Records);
  return Records;
}
