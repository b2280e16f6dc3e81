/**
 * Runs a benchmark: `npm run bench -- match [--json]`. Each one measures the peer or the bare
 * operation in the same run and prints the ratio. Uses the build in `dist`.
 */
import { cpus } from 'node:os';
import type { Report } from './report.ts';

const BENCHES: Readonly<Record<string, () => Promise<{ bench: () => Promise<Report> }>>> = {
  growth: () => import('./growth.bench.ts') as Promise<{ bench: () => Promise<Report> }>,
  ingest: () => import('./ingest.bench.ts') as Promise<{ bench: () => Promise<Report> }>,
  jobs: () => import('./jobs.bench.ts') as Promise<{ bench: () => Promise<Report> }>,
  settle: () => import('./settle.bench.ts') as Promise<{ bench: () => Promise<Report> }>,
  read: () => import('./read.bench.ts') as Promise<{ bench: () => Promise<Report> }>,
  year: () => import('./year.bench.ts') as Promise<{ bench: () => Promise<Report> }>,
  match: () => import('./match.bench.ts') as Promise<{ bench: () => Promise<Report> }>,
  verify: () => import('./verify.bench.ts') as Promise<{ bench: () => Promise<Report> }>,
};

const names = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const isJson = process.argv.includes('--json');
const [name = ''] = names;
const load = BENCHES[name];
if (load === undefined) {
  process.stderr.write(`Usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--json]\n`);
  process.exit(2);
}
const report = await (await load()).bench();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
const document = { bench: name, ...report, machine };
if (isJson) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
else {
  for (const [key, value] of Object.entries(document)) {
    process.stdout.write(`${key.padEnd(22)} ${String(value)}\n`);
  }
}
process.exit(0);
