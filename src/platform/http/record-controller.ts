import { Body, Get, Headers, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Actor, CurrentActor, type Role, Roles } from '../auth/roles.js';
import { checked, type RecordDoor, RecordDoors, type SavedRecord } from './record-doors.js';
import { Instant, INTEGER_MAX, text } from './schemas.js';
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

/** What a feature's service offers for one kind of record. */
export interface RecordStore<Attributes, Row> {
  create(actor: Actor, code: string, attributes: Attributes): Promise<Row>;
  /** @param seen  Versions of which one must be the latest; absent = whichever is. */
  revise(
    actor: Actor,
    code: string,
    attributes: Attributes,
    seen?: readonly number[],
  ): Promise<Row>;
  /** Runs `create` or `revise` with every refusal, and takes it back. */
  preview<T>(work: () => Promise<T>): Promise<T>;
  get(ledgerId: string, code: string, version?: number): Promise<Row>;
  list(ledgerId: string): Promise<readonly Row[]>;
  versions(ledgerId: string, code: string): Promise<readonly Row[]>;
}

/** Base of a controller with the five routes of a kind of record. */
export interface RecordController<Attributes, Row> {
  readonly store: RecordStore<Attributes, Row>;
}

/** In the description of an answer. */
const ETag = { description: 'Strong; for `If-Match`', schema: { type: 'string' as const } };

