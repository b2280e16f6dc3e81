import { ERROR_CODES, errorHelp } from '../../core/error-help.js';
import { DomainError } from '../../core/errors.js';
import { answer } from '../shell/output.js';

/**
 * Says what a public code means and what helps.
 *
 * @throws DomainError `request.invalid`, with the codes of the same noun
 */
export function explainCode(code: string, isJson: boolean): void {
  const help = errorHelp(code);
  if (help === null) {
    const [noun] = code.split('.');
    const near = ERROR_CODES.filter((one) => one.startsWith(`${noun}.`));
    const detail = `${code} is none of the public codes.`;
    const fix = `Known: ${(near.length === 0 ? ERROR_CODES : near).join(', ')}.`;
    throw new DomainError('request.invalid', {
      errors: [{ pointer: '/code', rule: 'code.known', detail, fix }],
    });
  }
  answer({ document: { code, ...help }, text: `${code}\n${help.means}\n${help.fix}` }, isJson);
}
