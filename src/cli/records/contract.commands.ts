import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { contradictionsOf } from '../../core/settlement/elections/contradictions/contradictions.js';
import { explainContract } from '../../core/settlement/elections/explain.js';
import { ElectionsSchema } from '../../core/settlement/elections/elections.shape.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { TerminalCommand } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { readJsonFile } from '../../platform/files/formats/json-text.js';
import { electionsIn } from './record-files.js';

interface LintOptions {
  readonly json?: boolean;
  readonly lang?: string;
}

@Command({
  name: 'contract',
  arguments: '<act> <file>',
  description:
    'Explain a contract’s elections back in plain sentences, and list those that conflict: contract lint FILE.json [--lang en|fr], a file of elections or of a contract that has them',
})
export class ContractCommand extends TerminalCommand {
  @Option({ flags: '--lang <en|fr>', description: 'Language of the sentences (default: both)' })
  parseLang(text: string): string {
    return text;
  }

  run([act, file]: string[], { json, lang }: LintOptions): Promise<void> {
    if (act !== 'lint' || (lang !== undefined && lang !== 'en' && lang !== 'fr')) {
      const detail = 'Acts: lint. Languages: en, fr.';
      const errors = [{ pointer: '/act', rule: 'act.known', detail }];
      throw new DomainError('request.invalid', { errors });
    }
    const { data, error } = ElectionsSchema.safeParse(electionsIn(readJsonFile(file!)));
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const conflicts = contradictionsOf(data);
    const sentences = explainContract(data);
    const said = sentences.flatMap(({ pointer, en, fr }) => [
      ...(lang === 'fr' ? [] : [`${en}  (${pointer})`]),
      ...(lang === 'en' ? [] : [`${fr}  (${pointer})`]),
    ]);
    const wrong = conflicts.map(
      ({ pointer, rule, detail, fix = '' }) => `CONFLICT ${pointer}: ${detail} ${fix} (${rule})`,
    );
    const end = conflicts.length === 0 ? ['No election conflicts with another.'] : wrong;
    answer(
      {
        document: { ok: conflicts.length === 0, conflicts, sentences },
        text: [...said, '', ...end].join('\n'),
      },
      json,
    );
    if (conflicts.length > 0) process.exitCode = 1;
    return Promise.resolve();
  }
}
