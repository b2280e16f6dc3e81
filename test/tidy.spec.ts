import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

interface Source {
  readonly path: string;
  readonly text: string;
}

const read = (root: string): Source[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const sources = read('src');
const pathsOf = (offenders: readonly Source[]): string[] => offenders.map(({ path }) => path);

/** A rule about the text of files: what must not be there, and where it may be. */
interface TextRule {
  readonly pattern: RegExp;
  readonly home: RegExp;
  /** A file that breaks the rule. A rule nobody has seen fail is not known to work. */
  readonly planted: Source;
}

// prettier-ignore
const RULES: Readonly<Record<string, TextRule>> = {
  'reads the clock only in its own file':       { pattern: /new Date\(\)|Date\.now\(/,              home: /^platform\/clock\.ts$/,                  planted: { path: 'features/a.ts', text: 'new Date()' } },
  'draws randomness only in its own files':     { pattern: /Math\.random|randomBytes|randomUUID/,   home: /^platform\/(ids|cluster\/first-start)\.ts$/, planted: { path: 'core/a.ts', text: 'Math.random()' } },
  'reads the environment only in its own file': { pattern: /process\.env/,                          home: /^platform\/config\.ts$/,                 planted: { path: 'main.ts', text: 'process.env.X' } },
  'asks zone data only to warn about it':       { pattern: /\bIntl\b|toLocale/,                     home: /^platform\/health\.ts$/,                 planted: { path: 'core/a.ts', text: 'new Intl.X()' } },
  'keeps bigint inside exact arithmetic':       { pattern: /\bBigInt\b|: bigint\b|\b\d+n\b/,        home: /^core\/math\//,                          planted: { path: 'core/a.ts', text: 'let x: bigint' } },
  'docstrings every export of core':            { pattern: /(?<!\*\/\n)^export (async )?(function|const|interface|type|class)/m, home: /^(?!core\/)|\.spec\.ts$/, planted: { path: 'core/a.ts', text: 'const x = 1;\nexport function f() {}' } },
  'leaves nothing for later in a comment':      { pattern: /TODO|FIXME|XXX/,                        home: /^$/,                                     planted: { path: 'cli.ts', text: '// TODO' } },
  'silences no checker':                        { pattern: /@ts-ignore|@ts-expect-error|(es|ox)lint-disable/, home: /^$/,                           planted: { path: 'cli.ts', text: '// @ts-ignore' } },
  'has no class in core but the errors':        { pattern: /^(export )?(abstract )?class /m,        home: /^(?!core\/)|^core\/errors\.ts$/,         planted: { path: 'core/a.ts', text: 'class A {}' } },
};

const offendersOf = ({ pattern, home }: TextRule, files: readonly Source[]): readonly Source[] =>
  files.filter(({ path, text }) => !home.test(path) && pattern.test(text));

/** Files of a folder, beside specs, among which one is still found at a glance. */
const FOLDER_MAX = 14;

const fullFolders = (paths: readonly string[]): string[] => {
  const inSource = paths.filter((path) => !path.endsWith('.spec.ts'));
  return [...Map.groupBy(inSource, (path) => dirname(path))]
    .filter(([, files]) => files.length > FOLDER_MAX)
    .map(([folder]) => folder)
    .sort();
};

describe('house rules', () => {
  it.each(Object.keys(RULES))('%s', (name) => {
    const rule = RULES[name]!;
    expect(pathsOf(offendersOf(rule, sources))).toEqual([]);
    expect(pathsOf(offendersOf(rule, [rule.planted]))).toEqual([rule.planted.path]);
  });

  it('keeps every file short enough to read in one sitting', () => {
    // Lines of code: what explains it is not to be saved on.
    const isCode = (line: string): boolean => !/^\s*($|\/\/|\/\*|\*)/.test(line);
    const isLong = ({ text }: Source): boolean => text.split('\n').filter(isCode).length > 320;
    expect(pathsOf(sources.filter(isLong))).toEqual([]);
    expect(isLong({ path: 'a.ts', text: 'x\n'.repeat(321) })).toBe(true);
    expect(isLong({ path: 'a.ts', text: `${'/** why */\n'.repeat(9)}${'x\n'.repeat(320)}` })).toBe(
      false,
    );
  });

  it('names the files of a feature by their role, and has no barrels', () => {
    const known =
      /^features\/[a-z-]+\/([a-z-]+\/)?[a-z-]+\.(controller|service|repository|queries|registers|entity|kind|schemas|module|port|job|document|reader)(\.spec)?\.ts$/;
    const offenders = sources.filter(
      ({ path }) =>
        path.endsWith('index.ts') || (path.startsWith('features/') && !known.test(path)),
    );
    expect(pathsOf(offenders)).toEqual([]);
    expect(known.test('features/metering/blocks/helpers.ts')).toBe(false);
    expect(known.test('features/metering/blocks/more/a.service.ts')).toBe(false);
  });

  it('keeps every folder small enough to find a file in it', () => {
    const many = Array.from({ length: 15 }, (_, at) => `features/a/room/${at}.service.ts`);
    expect(fullFolders(many)).toEqual(['features/a/room']);
    expect(fullFolders([...many.slice(1), 'features/a/room/0.spec.ts'])).toEqual([]);
    expect(fullFolders(sources.map(({ path }) => path))).toEqual([]);
  });

  it('says of each room of a feature what it holds', () => {
    const nameless = (paths: readonly string[], readme: (feature: string) => string): string[] => {
      const rooms = paths
        .map((path) => /^features\/([a-z-]+)\/([a-z-]+)\//.exec(path))
        .filter((found) => found !== null);
      return [
        ...new Set(
          rooms
            .filter(([, feature, room]) => !readme(feature!).includes(`\`${room!}\``))
            .map(([, feature, room]) => `${feature!}/${room!}`),
        ),
      ];
    };
    const readme = (feature: string): string =>
      existsSync(`src/features/${feature}/README.md`)
        ? readFileSync(`src/features/${feature}/README.md`, 'utf8')
        : '';
    const paths = sources.map(({ path }) => path);
    expect(nameless(paths, readme)).toEqual([]);
    expect(nameless(['features/a/room/b.service.ts'], () => '`cellar`')).toEqual(['a/room']);
  });

  it('focuses and skips no test', () => {
    const tests = [...sources, ...read('test')].filter(({ path }) =>
      /\.(spec|soak)\.ts$/.test(path),
    );
    const pattern = /\b(it|describe|test)\.(only|skip|todo)\b|\bx(it|describe)\(/;
    expect(pathsOf(tests.filter(({ text }) => pattern.test(text)))).toEqual([]);
    expect(pattern.test('describe' + '.only(')).toBe(true);
  });

  it('lists every core file, and every word that the errors use, in the glossary of core', () => {
    const glossary = readFileSync('src/core/README.md', 'utf8');
    const rooms = sources
      .filter(({ path }) => path.startsWith('core/') && !path.endsWith('.spec.ts'))
      .map(({ path }) => path.slice('core/'.length));
    expect(rooms.filter((path) => !glossary.includes(`\`${path}\``))).toEqual([]);
  });
});

describe('import rules', () => {
  const PLANTED: Record<string, [file: string, imports: string]> = {
    'core-is-pure': ['src/core/a.ts', 'node:fs'],
    'zod-says-shapes-alone': ['src/core/c.ts', 'zod'],
    'platform-knows-no-feature': ['src/platform/a.ts', '../features/a/a.service.js'],
    'features-meet-at-the-service': ['src/features/b/b.service.ts', '../a/room/a.repository.js'],
    'features-know-no-page': ['src/features/b/b.module.ts', '../../web/b.page.js'],
    'pages-read-through-services': ['src/web/a.page.ts', '../features/a/a.entity.js'],
    'controllers-skip-no-layer': ['src/features/b/b.controller.ts', './b.repository.js'],
    'nobody-imports-the-composition': ['src/platform/b.ts', '../app.module.js'],
    'source-knows-no-test': ['src/main.ts', '../test/support/make.js'],
    'migrations-are-frozen': ['migrations/1-create.ts', '../src/core/errors.js'],
    'one-decimal': ['src/web/b.page.ts', 'decimal.js'],
    'commands-call-services': ['src/cli/a.command.ts', '../features/a/a.repository.js'],
    'level-0-looks-down': ['src/features/ledger/a.service.ts', '../assets/a.service.js'],
    'level-1-looks-down': ['src/features/assets/b.service.ts', '../metering/a.service.js'],
    'level-2-looks-down': ['src/features/metering/b.service.ts', '../matching/a.service.js'],
    'level-3-looks-down': ['src/features/matching/b.service.ts', '../statements/a.service.js'],
    'level-4-looks-down': ['src/features/statements/b.service.ts', '../attestation/a.service.js'],
    'level-5-looks-down': ['src/features/attestation/b.service.ts', '../later/a.service.js'],
    'level-6-looks-down': ['src/features/journal/b.service.ts', '../later/a.service.js'],
    'verifiers-stand-alone': ['src/verifiers/source/a.js', '../../core/errors.js'],
    'no-cycles': ['src/core/b.ts', './b.js'],
  };
  const ALLOWED: [file: string, imports: string][] = [
    ['src/core/hash.ts', 'node:crypto'],
    ['src/core/units/money.ts', 'decimal.js'],
    ['src/core/a.shape.ts', 'zod'],
    ['src/verifiers/source/b.js', 'node:fs'],
    ['src/features/b/b.repository.ts', '../a/a.service.js'],
    ['src/features/b/b.entity.ts', '../../platform/columns.js'],
    ['src/features/b/room/b.service.ts', '../../a/room/a.document.js'],
    ['src/features/b/room/c.service.ts', '../other/b.repository.js'],
    ['src/features/matching/c.service.ts', '../metering/a.service.js'],
    ['src/cli/b.command.ts', '../features/a/a.service.js'],
  ];
  const TARGETS = [
    'src/app.module.ts',
    'src/core/errors.ts',
    'src/platform/columns.ts',
    'src/web/b.page.ts',
    ...['a', 'assets', 'metering', 'matching', 'statements', 'attestation', 'later'].map(
      (feature) => `src/features/${feature}/a.service.ts`,
    ),
    'src/features/a/a.repository.ts',
    'src/features/a/room/a.repository.ts',
    'src/features/a/room/a.document.ts',
    'src/features/b/other/b.repository.ts',
    'src/features/a/a.entity.ts',
    'test/support/make.ts',
  ];

  it('fails on every planted violation, and on nothing else', () => {
    const tree = mkdtempSync(join(tmpdir(), 'tidy-'));
    const plant = (file: string, text: string): void => {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    };
    TARGETS.forEach((file) => plant(file, 'export {};'));
    [...Object.values(PLANTED), ...ALLOWED].forEach(([file, imports]) =>
      plant(file, `import '${imports}';`),
    );
    ['.dependency-cruiser.json', 'tsconfig.json'].forEach((file) => cpSync(file, join(tree, file)));
    symlinkSync(resolve('node_modules'), join(tree, 'node_modules'));

    const found = cruise(tree);
    rmSync(tree, { recursive: true });
    expect(found).toEqual(
      Object.entries(PLANTED)
        .map(([rule, [file]]) => `${rule}: ${file}`)
        .sort(),
    );
    expect(Object.keys(PLANTED).sort()).toEqual(ruleNames());
  });
});

function ruleNames(): string[] {
  const { forbidden } = JSON.parse(readFileSync('.dependency-cruiser.json', 'utf8'));
  return forbidden.map(({ name }: { name: string }) => name).sort();
}

/** Which rules are broken under `cwd`, as 'rule: file', sorted. */
function cruise(cwd: string): string[] {
  const command = resolve('node_modules/.bin/depcruise');
  const args = 'src migrations --config .dependency-cruiser.json --output-type json'.split(' ');
  const { summary } = JSON.parse(execFileSync(command, args, { cwd, encoding: 'utf8' }));
  return summary.violations
    .map(({ rule, from }: { rule: { name: string }; from: string }) => `${rule.name}: ${from}`)
    .sort();
}
