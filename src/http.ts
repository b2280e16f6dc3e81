import { type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { READ_LISTENER, type ReadListener } from './platform/auth/heard-reads.js';
import { KEY_RING, type KeyRing } from './platform/auth/key.guard.js';
import type { Actor } from './platform/auth/roles.js';
import { CONFIG, type Config } from './platform/config.js';
import { guardEdge } from './platform/edge/edge.js';
import { boundUploads } from './platform/edge/uploads-at-once.js';
import {
  HEADERS_LIMIT_BYTES,
  refuseConnection,
  refuseRoute,
} from './platform/edge/raw-refusals.js';
import { KnownQueries } from './platform/edge/known-queries.js';
import { exampleBodies } from './platform/http/examples.js';
import { keepReplies } from './platform/replies/keep-replies.js';
import { Replies } from './platform/replies/replies.js';
import { uuidv7 } from './platform/http/request-id.js';
import { JSON_LIMIT_BYTES, STATUS } from './platform/http/problem.filter.js';
import { STREAMED_TYPES } from './platform/http/uploads.js';
import { FrameworkLogger, logger, type RequestNames } from './platform/logger.js';

/** Builds the HTTP application on a module, ready to listen. */
export async function buildHttp(
  module: DynamicModule,
  config: Config,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, httpAdapter(config), {
    logger: new FrameworkLogger(),
    abortOnError: false,
  });
  return prepareHttp(app);
}

/** The server below the application: how large, how long and how many before anybody is known. */
export function httpAdapter({ edge }: Pick<Config, 'edge'>): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: JSON_LIMIT_BYTES,
    genReqId: uuidv7,
    trustProxy: edge.trustedProxies.length === 0 ? false : [...edge.trustedProxies],
    clientErrorHandler: refuseConnection,
    frameworkErrors: refuseRoute,
    // Longer than every deadline of a body, which are told apart by what the body is.
    requestTimeout: edge.uploadMs === 0 ? 0 : edge.uploadMs + HEADERS_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxRequestsPerSocket: REQUESTS_PER_SOCKET,
    http: {
      // The door answers it as it answers all else.
      requireHostHeader: false,
      headersTimeout: HEADERS_MS,
      connectionsCheckingInterval: HEADERS_MS / 3,
      maxHeaderSize: HEADERS_LIMIT_BYTES,
    },
  });
}

const HEADERS_MS = 15_000;
const KEEP_ALIVE_MS = 72_000;
const REQUESTS_PER_SOCKET = 100_000;

/** Adds what every application over HTTP has: its door, uploads as streams, headers, log, description. */
export async function prepareHttp(app: NestFastifyApplication): Promise<NestFastifyApplication> {
  const fastify = app.getHttpAdapter().getInstance();
  const config = app.get<Config>(CONFIG);
  const { edge, dataDir } = config;
  boundUploads(fastify, () => config.openImports);
  const queries = new KnownQueries();
  queries.guard(fastify);
  // Before long answers go to files: what is kept is the answer itself.
  keepReplies(fastify, {
    replies: () => app.get(Replies),
    isPrivate: (route) => route.startsWith('/v1/api-keys'),
  });
  guardEdge(fastify, { settings: edge, dataDir, keys: () => app.get<KeyRing>(KEY_RING) });
  fastify.addContentTypeParser(STREAMED_TYPES, (_request, payload, done) => done(null, payload));
  fastify.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    void reply.header('x-content-type-options', 'nosniff');
    void reply.header('cache-control', 'no-store');
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const { method, url, names } = request as typeof request & { names?: RequestNames };
    const durationMs = Math.round(reply.elapsedTime);
    logger.info({ ...names, method, url, status: reply.statusCode, durationMs }, 'answered');
  });
  hearReads(fastify, () => app.get<ReadListener>(READ_LISTENER));
  const document = describeApi(app);
  queries.know(document);
  fastify.get('/openapi.json', { config: { roles: 'public' } }, (_request, reply) =>
    reply.send(document),
  );
  await app.init();
  // The framework reads forms unless it is told not to; nothing here is sent by a form.
  fastify.removeContentTypeParser('application/x-www-form-urlencoded');
  await fastify.ready();
  return app;
}

