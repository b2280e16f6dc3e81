import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify/decorators/route-config.decorator.js';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { TERMINAL } from '../../core/ledger/principal.js';

/** Roles of a key (API section 13). */
export const ROLES = ['operator', 'energy-manager', 'finance', 'auditor', 'admin'] as const;
/** One role. */
export type Role = (typeof ROLES)[number];

/** Roles that may read figures. Admin has power over people and none over numbers. */
export const READERS: readonly Role[] = ['energy-manager', 'finance', 'auditor'];

/** Who acts, and in which ledger. */
export interface Actor {
  readonly ledgerId: string;
  /** Id of the key, or `cli`. */
  readonly id: string;
  /** Whose key it is: id of a principal, `terminal` or `clock`. Maker and checker differ in it. */
  readonly principalId: string;
  readonly role: Role;
}

/** Who works at the terminal without a key: writes, and never approves, confirms or changes keys. */
export function atTerminal(ledgerId: string, role: Role): Actor {
  return { ledgerId, id: 'cli', principalId: TERMINAL, role };
}

/** Metadata key of a route's roles. */
export const ROLES_KEY = 'mizan:roles';

/** The roles that may call a route. A route without this or `Public` answers nobody. */
export const Roles = (...roles: readonly Role[]): MethodDecorator =>
  applyDecorators(
    SetMetadata(ROLES_KEY, roles),
    RouteConfig({ roles }),
    ApiExtension('x-roles', [...roles]),
  );

/** A route that needs no key: health and the API's own description. */
export const Public = (): MethodDecorator =>
  applyDecorators(
    SetMetadata(ROLES_KEY, 'public'),
    RouteConfig({ roles: 'public' }),
    ApiSecurity({}),
    ApiExtension('x-roles', []),
  );

/** The actor of the request, put there by the guard. */
export const CurrentActor = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor =>
    context.switchToHttp().getRequest<{ actor: Actor }>().actor,
);
