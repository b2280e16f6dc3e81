import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, type Role, Roles } from '../auth/roles.js';
import { Instant, INTEGER_MAX } from './schemas.js';

/** Code of a record: letters, digits, dot, underscore and hyphen, at most 40. */
export const RecordCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/)
  .describe('Code of the record, unique in the ledger, never re-used');

const VersionQuery = z.strictObject({
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(INTEGER_MAX)
    .optional()
    .describe('An earlier version'),
});

/** What a feature's service offers for one kind of record. */
export interface RecordStore<Attributes, Row> {
  create(actor: Actor, code: string, attributes: Attributes): Promise<Row>;
  revise(actor: Actor, code: string, attributes: Attributes): Promise<Row>;
  get(ledgerId: string, code: string, version?: number): Promise<Row>;
  list(ledgerId: string): Promise<readonly Row[]>;
  versions(ledgerId: string, code: string): Promise<readonly Row[]>;
}

/** Base of a controller with the five routes of a kind of record. */
export interface RecordController<Attributes, Row> {
  readonly store: RecordStore<Attributes, Row>;
}

const READ: readonly Role[] = ['operator', 'energy-manager', 'finance', 'auditor'];

/** A kind of record: how it is called, what a version holds, who may write it. */
export interface RecordRoutes<Attributes extends z.ZodObject, Row> {
  /** For summaries: `site`. */
  readonly noun: string;
  /** Name of the schemas in OpenAPI: `Site`. */
  readonly id: string;
  /** Strict schema of what a version holds. */
  readonly attributes: Attributes;
  /** Roles that may create and revise. */
  readonly write: readonly Role[];
  readonly toResponse: (row: Row) => Record<string, unknown>;
}

function schemasOf<Attributes extends z.ZodObject>({
  id,
  attributes,
}: {
  readonly id: string;
  readonly attributes: Attributes;
}) {
  const Response = z
    .object({
      code: RecordCode,
      version: z.int().min(1),
      recordedAt: Instant,
      eventId: z.uuid().describe('Event that sealed this version'),
      ...attributes.shape,
    })
    .meta({ id });
  return {
    CreateRequest: attributes.extend({ code: RecordCode }).meta({ id: `Create${id}Request` }),
    ReviseRequest: attributes.meta({ id: `Revise${id}Request` }),
    Response,
    ListResponse: z.object({ items: z.array(Response) }).meta({ id: `${id}List` }),
  };
}

/**
 * Makes the five routes that every kind of record has: list, create, read, revise, versions. One
 * piece of code for seven kinds, so that they cannot drift apart.
 */
export function recordController<Attributes extends z.ZodObject, Row>(
  kind: RecordRoutes<Attributes, Row>,
): abstract new (...rest: never[]) => RecordController<z.output<Attributes>, Row> {
  const { CreateRequest, ReviseRequest, Response, ListResponse } = schemasOf(kind);
  type Attributes_ = z.output<Attributes>;

  abstract class Records {
    abstract readonly store: RecordStore<Attributes_, Row>;

    @Get()
    @Roles(...READ)
    @ApiOperation({ summary: `List the latest version of every ${kind.noun}, by code.` })
    @ApiOkResponse({ standardSchema: ListResponse })
    async list(@CurrentActor() actor: Actor): Promise<object> {
      return { items: (await this.store.list(actor.ledgerId)).map(kind.toResponse) };
    }

    @Post()
    @Roles(...kind.write)
    @ApiOperation({ summary: `Create a ${kind.noun} as version 1.` })
    @ApiCreatedResponse({ standardSchema: Response })
    async create(
      @CurrentActor() actor: Actor,
      @Body({ schema: CreateRequest }) request: Attributes_ & { code: string },
    ): Promise<object> {
      const { code, ...attributes } = request;
      return kind.toResponse(await this.store.create(actor, code, attributes as Attributes_));
    }

    @Get(':code')
    @Roles(...READ)
    @ApiOperation({ summary: `Read one ${kind.noun}: its latest version, or an earlier one.` })
    @ApiOkResponse({ standardSchema: Response })
    async read(
      @CurrentActor() actor: Actor,
      @Param('code', { schema: RecordCode }) code: string,
      @Query({ schema: VersionQuery }) { version }: z.output<typeof VersionQuery>,
    ): Promise<object> {
      return kind.toResponse(await this.store.get(actor.ledgerId, code, version));
    }

    @Get(':code/versions')
    @Roles(...READ)
    @ApiOperation({ summary: `List all versions of one ${kind.noun}, oldest first.` })
    @ApiOkResponse({ standardSchema: ListResponse })
    async versions(
      @CurrentActor() actor: Actor,
      @Param('code', { schema: RecordCode }) code: string,
    ): Promise<object> {
      return { items: (await this.store.versions(actor.ledgerId, code)).map(kind.toResponse) };
    }

    @Post(':code/versions')
    @Roles(...kind.write)
    @ApiOperation({ summary: `Add a version of a ${kind.noun}. Earlier versions are kept.` })
    @ApiCreatedResponse({ standardSchema: Response })
    async revise(
      @CurrentActor() actor: Actor,
      @Param('code', { schema: RecordCode }) code: string,
      @Body({ schema: ReviseRequest }) attributes: Attributes_,
    ): Promise<object> {
      return kind.toResponse(await this.store.revise(actor, code, attributes));
    }
  }
  return Records;
}
