import { DomainError } from '../../core/errors.js';
import type { PointerProblem } from '../../core/errors.js';

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
  readonly code?: string;
}

/**
 * What a schema refused, by JSON pointer (RFC 6901).
 *
 * @param issues  Issues of a Standard Schema; a path segment is a key or an object holding one.
 */
export function pointerProblems(issues: readonly SchemaIssue[]): readonly PointerProblem[] {
  return issues.map(({ message, path = [], code }) => ({
    pointer: path.map((segment) => `/${escapeSegment(segment)}`).join(''),
    rule: code ?? 'schema',
    detail: message,
  }));
}

function escapeSegment(segment: unknown): string {
  const key =
    typeof segment === 'object' && segment !== null && 'key' in segment ? segment.key : segment;
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * Requires that nothing was sent where everything that is read stands in the address.
 *
 * @throws DomainError `request.invalid`
 */
export function requireNoBody(body: unknown): void {
  const isEmpty =
    body === undefined ||
    body === null ||
    (typeof body === 'object' && Object.keys(body).length === 0);
  if (isEmpty) return;
  const detail = 'This request takes no body: what it is asked stands in the query.';
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '', rule: 'body.none', detail }],
  });
}
