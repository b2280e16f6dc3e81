import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { assert, DomainError } from '../../core/errors.js';
import type { Actor } from '../auth/roles.js';
import type { OneTransaction } from '../database/one-transaction.js';
import { unstorable } from '../http/storable.js';
import { holdsKey } from '../logger.js';
import { bodyHash, fingerprint, hashedOnTheWay, streamHash } from './fingerprint.js';
import { type Replies, type Reply, type ReplyKey, running } from './replies.js';
import { KEPT_BODY_BYTES } from './reply.entity.js';

/** A request whose answer will be kept. */
interface Kept extends ReplyKey {
  readonly one: OneTransaction;
  /** Null while the body was not read to its end. */
  readonly requestSha256: () => Buffer | null;
}

type Guest = FastifyRequest & { actor?: Actor; kept?: Kept };

/** Where answers are kept, and of which routes they are not: their bodies hold secrets or names. */
interface ReplySettings {
  readonly replies: () => Replies;
  readonly isPrivate: (route: string) => boolean;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const HEADERS = ['content-type', 'location', 'etag'] as const;

/**
 * Gives a write with an `Idempotency-Key` one effect and one answer: the same request again gets the
 * first answer, byte for byte. What is refused keeps nothing, and its key may be used again.
 */
export function keepReplies(fastify: FastifyInstance, settings: ReplySettings): void {
  const keeper = new Keeper(settings);
  fastify.addHook('preHandler', (request: Guest, reply, done) => {
    keeper.begin(request, reply).then(
      (next) => {
        if (next === 'answered') return;
        if (request.kept === undefined) done();
        else settings.replies().within(request.kept.one, done);
      },
      (error: unknown) => done(error as Error),
    );
  });
  fastify.addHook('onSend', (request: Guest, reply, payload) =>
    keeper.end(request, reply, payload),
  );
}

class Keeper {
  /** Keys that this process is at, with their ledger. */
  private readonly atWork = new Set<string>();

  constructor(private readonly settings: ReplySettings) {}

  /** Answers a request that was answered before, or says whose answer will be kept. */
  async begin(request: Guest, reply: FastifyReply): Promise<'answered' | 'goes on'> {
    const key = request.headers['idempotency-key'];
    const { actor, body, method } = request;
    if (typeof key !== 'string' || actor === undefined || READS.has(method)) return 'goes on';
    // The check of requests refuses it, and says why.
    if (!(body instanceof Readable) && unstorable(body).length > 0) return 'goes on';
    const at = { ledgerId: actor.ledgerId, key };
    const known = await this.settings.replies().find(at);
    if (known !== null) {
      const bodySha256 = body instanceof Readable ? await streamHash(body) : bodyHash(body);
      this.replay(reply, { key, known, requestSha256: this.hashOf(request, actor, bodySha256) });
      return 'answered';
    }
    if (this.atWork.has(nameOf(at))) throw running(key);
    this.atWork.add(nameOf(at));
    request.kept = {
      ...at,
      one: this.settings.replies().begin(at),
      requestSha256: this.hashing(request, actor),
    };
    return 'goes on';
  }

  /** Keeps the answer with what was written, or undoes that: before a byte of the answer is sent. */
  async end(request: Guest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const { kept } = request;
    if (kept === undefined) return payload;
    delete request.kept;
    try {
      const { statusCode: status } = reply;
      if (status < 200 || status > 299) await kept.one.rollBack();
      else
        await this.settings
          .replies()
          .keep(kept.one, kept, this.replyOf(request, reply, { kept, payload }));
    } catch (error) {
      for (const name of HEADERS) void reply.removeHeader(name);
      await kept.one.rollBack();
      throw error;
    } finally {
      this.atWork.delete(nameOf(kept));
    }
    return payload;
  }

  private replyOf(
    request: FastifyRequest,
    reply: FastifyReply,
    { kept, payload }: { readonly kept: Kept; readonly payload: unknown },
  ): Reply {
    const requestSha256 = kept.requestSha256();
    assert(requestSha256 !== null, 'replies: a body is read before it is answered');
    const headers = HEADERS.map((name) => [name, reply.getHeader(name)] as const).filter(
      (header): header is readonly [(typeof HEADERS)[number], string] =>
        typeof header[1] === 'string',
    );
    const bytes = bytesOf(payload);
    const isKept =
      bytes !== null &&
      bytes.length <= KEPT_BODY_BYTES &&
      !this.settings.isPrivate(request.routeOptions.url ?? '') &&
      !holdsKey(bytes.toString());
    return {
      requestSha256,
      status: reply.statusCode,
      headers: Object.fromEntries(headers),
      body: isKept ? bytes : null,
    };
  }

  private replay(
    reply: FastifyReply,
    of: { readonly key: string; readonly known: Reply; readonly requestSha256: Buffer },
  ): void {
    const { key, known, requestSha256 } = of;
    if (!known.requestSha256.equals(requestSha256)) {
      const fix = 'Send a new key: this one belongs to another request.';
      throw new DomainError('idempotency.key_reused', { key, fix });
    }
    if (known.body === null) {
      const fix = 'It was done once. Read what it made: the answer itself is not kept.';
      throw new DomainError('idempotency.answer_not_kept', { key, answered: known.status, fix });
    }
    void reply.status(known.status).headers({ ...known.headers, 'idempotent-replayed': 'true' });
    void reply.send(known.body.length === 0 ? undefined : known.body);
  }

  /** The hash of a request; of an upload, once it was read. */
  private hashing(request: Guest, actor: Actor): Kept['requestSha256'] {
    if (!(request.body instanceof Readable)) {
      const whole = this.hashOf(request, actor, bodyHash(request.body));
      return () => whole;
    }
    const { stream, hash } = hashedOnTheWay(request.body);
    request.body = stream;
    return () => {
      const bodySha256 = hash();
      return bodySha256 === null ? null : this.hashOf(request, actor, bodySha256);
    };
  }

  private hashOf({ method, url }: FastifyRequest, actor: Actor, bodySha256: Buffer): Buffer {
    return fingerprint({ principalId: actor.principalId, method, url, bodySha256 });
  }
}

const nameOf = ({ ledgerId, key }: ReplyKey): string => `${ledgerId} ${key}`;

/** The bytes of an answer; null for one that is a stream. */
function bytesOf(payload: unknown): Buffer | null {
  if (payload === undefined || payload === null) return Buffer.alloc(0);
  if (typeof payload === 'string') return Buffer.from(payload);
  return Buffer.isBuffer(payload) ? payload : null;
}
