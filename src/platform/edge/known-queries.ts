import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../core/errors.js';

/** What is needed of an API's description. */
interface Described {
  readonly paths: Readonly<Record<string, object>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
}

/**
 * Refuses parameters of a query that the route does not have: a filter that is passed over answers
 * another question than was asked. What there is, the API’s own description says.
 */
export class KnownQueries {
  private byRoute: ReadonlyMap<string, readonly string[]> = new Map();

  /** Learns what there is. */
  know(described: Described): void {
    this.byRoute = routesOf(described);
  }

  guard(fastify: FastifyInstance): void {
    fastify.addHook('preValidation', (request, _reply, done) => {
      const { method, url = '' } = request.routeOptions;
      const known = this.byRoute.get(`${String(method)} ${url}`);
      const given = Object.keys(request.query as object);
      const others = known === undefined ? [] : given.filter((name) => !known.includes(name));
      if (others.length === 0) return done();
      done(unknown(others, known!));
    });
  }
}

function unknown(names: readonly string[], known: readonly string[]): DomainError {
  const fix =
    known.length === 0 ? 'This route takes none: leave it out.' : `Known: ${known.join(', ')}.`;
  return new DomainError('request.invalid', {
    errors: names.map((name) => ({
      pointer: `/${name}`,
      rule: 'query.known',
      detail: `${name} is no parameter of this route.`,
      fix,
    })),
  });
}

/** Names by method and path, as the router writes them. */
function routesOf({ paths }: Described): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]: [string, unknown]) => {
        const { parameters = [] } = operation as { readonly parameters?: readonly Parameter[] };
        const names = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
        return [`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, names] as const;
      }),
    ),
  );
}
