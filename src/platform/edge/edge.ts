import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../core/errors.js';
import { identify, type KeyRing, requireRole } from '../auth/key.guard.js';
import type { Actor, Role } from '../auth/roles.js';
import { inRequest, type RequestNames } from '../logger.js';
import { spoolAnswers } from './answers.js';
import { paceBodies, requireReadable } from './bodies.js';
import { endWithKey } from './keys-in-flight.js';
import { callerAddress, FailedKeys, Rate, type Taken } from './rates.js';
import { refuseExpectation, URL_LIMIT_BYTES } from './raw-refusals.js';
import { KnownRoutes } from './routes.js';
import type { EdgeSettings } from './settings.js';

/** What stands between a stranger and the application. */
export interface Edge {
  readonly settings: EdgeSettings;
  readonly dataDir: string;
  /** Who knows keys; asked for when the first key comes. */
  readonly keys: () => KeyRing;
}

/** What a request carries from the door on. */
interface Guest {
  actor?: Actor;
  names?: RequestNames;
}

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;
const SAID_ONCE = new Set([
  'authorization',
  'content-encoding',
  'content-type',
  'host',
  'idempotency-key',
]);
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The door of the server, before a byte of a body is read: which path and method, who calls, may he,
 * and not too often. Then deadlines for the body and for the reader of the answer.
 */
export function guardEdge(fastify: FastifyInstance, edge: Edge): void {
  const known = new KnownRoutes();
  const door = new Door(edge);
  fastify.addHook('onRoute', (route) => known.add(route));
  fastify.addHook('onRequest', (request: FastifyRequest & Guest, _reply, done) => {
    request.names = { traceId: request.id };
    inRequest(request.names, done);
  });
  fastify.server.on('checkExpectation', refuseExpectation);
  fastify.addHook('onRequest', async (request, reply) => {
    requireOnce(request);
    requireReadable(request);
    if (Buffer.byteLength(request.url) > URL_LIMIT_BYTES) {
      throw new DomainError('request.url_too_long', { limitBytes: URL_LIMIT_BYTES });
    }
    if (!request.is404) await door.letIn(request, reply);
    else return door.showOut(request, reply, known.methodsOf(request.url));
  });
  endWithKey(fastify, { keys: edge.keys, everyMs: edge.settings.keyMs });
  paceBodies(fastify, edge.settings);
  // What reads a body comes back from the socket, where nobody knows whose request it is.
  fastify.addHook('preValidation', (request: FastifyRequest & Guest, _reply, done) => {
    inRequest(request.names ?? { traceId: request.id }, done);
  });
  spoolAnswers(fastify, { dataDir: edge.dataDir, stalledMs: edge.settings.stalledMs });
}

class Door {
  private readonly perKey: Rate;
  private readonly writes: Rate;
  private readonly perAddress: Rate;
  private readonly failed: FailedKeys;

  constructor(private readonly edge: Edge) {
    const { keyPerMinute, writesPerMinute, addressPerMinute, burst, failedKeys } = edge.settings;
    const now = (): number => performance.now();
    this.perKey = new Rate(keyPerMinute, burst, now);
    this.writes = new Rate(writesPerMinute, burst, now);
    this.perAddress = new Rate(addressPerMinute, burst, now);
    this.failed = new FailedKeys(failedKeys, now);
  }

  /** A path that nobody answers, or not with this method. */
  showOut(request: FastifyRequest, reply: FastifyReply, methods: readonly string[]): FastifyReply {
    this.countStranger(request, reply);
    const { method, url } = request;
    if (methods.length === 0) {
      throw new DomainError('request.not_found', { path: url });
    }
    if (method === 'OPTIONS') {
      return reply.status(204).header('allow', methods.join(', ')).send();
    }
    throw new DomainError('request.method_not_allowed', { method, allowed: methods });
  }

  /** Finds out who calls, whether he may, and whether he calls too often. */
  async letIn(request: FastifyRequest & Guest, reply: FastifyReply): Promise<void> {
    const { roles } = request.routeOptions.config as { roles?: readonly Role[] | 'public' };
    if (roles === 'public') return this.countStranger(request, reply);
    const actor = await this.identified(request, reply);
    request.actor = actor;
    Object.assign(request.names ?? {}, { ledgerId: actor.ledgerId, keyId: actor.id });
    const name = `${actor.ledgerId} ${actor.id}`;
    count(reply, 'requests of this key', this.perKey.take(name));
    if (!READS.has(request.method)) {
      count(reply, 'writes of this key', this.writes.take(name));
    }
    requireRole(actor, roles ?? []);
    requireReplayKey(request);
  }

  private async identified(request: FastifyRequest, reply: FastifyReply): Promise<Actor> {
    const address = callerAddress(request.ip);
    const retryAfterS = this.failed.refusedS(address);
    if (retryAfterS > 0) {
      const { failedKeys } = this.edge.settings;
      throw tooMany('wrong keys of this address', failedKeys, retryAfterS, MEND_KEY);
    }
    try {
      return await identify(this.edge.keys(), request.headers.authorization);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.code === 'auth.key_unknown') this.failed.add(address);
      if (error.code.startsWith('auth.')) this.countStranger(request, reply);
      throw error;
    }
  }

  private countStranger(request: FastifyRequest, reply: FastifyReply): void {
    const taken = this.perAddress.take(callerAddress(request.ip));
    count(reply, 'requests of this address without a valid key', taken);
  }
}

function count(reply: FastifyReply, what: string, taken: Taken | null): void {
  if (taken === null) return;
  void reply.headers({
    'x-ratelimit-limit': taken.limit,
    'x-ratelimit-remaining': taken.remaining,
    'x-ratelimit-reset': taken.resetS,
  });
  if (!taken.isAllowed) throw tooMany(what, taken.limit, taken.retryAfterS);
}

const SLOWER = 'Wait as `Retry-After` says, then send fewer at a time.';
const MEND_KEY =
  'Wait as `Retry-After` says, and mend the wrong key: right ones of this address wait too.';

function tooMany(what: string, limit: number, retryAfterS: number, fix = SLOWER): DomainError {
  return new DomainError('request.rate_exceeded', { what, limit, retryAfterS, fix });
}

/** Headers that say who asks, whom, and what in: twice, they would say two things (RFC 9110 sections 5.3, 7.2). */
function requireOnce({ headers, raw }: FastifyRequest): void {
  const refuse = (detail: string): DomainError => new DomainError('request.malformed', { detail });
  if (headers.host === undefined && raw.httpVersion !== '1.0') {
    throw refuse('The request names no host.');
  }
  const seen = new Set<string>();
  for (let at = 0; at < raw.rawHeaders.length; at += 2) {
    const name = raw.rawHeaders[at]!.toLowerCase();
    if (seen.has(name)) throw refuse(`${name} stands there twice.`);
    if (SAID_ONCE.has(name)) seen.add(name);
  }
}

function requireReplayKey({ headers }: FastifyRequest): void {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && VISIBLE_ASCII.test(key))) return;
  const detail = 'Up to 255 visible ASCII characters.';
  const pointer = '/headers/idempotency-key';
  throw new DomainError('request.invalid', { errors: [{ pointer, rule: 'key', detail }] });
}
