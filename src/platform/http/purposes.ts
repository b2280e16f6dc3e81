import type { PointerProblem } from '../../core/errors.js';
import { pointerProblems } from './problems.js';

interface Issue {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
  readonly code?: string;
}

/** As much of a schema as it takes to walk it. */
export interface Shape {
  readonly description?: string | undefined;
  readonly def?: {
    readonly type?: string;
    readonly format?: string;
    readonly shape?: Readonly<Record<string, Shape>>;
    readonly element?: Shape;
    readonly innerType?: Shape;
    readonly in?: Shape;
    readonly values?: readonly unknown[];
    readonly entries?: Readonly<Record<string, unknown>>;
  };
}

/** Codes of issues that a value which is not there can have. */
const OF_NOTHING = new Set(['invalid_type', 'invalid_value', 'invalid_union']);

/**
 * What a schema refused, by JSON pointer; for what is missing, what it is needed for, and for a name
 * that is not known, the names that are.
 *
 * @param schema  A Standard Schema; where it says nothing of a field, only that it is missing is told.
 * @param value   What was refused.
 */
export function explainedProblems(
  schema: unknown,
  value: unknown,
  issues: readonly Issue[],
): readonly PointerProblem[] {
  return pointerProblems(issues).map((problem, at) => {
    const path = (issues[at]!.path ?? []).map(keyOf);
    if (problem.rule === 'unrecognized_keys') {
      const names = Object.keys(bare(shapeAt(schema as Shape, path))?.def?.shape ?? {});
      return names.length === 0 ? problem : { ...problem, fix: `Its fields: ${names.join(', ')}.` };
    }
    const isMissing =
      path.length > 0 && OF_NOTHING.has(problem.rule) && valueAt(value, path) === undefined;
    if (!isMissing) return problem;
    const field = shapeAt(schema as Shape, path);
    const purpose = purposeOf(field);
    const choices = choicesOf(field);
    return {
      ...problem,
      detail: purpose === null ? 'It is missing.' : `It is missing: ${purpose}.`,
      fix: `Add ${JSON.stringify(path.at(-1))}${choices === '' ? '.' : `: ${choices}.`}`,
    };
  });
}

/** The shape below wrappers that only say how a value may be left out or read. */
export function bare(shape: Shape | undefined): Shape | undefined {
  let one = shape;
  while (one?.def !== undefined) {
    const inner: Shape | undefined = one.def.innerType ?? one.def.in;
    if (inner === undefined) return one;
    one = inner;
  }
  return one;
}

/** What a field is for: said of it, or of the shape that it wraps; null where nobody says. */
export function purposeOf(shape: Shape | undefined): string | null {
  let one = shape;
  while (one !== undefined) {
    if (one.description !== undefined) return one.description.replace(/\.$/, '');
    one = one.def?.innerType ?? one.def?.in;
  }
  return null;
}

/** The values that a field may have, where they are a list; else nothing. */
export function choicesOf(shape: Shape | undefined): string {
  const { values, entries } = bare(shape)?.def ?? {};
  const all = values ?? (entries === undefined ? [] : Object.values(entries));
  return all.map((one) => JSON.stringify(one)).join(' or ');
}

function shapeAt(schema: Shape, path: readonly string[]): Shape | undefined {
  let one: Shape | undefined = schema;
  for (const key of path) {
    const { shape, element }: NonNullable<Shape['def']> = bare(one)?.def ?? {};
    one = shape === undefined ? element : Object.hasOwn(shape, key) ? shape[key] : undefined;
  }
  return one;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let one: unknown = value;
  for (const key of path) {
    if (typeof one !== 'object' || one === null || !Object.hasOwn(one, key)) return undefined;
    one = (one as Readonly<Record<string, unknown>>)[key];
  }
  return one;
}

function keyOf(segment: unknown): string {
  const key =
    typeof segment === 'object' && segment !== null && 'key' in segment ? segment.key : segment;
  return String(key);
}
