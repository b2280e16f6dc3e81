import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';

const page = readFileSync('src/verifiers/verify.html', 'utf8');
const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What the verifier of a terminal takes of Node. */
const NODE = ['node:buffer', 'node:crypto', 'node:fs', 'node:util', 'node:zlib'];

describe('the published verifiers', () => {
  it('are what their source makes', () => {
    execFileSync(process.execPath, ['.build/verifiers.ts', '--check'], { stdio: 'pipe' });
  });

  it('are one page that may run its own script and style, and ask nothing of anybody', () => {
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)!;
    const scripts = [...page.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text]) => text!);
    const styles = [...page.matchAll(/<style>([^]*?)<\/style>/g)].map(([, text]) => text!);
    expect([scripts.length, styles.length]).toEqual([1, 1]);
    expect(policy).toBe(
      `default-src 'none'; script-src ${hashOf(scripts[0]!)}; style-src ${hashOf(styles[0]!)}; ` +
        "base-uri 'none'; form-action 'none'",
    );
    expect(page).not.toMatch(/ (src|href|style|on[a-z]+)="/);
  });

  it('import nothing but what Node has, and nothing of the program', () => {
    const sources = globSync('src/verifiers/source/**/*.js');
    const imports = sources.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/from '([^']*)'/g)].map(([, from]) => from!),
    );
    const outside = imports.filter((from) => !/^\.\.?\/(?!\.\.\/\.\.)/.test(from));
    expect(new Set(outside)).toEqual(new Set(NODE));
    const command = readFileSync('src/verifiers/verify.mjs', 'utf8');
    const used = [...command.matchAll(/ from "([^"]*)"/g)].map(([, from]) => from);
    expect(new Set(used)).toEqual(new Set(NODE));
    expect(command).not.toMatch(/\bfetch\(|import\(|WebSocket|XMLHttpRequest/);
  });

  it('say everything in both languages', async () => {
    const read = (name: string): string => readFileSync(`src/verifiers/source/${name}`, 'utf8');
    const keysOf = (text: string): string[] =>
      [...text.matchAll(/^ {2}(?:'([a-z_0-9.]+)'|([a-z_]+)):/gm)].map(([, a, b]) => a ?? b!);
    const valuesOf = (text: string): string[] =>
      [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).toSorted();
    const [en, fr] = [read('texts/en.js'), read('texts/fr.js')];
    // Help is for the terminal, which speaks English.
    const english = keysOf(en).filter((key) => key !== 'usage');
    expect(keysOf(fr)).toEqual(english);
    const places = (text: string): Map<string, string[]> =>
      new Map(
        text
          .split(/^ {2}(?='?[a-z_0-9.]+'?:)/m)
          .slice(1)
          .map((part) => [keysOf(`  ${part}`)[0]!, valuesOf(part)]),
      );
    const french = places(fr);
    const differ = [...places(en)].filter(
      ([key, values]) =>
        english.includes(key) &&
        !key.startsWith('option.') &&
        String(french.get(key)) !== String(values),
    );
    expect(differ).toEqual([]);
    const code = globSync('src/verifiers/source/**/*.js')
      .filter((path) => !path.includes('/texts/'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const said = [
      ...code.matchAll(/(?:fail|note|pass|NoPack)\(\s*'([a-z_0-9.]+)'/g),
      ...code.matchAll(/'(zip\.[a-z_0-9]+)'/g),
    ].map(([, key]) => key!);
    expect(said.filter((key) => !english.includes(key))).toEqual([]);
  });
});
