import { ERROR_CODES, errorHelp } from '../../core/error-help.js';
import { DomainError } from '../../core/errors.js';
import { VEE_RULES } from '../../core/metering/vee/rules.js';
import { answer } from '../shell/output.js';

/** What a word means and what helps. */
interface Explanation {
  readonly means: string;
  readonly fix: string;
}

/** Words that records and lists carry, and that no refusal has as its code. */
const WORDS: Readonly<Record<string, Explanation>> = {
  confidence: {
    means:
      'How sure a dated figure is, beside its source: V checked against the source itself, P in two publications or more, S in one, M in no document. Two may stand together (S/M+).',
    fix: 'Write it with the source. What rests on M is named in the warnings of a settlement.',
  },
};

/** What becomes of readings by the severity of the rule that they break. */
const SEVERITIES = {
  suspect: 'Readings that break it become SUSPECT, and count nowhere until somebody decides.',
  gap: 'It finds what is missing.',
  warn: 'It only warns: the readings count.',
  escalate: 'It is for somebody to look at: the readings count.',
} as const;

/**
 * Says what a public code, a rule of validation or a word of the records means, and what helps.
 *
 * @returns Whether it is one; false leaves a word without a point to the names of commands.
 * @throws DomainError `request.invalid`, with the codes of the same noun
 */
export function explainCode(code: string, isJson: boolean): boolean {
  const help = errorHelp(code) ?? WORDS[code.toLowerCase()] ?? ruleHelp(code.toUpperCase());
  if (help === null) {
    if (!code.includes('.')) return false;
    throw unknownCode(code);
  }
  answer({ document: { code, ...help }, text: `${code}\n${help.means}\n${help.fix}` }, isJson);
  return true;
}

/** A word that is neither a command nor anything that is explained. */
export function unknownWord(word: string, commands: readonly string[]): DomainError {
  const begun = commands.filter((name) => name.startsWith(word.slice(0, 3)));
  const detail = `${word} is no command, no code of a refusal and no rule of validation.`;
  const near = begun.length === 0 ? '' : `Near: ${begun.join(', ')}. `;
  const fix = `${near}\`mizan --help\` lists the commands.`;
  return new DomainError('request.invalid', {
    errors: [{ pointer: '/code', rule: 'code.known', detail, fix }],
  });
}

function unknownCode(code: string): DomainError {
  const nounOf = (one: string): string => one.split('.', 1)[0]!;
  const near = ERROR_CODES.filter((one) => nounOf(one) === nounOf(code));
  const detail = `${code} is none of the public codes.`;
  const fix =
    near.length > 0
      ? `Known: ${near.join(', ')}.`
      : `They begin with ${[...new Set(ERROR_CODES.map(nounOf))].join(', ')}.`;
  return new DomainError('request.invalid', {
    errors: [{ pointer: '/code', rule: 'code.known', detail, fix }],
  });
}

function ruleHelp(id: string): Explanation | null {
  if (!Object.hasOwn(VEE_RULES, id)) return null;
  const { title, severity, basis, defaults } = VEE_RULES[id as keyof typeof VEE_RULES];
  const limits = Object.entries(defaults).map(([name, value]) => `${name} ${value}`);
  const set = limits.length === 0 ? '' : `; unless a rule set says otherwise: ${limits.join(', ')}`;
  return {
    means: `Rule of validation: ${title} (${basis}; METHOD 2.4)${set}. ${SEVERITIES[severity]}`,
    fix: 'List what it found (`mizan exceptions MONTH`), then decide: accept, override or re-read (`mizan decide`).',
  };
}
