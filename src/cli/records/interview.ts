import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { z } from 'zod';
import { DomainError, type PointerProblem } from '../../core/errors.js';
import { readJsonFile } from '../../platform/files/formats/json-text.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { bare, choicesOf, purposeOf } from '../../platform/http/purposes.js';
import type { RecordDoor } from '../../platform/records/record-doors.js';

/** Somebody at a terminal. */
export interface Person {
  say(text: string): void;
  /** The next line that is written; null once there are no more. */
  ask(question: string): Promise<string | null>;
}

type Document = Readonly<Record<string, unknown>>;

/**
 * Asks for a record, field by field: what it is for, what it may be, what stands for nothing. What
 * cannot be is refused at once and asked again. The document is shown, and tried, before it is saved.
 *
 * @param attempt  What is wrong with a whole document, without saving it; nothing where all is right.
 * @returns        The document; null where the person does not want it saved.
 */
export async function interview(
  { noun, document: schema }: Pick<RecordDoor, 'noun' | 'document'>,
  person: Person,
  attempt: (document: Document) => Promise<readonly PointerProblem[]>,
): Promise<Document | null> {
  const names = ['code', ...Object.keys(schema.shape).filter((name) => name !== 'code')];
  person.say(`A ${noun}. Enter takes what stands in brackets; @FILE reads an answer from a file.`);
  const given = new Map<string, unknown>();
  let asked: readonly string[] = names;
  for (;;) {
    for (const name of asked) {
      const answered = await askField(person, name, schema.shape[name]!);
      if (answered === null) return null;
      given.delete(name);
      if (answered.value !== undefined) given.set(name, answered.value);
    }
    const document = Object.fromEntries(
      names.filter((name) => given.has(name)).map((name) => [name, given.get(name)]),
    );
    const { error } = schema.safeParse(document);
    const problems = error ? pointerProblems(error.issues) : await attempt(document);
    if (problems.length === 0) return (await confirm(person, document)) ? document : null;
    for (const { pointer, detail, fix } of problems) {
      person.say(`  ${pointer || '/'}: ${detail}${fix === undefined ? '' : ` ${fix}`}`);
    }
    const wrong = new Set(problems.map(({ pointer }) => pointer.split('/')[1]));
    const again = names.filter((name) => wrong.has(name));
    asked = again.length === 0 ? names : again;
  }
}

/** Null when there are no more answers; `value` undefined for what is left out. */
async function askField(
  person: Person,
  name: string,
  schema: z.ZodType,
): Promise<{ readonly value: unknown } | null> {
  const absent = schema.safeParse(undefined);
  const isOptional = absent.success;
  const purpose = purposeOf(schema);
  const choices = choicesOf(schema);
  const notes = [
    ...(purpose === null ? [] : [purpose]),
    ...(choices === '' ? [] : [choices]),
    ...exampleOf(schema),
  ];
  if (notes.length > 0) person.say(`${name}: ${notes.join('; ')}`);
  const shown = isOptional
    ? ` [${absent.data === null || absent.data === undefined ? 'none' : JSON.stringify(absent.data)}]`
    : '';
  for (;;) {
    const line = await person.ask(`${name}${shown}: `);
    if (line === null) return null;
    const text = line.trim();
    if (text === '' && isOptional) return { value: undefined };
    if (text === '') {
      person.say(`  It is needed${purpose === null ? '' : `: ${purpose}`}.`);
      continue;
    }
    const read = readAnswer(text, schema);
    if ('value' in read) return read;
    person.say(`  ${read.refusal}`);
  }
}

/** What an answer is by the field's schema: text, JSON, a list with commas, yes or no, or a file. */
function readAnswer(
  text: string,
  schema: z.ZodType,
): { readonly value: unknown } | { readonly refusal: string } {
  let candidates: unknown[] = [text, ...jsonOf(text)];
  if (text.startsWith('@')) {
    try {
      candidates = [readJsonFile(text.slice(1))];
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { refusal: `${text.slice(1)} cannot be read as JSON.` };
    }
  } else {
    if (/^(yes|no)$/i.test(text)) candidates.push(/^yes$/i.test(text));
    candidates.push(text.split(',').map((part) => part.trim()));
  }
  for (const value of candidates) if (schema.safeParse(value).success) return { value };
  // What came nearest to the shape says best what is wrong.
  const type = (bare(schema as never) as { readonly def?: { readonly type?: string } }).def?.type;
  const nearest =
    type === 'array' || type === 'object' || type === 'number'
      ? (candidates.find((one) => typeof one !== 'string') ?? text)
      : candidates[0];
  const { error } = schema.safeParse(nearest);
  const [first] = pointerProblems(error!.issues);
  return { refusal: `${first!.pointer === '' ? '' : `${first!.pointer}: `}${first!.detail}` };
}

function jsonOf(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

/** How lists and objects are written, where that is not plain. */
function exampleOf(schema: z.ZodType): readonly string[] {
  const { type } =
    (bare(schema as never) as { readonly def?: { readonly type?: string } }).def ?? {};
  if (type === 'array') return ['a list: A, B, or JSON'];
  return type === 'object' || type === 'record' ? ['JSON'] : [];
}

async function confirm(person: Person, document: Document): Promise<boolean> {
  person.say(JSON.stringify(document, null, 2));
  const answer = await person.ask('Save it? (yes or no) ');
  return answer !== null && /^y(es)?$/i.test(answer.trim());
}

/** A person behind a pair of streams; end it when no more is asked. */
export function personAt(input: Readable, output: Writable): Person & { end(): void } {
  const lines = createInterface({ input, terminal: false });
  const waiting = lines[Symbol.asyncIterator]();
  return {
    say: (text) => output.write(`${text}\n`),
    ask: async (question) => {
      output.write(question);
      const { value, done } = await waiting.next();
      return done === true ? null : (value as string);
    },
    end: () => lines.close(),
  };
}
