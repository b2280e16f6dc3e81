/**
 * Writes the verifiers that people download, each one file, from `src/verifiers/source`: `verify.mjs` for Node and
 * `verify.html` for browsers, and the hashes of all that are published. They are committed, so that they can be had without building anything; `--check` writes
 * nothing and says whether they are what would be written.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const SOURCE = 'src/verifiers/source';

/** One script of an entry point and all that it imports, readable, its comments kept. */
async function scriptOf(entry: string, format: 'esm' | 'iife', platform: 'node' | 'browser') {
  const { outputFiles } = await build({
    entryPoints: [`${SOURCE}/${entry}`],
    bundle: true,
    format,
    platform,
    target: platform === 'node' ? 'node22' : 'es2022',
    charset: 'utf8',
    logLevel: 'warning',
    write: false,
  });
  return outputFiles[0]!.text;
}

const GENERATED = 'Generated from src/verifiers/source by `npm run verifiers`.';

async function commandFile(): Promise<string> {
  const head = `#!/usr/bin/env node\n// Mizan: checks an attestation pack (docs/method/PACK.md). Apache-2.0. ${GENERATED}\n`;
  return `${head}${await scriptOf('command.js', 'esm', 'node')}`;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/** The page may run its own script and style, known by their hashes, and may ask nothing of anybody. */
async function pageFile(): Promise<string> {
  const read = (name: string): string => readFileSync(`${SOURCE}/page/${name}`, 'utf8');
  const script = `\n${await scriptOf('page/page.js', 'iife', 'browser')}`;
  if (script.includes('</script')) throw new Error('The script of the page would end itself.');
  const style = `\n${read('page.css')}`;
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hashOf(script)}'`,
    `style-src 'sha256-${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // Functions, since `$` means something in a replacement.
  return read('page.html')
    .replace('GENERATED', () => GENERATED)
    .replace('POLICY', () => policy)
    .replace('STYLE', () => style)
    .replace('SCRIPT', () => script);
}

const made = { 'verify.html': await pageFile(), 'verify.mjs': await commandFile() };
const published = { ...made, 'verify.py': readFileSync('src/verifiers/verify.py', 'utf8') };
const sums = Object.entries(published).map(
  ([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`,
);
const files = { ...made, SHA256SUMS: sums.join('') };
for (const [name, text] of Object.entries(files)) {
  const path = `src/verifiers/${name}`;
  if (!process.argv.includes('--check')) {
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${path} is not what its source makes: run \`npm run verifiers\`.\n`);
    process.exitCode = 1;
  }
}
