// Verifies every archive of a folder in one process, by the source that the published verifiers are made of.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from '../../src/verifiers/source/report.js';
import { EN } from '../../src/verifiers/source/texts/en.js';
import { verifyPack } from '../../src/verifiers/source/verify-pack.js';

const [folder, options] = process.argv.slice(2);
const answers = [];
for (const name of readdirSync(folder).sort()) {
  const answer = { checks: [], noPack: null };
  try {
    const report = await verifyPack(readFileSync(join(folder, name)), JSON.parse(options));
    answer.checks = linesOf(report, EN);
  } catch (error) {
    answer.noPack = error.code ?? `not foreseen: ${error.stack}`;
  }
  answers.push(answer);
}
process.stdout.write(JSON.stringify(answers));
