import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../core/errors.js';
import type { KeyRing } from '../auth/key.guard.js';
import type { Actor } from '../auth/roles.js';
import { arrivingBody } from './bodies.js';

/** Who looks keys up, and how often that of a request on its way; 0 = never. */
interface Watch {
  readonly keys: () => KeyRing;
  readonly everyMs: number;
}

/**
 * Ends what is on its way with a key that works no longer: a body that still arrives is refused, an
 * answer or a stream of events that is still being sent is cut off. What was heard whole is answered.
 */
export function endWithKey(fastify: FastifyInstance, { keys, everyMs }: Watch): void {
  if (everyMs === 0) return;
  fastify.addHook('onRequest', (request: FastifyRequest & { actor?: Actor }, reply, done) => {
    const { actor } = request;
    if (actor !== undefined) {
      const look = async (): Promise<void> => {
        // A look that was in vain is made again: the database may be away for a moment.
        if (await keys().stillActs(actor)) return;
        const body = arrivingBody(request.raw);
        if (body !== null) body.destroy(ended());
        else if (reply.raw.headersSent) reply.raw.destroy();
      };
      const timer = setInterval(() => void look().catch(() => {}), everyMs);
      timer.unref();
      reply.raw.once('close', () => clearInterval(timer));
    }
    done();
  });
}

const ended = (): DomainError => {
  const detail = 'The key ceased to be valid while the request arrived; nothing was done.';
  return new DomainError('auth.key_unknown', { detail });
};
