/**
 * Runs a spec in the realm of its worker instead of in one of its own. What it loads is loaded once for all specs
 * of the worker, and is warm: the application and its packages are thousands of modules, and to load and compile
 * them anew was most of what a spec cost. Specs and what supports them (`test`, `fixtures`) are loaded for each.
 *
 * A spec that imports `@jest/globals`, to replace a module or to spy, has a realm of its own.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync, type Options } from '@swc/core';

/** What is used here of Jest's own. */
interface Config {
  readonly cacheDirectory: string;
  readonly rootDir: string;
  readonly transform: readonly (readonly [pattern: string, path: string, options: Options])[];
}
interface Runtime {
  requireInternalModule(path: string): unknown;
  unstable_shouldLoadAsEsm(path: string): boolean;
  unstable_importModule(path: string): Promise<unknown>;
  setGlobalsForRuntime(globals: object): void;
  /** File of the source map of each module. */
  getSourceMaps(): Map<string, string>;
}
type RunSpec = (
  globalConfig: unknown,
  config: Config,
  environment: object,
  runtime: Runtime,
  path: string,
  send?: unknown,
) => Promise<unknown>;

const require = createRequire(import.meta.url);
const circus = (require('jest-circus/runner') as { readonly default: RunSpec }).default;
/** Where Jest keeps who is told of what happens in a spec: with the realm. */
const HANDLERS = Symbol.for('EVENT_HANDLERS');

let specCount = 0;
const maps = new Map<string, string>();
let mapsOfSpec = maps;

const runSpec: RunSpec = async (globalConfig, config, environment, runtime, path, send) => {
  if (readFileSync(path, 'utf8').includes("from '@jest/globals'")) {
    return circus(globalConfig, config, environment, runtime, path, send);
  }
  if (specCount === 0) loadTypeScript(config);
  specCount += 1;
  mapsOfSpec = runtime.getSourceMaps();
  for (const [url, map] of maps) mapsOfSpec.set(url, map);
  const url = `${pathToFileURL(path).href}?spec=${specCount}`;
  const loader: Runtime = Object.assign(Object.create(runtime) as Runtime, {
    requireInternalModule: requireAnew,
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: () => import(url),
    setGlobalsForRuntime: () => {},
  });
  return circus(globalConfig, config, { global: globalThis }, loader, path, send);
};
export default runSpec;

/** Jest's own list of tests and hooks, empty as for the first spec. */
function requireAnew(path: string): unknown {
  Reflect.deleteProperty(globalThis, HANDLERS);
  for (const file of Object.keys(require.cache)) {
    if (file.includes('/node_modules/jest-circus/')) delete require.cache[file];
  }
  return require(path);
}

/** Lets Node load the project's TypeScript, compiled once by the options of the tests. */
function loadTypeScript({ transform, cacheDirectory, rootDir }: Config): void {
  const [[, , options]] = transform as [Config['transform'][number]];
  const folder = join(cacheDirectory, 'one-realm');
  mkdirSync(folder, { recursive: true });
  const root = `${pathToFileURL(rootDir).href}/`;
  const loadedForEach = [`${root}test/`, `${root}fixtures/`];
  registerHooks({
    resolve: (specifier, context, next) => {
      const { parentURL = '' } = context;
      const isOurs = specifier.startsWith('.') && parentURL.startsWith(root);
      if (!isOurs || parentURL.includes('/node_modules/')) return next(specifier, context);
      const url = new URL(specifier, parentURL);
      const typed = new URL(url.href.replace(/[.]js$/, '.ts'));
      const found = existsSync(fileURLToPath(typed)) ? typed : url;
      const isForEach = loadedForEach.some((place) => found.href.startsWith(place));
      if (isForEach) found.search = new URL(parentURL).search;
      return next(found.href, context);
    },
    load: (url, context, next) => {
      const isOurs = url.startsWith(root) && /[.]ts([?]|$)/.test(url);
      if (!isOurs || url.includes('/node_modules/')) return next(url, context);
      const { source, map } = compiled(fileURLToPath(url));
      for (const known of [maps, mapsOfSpec]) known.set(url, map);
      return { format: 'module', source, shortCircuit: true };
    },
  });

  function compiled(file: string): { readonly source: string; readonly map: string } {
    const text = readFileSync(file, 'utf8');
    const made = [file, JSON.stringify(options), text].join('\0');
    const kept = join(folder, createHash('sha256').update(made).digest('hex'));
    const map = `${kept}.map`;
    if (existsSync(kept)) return { source: readFileSync(kept, 'utf8'), map };
    const asked = { ...options, filename: file, sourceFileName: file, sourceMaps: true };
    const { code, map: mapped } = transformSync(text, asked);
    write(map, mapped!);
    write(kept, code);
    return { source: code, map };
  }

  /** Another worker may read it at this moment. */
  function write(file: string, text: string): void {
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
  }
}
