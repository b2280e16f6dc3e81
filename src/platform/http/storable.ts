import type { PointerProblem } from '../../core/errors.js';

/** Deepest nesting of a JSON body or query; our own shapes stand at most nine deep. */
export const DEPTH_MAX = 64;
const PROBLEMS_MAX = 100;
const UNSTORABLE = /[\0\p{Cs}]/u;

/**
 * What of a request nobody could keep: NUL and halves of surrogate pairs in its text and names, and
 * nesting beyond {@link DEPTH_MAX}. It stands before every schema, so that a schema which forgets
 * lets nothing through; and it walks without calling itself, so that depth cannot exhaust the stack.
 */
export function unstorable(value: unknown): readonly PointerProblem[] {
  const problems: PointerProblem[] = [];
  const waiting: Place[] = [{ value, pointer: '', depth: 0 }];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (problems.length === PROBLEMS_MAX) break;
    const problem = problemAt(place);
    if (problem !== null) problems.push(problem);
    else if (isContainer(place.value)) enter(place, place.value, { waiting, problems });
  }
  return problems;
}

interface Place {
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
}

interface Walk {
  readonly waiting: Place[];
  readonly problems: PointerProblem[];
}

function problemAt({ value, pointer, depth }: Place): PointerProblem | null {
  if (typeof value === 'string' && UNSTORABLE.test(value)) {
    const detail = 'NUL or half a surrogate pair in the text.';
    return { pointer, rule: 'text.unstorable', detail };
  }
  if (depth > DEPTH_MAX && isContainer(value)) {
    return { pointer, rule: 'json.too_deep', detail: `Nested more than ${DEPTH_MAX} deep.` };
  }
  return null;
}

/** Plain objects and lists: not bytes and streams, which readers of their own check. */
function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function enter(place: Place, container: object, { waiting, problems }: Walk): void {
  for (const [key, value] of Object.entries(container)) {
    if (problems.length === PROBLEMS_MAX) return;
    if (UNSTORABLE.test(key)) {
      const detail = 'NUL or half a surrogate pair in the name of a member.';
      problems.push({ pointer: place.pointer, rule: 'text.unstorable', detail });
    } else if (typeof value === 'string' || isContainer(value)) {
      const pointer = `${place.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      waiting.push({ value, pointer, depth: place.depth + 1 });
    }
  }
}
