import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Source {
  readonly path: string;
  readonly text: string;
}

const METHOD = 'docs/method';
const ROOTS = ['src', 'migrations', 'test', 'fixtures', 'docs', 'README.md'];
/** Generated from the code, or data: what they say stands there already. */
const DATA = /openapi\.json$|schema\.json$|hashes\.json$/;
const ME = 'test/documents.spec.ts';

function read(root: string): Source[] {
  const paths = statSync(root).isFile()
    ? [root]
    : readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path));
  return paths
    .filter((path) => /\.(ts|mjs|md|json)$/.test(path) && !DATA.test(path) && path !== ME)
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

const sources = ROOTS.flatMap(read);
const pages = sources.filter(({ path }) => path.endsWith('.md'));

/** What can be cited of a text: its numbered headings, and labels of rows in its tables. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (?:(\d+(?:\.\d+)*)\.? |(Ruling \d+):)/gm)];
  const rows = [...text.matchAll(/^\| ((?:V|E)\d+[ab]?|(?:property|rounding rule) \d+) +\|/gm)];
  return new Set([
    ...headings.map(([, n, r]) => n ?? r!.toLowerCase()),
    ...rows.map(([, r]) => r!),
  ]);
}

const texts = new Map(
  readdirSync(METHOD).map((file) => [
    file.replace('.md', ''),
    anchorsOf(readFileSync(join(METHOD, file), 'utf8')),
  ]),
);

const NAME = [...texts.keys()].join('|');
const WORD = '(?:sections?|rulings?|property|rounding rule)';
const ITEM = '(?:\\d+(?:\\.\\d+)*|[VE]\\d+[ab]?)(?!\\w)';
const LIST = `(?:${WORD} )?${ITEM}(?:(?:, | and | to | )(?:${WORD} )?${ITEM})*`;
/** A text that is named, and what of it. A ruling without a name is one of SETTLEMENT. */
const CITED = new RegExp(
  `(?<![\\w'"\`$./])(?:(${NAME})(?:\\.md)?,? (${LIST})|\\((?=rulings? \\d)(${LIST}))`,
  'g',
);
/** A text that there is not: a name in capitals with a section of it. */
const UNKNOWN = new RegExp(
  `(?<![\\w'"\`$./])(?!(?:${NAME})\\b)([A-Z]{2,})(?:\\.md)?,? sections? (\\d+)`,
  'g',
);
const PART = new RegExp(`(^|, | and | to | )(?:(${WORD}) )?(${ITEM})`, 'g');

/** Comments and lines that go on below are one line, so that a citation is seen across them. */
const unfolded = (text: string): string => text.replaceAll(/\s*\n\s*(?:\*(?!\/)|\/\/|>)?\s*/g, ' ');

interface Citation {
  readonly of: string;
  readonly item: string;
}

function citationsOf({ text }: Source): Citation[] {
  const whole = unfolded(text);
  const unknown = [...whole.matchAll(UNKNOWN)].map(([, of, item]) => ({ of: of!, item: item! }));
  const known = [...whole.matchAll(CITED)].flatMap(([, name, list, rulings]) => {
    const of = name ?? 'SETTLEMENT';
    const found: Citation[] = [];
    let kind = '';
    let last = 0;
    for (const [, join = '', given, item = ''] of (list ?? rulings)!.matchAll(PART)) {
      if (given !== undefined) kind = given.replace(/^(section|ruling)s?$/, '$1');
      const isPlain = kind === '' || kind === 'section' || !/^\d+$/.test(item);
      const add = (number: string): void => {
        found.push({ of, item: isPlain ? number : `${kind} ${number}` });
      };
      const upTo = Number(item);
      if (join === ' to ') for (let n = last + 1; n < upTo; n += 1) add(String(n));
      add(item);
      last = upTo;
      if (kind === 'property' || kind === 'rounding rule') kind = '';
    }
    return found;
  });
  return [...known, ...unknown];
}

const unresolved = (files: readonly Source[]): string[] =>
  files.flatMap((source) =>
    citationsOf(source)
      .filter(({ of, item }) => texts.get(of)?.has(item) !== true)
      .map(({ of, item }) => `${source.path}: ${of} ${item}`),
  );

