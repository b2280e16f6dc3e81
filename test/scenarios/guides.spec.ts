import { spawn } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { endServers, mizan, serveUntil, terminal } from '../support/cli.js';
import { dataFolder, preparedFolder } from '../support/kills.js';
import { NO_RATES } from '../support/rates.js';
import { shellTools } from '../support/shell.js';

/** In this order: keys that one makes are used by the next. */
const GUIDES = ['operator', 'energy-manager', 'finance', 'auditor', 'developer-api'];
/** Words that stand for what an earlier command printed. */
const WORD = 'ADMIN_KEY|OMAR_ID|CLAIRE_ID|AUDITOR_ID|ENGAGEMENT_ID|STATEMENT_ID|RUN_ID|BATCH_ID';
const ID = '[0-9A-Za-z_-]{8,}';

interface Step {
  readonly commands: string;
  /** Lines that are printed, in this order. */
  readonly shown: readonly string[];
}

/** What a page runs: blocks of `sh`, each with the block of `text` that follows it. */
function stepsOf(page: string): Step[] {
  const blocks = [...page.matchAll(/^```(sh|text)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, kind, commands], at) => {
    if (kind !== 'sh') return [];
    const [, next, text] = blocks[at + 1] ?? [];
    const shown = next === 'text' ? text!.trimEnd().split('\n') : [];
    return [{ commands: commands!, shown }];
  });
}

/** A line of a page as a pattern: `…` is anything, blanks are one, a word captures what it stands for. */
function patternOf(line: string): RegExp {
  const parts = line.trim().split(new RegExp(`(…|\\s+|\\b(?:${WORD})\\b)`));
  const pattern = parts.map((part) => {
    if (part === '…') return '.*?';
    if (/^\s+$/.test(part)) return '\\s+';
    if (WORD.split('|').includes(part)) return `(?<${part}>${ID})`;
    return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(pattern.join(''));
}

/** The lines of a page that were not printed, in their order; words that were are remembered. */
function unseen(shown: readonly string[], output: string, known: Map<string, string>): string[] {
  const printed = output.split('\n');
  let from = 0;
  return shown.filter((line) => {
    const pattern = patternOf(line);
    const at = printed.findIndex((one, index) => index >= from && pattern.test(one));
    if (at < 0) return true;
    from = at + 1;
    for (const [word, value] of Object.entries(pattern.exec(printed[at]!)!.groups ?? {})) {
      known.set(word, value);
    }
    return false;
  });
}

describe('the guides', () => {
  const scratch = dataFolder('guides');
  const data = preparedFolder(join(scratch, 'data'));
  const settings = { ...NO_RATES, MIZAN_DATA_DIR: data };
  const known = new Map<string, string>();
  const shell: Record<string, string> = {};
  let tools: Awaited<ReturnType<typeof shellTools>> | undefined;
  let server: Awaited<ReturnType<typeof serveUntil>> | undefined;

  beforeAll(async () => {
    tools = await shellTools(join(scratch, 'bin'));
    symlinkSync(resolve('fixtures'), join(scratch, 'fixtures'));
    // The server keeps the database up meanwhile, so that each command only joins it.
    const serving = { ...settings, MIZAN_LEDGER: 'demo', PORT: '0', LOG_LEVEL: 'silent' };
    const demo = mizan(['demo'], { settings });
    known.set('ADMIN_KEY', /mzk_\S+/.exec(demo.stdout)![0]);
    server = await serveUntil(/Mizan serves http:\S+/, serving);
    shell['URL'] = /Mizan serves (http:\S+)/.exec(server.output())![1]!;
  }, 120_000);

  afterAll(async () => {
    server?.child.kill('SIGTERM');
    await server?.ended;
    endServers();
    await tools?.end();
    rmSync(scratch, { recursive: true, force: true });
  });

  const run = (
    commands: string,
  ): Promise<{ readonly code: number | null; readonly text: string }> =>
    new Promise((done) => {
      const env = terminal({ ...settings, ...shell });
      const child = spawn('bash', ['-euo', 'pipefail', '-c', commands], {
        cwd: scratch,
        env: { ...env, PATH: `${join(scratch, 'bin')}:${env['PATH']}` },
      });
      let text = '';
      const take = (chunk: Buffer): void => {
        text += chunk.toString();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.on('close', (code) => done({ code, text }));
    });

  it.each(GUIDES)(
    'are a month that works: %s',
    async (guide) => {
      const steps = stepsOf(readFileSync(`docs/${guide}.md`, 'utf8'));
      expect(steps.length).toBeGreaterThan(2);
      for (const { commands, shown } of steps) {
        const filled = commands.replaceAll(
          new RegExp(`\\b(?:${WORD})\\b`, 'g'),
          (word) => known.get(word) ?? word,
        );
        const { code, text } = await run(filled);
        expect({ commands, code, text }).toEqual({ commands, code: 0, text });
        expect({ unseen: unseen(shown, text, known), text }).toEqual({ unseen: [], text });
      }
    },
    300_000,
  );

  it('miss a figure that is not printed', () => {
    const line = 'Net 12.00 MAD of RUN_ID';
    expect(unseen([line], 'x\nNet  12.00 MAD of 0190aaaa-bbbb\n', new Map())).toEqual([]);
    expect(unseen([line], 'Net 12.01 MAD of 0190aaaa-bbbb\n', new Map())).toEqual([line]);
    expect(unseen(['b', 'a'], 'a\nb\n', new Map())).toEqual(['a']);
  });
});
