/** Which methods a path answers: told of every route, asked when none was found. */
export class KnownRoutes {
  private readonly routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  /** Learns a route; `url` holds parameters as `:name`. */
  add({ url, method }: { readonly url: string; readonly method: string | string[] }): void {
    if (url.includes('*')) return;
    const known = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) known.methods.add(one.toUpperCase());
    this.routes.set(url, known);
  }

  /** Methods of a path, sorted, with OPTIONS; none when the path is unknown. */
  methodsOf(url: string): readonly string[] {
    const path = url.split('?', 1)[0]!;
    const methods = [...this.routes.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods: some }) => [...some]);
    return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].sort();
  }
}

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
      .join('/')}/?$`,
  );