/** A text that a comment names without saying where in it: nobody can look that up. */
function vague({ path, text }: Source): string[] {
  if (!path.endsWith('.ts')) return [];
  const comments = [...text.matchAll(/\/\*\*?[\s\S]*?\*\/|(?:^|\s)\/\/.*(?:\n\s*\/\/.*)*/g)];
  const named = new RegExp(`(?<![\\w'"\`$./])(${NAME})(?:\\.md)?(?![\\w_'\`])(?!,? ${LIST})`, 'g');
  return comments
    .flatMap(([comment]) => [...unfolded(comment.replaceAll(/`[^`]*`/g, '')).matchAll(named)])
    .filter(([name]) => name !== 'API')
    .map(([name]) => `${path}: ${name}`);
}

/** Headings of a page as its anchors: lower case, words joined by hyphens. */
const fragmentsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

function brokenLinks({ path, text }: Source): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file, fragment] = target.split('#') as [string, string | undefined];
      const to = file === '' ? path : join(dirname(path), file);
      if (file !== '' && !existsSync(to)) return true;
      const page = file === '' ? text : readFileSync(to, 'utf8');
      return fragment !== undefined && !fragmentsOf(page).includes(fragment);
    })
    .map((target) => `${path}: ${target}`);
}

const DECISIONS = 'docs/decisions';

/** Decisions that an index has with a summary and a status. */
const decisionsIn = (index: string): string[] =>
  [
    ...index.matchAll(
      /^\| \[\d{4}\]\((\d{4}-[a-z0-9-]+\.md)\) +\| \S.*\| (accepted|replaced by \d{4}) +\|$/gm,
    ),
  ].map(([, file]) => file!);

const planted = (text: string, path = 'src/planted.ts'): Source => ({ path, text });

describe('documents', () => {
  it('hold what every docstring cites', () => {
    expect(unresolved(sources)).toEqual([]);
    expect(sources.flatMap(citationsOf).length).toBeGreaterThan(200);
  });

  // prettier-ignore
  it.each([
    ['a section', '/** As METHOD 2.9 says. */', ['METHOD 2.9']],
    ['one of a list', '/** (METHOD 2.1, 9.7) */', ['METHOD 9.7']],
    ['one over a line', '/**\n * (SETTLEMENT,\n * ruling 99)\n */', ['SETTLEMENT ruling 99']],
    ['a bare ruling', '// by days (ruling 44)', ['SETTLEMENT ruling 44']],
    ['one of a range', '/** (LEDGER sections 19 to 21) */', ['LEDGER 20', 'LEDGER 21']],
    ['a rule', '/** METHOD V77 */', ['METHOD V77']],
    ['a rule of a section', '/** METHOD 2.4 V6 and V78, 3.2 */', ['METHOD V78']],
    ['a property', '/** METHOD 3.8, 8 property 99 */', ['METHOD property 99']],
    ['an example', '/** (SETTLEMENT section 4, E99) */', ['SETTLEMENT E99']],
    ['a rounding', '/** (SETTLEMENT rounding rule 9; CGI) */', ['SETTLEMENT rounding rule 9']],
    ['a text that there is not', '/** As UX section 3 says. */', ['UX 3']],
    ['what is right', '/** METHOD 4.3, steps 1 to 4; rulings 1 to 3 (SETTLEMENT 1.4, rulings 1 to 3) */', []],
  ])('miss no wrong citation: %s', (_, text, wrong) => {
    expect(unresolved([planted(text)])).toEqual(wrong.map((one) => `src/planted.ts: ${one}`));
  });

  it('are cited by a place that can be looked up', () => {
    expect(sources.flatMap(vague)).toEqual([]);
    expect(vague(planted('/** Nothing is carried forward (MOROCCO). */'))).toHaveLength(1);
    expect(vague(planted('// as SETTLEMENT says'))).toHaveLength(1);
  });

  it('link to what is there', () => {
    expect(pages.flatMap(brokenLinks)).toEqual([]);
    const links = '[a](method/NONE.md) [b](#nowhere) [c](method/METHOD.md#25-estimation)';
    expect(brokenLinks(planted(`# Here\n${links} [d](#here)`, 'docs/planted.md'))).toEqual([
      'docs/planted.md: method/NONE.md',
      'docs/planted.md: #nowhere',
    ]);
  });

  it('have every decision in the index, with its status', () => {
    const files = readdirSync(DECISIONS).filter((file) => file !== 'README.md');
    const index = readFileSync(join(DECISIONS, 'README.md'), 'utf8');
    expect(decisionsIn(index)).toEqual(files.toSorted());
    expect(decisionsIn('| [0001](0001-a.md) | What it says | accepted |')).toEqual(['0001-a.md']);
    expect(decisionsIn('| [0001](0001-a.md) | What it says | perhaps |')).toEqual([]);
    expect(decisionsIn('| [0001](0001-a.md) |  | replaced by 0002 |')).toEqual([]);
  });
});
