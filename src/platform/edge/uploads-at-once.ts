import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../core/errors.js';
import type { Actor } from '../auth/roles.js';

const RETRY_AFTER_S = 10;

type Guest = FastifyRequest & { actor?: Actor; endUpload?: () => void };

/**
 * Bounds the uploads of a key that this process takes in at once, of whatever kind: before a byte of
 * one too many is read. Those that were handed to the queue are counted by what does them.
 *
 * @param allowed  0 = any number.
 */
export function boundUploads(fastify: FastifyInstance, allowed: () => number): void {
  const byKey = new Map<string, number>();
  fastify.addHook('preHandler', async (request: Guest) => {
    const { actor, body } = request;
    if (actor === undefined || !(body instanceof Readable)) return;
    const name = `${actor.ledgerId} ${actor.id}`;
    const count = byKey.get(name) ?? 0;
    if (allowed() > 0 && count >= allowed()) {
      const limit = 'uploads of one key on their way';
      throw new DomainError('limit.quota', {
        limit,
        allowed: allowed(),
        retryAfterS: RETRY_AFTER_S,
      });
    }
    byKey.set(name, count + 1);
    request.endUpload = () => {
      const left = (byKey.get(name) ?? 1) - 1;
      if (left > 0) byKey.set(name, left);
      else byKey.delete(name);
    };
  });
  // Not when the answer has gone: whoever went away before it has an answer, too.
  fastify.addHook('onSend', async (request: Guest) => {
    request.endUpload?.();
    delete request.endUpload;
  });
}
