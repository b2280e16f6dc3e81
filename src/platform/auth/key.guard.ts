import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError } from '../../core/errors.js';
import { parseKey, type PresentedKey } from './api-key.js';
import { type Actor, type Role, ROLES_KEY } from './roles.js';

/** Knows keys. */
export interface KeyRing {
  /** Who presents a key; null when it is unknown, revoked, expired or its secret is wrong. */
  actorOf(key: PresentedKey): Promise<Actor | null>;
  /** Whether the key of an actor still works. */
  stillActs(actor: Actor): Promise<boolean>;
}

/** Token of the key ring. */
export const KEY_RING = Symbol('mizan key ring');

/**
 * The last of two checks: the door of the server has found out who calls before it read a body, and
 * this guard lets nobody pass whom the door did not, or whose role is not on the route's list.
 */
@Injectable()
export class KeyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const allowed = this.reflector.get<readonly Role[] | 'public' | undefined>(
      ROLES_KEY,
      context.getHandler(),
    );
    if (allowed === 'public') return true;
    const { actor } = context.switchToHttp().getRequest<{ actor?: Actor }>();
    if (actor === undefined) throw keyMissing();
    requireRole(actor, allowed ?? []);
    return true;
  }
}

/**
 * Lets an actor pass whose role is on the list; of an empty list, nobody.
 *
 * @throws DomainError `auth.forbidden`
 */
export function requireRole({ role }: Actor, allowed: readonly Role[]): void {
  if (!allowed.includes(role)) throw new DomainError('auth.forbidden', { role, allowed });
}

/**
 * Who an `Authorization` header names.
 *
 * @throws DomainError `auth.key_missing`, `auth.key_unknown`
 */
export async function identify(keys: KeyRing, header: string | undefined): Promise<Actor> {
  const [scheme, text] = header?.split(' ') ?? [];
  if (scheme?.toLowerCase() !== 'bearer' || text === undefined) throw keyMissing();
  const key = parseKey(text);
  const actor = key === null ? null : await keys.actorOf(key);
  if (actor === null) {
    throw new DomainError('auth.key_unknown', {
      detail: 'The key is unknown or no longer valid.',
    });
  }
  return actor;
}

function keyMissing(): DomainError {
  const detail = 'Send `Authorization: Bearer mzk_…` with an API key.';
  return new DomainError('auth.key_missing', { detail });
}
