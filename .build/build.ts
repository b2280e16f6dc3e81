/**
 * Builds the program, unless what stands in `dist` was made from the very files that stand here: a start
 * or a command then waits for nothing, also where the folder belongs to somebody else. `--again` builds in any case.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MADE_FROM = 'dist/.made-from';
const WHAT_IS_READ = [
  'src/**/*.{ts,json,typ}',
  'migrations/*.{ts,json}',
  '.build/*',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig*.json',
];

/** SHA-256 over the name and bytes of every file that a build reads, in the order of their names. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const files = globSync(WHAT_IS_READ, { withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  const names = paths.filter((path) => !path.endsWith('.spec.ts')).sort();
  for (const name of names) {
    const bytes = readFileSync(name);
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

const made = fingerprint();
const isMade =
  existsSync('dist/bin/cli.js') &&
  existsSync(MADE_FROM) &&
  readFileSync(MADE_FROM, 'utf8') === made;
if (!isMade || process.argv.includes('--again')) {
  rmSync('dist', { recursive: true, force: true });
  for (const step of ['compile.ts', 'bundle.ts']) {
    execFileSync(process.execPath, [join('.build', step)], { stdio: 'inherit' });
  }
  writeFileSync(MADE_FROM, made);
}
