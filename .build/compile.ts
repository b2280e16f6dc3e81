/**
 * Compiles `src` and `migrations` to one module a file under `dist`, by the compiler and the options of the
 * tests. Types are not checked here but by `npm run typecheck`: a build takes a second instead of twenty.
 */
import { transformFile, type Options } from '@swc/core';
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Package {
  readonly jest: { readonly transform: Readonly<Record<string, readonly [string, Options]>> };
}
const { jest } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
const [[, asTested]] = Object.values(jest.transform) as [readonly [string, Options]];

const placeOf = (file: string): string => {
  const place = join('dist', file);
  mkdirSync(dirname(place), { recursive: true });
  return place;
};

const sources = globSync(['src/**/*.ts', 'migrations/*.ts']).filter(
  (file) => !file.endsWith('.spec.ts'),
);
await Promise.all(
  sources.map(async (file) => {
    const { code } = await transformFile(file, asTested);
    writeFileSync(placeOf(file.replace(/\.ts$/, '.js')), code);
  }),
);
for (const file of globSync(['src/**/*.{json,typ}', 'migrations/*.json'])) {
  copyFileSync(file, placeOf(file));
}
