import type { Role } from '../../src/platform/auth/roles.js';

/** A JSON Schema, as far as the API's description uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly additionalProperties?: boolean | Schema;
}

/** One operation of the API, as its description has it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly roles: readonly Role[];
  readonly parameters: readonly Parameter[];
  /** Schema of a JSON body; null = no body, or bytes. */
  readonly body: Schema | null;
  readonly takesBytes: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

/** A place in a request that holds a value. */
export interface Place {
  readonly where: 'path' | 'query' | 'body';
  /** Names and positions down to the value; of a parameter its name alone. */
  readonly path: readonly (string | number)[];
  readonly schema: Schema;
}

/** What is sent. */
export interface Values {
  readonly path: Record<string, string>;
  readonly query: Record<string, string>;
  readonly body: unknown;
}

/** The API's description, read for what may be sent. */
export class Api {
  readonly operations: readonly Operation[];
  private readonly schemas: Readonly<Record<string, Schema>>;

  constructor(document: ReturnType<typeof JSON.parse>) {
    this.schemas = document.components.schemas;
    this.operations = Object.entries<Record<string, never>>(document.paths).flatMap(
      ([path, item]) =>
        Object.entries<ReturnType<typeof JSON.parse>>(item).map(([method, operation]) => ({
          method: method.toUpperCase(),
          path,
          roles: operation['x-roles'] ?? [],
          parameters: operation.parameters ?? [],
          body: operation.requestBody?.content['application/json']?.schema ?? null,
          takesBytes: operation.requestBody?.content['text/csv'] !== undefined,
        })),
    );
  }

  /** Values that the schemas of an operation let pass. */
  sample({ parameters, body }: Operation): Values {
    const of = (where: string): Record<string, string> =>
      Object.fromEntries(
        parameters
          .filter((one) => one.in === where && (where === 'path' || one.required === true))
          .map(({ name, schema }) => [name, String(this.valueOf(schema, name))]),
      );
    return { path: of('path'), query: of('query'), body: body && this.valueOf(body, '') };
  }

  /** Every place of an operation that holds text or numbers, in all that a body may hold. */
  places({ parameters, body }: Operation): readonly Place[] {
    const ofParameters = parameters
      .filter(({ in: where }) => where !== 'header')
      .map(({ name, in: where, schema }) => ({
        where: where as 'path' | 'query',
        path: [name],
        schema: this.resolve(schema),
      }));
    return [...ofParameters, ...(body === null ? [] : this.placesIn(body, []))];
  }

  /** A value for a place, and for what stands around it so that the schemas let it pass. */
  withPlace(values: Values, { where, path }: Place, value: unknown, operation: Operation): Values {
    if (where !== 'body') {
      return { ...values, [where]: { ...values[where], [path[0]!]: String(value) } };
    }
    const body = structuredClone(values.body);
    this.put(body as object, operation.body!, path, value);
    return { ...values, body };
  }

  private put(
    target: object,
    schema: Schema,
    [first, ...rest]: readonly (string | number)[],
    value: unknown,
  ): void {
    const holder = target as Record<string | number, unknown>;
    const here = this.resolve(schema);
    if (rest.length === 0) {
      holder[first!] = value;
      return;
    }
    const inner =
      typeof first === 'number'
        ? here.items!
        : (here.properties?.[first!] ?? (here.additionalProperties as Schema));
    const known = holder[first!];
    if (typeof known !== 'object' || known === null || Object.keys(known).length === 0) {
      holder[first!] = this.valueOf(inner, String(first), true);
    }
    this.put(holder[first!] as object, inner, rest, value);
  }

  private placesIn(schema: Schema, path: readonly (string | number)[]): readonly Place[] {
    const here = this.resolve(schema);
    if (here.properties !== undefined) {
      return Object.entries(here.properties).flatMap(([name, inner]) =>
        this.placesIn(inner, [...path, name]),
      );
    }
    if (here.items !== undefined) return this.placesIn(here.items, [...path, 0]);
    if (typeof here.additionalProperties === 'object') {
      return this.placesIn(here.additionalProperties, [...path, 'name']);
    }
    return [{ where: 'body', path, schema: here }];
  }

  /** The schema behind references and choices: the first choice that is not null. */
  private resolve(schema: Schema): Schema {
    if (schema.$ref !== undefined) {
      return this.resolve(this.schemas[schema.$ref.slice('#/components/schemas/'.length)]!);
    }
    const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    if (choices === undefined) return schema;
    const objects = choices.filter(({ type }) => type !== 'null');
    return this.resolve(objects.find((one) => this.resolve(one).type !== 'null') ?? choices[0]!);
  }

  private valueOf(schema: Schema, name: string, isFilled = false): unknown {
    const here = this.resolve(schema);
    if (here.const !== undefined) return here.const;
    if (here.enum !== undefined) return here.enum[0];
    if (here.items !== undefined) {
      const count = Math.max(here.minItems ?? 0, isFilled ? 1 : 0);
      return Array.from({ length: count }, () => this.valueOf(here.items!, name, isFilled));
    }
    if (here.type === 'object' || here.properties !== undefined) {
      const required = new Set(here.required);
      return Object.fromEntries(
        Object.entries(here.properties ?? {})
          .filter(([one]) => required.has(one))
          .map(([one, inner]) => [one, this.valueOf(inner, one)]),
      );
    }
    if (here.type === 'boolean') return false;
    if (here.type === 'integer' || here.type === 'number') return Math.max(here.minimum ?? 1, 1);
    if (here.type === 'null') return null;
    return textOf(here, name);
  }
}

const CODES: Readonly<Record<string, string>> = {
  siteCode: 'SITE',
  meterCode: 'M-60',
  meterCodes: 'M-60',
  plantCode: 'PV',
  plantCodes: 'PV',
  contractCode: 'PPA',
  organisationCode: 'BUYER',
  issuerCode: 'ISSUER',
};
const LATER = /to$|last|end|until/i;

/** Texts of every form that a request knows; a new form is added here. */
const FORMS = [
  '0.5',
  '1',
  '100',
  '2026-10',
  'M-60',
  'MA',
  'MAD',
  'Y1',
  '01-01',
  '12345',
  '550.5',
  'a'.repeat(12),
  'a'.repeat(22),
  'a'.repeat(43),
  'a'.repeat(64),
  'Europe/Paris',
  'x',
  'xxx',
  'A'.repeat(20),
];

function textOf({ format, pattern, minLength = 0, maxLength }: Schema, name: string): string {
  if (format === 'uuid') return '01a00000-0000-7000-8000-000000000001';
  const day = LATER.test(name) ? '2026-10-03' : '2026-10-02';
  if (format === 'date') return day;
  if (format === 'date-time') return `${day}T00:00:00Z`;
  if (CODES[name] !== undefined) return CODES[name];
  const fits = (text: string): boolean =>
    text.length >= minLength &&
    text.length <= (maxLength ?? Infinity) &&
    (pattern === undefined || new RegExp(pattern, 'u').test(text));
  const found = FORMS.find(fits);
  if (found === undefined) throw new Error(`no text for ${name}: ${pattern ?? format ?? ''}`);
  return found;
}

/** Path and query of a request. */
export function urlOf(operation: Operation, { path, query }: Values): string {
  const filled = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name]!),
  );
  const text = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return text === '' ? filled : `${filled}?${text}`;
}