/** A version never changes, so its number is a strong validator (RFC 9110 section 8.8.1). */
function tagged<Row extends Versioned>(reply: FastifyReply, row: Row): Row {
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

/** What a version of a record makes for good. */
const FOR_GOOD =
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

const READ: readonly Role[] = ['operator', 'energy-manager', 'finance', 'auditor'];

interface Versioned {
  readonly version: number;
}

/** A kind of record: how it is called, what a version holds, who may write it. */
export interface RecordRoutes<Attributes extends z.ZodObject, Row extends Versioned> {
  /** For summaries: `site`. */
  readonly noun: string;
  /** Name of the schemas in OpenAPI: `Site`. */
  readonly id: string;
  /** Strict schema of what a version holds. */
  readonly attributes: Attributes;
  /** What an answer says more closely than a request must; absent = the same. */
  readonly answer?: z.ZodRawShape;
  /** Roles that may create and revise; the terminal acts as the first. */
  readonly write: readonly [Role, ...Role[]];
  readonly toResponse: (row: Row) => Record<string, unknown>;
}

function schemasOf<Attributes extends z.ZodObject>({
  id,
  attributes,
  answer = {},
}: {
  readonly id: string;
  readonly attributes: Attributes;
  readonly answer?: z.ZodRawShape;
}) {
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

/** The kind for those who work with any. Its name is that of its schemas: `VatRate`, `vat-rate`. */
function doorOf<Attributes extends z.ZodObject, Row extends Versioned>(
  { id, noun, attributes, write, toResponse }: RecordRoutes<Attributes, Row>,
  { path, store }: { path: string; store: RecordStore<z.output<Attributes>, Row> },
): RecordDoor {
  const document = attributes.extend({ code: RecordCode });
  const answerOf = (row: Row): SavedRecord => toResponse(row) as SavedRecord;
  return {
    kind: id.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase(),
    ...{ noun, path, document, write },
    create: async (actor, sent) => {
      const { code, ...rest } = checked(document, sent) as { code: string };
      return answerOf(await store.create(actor, code, rest as z.output<Attributes>));
    },
    revise: async (actor, code, sent, { seen, dryRun }) => {
      const versions = seen === undefined ? undefined : [seen];
      const revised = checked(attributes, sent);
      const work = (): Promise<Row> => store.revise(actor, code, revised, versions);
      return writtenRecord(store, work, { dryRun, toResponse: answerOf });
    },
    get: async (ledgerId, code, version) => answerOf(await store.get(ledgerId, code, version)),
    list: async (ledgerId) => (await store.list(ledgerId)).map(answerOf),
    versions: async (ledgerId, code) => (await store.versions(ledgerId, code)).map(answerOf),
  };
}

/** The three routes that read a kind of record. */
function readingController<Attributes extends z.ZodObject, Row extends Versioned>(
  kind: RecordRoutes<Attributes, Row>,
  { Response, ListResponse }: { readonly Response: z.ZodType; readonly ListResponse: z.ZodType },
) {
  abstract class Reading {
    abstract readonly store: RecordStore<z.output<Attributes>, Row>;

    @Get()
    @Roles(...READ)
    @ApiOperation({ summary: `List the latest version of every ${kind.noun}, by code.` })
    @ApiOkResponse({ standardSchema: ListResponse })
    async list(@CurrentActor() actor: Actor): Promise<object> {
      return { items: (await this.store.list(actor.ledgerId)).map(kind.toResponse) };
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
      return { items: (await this.store.versions(actor.ledgerId, code)).map(kind.toResponse) };
    }
  }
  return Reading;
}

/**
 * Makes the five routes that every kind of record has: list, create, read, revise, versions. One
 * piece of code for seven kinds, so that they cannot drift apart.
 */
export function recordController<Attributes extends z.ZodObject, Row extends Versioned>(
  kind: RecordRoutes<Attributes, Row>,
): abstract new (...rest: never[]) => RecordController<z.output<Attributes>, Row> {
  const schemas = schemasOf(kind);
  const { CreateRequest, ReviseRequest, Response } = schemas;
  type Attributes_ = z.output<Attributes>;
  abstract class Records extends readingController(kind, schemas) {
    @Post()
    @Roles(...kind.write)
    @ApiOperation({ summary: `Create a ${kind.noun} as version 1.` })
    @ApiCreatedResponse({ standardSchema: Response })
    async create(
      @CurrentActor() actor: Actor,
      @Body({ schema: CreateRequest }) request: Attributes_ & { code: string },
      @Query({ schema: DryRunQuery }) { dryRun }: DryRunQuery,
    ): Promise<object> {
      const { code, ...attributes } = request;
      const work = (): Promise<Row> => this.store.create(actor, code, attributes as Attributes_);
      return writtenRecord(this.store, work, { dryRun, toResponse: kind.toResponse });
    }

    @Post(':code/versions')
    @Roles(...kind.write)
    @ApiOperation({ summary: `Add a version of a ${kind.noun}. Earlier versions are kept.` })
    @ApiHeader({ name: 'If-Match', required: false, description: 'ETag of the version last seen' })
    @ApiCreatedResponse({ standardSchema: Response, headers: { ETag } })
    async revise(
      @CurrentActor() actor: Actor,
      @Param('code', { schema: RecordCode }) code: string,
      @Body({ schema: ReviseRequest }) attributes: Attributes_,
      @Headers('if-match') match: string | undefined,
      @Query({ schema: DryRunQuery }) { dryRun }: DryRunQuery,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<object> {
      const seen = versionsOf(match);
      const work = (): Promise<Row> => this.store.revise(actor, code, attributes, seen);
      const toResponse = (row: Row): object => kind.toResponse(dryRun ? row : tagged(reply, row));
      return writtenRecord(this.store, work, { dryRun, toResponse });
    }
  }
  return withDoor(Records, kind);
}

/** Lets a controller make its kind known once it stands, to those who work with any. */
function withDoor<
  Attributes extends z.ZodObject,
  Row extends Versioned,
  Controller extends abstract new (...rest: never[]) => RecordController<z.output<Attributes>, Row>,
>(controller: Controller, kind: RecordRoutes<Attributes, Row>): Controller {
  const { prototype } = controller;
  Inject(RecordDoors)(prototype, 'doors');
  Object.assign(prototype, {
    onModuleInit(this: InstanceType<Controller> & { readonly doors: RecordDoors }): void {
      const path = `/${String(Reflect.getMetadata('path', this.constructor))}`;
      this.doors.add(doorOf(kind, { path, store: this.store }));
    },
  });
  return controller;
}
