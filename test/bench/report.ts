import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a benchmark reports; figures by name. */
export type Report = Readonly<Record<string, number | string>>;

/** Runs another benchmark in a process of its own, on the same server, and gives its figures. */
export function runApart(name: string): Report {
  const { status, stdout } = spawnSync(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, 'run.ts'), name, '--json'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (status !== 0) throw new Error(`The benchmark ${name} ended with ${status}.`);
  const { bench: _name, machine: _machine, ...figures } = JSON.parse(stdout) as Report;
  return figures;
}
