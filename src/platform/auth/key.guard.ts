import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../core/errors.js';
import { parseKey, type PresentedKey } from './api-key.js';
import { type Actor, type Role, ROLES_KEY } from './roles.js';

/** Looks a presented key up; null when it is unknown, revoked, expired or its secret is wrong. */
export interface KeyRing {
  actorOf(key: PresentedKey): Promise<Actor | null>;
}

/** Token of the key ring. */
export const KEY_RING = Symbol('mizan key ring');

/** Lets a request through when its key's role is on the route's list; without a list, nobody. */
@Injectable()
export class KeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const allowed = this.reflector.get<readonly Role[] | 'public' | undefined>(
      ROLES_KEY,
      context.getHandler(),
    );
    if (allowed === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { actor?: Actor }>();
    const actor = await this.identify(request.headers.authorization);
    if (!(allowed ?? []).includes(actor.role)) {
      throw new DomainError('auth.forbidden', { role: actor.role, allowed: allowed ?? [] });
    }
    request.actor = actor;
    return true;
  }

  private async identify(header: string | undefined): Promise<Actor> {
    const [scheme, text] = header?.split(' ') ?? [];
    if (scheme?.toLowerCase() !== 'bearer' || text === undefined) {
      throw new DomainError('auth.key_missing', {
        detail: 'Send `Authorization: Bearer mzk_…` with an API key.',
      });
    }
    const key = parseKey(text);
    const actor = key === null ? null : await this.keys.actorOf(key);
    if (actor === null) {
      throw new DomainError('auth.key_unknown', {
        detail: 'The key is unknown or no longer valid.',
      });
    }
    return actor;
  }
}