const READS = new Set(['GET', 'HEAD']);

/** Tells of every read by a key, once it was answered. */
function hearReads(fastify: FastifyInstance, listener: () => ReadListener): void {
  fastify.addHook('onResponse', (request: FastifyRequest & { actor?: Actor }, reply, done) => {
    const { actor, method, id, url, routeOptions } = request;
    if (actor !== undefined && READS.has(method)) {
      const [path, ...query] = url.split('?') as [string, ...string[]];
      listener().heard({
        actor,
        readId: id,
        route: `${method} ${routeOptions.url ?? path}`,
        path,
        query: query.length === 0 ? null : query.join('?'),
        status: reply.statusCode,
      });
    }
    done();
  });
}

/** The API's own description, OpenAPI 3.1. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Mizan')
    .setDescription(
      'Energy contract and renewable matching ledger. Energy is whole Wh; money and factors are ' +
        'decimal text; instants are UTC. Every refusal is an RFC 9457 problem with a public code.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'The server that this description came from')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'mzk_…',
      description: 'API key, as it was shown when it was issued',
    })
    .addSecurityRequirements('bearer');
  const document = SwaggerModule.createDocument(app, builder.build());
  return withExamples(withReplayKeys(withProblems(document)));
}

/** Every JSON body is shown by one that is right. */
function withExamples(document: OpenAPIObject): OpenAPIObject {
  const bodies = exampleBodies();
  for (const [path, { post }] of Object.entries(document.paths)) {
    const body = (post?.requestBody ?? {}) as { content?: Record<string, { example?: unknown }> };
    const json = body.content?.['application/json'];
    if (json !== undefined) json.example = bodies.get(`POST ${path}`);
  }
  return document;
}

/** Every write may be sent again under its key. */
function withReplayKeys(document: OpenAPIObject): OpenAPIObject {
  for (const { post } of Object.values(document.paths)) {
    if (post === undefined) continue;
    const others = (post.parameters ?? []).filter((one) => !('name' in one && one.name === NAME));
    const isRequired = others.length !== (post.parameters ?? []).length;
    post.parameters = [
      ...others,
      {
        name: NAME,
        in: 'header',
        required: isRequired,
        description:
          'One effect and one answer: the same request again gets the first answer, byte for byte, ' +
          'with `Idempotent-Replayed: true`; another request with the key is refused (422). Kept ' +
          'for 400 days; a refusal keeps nothing.',
        schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
      },
    ];
  }
  return document;
}

const NAME = 'Idempotency-Key';

/** Every operation may refuse: with a problem document whose code is on the public list. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  const codes = Object.keys(STATUS).sort();
  const problem = {
    type: 'object',
    description: 'RFC 9457 problem document; the details of a code stand beside it',
    required: ['type', 'title', 'status', 'traceId'],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string', enum: codes, description: 'Never renamed or re-used' },
      traceId: { type: 'string' },
      fix: { type: 'string', description: 'What helps; with every code' },
      errors: {
        type: 'array',
        description: 'The first 100 problems, by JSON pointer or by row and column',
        items: { type: 'object' },
      },
      errorsTotal: { type: 'integer' },
    },
  };
  const refusal = {
    description: 'Refused',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  const operations = Object.values(document.paths).flatMap((item) =>
    Object.values(item as Record<string, { responses: Record<string, unknown> }>),
  );
  for (const operation of operations) operation.responses['default'] = refusal;
  const schemas = { ...document.components?.schemas, Problem: problem };
  return { ...document, components: { ...document.components, schemas } } as OpenAPIObject;
}
